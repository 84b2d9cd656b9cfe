#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace northstar::kannel {

/// A query whose values are octets: smsbox writes UTF-16 and user data headers into it as they are, so that it need not
/// be UTF-8 (as sms::Form must). Every '%' has two hex digits; '+' is a space.
class Query {
 public:
  static constexpr std::size_t kFieldsMost = 64;

  /// Nothing when the bytes are no such query. Takes any bytes.
  static std::optional<Query> parse(std::string_view bytes);
  /// The value; nothing when there is none of that name.
  const std::string* find(std::string_view name) const;
  bool twice(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// The value of one field, looked for before the rest is read; nothing when it is not there exactly once.
std::optional<std::string> only(std::string_view query, std::string_view name);

}  // namespace northstar::kannel
