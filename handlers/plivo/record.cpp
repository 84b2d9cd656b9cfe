#include "handlers/plivo/record.h"

#include <algorithm>
#include <cstdio>

#include "gateway/net/number.h"
#include "handlers/sms/vendor.h"

namespace northstar::plivo {
namespace {

constexpr std::size_t kShortCodeMost = 8;  // as in net/number.cpp
constexpr std::size_t kMaskedMost = 5;     // 141XXXXX528; inbound it is three stars at the end

bool digit(char c) { return c >= '0' && c <= '9'; }

/// `+05:30`, `-0800`, `Z` or nothing.
std::optional<std::chrono::minutes> read_offset(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z") return std::chrono::minutes(0);
  const bool west = text.front() == '-';
  if (!west && text.front() != '+') return std::nullopt;
  std::string digits(text.substr(1));
  std::erase(digits, ':');
  if (digits.size() != 4 || !std::ranges::all_of(digits, digit)) return std::nullopt;
  const std::chrono::minutes off((digits[0] - '0') * 600 + (digits[1] - '0') * 60 + (digits[2] - '0') * 10 + (digits[3] - '0'));
  return west ? -off : off;
}

}  // namespace

std::optional<Instant> read_time(std::string_view text) {
  const std::string copy(text);
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, used = 0;
  if (std::sscanf(copy.c_str(), "%4d-%2d-%2d%*1[T ]%2d:%2d:%2d%n", &year, &month, &day, &hour, &minute, &second, &used) != 6 || used == 0)
    return std::nullopt;
  std::string_view rest = text.substr(static_cast<std::size_t>(used));
  if (rest.starts_with('.')) rest.remove_prefix(std::min(rest.find_first_not_of("0123456789", 1), rest.size()));
  const auto offset = read_offset(rest);
  const auto time = sms::utc_time(year, month, day, hour, minute, second);
  if (!offset || !time) return std::nullopt;
  return *time - *offset;
}

Record read_record(const boost::json::object& message) {
  const auto text = [&message](std::string_view key) { return sms::string_at(message, key); };
  return {text("message_uuid"), text("message_direction"), text("from_number"), text("to_number"), read_time(text("message_time"))};
}

bool same_number(std::string_view recorded, std::string_view told) {
  return !told.empty() && net::without_plus(recorded) == net::without_plus(told);
}

bool may_be_number(std::string_view recorded, std::string_view told) {
  recorded = net::without_plus(recorded);
  told = net::without_plus(told);
  if (recorded.size() != told.size() || told.empty()) return false;
  std::size_t masked = 0;
  for (std::size_t i = 0; i < told.size(); ++i) {
    if (recorded[i] == told[i]) continue;
    if ((recorded[i] != '*' && recorded[i] != 'X') || !digit(told[i])) return false;
    ++masked;
  }
  return masked == 0 || (masked <= kMaskedMost && told.size() > kShortCodeMost);
}

}  // namespace northstar::plivo
