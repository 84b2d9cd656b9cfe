#include "gateway/app/commands/segments.h"

#include <boost/json.hpp>
#include <charconv>
#include <optional>

#include "gateway/reply/segments.h"

namespace northstar::app {
namespace {

/// The four hexadecimal digits of a `\uXXXX` at `at`, or nothing.
std::optional<unsigned> escaped_unit(std::string_view line, std::size_t at) {
  if (at + 6 > line.size() || line[at] != '\\' || line[at + 1] != 'u') return std::nullopt;
  unsigned unit = 0;
  const char* const end = line.data() + at + 6;
  const auto [stopped, error] = std::from_chars(line.data() + at + 2, end, unit, 16);
  return error == std::errc() && stopped == end ? std::optional(unit) : std::nullopt;
}

bool leads(unsigned unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool trails(unsigned unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

/// Half a surrogate pair is JSON, but no Unicode, and the parser refuses it: it becomes U+FFFD, as phones show it.
std::string with_whole_surrogates(std::string_view line) {
  std::string out(line);
  for (std::size_t at = 0; at + 1 < out.size(); ++at) {
    if (out[at] != '\\') continue;
    const auto unit = escaped_unit(out, at);
    if (!unit) {
      ++at;  // the sign that is escaped
      continue;
    }
    if (leads(*unit)) {
      if (const auto next = escaped_unit(out, at + 6); next && trails(*next)) {
        at += 11;
        continue;
      }
    }
    if (leads(*unit) || trails(*unit)) out.replace(at + 2, 4, "fffd");
    at += 5;
  }
  return out;
}

}  // namespace

Result<std::string> segments_line(std::string_view line) {
  namespace json = boost::json;
  boost::system::error_code error;
  json::parse_options options;
  options.allow_invalid_utf8 = true;  // counted as the replacement character, as it would be sent
  const json::value in = json::parse(with_whole_surrogates(line), error, {}, options);
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
