#include "gateway/app/commands/understand.h"

#include <boost/json.hpp>
#include <cmath>

namespace northstar::app {
namespace json = boost::json;
namespace {

using language::Intent;

/// Answers to the flow's own questions; the command's fixed list of names does not hold them.
bool printed(Intent intent) {
  return intent != Intent::skip && intent != Intent::another && intent != Intent::follow_up;
}

template <class E>
json::array names(EnumSet<E> set) {
  json::array out;
  for (unsigned i = 0; i < static_cast<unsigned>(E::kCount); ++i) {
    const E each = static_cast<E>(i);
    if (!set.contains(each)) continue;
    if constexpr (std::is_same_v<E, Intent>) {
      if (!printed(each)) continue;
    }
    out.emplace_back(json::string_view(name(each).data(), name(each).size()));
  }
  return out;
}

std::string problem(json::value id, const char* text) {
  return json::serialize(json::object{{"id", std::move(id)}, {"error", text}});
}

json::string_view view(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

std::string understand_line(const language::Interpreter& interpreter, std::string_view json_line) {
  boost::system::error_code broken;
  json::parse_options options;
  options.allow_invalid_utf8 = true;  // people's texts come as they come; the interpreter bears any bytes
  const json::value line = json::parse(view(json_line), broken, {}, options);
  if (broken) return problem(nullptr, "this line is not JSON");
  const json::object* object = line.if_object();
  if (object == nullptr) return problem(nullptr, "this line is not a JSON object");
  const json::value* given = object->if_contains("id");
  json::value id = given != nullptr ? *given : json::value(nullptr);
  const json::value* text = object->if_contains("text");
  if (text == nullptr || !text->is_string()) return problem(std::move(id), "\"text\" is missing, or is not a string");
  Locale hint;
  if (const json::value* locale = object->if_contains("locale"); locale != nullptr && !locale->is_null()) {
    if (!locale->is_string()) return problem(std::move(id), "\"locale\" is not a string");
    hint = Locale(std::string_view(locale->get_string().data(), locale->get_string().size()));
  }
  const language::Understanding said =
      interpreter.understand({text->get_string().data(), text->get_string().size()}, hint);
  json::object out{{"id", std::move(id)},
                   {"language", view(said.language.tag())},
                   {"confidence", std::round(static_cast<double>(said.confidence) * 100) / 100},
                   {"intents", names(said.intents)},
                   {"cues", names(said.cues)},
                   {"needs", names(said.needs)},
                   {"ambiguous", said.ambiguous}};
  if (said.tonight) out["tonight"] = true;
  if (said.man) out["man"] = true;
  return json::serialize(out);
}

}  // namespace northstar::app
