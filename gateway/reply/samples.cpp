#include "gateway/reply/samples.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "gateway/reply/pattern.h"
#include "gateway/reply/strict_yaml.h"

namespace northstar::reply {

/// Reads samples.yaml.
class SampleReader {
 public:
  explicit SampleReader(StrictYaml& yaml) : yaml_(yaml) {}

  void read(const YAML::Node& root, Samples& into) {
    yaml_.entries(root, "the samples", [&](const std::string& key, const YAML::Node& at, const YAML::Node& node) {
      if (key == "templates") {
        yaml_.entries(
            node, "\"templates\"", [&](const std::string& name, const YAML::Node&, const YAML::Node& arguments) {
              yaml_.entries(arguments, "\"" + name + "\"",
                            [&](const std::string& argument, const YAML::Node& place, const YAML::Node& sample) {
                              into.of_template_[name][argument] = read_sample("\"" + argument + "\"", place, sample);
                            });
            });
      } else {
        into.shared_[key] = read_sample("\"" + key + "\"", at, node);
      }
    });
  }

 private:
  Samples::Sample read_sample(const std::string& what, const YAML::Node& at, const YAML::Node& node) {
    using Length = Samples::Length;
    Samples::Sample sample;
    yaml_.entries(node, what, [&](const std::string& key, const YAML::Node& key_node, const YAML::Node& value) {
      if (key == "typical")
        sample.texts[Length::typical] = read_texts(what, value);
      else if (key == "shortest")
        sample.texts[Length::shortest] = read_texts(what, value);
      else if (key == "longest")
        sample.texts[Length::longest] = read_texts(what, value);
      else if (key == "templates")
        sample.templates = yaml_.words(value, what + ": templates");
      else if (key == "values") {
        for (const std::string& word : yaml_.words(value, what + ": values")) sample.values.push_back(value_of(word));
      } else {
        yaml_.fault(key_node,
                    what + " has \"" + key + "\"; known are typical, shortest, longest, values and templates");
      }
    });
    const bool complete = sample.texts.size() == 3;
    if (!complete && sample.values.empty() && sample.templates.empty())
      yaml_.fault(at, what + " needs typical, shortest and longest; or values; or templates");
    return sample;
  }

  Samples::Texts read_texts(const std::string& what, const YAML::Node& node) {
    Samples::Texts texts;
    if (node.IsMap()) {
      yaml_.entries(node, what, [&](const std::string& locale, const YAML::Node&, const YAML::Node& text) {
        if (auto word = yaml_.scalar(text, what)) texts.by_locale[locale] = *word;
      });
    } else if (auto word = yaml_.scalar(node, what)) {
      texts.by_locale[""] = *word;
    }
    return texts;
  }

  static Value value_of(const std::string& word) {
    std::int64_t number = 0;
    const char* end = word.data() + word.size();
    const auto [stopped, error] = std::from_chars(word.data(), end, number);
    return error == std::errc() && stopped == end ? Value(number) : Value(word);
  }

  StrictYaml& yaml_;
};

Samples Samples::read(const std::filesystem::path& folder, Faults& faults) {
  Samples samples;
  StrictYaml yaml(folder / "samples.yaml", faults);
  samples.file_ = yaml.file();
  if (const auto root = yaml.read()) SampleReader(yaml).read(*root, samples);
  return samples;
}

const Samples::Sample* Samples::of(std::string_view name, std::string_view argument) const {
  if (const auto own = of_template_.find(name); own != of_template_.end())
    if (const auto found = own->second.find(argument); found != own->second.end()) return &found->second;
  const auto found = shared_.find(argument);
  return found == shared_.end() ? nullptr : &found->second;
}

std::vector<Value> Samples::values(std::string_view name, std::string_view argument) const {
  const Sample* sample = of(name, argument);
  return sample == nullptr ? std::vector<Value>{} : sample->values;
}

std::vector<Value> Samples::tries(const Catalog& catalog, const Sample& sample, Locale locale, Length length,
                                  Faults& faults) const {
  if (!sample.values.empty()) return sample.values;
  if (!sample.templates.empty()) {
    std::vector<std::string> texts;
    for (const std::string& name : sample.templates) {
      if (const auto id = catalog.find(name)) {
        for (const Values& values : scenes(catalog, *id, locale, length, faults))
          texts.push_back(catalog.render(*id, locale, values).text);
      } else {
        faults.push_back({.file = file_, .text = "there is no template \"" + name + "\""});
      }
    }
    if (texts.empty()) return {};
    if (length == Length::typical) return {texts.front()};
    const auto [shortest, longest] = std::minmax_element(texts.begin(), texts.end(), [](const auto& a, const auto& b) {
      return encode_sms(a).units < encode_sms(b).units;
    });
    return {length == Length::shortest ? *shortest : *longest};
  }
  const auto texts = sample.texts.find(length);
  if (texts == sample.texts.end()) return {};
  const auto& by_locale = texts->second.by_locale;
  for (const std::string_view key : {locale.tag(), std::string_view("en"), std::string_view()})
    if (const auto text = by_locale.find(key); text != by_locale.end()) return {text->second};
  return {};
}

std::vector<Values> Samples::scenes(const Catalog& catalog, TemplateId id, Locale locale, Length length,
                                    Faults& faults) const {
  const TemplateFacts& facts = catalog.facts(id);
  std::vector<Values> scenes(1);
  for (const std::string& argument : facts.arguments) {
    std::vector<Value> values;
    if (const auto fixed = fixed_.find(argument); fixed != fixed_.end())
      values = {fixed->second};
    else if (const Sample* sample = of(facts.name, argument))
      values = tries(catalog, *sample, locale, length, faults);
    if (values.empty()) {
      const Wording* wording = catalog.wording(id, locale);
      faults.push_back({.file = wording != nullptr ? wording->file : file_,
                        .line = wording != nullptr ? wording->line : 0,
                        .column = wording != nullptr ? wording->column : 0,
                        .text = "\"" + facts.name + "\": " + file_ + " has no sample for {" + argument + "}"});
      return {};
    }
    std::vector<Values> longer;
    longer.reserve(scenes.size() * values.size());
    for (const Values& scene : scenes)
      for (const Value& value : values) {
        longer.push_back(scene);
        longer.back().emplace_back(argument, value);
      }
    scenes = std::move(longer);
  }
  return scenes;
}

Values Samples::typical(const Catalog& catalog, TemplateId id, Locale locale, Faults& faults) const {
  std::vector<Values> all = scenes(catalog, id, locale, Length::typical, faults);
  return all.empty() ? Values{} : std::move(all.front());
}

}  // namespace northstar::reply
