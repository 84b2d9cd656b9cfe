#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>

#include "gateway/reply/catalog.h"
#include "gateway/reply/choices.h"
#include "gateway/reply/locale_words.h"
#include "gateway/reply/pattern.h"
#include "gateway/reply/readability.h"
#include "gateway/reply/samples.h"

namespace northstar::reply {
namespace {

constexpr std::size_t kHarmlessPrefix = 40;  // R4: what a locked screen may show
constexpr double kEnglishGradeMax = 6;       // R87
constexpr double kSpanishEaseMin = 65;       // R87
constexpr auto kFirstReplyUsefulMax = std::chrono::minutes(5);

/// The first `count` characters, and the rest of a word that they cut: "shel" tells as much as "shelter".
std::string_view prefix(std::string_view text, std::size_t count) {
  std::int32_t at = 0;
  while (count-- > 0 && static_cast<std::size_t>(at) < text.size())
    U8_FWD_1(text.data(), at, static_cast<std::int32_t>(text.size()));
  const auto end = static_cast<std::size_t>(at);
  if (end == 0 || text[end - 1] == ' ') return text.substr(0, end);
  return text.substr(0, text.find_first_of(" .,;:!?\n", end));
}

std::string_view first_emoji(std::string_view text) {
  for (std::int32_t at = 0; at < static_cast<std::int32_t>(text.size());) {
    const auto begin = static_cast<std::size_t>(at);
    UChar32 c = 0;
    U8_NEXT(text.data(), at, static_cast<std::int32_t>(text.size()), c);
    if (c > 0xFF && u_hasBinaryProperty(c, UCHAR_EXTENDED_PICTOGRAPHIC))
      return text.substr(begin, static_cast<std::size_t>(at) - begin);
  }
  return {};
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> set) {
  return std::find(set.begin(), set.end(), word) != set.end();
}

/// The first thing that a phone would make a link of; empty if none.
std::string first_link(std::string_view text) {
  std::string word;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t begin = text.find_first_not_of(" \n\t\"'(,", from);
    if (begin == std::string_view::npos) break;
    from = std::min(text.find_first_of(" \n\t\"',)", begin), text.size());
    word.assign(text.substr(begin, from - begin));
    std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) {
      return c < 0x80 ? static_cast<char>(std::tolower(c)) : static_cast<char>(c);
    });
    if (word.find("://") != std::string::npos || word.starts_with("www.")) return word;
    if (word.find('@') != std::string::npos) continue;  // an address to write to, not a page
    const std::string host = word.substr(0, word.find('/'));
    const std::size_t dot = host.find_last_of('.', host.find_last_not_of(".:;!?"));
    if (dot == std::string::npos || dot == 0) continue;
    std::string top = host.substr(dot + 1);
    top.erase(top.find_last_not_of(".:;!?") + 1);
    if (is_one_of(top, {"com", "org", "net", "gov", "edu", "info", "us", "ly", "gl", "co", "io", "me", "gd", "app",
                        "link", "mx"}))
      return word;
  }
  return {};
}

bool is_shortener(const std::string& link) {
  for (const char* host :
       {"bit.ly", "goo.gl", "tinyurl.com", "t.co", "ow.ly", "is.gd", "buff.ly", "rebrand.ly", "cutt.ly", "t.ly"}) {
    const std::size_t at = link.find(host);
    if (at != std::string::npos && (at == 0 || link[at - 1] == '/' || link[at - 1] == '.')) return true;
  }
  return false;
}

std::string one_decimal(double value) {
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), "%.1f", value);
  return out.data();
}

/// Looks at one template in one locale. Each rule speaks once, of the first text that breaks it.
class TemplateLint {
 public:
  TemplateLint(const Catalog& catalog, TemplateId id, Locale locale, const LocaleWords& words, const Samples& samples,
               const LintPolicy& policy, LintReport& report)
      : catalog_(catalog),
        id_(id),
        locale_(locale),
        words_(words),
        samples_(samples),
        policy_(policy),
        report_(report),
        facts_(catalog.facts(id)),
        wording_(*catalog.wording(id, locale)),
        pattern_(*catalog.pattern(id, locale)) {}

  void run() {
    check_facts();
    check_own_words();
    std::vector<std::string> said;  // what a person may read, typical and shortest
    for (const auto length : {Samples::Length::typical, Samples::Length::shortest, Samples::Length::longest}) {
      for (const Values& values : samples_.scenes(catalog_, id_, locale_, length, report_.errors)) {
        const Rendered rendered = catalog_.render(id_, locale_, values);
        check_size(rendered);
        if (length != Samples::Length::longest) check_said(rendered.text, values);
        if (length == Samples::Length::typical) check_reading(values);
      }
    }
    if (const Encoding& size = biggest_.encoding; size.segments > static_cast<std::size_t>(facts_.budget))
      error("budget", "takes " + std::to_string(size.segments) + " segments (" + std::to_string(size.units) +
                          (size.ucs2 ? " UTF-16 units" : " septets") + "), its budget is " +
                          std::to_string(facts_.budget) + ": \"" + biggest_.text + "\"");
    if (grade_worst_ > kEnglishGradeMax)
      error("R87",
            "reads at school year " + one_decimal(grade_worst_) + "; at most 6. Shorter words, shorter sentences");
    if (ease_worst_ < kSpanishEaseMin)
      error("R87", "INFLESZ " + one_decimal(ease_worst_) + "; at least 65. Shorter words, shorter sentences");
  }

 private:
  bool tagged(const std::string& tag) const { return facts_.tags.contains(tag); }
  bool takes(const std::string& argument) const {
    return std::binary_search(facts_.arguments.begin(), facts_.arguments.end(), argument);
  }
  bool first_reply() const { return tagged("automatic") && tagged("ok_question") && !tagged("help"); }

  void note(Faults& faults, const std::string& rule, const std::string& text) {
    if (!spoken_.insert(rule + text.substr(0, 12)).second) return;
    faults.push_back({.file = wording_.file,
                      .line = wording_.line,
                      .column = wording_.column,
                      .text = "\"" + facts_.name + "\" (" + rule + "): " + text});
  }
  void error(const std::string& rule, const std::string& text) { note(report_.errors, rule, text); }
  void warn(const std::string& rule, const std::string& text) { note(report_.warnings, rule, text); }

  void check_facts() {
    if (facts_.discreet && facts_.reveals != Reveals::nothing) error("R3", "is discreet, so it must reveal nothing");
    if (first_reply() && !tagged("follow_up") && facts_.useful > kFirstReplyUsefulMax)
      error("R1", "is a first reply: useful is at most 5m");
    if (first_reply() && (takes("programme") || takes("provider")))
      error("R97", "is a first reply, and must name neither programme nor provider: a search could explain them");
    if (first_reply() && facts_.budget > 1) error("R2", "is a first reply: its budget is 1");
    if ((takes("number") || takes("national") || takes("provider")) && !tagged("number"))
      error("invariant 6", "gives a number or a provider, and has not the tag \"number\"");
    if (facts_.discreet && (takes("number") || takes("national") || takes("provider")))
      error("R3", "is discreet, and must give no number and no provider");
    if (first_reply() && wording_.draft)
      warn("R87", "is a draft; production refuses it as the first reply until a native speaker has signed it");
    for (const Pattern::Argument& argument : pattern_.arguments()) check_branches(argument);
  }

  /// A branch that no value ever takes is a misspelt one, and its text is never said.
  void check_branches(const Pattern::Argument& argument) {
    std::set<std::string> known{"other"};
    for (const Value& value : samples_.values(facts_.name, argument.name))
      if (const auto* word = std::get_if<std::string>(&value)) known.insert(*word);
    if (known.size() == 1) return;  // counts, or has no sample, which is said elsewhere
    for (const std::string& keyword : argument.keywords)
      if (!known.contains(keyword))
        error("branch",
              "{" + argument.name + ", select, ...} has the branch \"" + keyword + "\", which nothing ever takes");
  }

  /// What the template itself writes, whatever is filled in.
  void check_own_words() {
    const std::string own = pattern_.every_branch();
    for (const auto& [digit, label] : labels_in(own, words_.units))
      if (const std::string word = words_.opt_out.found_in(label); !word.empty())
        error("R15",
              "the label of " + std::to_string(digit) + " has \"" + word + "\": who copies it would be opted out");
    for (std::size_t from = 0; from < own.size();) {
      const std::size_t end = std::min(own.find_first_of(".!?;\n", from), own.size());
      std::string sentence = own.substr(from, end - from);
      from = end + 1;
      if (const std::size_t at = sentence.find("STOP"); at != std::string::npos)
        sentence.erase(at, 4);  // the line that explains it
      if (const std::string word = words_.opt_out.found_in(sentence); !word.empty())
        error("R15", "has \"" + word + "\" outside the line that explains STOP: who copies it would be opted out");
    }
    if (const std::string word = words_.claims.found_in(own); !word.empty())
      error("R29", "has \"" + word + "\": nobody can promise that");
    if (const std::string word = words_.filter_risk.found_in(own); !word.empty())
      warn("R26", "has \"" + word + "\": a carrier may drop the text unseen");
    if (const std::string link = first_link(own); is_shortener(link))
      error("R27", "has the shortened link " + link);
    else if (!link.empty() && facts_.reveals == Reveals::nothing)
      error("R27", "has the link " + link + " and may be sent before the OK");
    else if (!link.empty())
      warn("R27", "has the link " + link + ": who opens it leaves a trace on the phone");
    if (own.find("911") != std::string::npos && !tagged("emergency") && !tagged("tip"))
      error("R31", "names 911, and has not the tag \"emergency\" (or \"tip\", R35)");
    if (own.find("988") != std::string::npos && !tagged("self_harm"))
      error("R32", "names 988, and has not the tag \"self_harm\"");
  }

  /// One text as a person may read it.
  void check_said(const std::string& text, const Values& values) {
    const auto start = std::string(prefix(text, kHarmlessPrefix));
    if (!tagged("fragment")) {
      if (const std::string word = words_.revealing.found_in(start); !word.empty())
        error("R4", "its first 40 characters (\"" + start + "\") have \"" + word + "\"; a locked screen may show them");
      for (const auto& [name, value] : values)
        if (const auto* provider = std::get_if<std::string>(&value);
            provider != nullptr && name == "provider" && text.find(*provider) < start.size())
          error("R4", "its first 40 characters (\"" + start + "\") hold the provider's name");
    }
    if (facts_.discreet) {
      if (const std::string word = words_.revealing.found_in(text); !word.empty())
        error("R3", "is discreet and has \"" + word + "\"");
      if (const std::string_view emoji = first_emoji(text); !emoji.empty())
        error("R3", "is discreet and has the picture " + std::string(emoji));
      if (const std::string link = first_link(text); !link.empty()) error("R3", "is discreet and has the link " + link);
    }
    if (tagged("automatic") && words_.automatic.found_in(text).empty())
      error("R5", "does not say that it is automatic");
    if (tagged("ok_question") && text.find('?') == std::string::npos)
      error("R6", "has the tag \"ok_question\" and asks nothing");
    const auto questions = std::count(text.begin(), text.end(), '?');
    if (questions > (tagged("two_languages") ? 2 : 1))
      warn("safety 17", "asks " + std::to_string(questions) + " questions; one a message");
    if (!policy_.free_to_end_user) {
      if (const std::string word = words_.free.found_in(text); !word.empty())
        error("R28", "says \"" + word + "\", and the code is not free to end users");
      if (tagged("help") && words_.rates.found_in(text).empty())
        error("R28", "answers HELP and does not say that rates may apply");
    }
  }

  void check_size(const Rendered& rendered) {
    const Encoding& size = rendered.encoding;
    if (size.segments > biggest_.encoding.segments ||
        (size.segments == biggest_.encoding.segments && size.units > biggest_.encoding.units))
      biggest_ = rendered;
    if (!size.ucs2) return;
    // What it would take with that sign replaced: septets, as if every character had one.
    const std::size_t plain = size.units <= 160 ? 1 : (size.units + 152) / 153;
    warn("R25", "has \"" + std::string(first_beyond_gsm(rendered.text)) +
                    "\", which is not in the short alphabet: " + std::to_string(size.segments) +
                    " segments of 70 where " + std::to_string(plain) + " of 160 would do");
  }

  /// Names, numbers and menus to go back to are read by themselves; here only our own words count.
  void check_reading(Values values) {
    for (auto& [name, value] : values)
      if (auto* text = std::get_if<std::string>(&value); text != nullptr && shown(name))
        *text = name == "back" ? "" : "it";
    if (tagged("two_languages")) return;  // no formula reads two languages at once
    const std::string text = catalog_.render(id_, locale_, values).text;
    if (locale_.tag() == "en") grade_worst_ = std::max(grade_worst_, english_grade(text));
    if (locale_.tag() == "es") ease_worst_ = std::min(ease_worst_, spanish_ease(text));
  }

  bool shown(const std::string& name) const {
    for (const Pattern::Argument& argument : pattern_.arguments())
      if (argument.name == name) return argument.kind == Pattern::Argument::Kind::text;
    return false;
  }

  const Catalog& catalog_;
  TemplateId id_;
  Locale locale_;
  const LocaleWords& words_;
  const Samples& samples_;
  const LintPolicy& policy_;
  LintReport& report_;
  const TemplateFacts& facts_;
  const Wording& wording_;
  const Pattern& pattern_;
  std::set<std::string> spoken_;
  Rendered biggest_;
  double grade_worst_ = 0, ease_worst_ = 1000;
};

}  // namespace

LintReport lint(const Catalog& catalog, const std::filesystem::path& folder, const LintPolicy& policy) {
  LintReport report;
  Samples samples = Samples::read(folder, report.errors);
  samples.fix("programme", policy.programme);
  samples.fix("contact", policy.contact);
  samples.fix("rates", std::string(policy.free_to_end_user ? "free" : "other"));
  for (const Locale locale : catalog.locales()) {
    const std::filesystem::path home = folder / locale.tag();
    const LocaleWords words = LocaleWords::read(home / "stems.yaml", report.errors);
    std::string missing, longer;
    std::size_t drafts = 0;
    for (std::size_t i = 0; i < catalog.size(); ++i) {
      const auto id = static_cast<TemplateId>(i);
      const Wording* wording = catalog.wording(id, locale);
      if (wording == nullptr) {
        missing += (missing.empty() ? "" : ", ") + catalog.facts(id).name;
        continue;
      }
      if (catalog.facts(id).budget > 1) longer += (longer.empty() ? "" : ", ") + catalog.facts(id).name;
      drafts += wording->draft ? 1 : 0;
      TemplateLint(catalog, id, locale, words, samples, policy, report).run();
    }
    const std::string file = (home / "messages.yaml").string();
    if (!missing.empty())
      report.warnings.push_back({.file = file, .text = "not complete (R88); said in English instead: " + missing});
    if (!longer.empty())
      report.warnings.push_back(
          {.file = file, .text = "may take more than one segment, each of which costs as much again: " + longer});
    if (drafts > 0)
      report.warnings.push_back({.file = file,
                                 .text = std::to_string(drafts) + " of " + std::to_string(catalog.size()) +
                                         " texts are drafts that no native speaker has signed (R87)"});
  }
  return report;
}

}  // namespace northstar::reply
