// Invariant 9: every state's text exists in every enabled locale, fits its segments, and offers exactly its own menu.
#include <algorithm>
#include <set>

#include "gateway/conversation/verify_texts.h"

namespace northstar::conversation::proof {
namespace {

using reply::Reveals;
using reply::TemplateId;

/// The longest that an argument of a text gets in practice; the lint holds each text alone against its budget.
constexpr std::pair<std::string_view, std::string_view> kLongest[] = {
    {"programme", "Info line"}, {"contact", "800-555-0100"},
    {"place", "Rancho Santa Margarita"}, {"county", "San Bernardino"}, {"provider_county", "San Bernardino"},
    {"number", "800-555-0100"}, {"national", "800-555-0100"}, {"provider", "Asian Pacific Islander Legal Outreach"},
    {"name", "Guadalupe"}, {"open", "always"}, {"hours", "Mon-Fri 9-5"}, {"need", "shelter"}, {"tonight", "yes"}, {"met", "yes"},
    {"rates", "other"}, {"what", "a place to stay, Fresno"}, {"office", "other"}, {"list", "1 English 2 Espanol"}};

reply::Values longest(const reply::Catalog& catalog, TemplateId what, const std::string& back) {
  reply::Values values;
  for (const auto& name : catalog.facts(what).arguments) {
    if (name == "back") {
      values.emplace_back(name, back);
    } else if (name == "minutes") {
      values.emplace_back(name, std::int64_t{10});
    } else {
      const auto it = std::find_if(std::begin(kLongest), std::end(kLongest), [&](const auto& l) { return l.first == name; });
      values.emplace_back(name, std::string(it == std::end(kLongest) ? std::string_view("x") : it->second));
    }
  }
  return values;
}

std::string listed(const std::set<int>& digits) {
  std::string out;
  for (int digit : digits) out += (out.empty() ? "" : ", ") + std::to_string(digit);
  return out.empty() ? "none" : out;
}

class Texts {
 public:
  Texts(const Flow& flow, const reply::Catalog& catalog, std::span<const Locale> locales, Findings& findings)
      : flow_(flow), catalog_(catalog), locales_(locales), findings_(findings) {}

  void read() {
    for (const auto& [name, member] : named_words()) {
      const TemplateId id = flow_.words.*member;
      const Mark mark = word_mark(flow_, name);
      there(id, mark, "word \"" + std::string(name) + "\"");
      facts_of_word(name, id, mark);
      const auto expected = digits_of_word(name);
      if (expected) offers(id, *expected, mark, "the engine");
    }
    for (const State& state : flow_.states) {
      if (!state.says) continue;
      const std::string what = "state \"" + state.name + "\"";
      there(*state.says, state.mark, what);
      if (state.back) there(*state.back, state.mark, what);
      if (state.each_place || state.each_language) continue;  // their digits are made as the talk goes
      std::set<int> menu;
      for (int digit = 1; digit <= 9; ++digit) {
        if (state.menu[static_cast<std::size_t>(digit)]) menu.insert(digit);
      }
      offers(*state.says, menu, state.mark, what);
      if (state.back && state.back != state.says) offers(*state.back, menu, state.mark, what);
      for (const auto word : {&Words::sorry, &Words::help_open, &Words::trust_police, &Words::trust_real,
                              &Words::trust_seen, &Words::trust_cost, &Words::trust_what, &Words::taken_back}) {
        fits(flow_.words.*word, state.back ? *state.back : *state.says, state);
      }
    }
  }

 private:
  void lacks(Mark mark, std::string_view word, TemplateId id, const char* tag, const char* why, int invariant) {
    if (catalog_.facts(id).tags.contains(tag)) return;
    findings_.add(mark, "word \"" + std::string(word) + "\" is \"" + catalog_.facts(id).name + "\", whose message lacks the tag \"" +
                            tag + "\": " + why + " (invariant " + std::to_string(invariant) + ")");
  }

  /// What must be true of a word wherever it is said.
  void facts_of_word(std::string_view name, TemplateId id, Mark mark) {
    const bool first = name == "greeting" || name == "greeting_two_languages" || name == "greeting_911" || name == "follow_up";
    if (first) lacks(mark, name, id, "automatic", "the first text says that a machine answers (R5)", 1);
    if (first || name == "greeting_again" || name == "still_ok" || name == "help") {
      lacks(mark, name, id, "ok_question", "it asks whether it is OK to text (R6)", 1);
    }
    if (name == "joined") lacks(mark, name, id, "limits", "a person begins with what stays between them and what may not (R50)", 6);
    // Said by staff after a silence, or when nobody knows who reads: no talk of ours shows it.
    if ((name == "still_ok" || name == "follow_up") && catalog_.facts(id).reveals != Reveals::nothing) {
      findings_.add(mark, "word \"" + std::string(name) + "\" is \"" + catalog_.facts(id).name +
                              "\", which gives something away, and it is said when nobody knows who reads (invariant 8)");
    }
  }

  /// What the engine hears after its own words. Those without an entry end with a state's short menu, or ask nothing.
  static std::optional<std::set<int>> digits_of_word(std::string_view name) {
    if (name == "greeting" || name == "greeting_two_languages" || name == "follow_up" || name == "greeting_again") {
      return std::set<int>{1, 2, 3};
    }
    if (name == "greeting_911" || name == "help" || name == "stop_unclear" || name == "still_ok") return std::set<int>{1, 2};
    if (name == "later" || name == "stopped" || name == "quiet" || name == "erased" || name == "thanks" || name == "media") {
      return std::set<int>{};
    }
    return std::nullopt;
  }

  void there(TemplateId id, Mark mark, const std::string& what) {
    for (Locale locale : locales_) {
      if (catalog_.wording(id, locale) || !findings_.fresh(9, mark, 100 + static_cast<int>(id))) continue;
      findings_.add(mark, what + " says \"" + catalog_.facts(id).name + "\", which has no text in " +
                              std::string(locale.tag()) + ": whoever texts in it would read English (invariant 9)");
    }
  }

  void offers(TemplateId id, const std::set<int>& expected, Mark mark, const std::string& who) {
    for (const Locale& locale : locales_) {
      const auto* wording = catalog_.wording(id, locale);
      if (!wording) continue;
      std::set<int> digits = wording->choices;
      digits.erase(0);  // always a person; need not be printed
      if (digits == expected) continue;
      const auto nth = static_cast<int>(&locale - locales_.data());
      if (!findings_.fresh(9, {wording->line, mark.line}, 10000 * (nth + 1) + static_cast<int>(id))) continue;
      findings_.add_message(*wording, "\"" + catalog_.facts(id).name + "\" offers " + listed(digits) + ", and " + who +
                                          " hears " + listed(expected) + " (" + flow_.file + ":" + std::to_string(mark.line) +
                                          ") (invariant 9)");
    }
  }

  void fits(TemplateId word, TemplateId back, const State& state) {
    const auto& facts = catalog_.facts(word);
    if (std::find(facts.arguments.begin(), facts.arguments.end(), "back") == facts.arguments.end()) return;
    for (Locale locale : locales_) {
      if (!catalog_.wording(word, locale) || !catalog_.wording(back, locale)) continue;
      const auto menu = catalog_.render(back, locale, longest(catalog_, back, {})).text;
      const auto text = catalog_.render(word, locale, longest(catalog_, word, menu));
      const auto segments = static_cast<int>(text.encoding.segments);
      if (segments <= facts.budget || !findings_.fresh(9, state.mark, 5000 + static_cast<int>(word))) continue;
      findings_.add(state.mark, "\"" + facts.name + "\" with \"" + catalog_.facts(back).name + "\", as state \"" +
                                    state.name + "\" ends it, takes " + std::to_string(segments) + " segments in " +
                                    std::string(locale.tag()) + ", and its budget is " + std::to_string(facts.budget) +
                                    " (invariant 9)");
    }
  }

  const Flow& flow_;
  const reply::Catalog& catalog_;
  std::span<const Locale> locales_;
  Findings& findings_;
};

}  // namespace

void read_texts(const Flow& flow, const reply::Catalog& catalog, std::span<const Locale> locales, Findings& findings) {
  Texts(flow, catalog, locales, findings).read();
}

}  // namespace northstar::conversation::proof
