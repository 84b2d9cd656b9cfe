#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/reply/catalog.h"

namespace northstar::reply {

/// What to fill in when nobody is there: `templates/samples.yaml`. The lint measures with them, the command line and
/// the editor show them. Every argument has one; `language: { list: ... }` is for one template only.
class Samples {
 public:
  enum class Length { typical, shortest, longest };

  static Samples read(const std::filesystem::path& templates_folder, Faults& faults);

  /// For every argument a sample, and every mix of what chooses a branch ("open: always", "minutes: 1").
  /// What no sample covers goes to `faults`, at the template.
  std::vector<Values> scenes(const Catalog& catalog, TemplateId id, Locale locale, Length length, Faults& faults) const;

  /// One scene: the typical one.
  Values typical(const Catalog& catalog, TemplateId id, Locale locale, Faults& faults) const;

  /// What is tried for an argument that chooses or counts; empty for one that is only shown.
  std::vector<Value> values(std::string_view name, std::string_view argument) const;

  /// An argument that always has this value, whatever the file says.
  void fix(const std::string& argument, Value value) { fixed_[argument] = std::move(value); }

 private:
  struct Texts {
    std::map<std::string, std::string, std::less<>> by_locale;
  };  ///< "" for all
  struct Sample {
    std::map<Length, Texts> texts;
    std::vector<Value> values;           ///< each is tried
    std::vector<std::string> templates;  ///< rendered in the same locale
  };
  friend class SampleReader;

  const Sample* of(std::string_view name, std::string_view argument) const;
  std::vector<Value> tries(const Catalog& catalog, const Sample& sample, Locale locale, Length length,
                           Faults& faults) const;

  std::string file_;
  std::map<std::string, Sample, std::less<>> shared_;  ///< by argument
  std::map<std::string, std::map<std::string, Sample, std::less<>>, std::less<>>
      of_template_;  ///< by template, argument
  std::map<std::string, Value, std::less<>> fixed_;
};

}  // namespace northstar::reply
