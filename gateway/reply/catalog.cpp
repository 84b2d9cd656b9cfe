#include "gateway/reply/catalog.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "gateway/reply/choices.h"
#include "gateway/reply/locale_words.h"
#include "gateway/reply/pattern.h"
#include "gateway/reply/strict_yaml.h"

namespace northstar::reply {
namespace {

constexpr Locale kFallback{"en"};

/// One entry of one messages.yaml, before the locales are compared.
struct Entry {
  TemplateFacts facts;
  Wording wording;
  std::optional<Pattern> pattern;
  bool readable = false;                    ///< there was a pattern, wherever it is now
  std::map<std::string, YAML::Mark> marks;  ///< where each of its keys stands
};

/// "30s", "5m", "2h".
std::optional<std::chrono::milliseconds> duration_from(const std::string& text) {
  if (text.size() < 2) return std::nullopt;
  int count = 0;
  const char* const end = text.data() + text.size() - 1;
  if (auto [stopped, error] = std::from_chars(text.data(), end, count);
      error != std::errc() || stopped != end || count <= 0 || count > 24 * 60 * 60)
    return std::nullopt;
  switch (*end) {
    case 's':
      return std::chrono::seconds(count);
    case 'm':
      return std::chrono::minutes(count);
    case 'h':
      return std::chrono::hours(count);
    default:
      return std::nullopt;
  }
}

/// FNV-1a over locale and text: tells revisions apart, keeps no secret.
std::string fingerprint(Locale locale, std::string_view text) {
  std::uint64_t hash = 14695981039346656037u;
  const auto add = [&](std::string_view bytes) {
    for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  };
  add(locale.tag());
  add(std::string_view("\0", 1));
  add(text);
  std::string out(16, '0');
  for (auto digit = out.rbegin(); digit != out.rend(); ++digit, hash >>= 4) *digit = "0123456789abcdef"[hash & 15];
  return out;
}

/// Reads one locale's messages.
class EntryReader {
 public:
  EntryReader(StrictYaml& yaml, Locale locale, const LocaleWords& words)
      : yaml_(yaml), locale_(locale), words_(words) {}

  Entry read(const std::string& name, const YAML::Node& at, const YAML::Node& node) {
    Entry entry;
    entry.facts.name = name;
    entry.wording.file = yaml_.file();
    entry.wording.line = at.Mark().line + 1;
    entry.wording.column = at.Mark().column + 1;
    const std::string what = "\"" + name + "\"";
    yaml_.entries(node, what, [&](const std::string& key, const YAML::Node& key_node, const YAML::Node& value) {
      entry.marks.emplace(key, value.Mark());
      if (key == "review")
        read_review(entry, what, value);
      else if (key == "tags")
        for (auto& tag : yaml_.words(value, what + ": tags")) entry.facts.tags.insert(tag);
      else if (key == "text" || key == "reveals" || key == "budget" || key == "useful" || key == "repeat" ||
               key == "class") {
        if (const auto text = yaml_.scalar(value, what + ": " + key)) read_scalar(entry, what, key, *text, value);
      } else {
        yaml_.fault(key_node, what + " has \"" + key +
                                  "\", which is not known; known are text, reveals, budget, useful, "
                                  "repeat, class, tags and review");
      }
    });
    for (const char* needed : {"text", "reveals", "budget", "useful", "review"})
      if (node.IsMap() && !entry.marks.contains(needed)) yaml_.fault(at, what + " has no \"" + needed + "\"");
    return entry;
  }

 private:
  void read_scalar(Entry& entry, const std::string& what, const std::string& key, const std::string& text,
                   const YAML::Node& value) {
    TemplateFacts& facts = entry.facts;
    if (key == "text") {
      read_text(entry, what, text, value);
    } else if (key == "reveals") {
      if (text == "nothing")
        facts.reveals = Reveals::nothing;
      else if (text == "service")
        facts.reveals = Reveals::service;
      else if (text == "details")
        facts.reveals = Reveals::details;
      else
        yaml_.fault(value, what + ": reveals is \"" + text + "\"; it can be nothing, service or details");
    } else if (key == "budget") {
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), facts.budget);
      if (error != std::errc() || end != text.data() + text.size() || facts.budget < 1 || facts.budget > 4)
        yaml_.fault(value, what + ": budget is \"" + text + "\"; it is a number of segments, 1 to 4");
    } else if (key == "useful") {
      if (const auto useful = duration_from(text))
        facts.useful = *useful;
      else
        yaml_.fault(value, what + ": useful is \"" + text + "\"; write how long, such as 30s, 5m or 2h");
    } else if (key == "repeat") {
      facts.repeat_harmless = text == "harmless";
      if (text != "harmless" && text != "ask")
        yaml_.fault(value, what + ": repeat is \"" + text + "\"; it can be harmless or ask");
    } else {
      facts.discreet = text == "discreet";
      if (text != "discreet")
        yaml_.fault(value, what + ": class is \"" + text + "\"; it can only be discreet, or be left out");
    }
  }

  void read_text(Entry& entry, const std::string& what, const std::string& text, const YAML::Node& value) {
    if (text.find_first_not_of(" \n\t") == std::string::npos) {
      yaml_.fault(value, what + " says nothing");
      return;
    }
    auto pattern = Pattern::parse(text, locale_);
    if (!pattern) {
      yaml_.fault(value, what + ": " + pattern.error().text);
      return;
    }
    for (const Pattern::Argument& argument : pattern->arguments()) entry.facts.arguments.push_back(argument.name);
    entry.wording.revision = fingerprint(locale_, text);
    entry.wording.choices = choices_in(pattern->every_branch(), words_.units);
    entry.pattern = *std::move(pattern);
    entry.readable = true;
  }

  void read_review(Entry& entry, const std::string& what, const YAML::Node& value) {
    if (value.IsScalar()) {
      if (value.Scalar() != "draft") yaml_.fault(value, what + ": review is draft, or { by: NAME, on: DATE }");
      return;
    }
    std::string by, on;
    yaml_.entries(value, what + ": review", [&](const std::string& key, const YAML::Node& at, const YAML::Node& says) {
      if (key != "by" && key != "on")
        yaml_.fault(at, what + ": review has \"" + key + "\"; known are by and on");
      else if (auto text = yaml_.scalar(says, what + ": review: " + key))
        (key == "by" ? by : on) = *text;
    });
    if (by.empty() || on.empty())
      yaml_.fault(value, what + ": a review names the native speaker (by) and the day (on)");
    else
      entry.wording.draft = false;
  }

  StrictYaml& yaml_;
  Locale locale_;
  const LocaleWords& words_;
};

}  // namespace

struct Catalog::Data {
  struct Said {
    Wording wording;
    Pattern pattern;
    std::optional<Rendered> fixed;  ///< rendered at load where nothing is filled in
  };
  std::vector<Locale> locales;
  std::vector<TemplateFacts> templates;
  std::unordered_map<std::string, TemplateId> by_name;
  std::vector<std::vector<std::optional<Said>>> said;  ///< [locale][template]

  const Said* find(TemplateId id, Locale locale) const {
    const auto at = std::find(locales.begin(), locales.end(), locale);
    if (at == locales.end()) return nullptr;
    const auto& entry = said[static_cast<std::size_t>(at - locales.begin())][static_cast<std::size_t>(id)];
    return entry ? &*entry : nullptr;
  }
};

namespace {

/// Every fact of a template holds in all locales; each that does not is a fault at the second place.
void compare(const Entry& first, const Entry& other, StrictYaml& yaml, const YAML::Node& at) {
  const auto differs = [&](const std::string& key, bool same) {
    const auto mark = other.marks.find(key);
    if (!same)
      yaml.fault(mark != other.marks.end() ? mark->second : at.Mark(),
                 "\"" + other.facts.name + "\": " + key + " is not the same as in " + first.wording.file);
  };
  differs("reveals", first.facts.reveals == other.facts.reveals);
  differs("budget", first.facts.budget == other.facts.budget);
  differs("useful", first.facts.useful == other.facts.useful);
  differs("repeat", first.facts.repeat_harmless == other.facts.repeat_harmless);
  differs("class", first.facts.discreet == other.facts.discreet);
  differs("tags", first.facts.tags == other.facts.tags);
  if (!first.readable || !other.readable) return;
  for (const std::string& name : first.facts.arguments)
    if (!std::binary_search(other.facts.arguments.begin(), other.facts.arguments.end(), name))
      yaml.fault(other.marks.at("text"),
                 "\"" + other.facts.name + "\" leaves out {" + name + "}, which " + first.wording.file + " has");
  for (const std::string& name : other.facts.arguments)
    if (!std::binary_search(first.facts.arguments.begin(), first.facts.arguments.end(), name))
      yaml.fault(other.marks.at("text"),
                 "\"" + other.facts.name + "\" has {" + name + "}, which " + first.wording.file + " has not");
}

/// The locale folders, `en` first, the others by name.
std::vector<Locale> locales_in(const std::filesystem::path& folder, Faults& faults) {
  std::vector<Locale> found;
  std::error_code error;
  for (const auto& child : std::filesystem::directory_iterator(folder, error)) {
    if (!std::filesystem::exists(child.path() / "messages.yaml")) continue;
    const std::string name = child.path().filename().string();
    const auto known = std::find_if(kLocales.begin(), kLocales.end(), [&](Locale l) { return l.tag() == name; });
    if (known != kLocales.end())
      found.push_back(*known);
    else
      faults.push_back(
          {.file = child.path().string(), .text = "\"" + name + "\" is not a language that the service knows"});
  }
  std::sort(found.begin(), found.end(),
            [](Locale a, Locale b) { return std::pair(a != kFallback, a.tag()) < std::pair(b != kFallback, b.tag()); });
  if (found.empty() || found.front() != kFallback)
    faults.push_back({.file = (folder / "en" / "messages.yaml").string(),
                      .text = "is missing: English is what all else falls back on"});
  return found;
}

}  // namespace

Catalog::Catalog(std::unique_ptr<const Data> data) : data_(std::move(data)) {}
Catalog::Catalog(Catalog&&) noexcept = default;
Catalog& Catalog::operator=(Catalog&&) noexcept = default;
Catalog::~Catalog() = default;

Loaded<Catalog> Catalog::load(const std::filesystem::path& folder) {
  Faults faults;
  auto data = std::make_unique<Data>();
  data->locales = locales_in(folder, faults);
  std::map<std::string, Entry> first;  // as `en` has them; the yardstick for the others
  for (const Locale locale : data->locales) {
    const std::filesystem::path home = folder / locale.tag();
    const LocaleWords words = LocaleWords::read(home / "stems.yaml", faults);
    auto& said = data->said.emplace_back(data->templates.size());
    StrictYaml yaml(home / "messages.yaml", faults);
    const auto root = yaml.read();
    if (!root) continue;
    EntryReader reader(yaml, locale, words);
    yaml.entries(*root, "the messages", [&](const std::string& name, const YAML::Node& at, const YAML::Node& node) {
      Entry entry = reader.read(name, at, node);
      TemplateId id{};
      if (locale == kFallback) {
        id = static_cast<TemplateId>(data->templates.size());
        data->by_name.emplace(name, id);
        data->templates.push_back(entry.facts);
        said.emplace_back();
      } else if (const auto known = data->by_name.find(name); known != data->by_name.end()) {
        id = known->second;
        compare(first.at(name), entry, yaml, at);
      } else {
        yaml.fault(at, "\"" + name + "\" is not among the English messages");
        return;
      }
      if (entry.pattern) {
        Data::Said& now = said[static_cast<std::size_t>(id)].emplace(
            Data::Said{entry.wording, *std::move(entry.pattern), std::nullopt});
        if (now.pattern.arguments().empty()) {
          std::string text;
          now.pattern.render(text, {});
          now.fixed = Rendered{text, encode_sms(text)};
        }
        entry.pattern.reset();
      }
      if (locale == kFallback) first.emplace(name, std::move(entry));
    });
  }
  if (!faults.empty()) return faults;
  return Catalog(std::move(data));
}

std::span<const Locale> Catalog::locales() const { return data_->locales; }

bool Catalog::complete(Locale locale) const {
  for (std::size_t i = 0; i < size(); ++i)
    if (data_->find(static_cast<TemplateId>(i), locale) == nullptr) return false;
  return true;
}

std::optional<TemplateId> Catalog::find(std::string_view name) const {
  const auto found = data_->by_name.find(std::string(name));
  return found == data_->by_name.end() ? std::nullopt : std::optional(found->second);
}

const TemplateFacts& Catalog::facts(TemplateId id) const { return data_->templates[static_cast<std::size_t>(id)]; }
std::size_t Catalog::size() const { return data_->templates.size(); }

const Wording* Catalog::wording(TemplateId id, Locale locale) const {
  const Data::Said* said = data_->find(id, locale);
  return said != nullptr ? &said->wording : nullptr;
}

const Pattern* Catalog::pattern(TemplateId id, Locale locale) const {
  const Data::Said* said = data_->find(id, locale);
  return said != nullptr ? &said->pattern : nullptr;
}

Rendered Catalog::render(TemplateId id, Locale locale, const Values& values) const {
  const Data::Said* said = data_->find(id, locale);
  if (said == nullptr) said = data_->find(id, kFallback);
  if (said->fixed) return *said->fixed;
  Rendered out;
  out.text.reserve(320);
  said->pattern.render(out.text, values);
  out.encoding = encode_sms(out.text);
  return out;
}

}  // namespace northstar::reply
