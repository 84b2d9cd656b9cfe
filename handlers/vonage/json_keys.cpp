#include "handlers/vonage/json_keys.h"

#include <boost/json/basic_parser_impl.hpp>
#include <set>
#include <string>
#include <vector>

namespace northstar::vonage {
namespace {

using boost::json::string_view;
using Fault = boost::json::error_code;

/// What Boost.JSON's parser calls as it reads. Only keys matter; one may come in pieces.
struct KeyWatch {
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  bool on_document_begin(Fault&) { return true; }
  bool on_document_end(Fault&) { return true; }
  bool on_object_begin(Fault&) {
    open.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, Fault&) {
    open.pop_back();
    return true;
  }
  bool on_array_begin(Fault&) { return true; }
  bool on_array_end(std::size_t, Fault&) { return true; }
  bool on_key_part(string_view part, std::size_t, Fault&) {
    key.append(part.data(), part.size());
    return true;
  }
  bool on_key(string_view part, std::size_t, Fault& fault) {
    key.append(part.data(), part.size());
    const bool first = open.back().insert(key).second;
    key.clear();
    if (!first) fault = make_error_code(boost::system::errc::invalid_argument);
    return first;
  }
  bool on_string_part(string_view, std::size_t, Fault&) { return true; }
  bool on_string(string_view, std::size_t, Fault&) { return true; }
  bool on_number_part(string_view, Fault&) { return true; }
  bool on_int64(std::int64_t, string_view, Fault&) { return true; }
  bool on_uint64(std::uint64_t, string_view, Fault&) { return true; }
  bool on_double(double, string_view, Fault&) { return true; }
  bool on_bool(bool, Fault&) { return true; }
  bool on_null(Fault&) { return true; }
  bool on_comment_part(string_view, Fault&) { return true; }
  bool on_comment(string_view, Fault&) { return true; }

  std::vector<std::set<std::string>> open;
  std::string key;
};

}  // namespace

bool keys_once(std::string_view json) {
  boost::json::basic_parser<KeyWatch> parser(boost::json::parse_options{});
  Fault fault;
  const std::size_t read = parser.write_some(false, json.data(), json.size(), fault);
  return !fault && read == json.size();
}

}  // namespace northstar::vonage
