#include "handlers/kannel/incoming.h"

#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/net/http.h"

namespace northstar::kannel {
namespace {

constexpr std::array kCharsets{
    std::pair{std::string_view("UTF-8"), Charset::utf8},           std::pair{std::string_view("UTF8"), Charset::utf8},
    std::pair{std::string_view("US-ASCII"), Charset::utf8},        std::pair{std::string_view("UTF-16BE"), Charset::utf16},
    std::pair{std::string_view("UCS-2BE"), Charset::utf16},        std::pair{std::string_view("UCS-2"), Charset::utf16},
    std::pair{std::string_view("ISO-10646-UCS-2"), Charset::utf16}, std::pair{std::string_view("ISO-8859-1"), Charset::latin},
    std::pair{std::string_view("LATIN1"), Charset::latin},         std::pair{std::string_view("WINDOWS-1252"), Charset::latin},
    std::pair{std::string_view("CP1252"), Charset::latin},         std::pair{std::string_view("8-BIT"), Charset::binary},
};

}  // namespace

std::optional<Charset> charset_of(std::string_view charset, std::string_view coding) {
  if (coding == "1") return Charset::binary;
  if (charset.empty()) return coding == "2" ? Charset::utf16 : Charset::utf8;
  const auto found = std::ranges::find_if(kCharsets, [&](const auto& known) { return net::equal_ignoring_case(known.first, charset); });
  if (found == kCharsets.end()) return std::nullopt;
  return found->second;
}

std::string to_utf8(std::string_view octets, Charset charset) {
  icu::UnicodeString text;
  switch (charset) {
    case Charset::utf8: text = icu::UnicodeString::fromUTF8({octets.data(), static_cast<std::int32_t>(octets.size())}); break;
    case Charset::latin: text = icu::UnicodeString(octets.data(), static_cast<std::int32_t>(octets.size()), "windows-1252"); break;
    case Charset::utf16:
      for (std::size_t i = 0; i < octets.size(); i += 2) {
        const auto at = [&](std::size_t k) { return static_cast<std::uint8_t>(octets[k]); };
        text += i + 1 < octets.size() ? static_cast<char16_t>(at(i) << 8 | at(i + 1)) : u'\uFFFD';
      }
      break;
    case Charset::binary: return {};
  }
  std::string out;
  text.toUTF8String(out);  // half a surrogate pair becomes U+FFFD
  return out;
}

sms::UserDataHeader read_header(std::string_view udh) {
  if (udh.empty() || std::size_t(static_cast<std::uint8_t>(udh[0])) + 1 != udh.size()) return {};
  return sms::read_elements(udh.substr(1));
}

}  // namespace northstar::kannel
