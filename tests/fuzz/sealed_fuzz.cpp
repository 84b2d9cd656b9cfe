// Any bytes as a sealed record and as the file of keys: nothing opens but what was sealed so, byte for byte, and a
// keyring that was read is written as one that reads the same.
#include <algorithm>
#include <array>
#include <string>

#include "gateway/privacy/keyring.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace northstar;
  using privacy::Keyring;
  static constexpr Instant kNow{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}};
  static const Keyring keyring = [] {
    Keyring made;
    made.make_missing(kNow, [](std::uint8_t* out, std::size_t n) { std::fill(out, out + n, std::uint8_t{7}); });
    return made;
  }();
  const std::string_view bytes = fuzz::bytes_of(data, size);
  const privacy::Binding binding{"session", "a contact", 1};
  if (const auto plain = keyring.open(binding, bytes)) {
    // Form 1 | life 1 | slot 4 | nonce 12: with the same nonce the same text seals to the same bytes.
    std::array<std::uint8_t, 12> nonce{};
    std::copy_n(data + 6, nonce.size(), nonce.begin());
    const auto life = static_cast<privacy::Life>(data[1]);
    fuzz::require(keyring.seal(life, binding, *plain, kNow, nonce) == bytes, "nothing opens but what was sealed so");
    fuzz::require(!keyring.open({"session", "a contact", 2}, bytes), "a record opens under its own version only");
    fuzz::require(!keyring.open({"session", "another", 1}, bytes), "a record opens in its own place only");
  }
  if (const auto read = Keyring::parse(bytes)) {
    const std::string written = read->serialise();
    const auto again = Keyring::parse(written);
    fuzz::require(again && again->serialise() == written, "a file of keys reads as it was written");
  }
  return 0;
}
