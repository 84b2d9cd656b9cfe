#include "handlers/vonage/base64url.h"

#include <cstdint>

namespace northstar::vonage {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

}  // namespace

std::string to_base64url(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t kept = 0;
  int bits = 0;
  for (const char c : bytes) {
    kept = (kept << 8) | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 6; bits -= 6) out += kAlphabet[(kept >> (bits - 6)) & 63];
  }
  if (bits > 0) out += kAlphabet[(kept << (6 - bits)) & 63];
  return out;
}

std::optional<std::string> from_base64url(std::string_view text) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t kept = 0;
  int bits = 0;
  for (const char c : text) {
    const auto value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    kept = (kept << 6) | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>((kept >> bits) & 255);
  }
  if (bits > 0 && (kept & ((1U << bits) - 1)) != 0) return std::nullopt;
  return out;
}

}  // namespace northstar::vonage
