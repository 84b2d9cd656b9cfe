#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "folder.h"
#include "gateway/reply/catalog.h"
#include "gateway/reply/locale_words.h"

namespace northstar::reply {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Said {
  std::string text;
  std::string more = "";  ///< further lines of the entry
  std::string reveals = "service";
  int budget = 1;
  std::string useful = "5m";
};

struct Found {
  std::vector<std::string> errors, warnings;
};

Found lint_of(const Said& en, const LintPolicy& policy = {}, const Said* es = nullptr) {
  const Folder folder;
  const auto entry = [](const Said& said) {
    return "it:\n  text: '" + said.text + "'\n  reveals: " + said.reveals +
           "\n  budget: " + std::to_string(said.budget) + "\n  useful: " + said.useful +
           "\n  review: { by: Someone, on: 2026-01-31 }\n" + said.more;
  };
  folder.write("en/messages.yaml", entry(en));
  if (es != nullptr) folder.write("es/messages.yaml", entry(*es));
  const auto catalog = Catalog::load(folder.path());
  EXPECT_TRUE(catalog) << (catalog ? "" : catalog.error().front().to_string());
  Found found;
  if (!catalog) return found;
  const LintReport report = lint(*catalog, folder.path(), policy);
  for (const Fault& fault : report.errors)
    found.errors.push_back(fault.to_string().substr(folder.path().string().size() + 1));
  for (const Fault& fault : report.warnings)
    found.warnings.push_back(fault.to_string().substr(folder.path().string().size() + 1));
  return found;
}

Found lint_of_spanish(const std::string& text) {
  const Said es{text};
  return lint_of({"Fine."}, {}, &es);
}

const std::string kDiscreet = "  class: discreet\n";
const std::string kGreet = "  class: discreet\n  tags: [automatic, ok_question]\n";
const std::string kHello = "Hello, this is an automatic reply. Is it OK to text now? 1 Yes 2 Not now";

TEST(Lint, a_good_text_raises_nothing) {
  const Found found = lint_of({kHello, kGreet, "nothing"});
  EXPECT_THAT(found.errors, IsEmpty());
  EXPECT_THAT(found.warnings, IsEmpty());
}

TEST(Lint, R2_a_first_reply_of_two_segments_is_refused) {
  const std::string long_one =
      kHello +
      ". You can take all the time you need, and nothing here will hurry you. No need to say a thing at all today.";
  EXPECT_THAT(lint_of({long_one, kGreet, "nothing"}).errors,
              Contains(AllOf(HasSubstr("en/messages.yaml:1:1: \"it\" (budget): takes 2 segments"),
                             HasSubstr("its budget is 1"))));
  EXPECT_THAT(lint_of({kHello, kGreet, "nothing", 2}).errors,
              Contains(HasSubstr("(R2): is a first reply: its budget is 1")));
}

TEST(Lint, budgets_count_with_the_longest_samples) {
  const std::string roomy =
      "Here is one that you can call right now, close to {place}, and they can talk with you for as long as you need: "
      "{provider}";
  EXPECT_THAT(lint_of({roomy, "  tags: [number]\n"}).errors, Contains(HasSubstr("takes 2 segments")));
  EXPECT_THAT(lint_of({roomy, "  tags: [number]\n", "service", 2}).errors, IsEmpty());
}

TEST(Lint, R3_a_discreet_text_holds_no_telling_word_link_picture_or_provider) {
  EXPECT_THAT(
      lint_of({"OK. We will keep your seat, and you may come back to the shelter.", kDiscreet, "nothing"}).errors,
      ElementsAre(HasSubstr("(R3): is discreet and has \"shelter*\"")));
  EXPECT_THAT(lint_of({"OK. Take care 😀", kDiscreet, "nothing"}).errors,
              Contains(HasSubstr("(R3): is discreet and has the picture 😀")));
  EXPECT_THAT(lint_of({"OK. See example.org", kDiscreet, "nothing"}).errors,
              Contains(HasSubstr("(R3): is discreet and has the link example.org")));
  EXPECT_THAT(lint_of({"OK. They are at {number}", kDiscreet + "  tags: [number]\n", "nothing"}).errors,
              Contains(HasSubstr("(R3): is discreet, and must give no number")));
  EXPECT_THAT(lint_of({"OK.", kDiscreet, "service"}).errors,
              Contains(HasSubstr("(R3): is discreet, so it must reveal nothing")));
}

TEST(Lint, R3_a_programme_whose_name_tells_is_found_in_the_filled_text) {
  const Said said{"{programme}, hello.", kDiscreet, "nothing"};
  EXPECT_THAT(lint_of(said, {.programme = "Rescue Line"}).errors, Contains(HasSubstr("has \"rescu*\"")));
  EXPECT_THAT(lint_of(said, {.programme = "Info line"}).errors, IsEmpty());
}

TEST(Lint, R4_the_first_40_characters_tell_nothing) {
  EXPECT_THAT(lint_of({"You are safe from the police here, and you can say so."}).errors,
              Contains(HasSubstr("have \"police\"")));
  EXPECT_THAT(lint_of({"Call 911 if you can.", "  tags: [emergency]\n"}).errors, Contains(HasSubstr("(R4)")));
  EXPECT_THAT(lint_of({"If you are in a spot where you can talk, call 911.", "  tags: [emergency]\n"}).errors,
              IsEmpty());
  EXPECT_THAT(lint_of({"You can call {provider}.", "  tags: [number]\n"}).errors,
              Contains(HasSubstr("hold the provider")));
}

TEST(Lint, R4_holds_in_every_branch_and_with_the_shortest_values) {
  // With "Fresno" the word begins at character 41, with "Ono" at 38.
  EXPECT_THAT(lint_of({"It is in {place}, and it is open now, so police"}).errors,
              ElementsAre(HasSubstr("(\"It is in Ono,")));
  EXPECT_THAT(lint_of({"It is in {place}, and it is open now, so as you police"}).errors, IsEmpty());
  EXPECT_THAT(lint_of({"{open, select, closed {The shelter is closed} other {It is open}}"}).errors,
              Contains(HasSubstr("(R4)")));
}

TEST(Lint, R4_a_word_that_the_locked_screen_cuts_in_two_is_a_word_still) {
  EXPECT_THAT(lint_of({"You can come by today, they are a shelter."}).errors,
              ElementsAre(HasSubstr("have \"shelter*\"")));
}

TEST(Lint, R5_what_is_tagged_automatic_says_so) {
  EXPECT_THAT(lint_of({"Hello. Is it OK to text now? 1 Yes 2 Not now", kGreet, "nothing"}).errors,
              ElementsAre(HasSubstr("(R5)")));
}

TEST(Lint, R6_an_ok_question_asks) {
  EXPECT_THAT(lint_of({"Hello, this is an automatic reply. 1 Yes 2 Not now", kGreet, "nothing"}).errors,
              ElementsAre(HasSubstr("(R6)")));
}

TEST(Lint, R1_a_first_reply_is_useful_for_five_minutes_at_most) {
  EXPECT_THAT(lint_of({kHello, kGreet, "nothing", 1, "6m"}).errors, ElementsAre(HasSubstr("(R1)")));
}

TEST(Lint, R15_no_label_and_no_example_holds_an_opt_out_word) {
  EXPECT_THAT(lint_of({"What now? 1 Go on 2 Cancel"}).errors,
              Contains(HasSubstr("(R15): the label of 2 has \"cancel\"")));
  EXPECT_THAT(lint_of({"You can say: make him stop."}).errors,
              Contains(HasSubstr("(R15): has \"stop\" outside the line")));
  EXPECT_THAT(lint_of({"To get no more texts, send STOP."}).errors, IsEmpty());
  EXPECT_THAT(lint_of({"Is it OK? 1 STOP 2 Go on"}).errors, Contains(HasSubstr("(R15)")));
  EXPECT_THAT(lint_of_spanish("¿Qué sigue? 1 Seguir 2 Cancelar").errors,
              Contains(HasSubstr("es/messages.yaml:1:1: \"it\" (R15)")));
}

TEST(Lint, R25_a_costly_letter_is_named_with_its_cost) {
  EXPECT_THAT(
      lint_of_spanish("Puede llamar a ese lugar, que no queda lejos de donde usted vive, mañana o cuando está listo.")
          .warnings,
      Contains(AllOf(HasSubstr("(R25): has \"á\""), HasSubstr("2 segments of 70 where 1 of 160 would do"))));
  EXPECT_THAT(lint_of_spanish("Mañana o después, señor.").warnings, Not(Contains(HasSubstr("(R25)"))));
}

TEST(Lint, R26_a_word_that_carriers_filter_is_a_warning) {
  EXPECT_THAT(lint_of({"We can talk about drugs too."}).warnings, Contains(HasSubstr("(R26): has \"drug*\"")));
}

TEST(Lint, R27_no_shortened_link_and_no_link_before_the_ok) {
  EXPECT_THAT(lint_of({"You can read more at https://bit.ly/abc", "", "details"}).errors,
              Contains(HasSubstr("(R27): has the shortened link")));
  EXPECT_THAT(lint_of({"You can read more at example.org.", "", "nothing"}).errors,
              Contains(HasSubstr("(R27): has the link")));
  EXPECT_THAT(lint_of({"You can read more at example.org.", "", "details"}).warnings,
              Contains(HasSubstr("(R27): has the link")));
  EXPECT_THAT(lint_of({"Open Mon.-Fri. 8 a.m. to 5 p.m. each day.", "", "nothing"}).errors, IsEmpty());
}

TEST(Lint, R28_free_is_said_only_on_a_code_that_is) {
  const Said said{"Texts are free."};
  EXPECT_THAT(lint_of(said).errors, ElementsAre(HasSubstr("(R28): says \"free\"")));
  EXPECT_THAT(lint_of(said, {.free_to_end_user = true}).errors, IsEmpty());
}

TEST(Lint, R28_help_says_that_rates_may_apply_unless_the_code_is_free) {
  const Said silent{"{programme}: automatic. Questions: {contact}.", "  tags: [help]\n"};
  EXPECT_THAT(lint_of(silent).errors, ElementsAre(HasSubstr("(R28): answers HELP")));
  EXPECT_THAT(lint_of(silent, {.free_to_end_user = true}).errors, IsEmpty());
}

TEST(Lint, R29_no_text_promises_what_nobody_can) {
  EXPECT_THAT(lint_of({"Nobody can see what you write."}).errors,
              ElementsAre(HasSubstr("(R29): has \"nobody can see\"")));
  EXPECT_THAT(lint_of_spanish("Esto es confidencial.").errors, ElementsAre(HasSubstr("(R29)")));
}

TEST(Lint, R31_and_R32_911_and_988_carry_their_tags) {
  const std::string late = "If you are in a spot where you can talk, call ";
  EXPECT_THAT(lint_of({late + "911."}).errors, ElementsAre(HasSubstr("(R31)")));
  EXPECT_THAT(lint_of({late + "988."}).errors, ElementsAre(HasSubstr("(R32)")));
}

TEST(Lint, invariant_6_what_gives_a_number_is_tagged) {
  EXPECT_THAT(lint_of({"There is one for the whole country: {national}"}).errors,
              ElementsAre(HasSubstr("(invariant 6)")));
}

TEST(Lint, R87_hard_words_are_refused_in_both_languages) {
  EXPECT_THAT(lint_of({"Participation constitutes unconditional acceptance of applicable institutional obligations and "
                       "administrative procedures."})
                  .errors,
              Contains(HasSubstr("(R87): reads at school year")));
  EXPECT_THAT(lint_of_spanish("La participación constituye aceptación incondicional de obligaciones institucionales y "
                              "procedimientos administrativos.")
                  .errors,
              Contains(HasSubstr("(R87): INFLESZ")));
}

TEST(Lint, R97_a_first_reply_names_no_programme) {
  EXPECT_THAT(lint_of({"{programme}: " + kHello, kGreet, "nothing"}).errors, Contains(HasSubstr("(R97)")));
}

TEST(Lint, more_than_one_question_is_a_warning) {
  EXPECT_THAT(lint_of({"What would help? And where are you?"}).warnings, Contains(HasSubstr("asks 2 questions")));
}

TEST(Lint, an_argument_without_a_sample_is_named) {
  EXPECT_THAT(lint_of({"Hello {stranger}"}).errors, Contains(HasSubstr("has no sample for {stranger}")));
}

TEST(Lint, a_misspelt_branch_is_named) {
  EXPECT_THAT(lint_of({"{need, select, shleter {A bed} other {Help}} is near."}).errors,
              ElementsAre(HasSubstr("has the branch \"shleter\", which nothing ever takes")));
}

TEST(Lint, R87_drafts_are_counted_and_a_draft_as_first_reply_is_named) {
  const Folder folder;
  folder.write("en/messages.yaml", "it:\n  text: " + kHello +
                                       "\n  reveals: nothing\n  budget: 1\n  useful: 5m\n  review: draft\n" + kGreet);
  const auto catalog = Catalog::load(folder.path());
  ASSERT_TRUE(catalog);
  std::vector<std::string> warnings;
  for (const Fault& fault : lint(*catalog, folder.path(), {}).warnings) warnings.push_back(fault.to_string());
  EXPECT_THAT(warnings, Contains(HasSubstr("is a draft; production refuses it")));
  EXPECT_THAT(warnings, Contains(HasSubstr("1 of 1 texts are drafts")));
}

TEST(Lint, R88_a_locale_that_is_not_complete_is_said_by_name) {
  const Folder folder;
  const std::string one = "one:\n  text: Fine.\n  reveals: nothing\n  budget: 1\n  useful: 5m\n  review: draft\n";
  folder.write("en/messages.yaml", one + "two:" + one.substr(4));
  folder.write("es/messages.yaml", one);
  const auto catalog = Catalog::load(folder.path());
  ASSERT_TRUE(catalog) << catalog.error().front().to_string();
  std::vector<std::string> warnings;
  for (const Fault& fault : lint(*catalog, folder.path(), {}).warnings) warnings.push_back(fault.to_string());
  EXPECT_THAT(warnings,
              Contains(AllOf(HasSubstr("es/messages.yaml: not complete (R88)"), HasSubstr("in English instead: two"))));
}

TEST(Lint, a_missing_or_misspelt_list_of_words_is_an_error_not_a_lint_that_finds_nothing) {
  const Folder folder;
  folder.write("en/messages.yaml",
               "it:\n  text: Fine.\n  reveals: nothing\n  budget: 1\n  useful: 5m\n  review: draft\n");
  folder.write("en/stems.yaml", "revealling: [shelter]\n");
  const auto loaded = Catalog::load(folder.path());
  ASSERT_FALSE(loaded);
  std::vector<std::string> lines;
  for (const Fault& fault : loaded.error()) lines.push_back(fault.to_string());
  EXPECT_THAT(lines, Contains(HasSubstr("stems.yaml:1:1: \"revealling\" is not known here")));
  EXPECT_THAT(lines, Contains(HasSubstr("\"revealing\" is missing or empty")));
}

TEST(WordList, knows_no_capitals_no_accents_and_keeps_words_whole) {
  const WordList words({"traffick*", "opt out", "cop", "*fono", "línea"});
  EXPECT_EQ(words.found_in("TRAFFICKING"), "traffick*");
  EXPECT_EQ(words.found_in("please Opt-Out now"), "opt out");
  EXPECT_EQ(words.found_in("copper scope"), "");
  EXPECT_EQ(words.found_in("su teléfono"), "*fono");
  EXPECT_EQ(words.found_in("LINEA"), "línea");
  EXPECT_EQ(words.found_in("opt for out"), "");
}

}  // namespace
}  // namespace northstar::reply
