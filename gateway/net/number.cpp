#include "gateway/net/number.h"

#include <phonenumbers/phonenumberutil.h>

#include <algorithm>

namespace northstar::net {
namespace {

constexpr std::size_t kShortCodeMost = 8;   // ITU leaves them to countries; the longest in use have eight digits
constexpr std::size_t kNumberMost = 40;     // with spaces, brackets and an extension; longer is not a number

bool digit(char c) { return c >= '0' && c <= '9'; }
bool all_digits(std::string_view text) { return !text.empty() && std::ranges::all_of(text, digit); }

std::string parse_number(std::string_view text, const std::string& region) {
  if (text.size() > kNumberMost) return {};
  // Letters are a company's name here, not a keypad's spelling.
  const bool plain = std::ranges::all_of(text, [](char c) {
    return digit(c) || c == '+' || c == '-' || c == ' ' || c == '(' || c == ')' || c == '.';
  });
  if (!plain) return {};
  using i18n::phonenumbers::PhoneNumberUtil;
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  i18n::phonenumbers::PhoneNumber number;
  if (util.Parse(std::string(text), region, &number) != PhoneNumberUtil::NO_PARSING_ERROR) return {};
  if (!util.IsPossibleNumber(number)) return {};
  std::string out;
  util.Format(number, PhoneNumberUtil::E164, &out);
  return is_e164(out) ? out : std::string{};  // some regions' short numbers are possible, and no address for us
}

}  // namespace

bool is_e164(std::string_view number) {
  return number.size() >= 9 && number.size() <= 16 && number[0] == '+' && number[1] != '0' &&
         all_digits(number.substr(1));
}

std::string with_plus(std::string_view number) {
  return number.size() > kShortCodeMost && all_digits(number) ? "+" + std::string(number) : std::string(number);
}

std::string_view without_plus(std::string_view number) { return number.starts_with('+') ? number.substr(1) : number; }

Sender read_sender(std::string_view from, const std::string& region) {
  if (is_e164(from)) return {Sender::Kind::phone, std::string(from)};
  if (all_digits(from) && from.size() <= kShortCodeMost) return {Sender::Kind::short_code, {}};
  std::string number = parse_number(from, region);
  if (number.empty()) return {Sender::Kind::name, {}};
  return {Sender::Kind::phone, std::move(number)};
}

std::string read_service(std::string_view to, const std::string& region) {
  if (is_e164(to) || (all_digits(to) && to.size() <= kShortCodeMost)) return std::string(to);
  std::string number = parse_number(to, region);
  return number.empty() ? std::string(to) : number;
}

}  // namespace northstar::net
