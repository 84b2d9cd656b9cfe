// What NGOs tune with: each says for one text, or for lines of JSON, what the gateway makes of it.
#include <array>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <map>
#include <optional>

#include "gateway/app/commands/commands.h"
#include "gateway/app/commands/route.h"
#include "gateway/app/commands/segments.h"
#include "gateway/app/commands/template.h"
#include "gateway/app/commands/understand.h"
#include "gateway/reply/segments.h"

namespace northstar::app {
namespace {

/// The words behind the command, as one text; standard input when there are none.
std::string text_of(const TuneOptions& options) {
  std::string text;
  for (const std::string& word : options.words) text += (text.empty() ? "" : " ") + word;
  if (text.empty()) std::getline(std::cin, text, '\0');
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

/// A part of the world that one command needs, or its faults printed.
template <class T>
std::optional<T> take(Loaded<T> part) {
  if (part) return std::move(*part);
  print(part.error());
  return std::nullopt;
}

std::string member(const boost::json::object& object, const char* key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr) return {};
  return value->is_string() ? std::string(value->get_string()) : boost::json::serialize(*value);
}

/// The same answer as the line of JSON, as people read it.
std::string route_for_people(const boost::json::object& answer, const directory::Directory& directory) {
  const boost::json::object& place = answer.at("place").as_object();
  std::string out = place.at("candidates").as_array().empty()
                        ? "no place heard\n"
                        : member(place, "name") + " (" + member(place, "precision") + ", county " + member(place, "county_fips") +
                              ")" + (answer.at("confirm").as_bool() ? ", to be confirmed" : "") + "\n";
  for (const auto& entry : answer.at("providers").as_array()) {
    const boost::json::object& match = entry.as_object();
    const directory::Provider* provider = directory.find(member(match, "key"));
    if (provider == nullptr) continue;
    std::array<char, 32> km{};
    std::snprintf(km.data(), km.size(), "%.1f", match.at("km").to_number<double>());
    out += "  tier " + member(match, "tier") + ", " + km.data() + " km: " + provider->name + " [" + provider->key + "]\n";
  }
  out += "  always:";
  for (const auto& key : answer.at("national").as_array()) out += " " + std::string(key.as_string());
  return out + "\n";
}

}  // namespace

int route(const Start& start, const TuneOptions& options) {
  const auto config = take(start.load());
  if (!config) return 1;
  const Instant now = std::chrono::floor<Millis>(std::chrono::system_clock::now());
  directory::Policy policy;
  policy.demo = config->demo;
  const auto gazetteer = take(directory::Gazetteer::load(config->geo));
  const auto providers = take(directory::Directory::load(config->directory, policy, now));
  const auto interpreter = take(language::Interpreter::load(config->lexicon));
  if (!gazetteer || !providers || !interpreter) return 1;
  const auto answer = [&](std::string_view line) -> Result<std::string> {
    return route_line(*gazetteer, *providers, &*interpreter, line, now);
  };
  if (options.jsonl) return pump_lines(answer);
  const std::string line = boost::json::serialize(boost::json::object{{"id", 0}, {"text", text_of(options)}});
  const boost::json::value said = boost::json::parse(*answer(line));
  std::printf("%s", route_for_people(said.as_object(), *providers).c_str());
  return 0;
}

int understand(const Start& start, const TuneOptions& options) {
  const auto config = take(start.load());
  if (!config) return 1;
  const auto interpreter = take(language::Interpreter::load(config->lexicon));
  if (!interpreter) return 1;
  const auto answer = [&](std::string_view line) -> Result<std::string> { return understand_line(*interpreter, line); };
  if (options.jsonl) return pump_lines(answer);
  const std::string text = text_of(options);
  boost::json::object said = boost::json::parse(*answer(boost::json::serialize(boost::json::object{{"text", text}}))).as_object();
  said.erase("id");
  std::printf("%s\n", boost::json::serialize(said).c_str());
  for (const std::string& line : interpreter->explain(text)) std::printf("  %s\n", line.c_str());  // which words spoke
  return 0;
}

int segments(const TuneOptions& options) {
  if (options.jsonl) return pump_lines(segments_line);
  const std::string text = text_of(options);
  const reply::Encoding encoding = reply::encode_sms(text);
  std::printf("%s, %zu %s, %zu %s\n", encoding.ucs2 ? "UCS-2" : "GSM-7", encoding.segments,
              encoding.segments == 1 ? "segment" : "segments", encoding.units, encoding.ucs2 ? "units" : "septets");
  if (encoding.segments > 1) {
    for (const std::string& part : reply::cut_sms(text)) std::printf("  | %s\n", part.c_str());
  }
  return 0;
}

int show_template(const Start& start, const TemplateOptions& options) {
  const auto config = start.load();
  if (!config) {
    print(config.error());
    return 1;
  }
  const auto catalog = reply::Catalog::load(config->templates);
  if (!catalog) {
    print(catalog.error());
    return 1;
  }
  const reply::LintPolicy policy{config->programme.free_to_end_user, config->programme.name, config->programme.contact};
  const Locale locale(options.locale);
  const auto render = [&](const std::string& name, const std::map<std::string, std::string>& values) {
    return render_template(*catalog, config->templates, name, locale, values, policy);
  };
  if (options.jsonl) {
    return pump_lines([&](std::string_view line) -> Result<std::string> {
      boost::system::error_code broken;
      const auto parsed = boost::json::parse(boost::json::string_view(line.data(), line.size()), broken);
      const auto* object = broken ? nullptr : parsed.if_object();
      const auto* name = object == nullptr ? nullptr : object->if_contains("template");
      if (name == nullptr || !name->is_string()) return Error{Error::Kind::malformed, "needs {\"template\":…,\"locale\":…}"};
      const auto* tag = object->if_contains("locale");
      const Locale in(tag != nullptr && tag->is_string() ? std::string_view(tag->get_string().data(), tag->get_string().size())
                                                         : locale.tag());
      std::map<std::string, std::string> values;
      if (const auto* given = object->if_contains("values"); given != nullptr && given->is_object()) {
        for (const auto& [key, value] : given->get_object()) {
          values[std::string(key)] = value.is_string() ? std::string(value.get_string()) : boost::json::serialize(value);
        }
      }
      const std::string which(name->get_string());
      auto view = render_template(*catalog, config->templates, which, in, values, policy);
      if (!view) return view.error();
      return to_json(*view, which, in);
    });
  }
  std::map<std::string, std::string> values;
  for (const std::string& pair : options.values) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos) {
      std::fprintf(stderr, "\"%s\" is to be written as --value name=text\n", pair.c_str());
      return 2;
    }
    values[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  const auto view = render(options.name, values);
  if (!view) {
    std::fprintf(stderr, "%s\n", view.error().text.c_str());
    return 1;
  }
  std::printf("%s", to_lines(*view).c_str());
  return view->errors.empty() ? 0 : 1;
}

}  // namespace northstar::app
