#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

namespace northstar::privacy {

/// base64url without padding (RFC 4648 section 5): 16 bytes make 22 characters, none of which Redis' hash tags,
/// URLs or glob patterns give a meaning to.
inline std::string base64url(const std::uint8_t* bytes, std::size_t size) {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  out.reserve((size * 4 + 2) / 3);
  std::size_t i = 0;
  for (; i + 2 < size; i += 3) {
    const std::uint32_t group = std::uint32_t{bytes[i]} << 16 | std::uint32_t{bytes[i + 1]} << 8 | bytes[i + 2];
    for (int shift = 18; shift >= 0; shift -= 6) out += kAlphabet[group >> shift & 63];
  }
  if (i < size) {
    const std::uint32_t group = std::uint32_t{bytes[i]} << 16 | (i + 1 < size ? std::uint32_t{bytes[i + 1]} << 8 : 0);
    out += kAlphabet[group >> 18 & 63];
    out += kAlphabet[group >> 12 & 63];
    if (i + 1 < size) out += kAlphabet[group >> 6 & 63];
  }
  return out;
}

}  // namespace northstar::privacy
