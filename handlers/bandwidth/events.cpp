#include "handlers/bandwidth/events.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <charconv>

#include "gateway/net/http.h"
#include "handlers/bandwidth/errors.h"
#include "handlers/sms/json_keys.h"
#include "handlers/sms/vendor.h"

namespace northstar::bandwidth {
namespace {

namespace json = boost::json;
using sms::object_at;
using sms::string_at;

std::string_view view(const json::string& text) { return {text.data(), text.size()}; }

/// Layout that phones add to a picture message or a long text is no picture. The words of a text part are in `text` already.
bool counts_as_media(std::string_view url, bool has_text) {
  const std::string_view name = url.substr(0, url.find_first_of("?#"));
  const auto ends = [&](std::string_view suffix) {
    return name.size() >= suffix.size() && net::equal_ignoring_case(name.substr(name.size() - suffix.size()), suffix);
  };
  return !ends(".smil") && !ends(".xml") && !(has_text && ends(".txt"));
}

void read_text(Event& event, std::string_view type, const json::object& item, const json::object& message) {
  // Our own text come back is nobody's question: answering it would be a talk with ourselves.
  if (string_at(message, "direction") == "out") {
    event.kind = Event::Kind::other;
    return;
  }
  event.from = string_at(message, "from");
  event.to = string_at(message, "owner");
  if (event.to.empty()) event.to = string_at(item, "to");
  const json::value* text = message.if_contains("text");
  const json::value* media = message.if_contains("media");
  if (event.from.empty() || event.to.empty() || (text && !text->is_string() && !text->is_null()) ||
      (media && !media->is_array() && !media->is_null()))
    return;
  if (text && text->is_string())
    event.text = view(text->get_string());
  else if (type == "suggestion-response")
    event.text = string_at(object_at(message, "suggestionResponse"), "text");
  else
    event.text = string_at(object_at(message, "content"), "text");
  event.media = type == "request-location-response" || message.contains("locationResponse");
  if (media && media->is_array())
    for (const json::value& entry : media->get_array())
      if (!entry.is_string() || counts_as_media(view(entry.get_string()), !event.text.empty())) event.media = true;
  event.kind = Event::Kind::text;
}

std::string code_of(const json::object& item) {
  const json::value* code = item.if_contains("errorCode");
  if (code && code->is_int64() && code->get_int64() > 0) return sms::error_code(std::to_string(code->get_int64()));
  return sms::error_code(string_at(item, "errorCode"));
}

void read_receipt(Event& event, std::string_view type, const json::object& item) {
  using Status = net::Receipt::Status;
  event.kind = Event::Kind::receipt;
  event.error_code = code_of(item);
  if (type == "message-delivered" || type == "message-read") event.status = Status::delivered;
  if (type != "message-failed") return;
  int code = 0;
  std::from_chars(event.error_code.data(), event.error_code.data() + event.error_code.size(), code);
  event.status = status_of_failure(code);
  const Failure* known = failure(code);
  event.filtered = known && known->filtered;
}

Event read_event(const json::value& value, std::string_view application_id) {
  Event event;
  if (!value.is_object() || !sms::all_utf8(value)) return event;
  const json::object& item = value.get_object();
  const std::string_view type = string_at(item, "type");
  if (type.empty()) return event;
  const bool text = type == "message-received" || type == "request-location-response" || type == "suggestion-response";
  const bool receipt = type == "message-sending" || type == "message-sent" || type == "message-delivered" ||
                       type == "message-read" || type == "message-failed";
  if (!text && !receipt) {
    event.kind = Event::Kind::other;
    return event;
  }
  const json::object& message = object_at(item, "message");
  event.id = string_at(message, "id");
  if (event.id.empty() || event.id.size() > kMessageIdMost) return event;
  if (!application_id.empty() && !net::equal_ignoring_case(string_at(message, "applicationId"), application_id)) {
    event.kind = Event::Kind::elsewhere;
    return event;
  }
  if (text)
    read_text(event, type, item, message);
  else
    read_receipt(event, type, item);
  return event;
}

}  // namespace

std::optional<std::vector<Event>> read_events(std::string_view body, std::string_view application_id) {
  json::error_code ec;
  const json::value value = json::parse(json::string_view(body.data(), body.size()), ec);
  if (ec || !value.is_array()) return std::nullopt;
  const auto unclear = sms::repeated_keys(body);
  std::vector<Event> events;
  for (std::size_t i = 0; i < value.get_array().size(); ++i)
    events.push_back(!unclear || unclear->contains(i) ? Event() : read_event(value.get_array()[i], application_id));
  return events;
}

}  // namespace northstar::bandwidth
