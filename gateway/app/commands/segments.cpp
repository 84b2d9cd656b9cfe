#include "gateway/app/commands/segments.h"

#include <boost/json.hpp>

#include "gateway/reply/segments.h"

namespace northstar::app {

Result<std::string> segments_line(std::string_view line) {
  namespace json = boost::json;
  boost::system::error_code error;
  json::parse_options options;
  options.allow_invalid_utf8 = true;  // counted as the replacement character, as it would be sent
  const json::value in = json::parse(json::string_view(line.data(), line.size()), error, {}, options);
  if (error || !in.is_object())
    return Error{Error::Kind::malformed, R"(not a JSON object; write {"id": "1", "text": "..."})"};
  const json::value* text = in.as_object().if_contains("text");
  if (text == nullptr || !text->is_string())
    return Error{Error::Kind::malformed, R"("text" is missing, or is no string)"};
  const json::value* id = in.as_object().if_contains("id");
  const reply::Encoding encoding = reply::encode_sms({text->as_string().data(), text->as_string().size()});
  json::object out;
  out["id"] = id != nullptr ? *id : json::value(nullptr);
  out["encoding"] = encoding.ucs2 ? "UCS-2" : "GSM-7";
  out["segments"] = encoding.segments;
  out["units"] = encoding.units;
  return json::serialize(out);
}

}  // namespace northstar::app
