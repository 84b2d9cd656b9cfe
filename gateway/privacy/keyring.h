#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "gateway/base/result.h"
#include "gateway/base/time.h"

namespace northstar::privacy {

/// Which clock a record dies by: hour keys live 25 hours, day keys 45 days.
enum class Life : std::uint8_t { hour = 1, day = 2 };

/// What binds a sealed record to its place: opened under any other, it does not open.
struct Binding {
  std::string_view kind;   ///< "session", "outbox", "follow-up", ...
  std::string_view key;    ///< the record's own name (contact key, entry id)
  std::uint64_t version = 0;
};

/// Keys that die on time. Pure: entropy and time come in; whoever owns the file reads and writes it.
///
/// A sealed record: form 1 | life 1 | slot 4 (hours or days since 1970-01-01, little-endian) | nonce 12 |
/// ciphertext | tag 16. AES-256-GCM under a key derived (HKDF-SHA-256) from the slot's key for that kind and record.
class Keyring {
 public:
  static constexpr std::chrono::hours kHourKeyLife{25};
  static constexpr std::chrono::days kDayKeyLife{45};

  /// Whether every slot that is needed at `now` has its key: this hour, this day and, from ten minutes before, the next.
  bool complete(Instant now) const;
  /// Makes the missing keys from `entropy` (called with where to write and how many bytes). Returns whether anything was made;
  /// it must be on disk before anything is sealed with it.
  template <class Entropy>
  bool make_missing(Instant now, Entropy&& entropy) {
    const Fill fill = [](void* f, std::uint8_t* out, std::size_t n) {
      (*static_cast<std::remove_reference_t<Entropy>*>(f))(out, n);
    };
    return make_missing_from(now, fill, &entropy);
  }
  /// Drops what is too old at `now`. Returns whether anything was dropped; the file must then be rewritten.
  bool drop_old(Instant now);

  std::string serialise() const;
  /// Opens this form and every older one. An error names the line, never what is on it.
  static Result<Keyring> parse(std::string_view file);

  /// Seals under the key of `now`'s slot. `nonce` is 12 fresh random bytes. Empty when the slot has no key.
  std::optional<std::string> seal(Life life, const Binding& binding, std::string_view plain, Instant now,
                                  std::array<std::uint8_t, 12> nonce) const;
  /// Opens, or nothing: no key any more, another place, or changed bytes. They are not told apart.
  std::optional<std::string> open(const Binding& binding, std::string_view sealed) const;

 private:
  using Fill = void (*)(void*, std::uint8_t*, std::size_t);
  bool make_missing_from(Instant now, Fill fill, void* context);
  /// Wiped wherever a copy of it ends: in this map, and in the maps of the snapshots that threads held.
  struct Key {
    std::array<std::uint8_t, 32> bytes{};
    Key() = default;
    Key(const Key&) = default;
    Key& operator=(const Key&) = default;
    ~Key();
  };
  using Keys = std::map<std::int64_t, Key>;
  const Keys& keys(Life life) const { return life == Life::hour ? hours_ : days_; }
  Keys hours_, days_;
};

}  // namespace northstar::privacy
