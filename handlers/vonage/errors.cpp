#include "handlers/vonage/errors.h"

#include <charconv>

namespace northstar::vonage {
namespace {

constexpr std::size_t kDigitsMost = 6;

int number(std::string_view text) {
  int value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = !text.empty() && text.size() <= kDigitsMost && ec == std::errc() && end == text.data() + text.size();
  return whole && value > 0 ? value : 0;
}

int number_at(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains(boost::json::string_view(key.data(), key.size()));
  if (value && value->is_int64() && value->get_int64() > 0 && value->get_int64() < 1'000'000) return static_cast<int>(value->get_int64());
  return number(sms::string_at(object, key));
}

}  // namespace

int code_of(const boost::json::object& error) {
  const std::string_view type = sms::string_at(error, "type");
  if (const auto hash = type.rfind('#'); hash != std::string_view::npos)
    if (const int code = number(type.substr(hash + 1))) return code;
  if (const int code = number_at(error, "title")) return code;
  return number_at(error, "code");
}

}  // namespace northstar::vonage
