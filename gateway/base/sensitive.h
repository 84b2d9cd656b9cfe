#pragma once
#include <concepts>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace northstar {

/// A person's words or number. It does not print, does not compare itself into a log line and does not turn into
/// a string by itself: whoever needs the bytes says `reveal()`, which reviewers look for.
template <class Tag>
class Sensitive {
 public:
  Sensitive() = default;
  explicit Sensitive(std::string bytes) : bytes_(std::move(bytes)) {}
  const std::string& reveal() const { return bytes_; }
  bool empty() const { return bytes_.empty(); }
  friend bool operator==(const Sensitive&, const Sensitive&) = default;

 private:
  std::string bytes_;
};

/// What a person wrote. UTF-8.
using MessageText = Sensitive<struct MessageTextTag>;
/// E.164 with its plus sign, a short code, or a channel's own name for an end of a talk.
using PhoneNumber = Sensitive<struct PhoneNumberTag>;

template <class T>
concept Printable = std::convertible_to<T, std::string_view> || std::convertible_to<T, std::string> ||
                    requires(std::ostream& out, const T& value) { out << value; };
static_assert(!Printable<MessageText> && !Printable<PhoneNumber>, "people's words and numbers stay out of logs");

}  // namespace northstar
