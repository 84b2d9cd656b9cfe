#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace northstar::sms {

struct Field {
  std::string_view name;
  std::string_view value;
  friend auto operator<=>(const Field&, const Field&) = default;
};

/// An `application/x-www-form-urlencoded` body, decoded strictly: every '%' has two hex digits, and what comes out is
/// UTF-8. Values are neither trimmed nor changed, because signatures cover them. Reusing one Form reuses its memory.
class Form {
 public:
  static constexpr std::size_t kFieldsMost = 256;  ///< an aggregator sends about twenty

  Form() = default;
  Form(const Form&) = delete;  // the fields point into it
  Form& operator=(const Form&) = delete;

  /// False when the bytes are not such a form; the fields are then empty. Takes any bytes.
  bool parse(std::string_view bytes);
  /// In the order sent, or by name and value in byte order after `sort()`.
  std::span<const Field> fields() const { return fields_; }
  void sort();
  /// The only field of that name; nothing when there is none, and `twice` when senders disagree with themselves.
  const std::string_view* find(std::string_view name) const;
  bool twice(std::string_view name) const;

 private:
  std::string decoded_;
  std::vector<Field> fields_;
};

bool valid_utf8(std::string_view bytes);

}  // namespace northstar::sms
