#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/locale.h"
#include "gateway/base/result.h"
#include "gateway/base/time.h"
#include "gateway/reply/segments.h"
#include "gateway/reply/values.h"

namespace northstar::reply {

class Pattern;

/// What a text gives away to whoever reads it. nothing: could be read over a shoulder. service: that this is a line
/// that helps. details: what this person asked for, or a provider.
enum class Reveals : std::uint8_t { nothing, service, details };

/// An index into the catalog: templates are looked up by name once, at load.
enum class TemplateId : std::uint16_t {};

/// What is true of a template in every locale (the loader checks that the locales agree).
struct TemplateFacts {
  std::string name;
  Reveals reveals = Reveals::details;
  int budget = 1;  ///< segments it may take
  std::chrono::milliseconds
      useful{};                  ///< later than this it is not worth sending (at most five minutes for a first reply)
  bool repeat_harmless = false;  ///< `repeat: harmless`: may be sent twice when the first outcome is unknown
  bool discreet = false;         ///< `class: discreet`: the stem list of each locale applies (R3)
  std::set<std::string>
      tags;  ///< automatic, ok_question, emergency, self_harm, limits, asks_age, consent, number, honest_wait, ...
  std::vector<std::string> arguments;  ///< names, sorted
};

/// One template in one locale.
struct Wording {
  std::set<int> choices;  ///< the digits it offers ("1 Yes 2 Not now" -> 1, 2), found in the text
  bool draft = true;      ///< `review: draft` until a native speaker has signed it
  std::string revision;   ///< a fingerprint of these words in this locale, 16 hexadecimal digits (R45)
  std::string file;
  int line = 0, column = 0;
};

struct Rendered {
  std::string text;
  Encoding encoding;
};

/// All that Northstar can say, in every locale: `templates/<locale>/messages.yaml`. Immutable; safe from many threads.
class Catalog {
 public:
  /// Loads every locale folder. Faults name file, line and column: a bad pattern, an unknown key, arguments or facts
  /// that differ between locales.
  static Loaded<Catalog> load(const std::filesystem::path& templates_folder);
  Catalog(Catalog&&) noexcept;
  Catalog& operator=(Catalog&&) noexcept;
  ~Catalog();

  std::span<const Locale> locales() const;  ///< those with a folder, `en` first
  bool complete(Locale locale) const;       ///< every template is there
  std::optional<TemplateId> find(std::string_view name) const;
  const TemplateFacts& facts(TemplateId) const;
  std::size_t size() const;
  const Wording* wording(TemplateId, Locale) const;  ///< null when that locale has none

  const Pattern* pattern(TemplateId, Locale) const;  ///< the same, as it is written; for the lint

  /// Renders; falls back to `en` when the locale has no such text (the lint reports that).
  Rendered render(TemplateId, Locale, const Values& values) const;

 private:
  struct Data;
  explicit Catalog(std::unique_ptr<const Data>);
  std::unique_ptr<const Data> data_;
};

/// The lint: R2, R3, R4, R5, R25, R26, R27, R28, R29, R87, budgets with the longest sample values, every tag a
/// template must carry. `errors` keep the catalog from serving; `warnings` are shown with their cost.
struct LintReport {
  Faults errors;
  Faults warnings;
};
struct LintPolicy {
  bool free_to_end_user = false;  ///< FTEU: "free" may be said, and rates need not (R28)
  std::string programme = "Info line";
  std::string contact = "800-555-0100";
};
LintReport lint(const Catalog& catalog, const std::filesystem::path& templates_folder, const LintPolicy& policy);

}  // namespace northstar::reply
