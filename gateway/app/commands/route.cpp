#include "gateway/app/commands/route.h"

#include <boost/json.hpp>
#include <charconv>
#include <cmath>

namespace northstar::app {
namespace {

namespace json = boost::json;

constexpr std::size_t kProvidersMax = 5;

std::string json_text(std::string_view text) { return json::serialize(json::string(text.data(), text.size())); }

/// Kilometres to one decimal. Boost.JSON would write 48.3 as 4.83E1.
std::string kilometres_text(double km) {
  char digits[32];
  const auto [end, error] =
      std::to_chars(digits, digits + sizeof digits, std::round(km * 10) / 10, std::chars_format::fixed, 1);
  return {digits, end};
}

std::string refusal(const std::string& id, std::string_view why) {
  return "{\"id\":" + id + ",\"error\":" + json_text(why) + "}";
}

std::string place_json(const directory::PlaceFinding& finding) {
  static const directory::Place kNowhere;
  const directory::Place& best = finding.candidates.empty() ? kNowhere : finding.candidates.front();
  std::string out = "{\"precision\":" + json_text(directory::name(best.precision)) +
                    ",\"county_fips\":" + json_text(best.county_fips) + ",\"name\":" + json_text(best.name) +
                    ",\"candidates\":[";
  for (std::size_t i = 0; i < finding.candidates.size(); ++i) {
    const directory::Place& place = finding.candidates[i];
    out += (i ? ",{\"name\":" : "{\"name\":") + json_text(place.name) +
           ",\"county_fips\":" + json_text(place.county_fips) + ",\"county\":" + json_text(place.county) + "}";
  }
  return out + "]}";
}

}  // namespace

std::string route_line(const directory::Gazetteer& gazetteer, const directory::Directory& directory,
                       const language::Interpreter* interpreter, std::string_view json_line, Instant now) {
  json::error_code error;
  const json::value line = json::parse(json::string_view(json_line.data(), json_line.size()), error);
  const json::object* object = error ? nullptr : line.if_object();
  const json::value* given_id = object ? object->if_contains("id") : nullptr;
  const std::string id = given_id ? json::serialize(*given_id) : "null";
  const json::value* given_text = object ? object->if_contains("text") : nullptr;
  if (!given_text || !given_text->is_string()) return refusal(id, "expected one object with \"id\" and \"text\"");
  const std::string_view text(given_text->get_string().data(), given_text->get_string().size());

  directory::Wish wish;
  if (interpreter) {
    const language::Understanding heard = interpreter->understand(text);
    wish.needs = heard.needs;
    wish.tonight = heard.tonight;
    wish.minor = heard.cues.contains(language::Cue::minor);
    wish.man = heard.man;
    wish.language = heard.language;
  }
  // The text may be a first message or an answer to "where?": what is plain in the first needs no question.
  directory::PlaceFinding finding = gazetteer.find(text, false, wish.language);
  if (finding.candidates.empty() && !finding.outside) finding = gazetteer.find(text, true, wish.language);

  std::string out = "{\"id\":" + id + ",\"place\":" + place_json(finding) +
                    ",\"confirm\":" + (finding.confirm ? "true" : "false") + ",\"providers\":[";
  if (!finding.outside && !finding.candidates.empty()) {
    bool first = true;
    for (const directory::Match& match : directory.nearest(finding.candidates.front(), wish, now, kProvidersMax)) {
      if (!first) out += ',';
      first = false;
      out += "{\"key\":" + json_text(match.provider->key) + ",\"km\":" + kilometres_text(match.km) +
             ",\"tier\":" + std::to_string(match.tier) + "}";
    }
  }
  out += "],\"national\":[";
  bool first = true;
  for (const directory::NationalLine& national : directory.national()) {
    if (!first) out += ',';
    first = false;
    out += json_text(national.provider->key);
  }
  return out + "]}";
}

}  // namespace northstar::app
