#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace northstar::privacy {

using Digest32 = std::array<std::uint8_t, 32>;

/// HMAC-SHA-256 (RFC 2104) whose key's two pads are hashed once. OpenSSL's own EVP_MAC costs about a microsecond a
/// message in fetching and allocating alone; this costs the compressions and nothing else. Wiped when it ends.
class Hmac {
 public:
  Hmac() = default;
  explicit Hmac(std::string_view key);
  Hmac(const Hmac&) = default;
  Hmac& operator=(const Hmac&) = default;
  ~Hmac();

  /// The digest of the parts one after another, and of `last` after them when there is one.
  Digest32 of(std::initializer_list<std::string_view> parts, std::string_view last = {}) const;

 private:
  // SHA256_CTX, kept as bytes so that no OpenSSL header is pulled in by whoever holds one.
  static constexpr std::size_t kState = 112;
  alignas(8) std::array<std::uint8_t, kState> inner_{}, outer_{};
};

/// HKDF-Expand (RFC 5869 section 2.3) to 32 bytes from a key that is already uniformly random, for which section 3.3
/// lets the extraction be left out.
Digest32 hkdf_expand(std::string_view random_key, std::initializer_list<std::string_view> info);

/// HKDF with extraction, to 32 bytes, from a secret of any shape.
Digest32 hkdf(std::string_view secret, std::string_view salt, std::initializer_list<std::string_view> info);

}  // namespace northstar::privacy
