#include "handlers/sms/json_keys.h"

#include <boost/json/basic_parser_impl.hpp>
#include <string>
#include <utility>
#include <vector>

namespace northstar::sms {
namespace {

namespace json = boost::json;

/// What Boost.JSON's parser calls as it reads. Only keys and the ends of elements matter; a key may come in pieces.
class Repeats {
 public:
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);
  using Code = json::error_code;
  using Text = json::string_view;

  std::set<std::size_t> elements;

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) { return open(); }
  bool on_object_end(std::size_t, Code&) { return close(); }
  bool on_array_begin(Code&) { return open(); }
  bool on_array_end(std::size_t, Code&) { return close(); }
  bool on_key_part(Text part, std::size_t, Code&) {
    key_.append(part.data(), part.size());
    return true;
  }
  bool on_key(Text part, std::size_t, Code&) {
    key_.append(part.data(), part.size());
    if (!keys_.back().insert(std::move(key_)).second) elements.insert(at_);
    key_.clear();
    return true;
  }
  bool on_string_part(Text, std::size_t, Code&) { return true; }
  bool on_string(Text, std::size_t, Code&) { return value(); }
  bool on_number_part(Text, Code&) { return true; }
  bool on_int64(std::int64_t, Text, Code&) { return value(); }
  bool on_uint64(std::uint64_t, Text, Code&) { return value(); }
  bool on_double(double, Text, Code&) { return value(); }
  bool on_bool(bool, Code&) { return value(); }
  bool on_null(Code&) { return value(); }
  bool on_comment_part(Text, Code&) { return true; }
  bool on_comment(Text, Code&) { return true; }

 private:
  bool open() {
    keys_.emplace_back();
    return true;
  }
  bool close() {
    keys_.pop_back();
    return value();
  }
  bool value() {
    if (keys_.size() == 1) ++at_;  // one more element of the outermost array is done
    return true;
  }
  std::vector<std::set<std::string>> keys_;
  std::string key_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<std::set<std::size_t>> repeated_keys(std::string_view text) {
  json::basic_parser<Repeats> parser{json::parse_options()};
  json::error_code fault;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), fault);
  if (fault || read != text.size()) return std::nullopt;
  return std::move(parser.handler().elements);
}

bool keys_once(std::string_view text) {
  const auto repeated = repeated_keys(text);
  return repeated && repeated->empty();
}

}  // namespace northstar::sms
