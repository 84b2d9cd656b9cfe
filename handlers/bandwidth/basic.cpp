#include "handlers/bandwidth/basic.h"

#include <cstdint>

#include "handlers/sms/vendor.h"

namespace northstar::bandwidth {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  text.remove_suffix(padding);
  std::string out;
  std::uint32_t bits = 0;
  int have = 0;
  for (const char c : text) {
    const auto value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6 | static_cast<std::uint32_t>(value)) & 0xFFFFF;
    have += 6;
    if (have >= 8) {
      have -= 8;
      out += static_cast<char>(bits >> have & 0xFF);
    }
  }
  // Bits that belong to no octet must be zero, or one secret would have several spellings.
  if ((bits & ((1u << have) - 1)) != 0) return std::nullopt;
  return out;
}

}  // namespace

std::optional<Credentials> read_basic(std::string_view encoded) {
  const auto decoded = decode_base64(encoded);
  const auto colon = decoded ? decoded->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  return Credentials{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

Admission admission(const net::Request& request, const Credentials& ours) {
  const std::size_t count = request.count("Authorization");
  if (count == 0) return Admission::asked;
  const auto given = read_basic(sms::credentials(request.header("Authorization"), "Basic"));
  if (count != 1 || !given || ours.password.empty()) return Admission::refused;
  const bool user = sms::same_secret(given->user, ours.user);
  const bool password = sms::same_secret(given->password, ours.password);
  return (user & password) ? Admission::granted : Admission::refused;
}

}  // namespace northstar::bandwidth
