// What people text, measured, in English and Spanish. corpora/README.md says how the lines were made, and how well
// each batch was read before any rule was changed for it.
#include <cstdio>

#include "tests/unit/language/loaded.h"

namespace northstar::language {
namespace {

struct Score {
  int hit = 0;
  int missed = 0;
  int wrong = 0;
  int right_no = 0;
  double recall() const { return hit + missed == 0 ? 1 : static_cast<double>(hit) / (hit + missed); }
  double precision() const { return hit + wrong == 0 ? 1 : static_cast<double>(hit) / (hit + wrong); }
  double false_rate() const { return wrong + right_no == 0 ? 0 : static_cast<double>(wrong) / (wrong + right_no); }
};

struct Measured {
  Score all;
  std::string faults;
};

template <class Says>
Measured measure(const std::string& name, std::string_view label, Says says) {
  Measured out;
  for (const Line& line : corpus(name)) {
    if (label == "opt_out" && line.is("ambiguous")) continue;
    const bool expected = line.is(label);
    const bool said = says(shipped().understand(line.text));
    ++(expected ? (said ? out.all.hit : out.all.missed) : (said ? out.all.wrong : out.all.right_no));
    if (expected != said) out.faults += (said ? "\n  wrongly: " : "\n  missed: ") + line.text + why(line.text);
  }
  std::printf("[ measured ] %-12s recall %.3f precision %.3f false %.3f\n", name.c_str(), out.all.recall(),
              out.all.precision(), out.all.false_rate());
  return out;
}

class InBoth : public testing::TestWithParam<const char*> {
 protected:
  std::string file(const char* what) const { return std::string(what) + "." + GetParam(); }
};
INSTANTIATE_TEST_SUITE_P(Languages, InBoth, testing::Values("en", "es"), [](const auto& it) { return it.param; });

TEST_P(InBoth, no_opt_out_is_missed_and_under_one_in_a_hundred_is_false) {  // R16
  const Measured it =
      measure(file("opt_out"), "opt_out", [](const Understanding& u) { return u.intents.contains(Intent::opt_out); });
  EXPECT_GE(it.all.hit + it.all.missed + it.all.wrong + it.all.right_no, 300);
  EXPECT_EQ(it.all.missed, 0) << it.faults;
  EXPECT_LT(it.all.false_rate(), 0.01) << it.faults;
}

TEST_P(InBoth, what_may_or_may_not_be_an_opt_out_is_asked_about_and_not_acted_on) {  // R16
  int seen = 0;
  for (const Line& line : corpus(file("opt_out"))) {
    const Understanding said = shipped().understand(line.text);
    EXPECT_FALSE(said.ambiguous && said.intents.contains(Intent::opt_out)) << line.text;
    if (!line.is("ambiguous")) continue;
    ++seen;
    EXPECT_TRUE(said.ambiguous) << line.text << why(line.text);
  }
  EXPECT_GE(seen, 8);
}

TEST_P(InBoth, danger_is_heard_and_calm_talk_is_not_taken_for_it) {  // R30
  const Measured it =
      measure(file("danger"), "danger_now", [](const Understanding& u) { return u.cues.contains(Cue::danger_now); });
  EXPECT_GE(it.all.hit + it.all.missed + it.all.wrong + it.all.right_no, 150);
  EXPECT_GE(it.all.recall(), 0.97) << it.faults;
  EXPECT_GE(it.all.precision(), 0.9) << it.faults;
}

TEST_P(InBoth, someone_beside_the_phone_is_told_from_someone_spoken_of) {  // R95
  const Measured it = measure(file("present"), "trafficker_present",
                              [](const Understanding& u) { return u.cues.contains(Cue::trafficker_present); });
  EXPECT_GE(it.all.precision(), 0.95) << it.faults;
  EXPECT_GE(it.all.recall(), 0.95) << it.faults;
}

TEST_P(InBoth, probes_about_the_owner_of_the_phone_are_known) {  // R8, R12
  const Measured it =
      measure(file("probe"), "probe", [](const Understanding& u) { return u.intents.contains(Intent::probe); });
  EXPECT_GE(it.all.hit + it.all.missed, 100);
  EXPECT_GE(it.all.recall(), 0.98) << it.faults;
  EXPECT_GE(it.all.precision(), 0.98) << it.faults;
}

// The texts of unseen.*.tsv were kept from whoever wrote rules and from the classifiers: what is measured on them is what
// may be hoped for of a text that comes tonight. Floors a little below what was measured when they were last learnt.
TEST_P(InBoth, texts_that_no_rule_was_written_for_are_understood_too) {  // R16, R30, R95
  const auto kept = [&](const char* what) { return "unseen." + file(what); };
  const Measured danger = measure(kept("danger"), "danger_now", [](const Understanding& u) { return u.cues.contains(Cue::danger_now); });
  EXPECT_GE(danger.all.recall(), 0.95) << danger.faults;
  EXPECT_GE(danger.all.precision(), 0.89) << danger.faults;
  const Measured present =
      measure(kept("present"), "trafficker_present", [](const Understanding& u) { return u.cues.contains(Cue::trafficker_present); });
  EXPECT_GE(present.all.precision(), 0.93) << present.faults;
  EXPECT_GE(present.all.recall(), 0.88) << present.faults;
  const Measured stopped = measure(kept("opt_out"), "opt_out", [](const Understanding& u) { return u.intents.contains(Intent::opt_out); });
  EXPECT_GE(stopped.all.recall(), 0.9) << stopped.faults;
  EXPECT_GE(stopped.all.precision(), 0.92) << stopped.faults;
  // What is no plain opt-out is asked about, and no answer counts as one.
  const Measured asked = measure(kept("opt_out"), "opt_out", [](const Understanding& u) { return u.ambiguous || u.intents.contains(Intent::opt_out); });
  EXPECT_GE(asked.all.recall(), 0.94) << asked.faults;
  const Measured probes = measure(kept("probe"), "probe", [](const Understanding& u) { return u.intents.contains(Intent::probe); });
  EXPECT_GE(probes.all.recall(), 0.82) << probes.faults;
}

TEST_P(InBoth, plain_answers_to_our_questions_are_taken_for_nothing_else) {  // R16, R30, R95: a wrong silence, or a wrong 911
  std::string faults;
  for (const Line& line : corpus(file("answers"))) {
    const Understanding said = shipped().understand(line.text);
    EnumSet<Cue> cues = said.cues;
    for (Cue each : {Cue::minor, Cue::medical, Cue::self_harm}) cues.erase(each);
    if (!cues.empty() || said.ambiguous || said.intents.intersects({Intent::opt_out, Intent::probe})) faults += "\n  " + line.text + why(line.text);
  }
  EXPECT_TRUE(faults.empty()) << faults;
}

TEST_P(InBoth, needs_and_wishes_are_understood_in_peoples_own_words) {  // R91, R94, R98
  int right = 0;
  int all = 0;
  std::string faults;
  for (const Line& line : corpus(file("talk"))) {
    const Understanding said = shipped().understand(line.text);
    for (const std::string& label : line.labels) {
      const bool wanted = label[0] != '!';
      const bool good = says(said, wanted ? label : label.substr(1)) == wanted;
      ++all;
      right += good ? 1 : 0;
      if (!good) faults += "\n  " + line.text + " (" + label + ")" + why(line.text);
    }
  }
  EXPECT_GE(right, all * 98 / 100) << faults;
}

TEST(Language, is_told_for_all_seventeen_and_for_some_that_are_not_ours) {  // R41
  int right = 0;
  int all = 0;
  std::string faults;
  for (const Line& line : corpus("language")) {
    const Understanding said = shipped().understand(line.text);
    const bool good = said.language.tag() == line.labels[0];
    ++all;
    right += good ? 1 : 0;
    if (!good) faults += "\n  " + line.text + ": " + std::string(said.language.tag());
    EXPECT_GE(said.confidence, 0.0F);
    EXPECT_LE(said.confidence, 1.0F);
  }
  EXPECT_GE(right, all * 97 / 100) << faults;
}

}  // namespace
}  // namespace northstar::language
