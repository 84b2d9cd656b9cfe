#include "handlers/telnyx/event.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "handlers/sms/json_keys.h"
#include "handlers/sms/vendor.h"

namespace northstar::telnyx {
namespace {

namespace json = boost::json;
using sms::object_at;
using sms::string_at;

constexpr std::size_t kMessageIdMost = 64;  // Telnyx's have 36 characters

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
  if (!root || !sms::keys_once(body)) return {};
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
