#include "handlers/telnyx/event.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "handlers/sms/vendor.h"

namespace northstar::telnyx {
namespace {

namespace json = boost::json;
using sms::object_at;
using sms::string_at;

constexpr std::size_t kMessageIdMost = 64;  // Telnyx's have 36 characters

/// Counts the names in a JSON text, repeated ones each time.
struct NameCounter {
  static constexpr std::size_t max_object_size = std::size_t(-1), max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1), max_string_size = std::size_t(-1);
  using ec = boost::system::error_code;
  std::size_t names = 0;
  bool on_document_begin(ec&) { return true; }
  bool on_document_end(ec&) { return true; }
  bool on_object_begin(ec&) { return true; }
  bool on_object_end(std::size_t, ec&) { return true; }
  bool on_array_begin(ec&) { return true; }
  bool on_array_end(std::size_t, ec&) { return true; }
  bool on_key_part(json::string_view, std::size_t, ec&) { return true; }
  bool on_key(json::string_view, std::size_t, ec&) { return ++names, true; }
  bool on_string_part(json::string_view, std::size_t, ec&) { return true; }
  bool on_string(json::string_view, std::size_t, ec&) { return true; }
  bool on_number_part(json::string_view, ec&) { return true; }
  bool on_int64(std::int64_t, json::string_view, ec&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, ec&) { return true; }
  bool on_double(double, json::string_view, ec&) { return true; }
  bool on_bool(bool, ec&) { return true; }
  bool on_null(ec&) { return true; }
  bool on_comment_part(json::string_view, ec&) { return true; }
  bool on_comment(json::string_view, ec&) { return true; }
};

std::size_t names_in(const json::object& object);
std::size_t names_in(const json::value& value) {
  if (value.is_object()) return names_in(value.get_object());
  std::size_t names = 0;
  if (value.is_array())
    for (const json::value& item : value.get_array()) names += names_in(item);
  return names;
}
std::size_t names_in(const json::object& object) {
  std::size_t names = object.size();
  for (const auto& pair : object) names += names_in(pair.value());
  return names;
}

/// A parsed object keeps the last of two equal names without a word: then it holds fewer names than were written.
bool says_a_name_twice(std::string_view body, const json::object& parsed) {
  json::basic_parser<NameCounter> parser{json::parse_options()};
  boost::system::error_code ec;
  parser.write_some(false, body.data(), body.size(), ec);
  return ec || parser.handler().names != names_in(parsed);
}

const json::value* present(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(json::string_view(key.data(), key.size()));
  return value && !value->is_null() ? value : nullptr;
}

/// The first object of a list; an empty one where there is none.
const json::object& first_of(const json::object& object, std::string_view key) {
  static const json::object kNone;
  const json::value* list = present(object, key);
  return list && list->is_array() && !list->get_array().empty() && list->get_array().front().is_object()
             ? list->get_array().front().get_object()
             : kNone;
}

Event read_text(const json::object& payload, Event event) {
  if (const std::string_view direction = string_at(payload, "direction"); !direction.empty() && direction != "inbound")
    return {.kind = Event::Kind::other};
  const std::string_view type = string_at(payload, "type");
  if (!type.empty() && type != "SMS" && type != "MMS") return {.kind = Event::Kind::elsewhere};
  const json::value *text = present(payload, "text"), *media = present(payload, "media");
  event.from = string_at(object_at(payload, "from"), "phone_number");
  event.to = string_at(first_of(payload, "to"), "phone_number");  // a group's other numbers are in `cc`
  event.media = media && !(media->is_array() && media->get_array().empty());
  event.keyword = string_at(payload, "autoresponse_type");
  if (text && text->is_string()) event.text = string_at(payload, "text");
  // A picture may come without a word; a text may be empty, but it is there.
  const bool said = text ? text->is_string() : event.media;
  event.kind = said && !event.from.empty() && !event.to.empty() ? Event::Kind::text : Event::Kind::malformed;
  return event;
}

Event read_receipt(const json::object& payload, Event event) {
  event.status = string_at(first_of(payload, "to"), "status");
  const json::value* code = present(first_of(payload, "errors"), "code");
  if (code && code->is_string()) event.code = std::string_view(code->get_string().data(), code->get_string().size());
  else if (code && code->is_int64()) event.code = std::to_string(code->get_int64());
  event.kind = event.status.empty() ? Event::Kind::malformed : Event::Kind::receipt;
  return event;
}

}  // namespace

Event read_event(std::string_view body) {
  const auto root = sms::read_object(body);
  if (!root || says_a_name_twice(body, *root)) return {};
  const json::object& data = object_at(*root, "data");
  const std::string_view type = string_at(data, "event_type");
  if (type.empty()) return {};
  if (type == "messaging-profile.spend-limit-reached") return {.kind = Event::Kind::spend_limit};
  const bool text = type == "message.received";
  if (!text && type != "message.sent" && type != "message.finalized") return {.kind = Event::Kind::other};
  const json::object& payload = object_at(data, "payload");
  Event event;
  event.id = string_at(payload, "id");
  if (event.id.empty() || event.id.size() > kMessageIdMost) return {};
  return text ? read_text(payload, std::move(event)) : read_receipt(payload, std::move(event));
}

}  // namespace northstar::telnyx
