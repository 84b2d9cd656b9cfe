#include "gateway/net/response_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace northstar::net {
namespace {

constexpr std::string_view kPolicy =
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'\r\n";

void append_number(std::string& out, std::size_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

bool breaks_line(std::string_view value) { return value.find_first_of(std::string_view("\r\n\0", 3)) != value.npos; }

}  // namespace

std::string_view security_headers() {
  return "Cache-Control: no-store\r\n"
         "X-Content-Type-Options: nosniff\r\n"
         "Referrer-Policy: no-referrer\r\n"
         "X-Frame-Options: DENY\r\n"
         "Cross-Origin-Opener-Policy: same-origin\r\n"
         "Cross-Origin-Resource-Policy: same-origin\r\n"
         "Permissions-Policy: camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()\r\n"
         "Strict-Transport-Security: max-age=63072000; includeSubDomains\r\n";
}

void write_response(std::string& out, const Response& response, std::string_view date, Framing framing) {
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::size_t>(response.status));
  out += ' ';
  out += reason_phrase(response.status);
  out += "\r\nDate: ";
  out += date;
  out += "\r\n";
  out += security_headers();
  bool own_policy = false;
  for (const auto& [name, value] : response.headers) {
    if (breaks_line(name) || breaks_line(value)) continue;
    own_policy = own_policy || equal_ignoring_case(name, "Content-Security-Policy");
    out.append(name).append(": ").append(value).append("\r\n");
  }
  if (!own_policy) out += kPolicy;
  if (!response.content_type.empty()) out.append("Content-Type: ").append(response.content_type).append("\r\n");
  if (response.status != 204) {  // RFC 9110 section 8.6: a 204 has no length
    out += "Content-Length: ";
    append_number(out, response.body.size());
    out += "\r\n";
  }
  if (framing.close) out += "Connection: close\r\n";
  else if (framing.http10) out += "Connection: keep-alive\r\n";
  out += "\r\n";
  if (!framing.head && response.status != 204) out += response.body;
}

std::string http_date(std::chrono::sys_seconds when) {
  static constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(when);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(when - day);
  std::array<char, 40> text;
  const int size = std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02ld:%02ld:%02ld GMT",
                                 kDays[std::chrono::weekday(day).c_encoding()], unsigned(date.day()),
                                 kMonths[unsigned(date.month()) - 1], int(date.year()), long(time.hours().count()),
                                 long(time.minutes().count()), long(time.seconds().count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace northstar::net
