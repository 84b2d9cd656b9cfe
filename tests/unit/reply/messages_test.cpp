// The texts that Northstar ships, held to what requirements.md asks of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "folder.h"
#include "gateway/reply/catalog.h"
#include "gateway/reply/choices.h"
#include "gateway/reply/pattern.h"
#include "gateway/reply/samples.h"

namespace northstar::reply {
namespace {

constexpr Locale kEn{"en"}, kEs{"es"};

class Messages : public ::testing::Test {
 protected:
  static const Catalog& catalog() {
    static const Catalog loaded = [] {
      auto result = Catalog::load(Folder::shipped());
      if (!result) {
        for (const Fault& fault : result.error()) ADD_FAILURE() << fault.to_string();
        std::abort();
      }
      return *std::move(result);
    }();
    return loaded;
  }
  static const Samples& samples() {
    static const Samples read = [] {
      Faults faults;
      Samples all = Samples::read(Folder::shipped(), faults);
      EXPECT_TRUE(faults.empty());
      return all;
    }();
    return read;
  }
  static TemplateId id(std::string_view name) {
    const auto found = catalog().find(name);
    EXPECT_TRUE(found) << name;
    return found.value_or(TemplateId{});
  }
  static const TemplateFacts& facts(std::string_view name) { return catalog().facts(id(name)); }
  static std::string said(std::string_view name, Locale locale, const Values& over = {}) {
    Faults faults;
    Values values = over;
    for (auto& value : samples().typical(catalog(), id(name), locale, faults)) values.push_back(std::move(value));
    EXPECT_TRUE(faults.empty());
    return catalog().render(id(name), locale, values).text;
  }
  static std::vector<std::string> every(std::string_view name, Locale locale) {
    std::vector<std::string> texts;
    Faults faults;
    for (const auto length : {Samples::Length::typical, Samples::Length::shortest, Samples::Length::longest})
      for (const Values& values : samples().scenes(catalog(), id(name), locale, length, faults))
        texts.push_back(catalog().render(id(name), locale, values).text);
    EXPECT_TRUE(faults.empty());
    return texts;
  }
};

TEST_F(Messages, both_launch_languages_are_complete_and_the_lint_finds_no_error) {
  EXPECT_TRUE(catalog().complete(kEn));
  EXPECT_TRUE(catalog().complete(kEs));
  for (const bool free : {false, true})
    for (const Fault& fault : lint(catalog(), Folder::shipped(), {.free_to_end_user = free}).errors)
      ADD_FAILURE() << fault.to_string();
}

TEST_F(Messages, both_languages_offer_the_same_digits) {
  for (std::size_t i = 0; i < catalog().size(); ++i) {
    const auto each = static_cast<TemplateId>(i);
    EXPECT_EQ(catalog().wording(each, kEn)->choices, catalog().wording(each, kEs)->choices)
        << catalog().facts(each).name;
  }
}

// R25: other words, never a left-out accent. Only the picker's native names need more than the short alphabet.
TEST_F(Messages, all_is_said_in_the_short_alphabet) {
  for (std::size_t i = 0; i < catalog().size(); ++i) {
    const auto each = static_cast<TemplateId>(i);
    for (const Locale locale : {kEn, kEs}) {
      const std::string own = catalog().pattern(each, locale)->every_branch();
      std::string shown = own;
      std::erase(shown, Pattern::kSlot);
      EXPECT_EQ(first_beyond_gsm(shown), "") << catalog().facts(each).name << " in " << locale.tag();
    }
  }
}

// R2, R6, R91, R97.
TEST_F(Messages, the_first_reply_asks_if_it_is_ok_and_offers_urgent_as_a_digit) {
  for (const char* name : {"greet", "greet_two", "greet_again", "follow_up"})
    for (const Locale locale : {kEn, kEs}) {
      EXPECT_EQ(catalog().wording(id(name), locale)->choices, (std::set<int>{1, 2, 3})) << name;
      EXPECT_EQ(catalog().render(id(name), locale, {}).encoding.segments, 1U) << name;
      EXPECT_TRUE(facts(name).arguments.empty()) << name;
    }
  EXPECT_LE(facts("greet").useful, std::chrono::minutes(5));
}

// R3, field notes: what may be read by whoever holds the phone is discreet.
TEST_F(Messages, all_that_is_said_before_the_ok_is_discreet) {
  for (const char* name : {"greet", "greet_two", "greet_again", "later", "help", "neutral", "stopped", "stop_which",
                           "erased", "thanks", "media", "still_ok", "follow_up"}) {
    EXPECT_TRUE(facts(name).discreet) << name;
    EXPECT_EQ(facts(name).reveals, Reveals::nothing) << name;
  }
}

// R7, R18: no question, no choice, no plea.
TEST_F(Messages, lines_that_must_end_a_talk_ask_nothing) {
  for (const char* name : {"later", "stopped", "neutral", "erased", "thanks", "media"})
    for (const Locale locale : {kEn, kEs}) {
      EXPECT_TRUE(catalog().wording(id(name), locale)->choices.empty()) << name;
      EXPECT_EQ(said(name, locale).find('?'), std::string::npos) << name;
    }
}

TEST_F(Messages, what_must_not_be_doubled_is_never_sent_again_blindly) {
  for (const char* name : {"stopped", "erased", "follow_up", "still_ok", "nobody"})
    EXPECT_FALSE(facts(name).repeat_harmless) << name;
  for (const char* name : {"greet", "later", "need", "danger", "offer"})
    EXPECT_TRUE(facts(name).repeat_harmless) << name;
}

// R8: the quiet line says the same whatever went before: nothing of theirs can be filled in.
TEST_F(Messages, the_neutral_line_takes_only_the_programme) {
  EXPECT_EQ(facts("neutral").arguments, std::vector<std::string>{"programme"});
}

// R40, R98.
TEST_F(Messages, the_need_menu_has_four_needs_something_else_and_a_person_and_never_begins_with_papers) {
  for (const char* name : {"need", "need_short", "more", "more_short"})
    for (const Locale locale : {kEn, kEs})
      EXPECT_EQ(catalog().wording(id(name), locale)->choices, (std::set<int>{0, 1, 2, 3, 4, 5})) << name;
  const auto first_label = [&](const char* name, Locale locale) {
    return labels_in(said(name, locale), {}).front().second;
  };
  EXPECT_EQ(first_label("more", kEn), "My pay ");
  EXPECT_EQ(first_label("more", kEs), "Mi pago ");
}

TEST_F(Messages, an_offer_and_the_way_back_to_it_carry_the_same_digits) {
  for (const char* name : {"offer", "offer_elsewhere", "offer_state", "offer_office", "skipped_place", "offer_short"})
    EXPECT_EQ(catalog().wording(id(name), kEn)->choices, (std::set<int>{0, 1, 2})) << name;
}

// R38, R96.
TEST_F(Messages, an_offer_says_when_hours_are_not_known_and_names_an_office_before_its_number) {
  EXPECT_THAT(said("offer", kEn, {{"open", "unknown"}}), ::testing::HasSubstr("hours not known, they may be closed"));
  EXPECT_THAT(said("offer", kEs, {{"open", "unknown"}}), ::testing::HasSubstr("horario"));
  for (const std::string& text : every("offer_office", kEn))
    EXPECT_TRUE(text.find("police") < text.find("-") || text.find("prosecutor") < text.find("-")) << text;
  for (const std::string& text : every("offer_office", kEs))
    EXPECT_TRUE(text.find("agentes de la ley") < text.find("888-") || text.find("fiscales") < text.find("888-"))
        << text;
}

TEST_F(Messages, an_offer_in_a_usual_place_is_one_segment) {
  for (const Locale locale : {kEn, kEs})
    EXPECT_EQ(encode_sms(said("offer", locale, {{"tonight", "yes"}})).segments, 1U)
        << said("offer", locale, {{"tonight", "yes"}});
}

// R31, R32.
TEST_F(Messages, danger_says_the_facts_about_911_that_hold_everywhere_and_988_stands_beside_a_person) {
  for (const char* name : {"danger", "greet_911"}) {
    for (const char* fact : {"call 911", "text 911 your address", "in English", "not"})
      EXPECT_THAT(said(name, kEn), ::testing::HasSubstr(fact));
    for (const char* fact : {"llame al 911", "domicilio", "en inglés", "no s"})
      EXPECT_THAT(said(name, kEs), ::testing::HasSubstr(fact));
  }
  for (const Locale locale : {kEn, kEs}) {
    EXPECT_THAT(said("self_harm", locale), ::testing::HasSubstr("988"));
    EXPECT_TRUE(catalog().wording(id("self_harm"), locale)->choices.contains(0));
    EXPECT_TRUE(catalog().wording(id("danger"), locale)->choices.contains(0));
  }
}

// R45, R52, R75.
TEST_F(Messages, limits_come_with_the_word_that_takes_consent_back) {
  EXPECT_THAT(said("waiting_shared", kEn), ::testing::HasSubstr("MINE"));
  EXPECT_THAT(said("waiting_shared", kEs), ::testing::HasSubstr("MIO"));
  for (const char* name : {"waiting", "waiting_shared", "minor", "limits_joined"})
    EXPECT_TRUE(facts(name).tags.contains("limits")) << name;
}

// State "Close": true about Recently Deleted and other devices.
TEST_F(Messages, the_close_tells_how_to_clear_a_thread) {
  EXPECT_THAT(said("close", kEn),
              ::testing::AllOf(::testing::HasSubstr("Recently Deleted"), ::testing::HasSubstr("other devices")));
  EXPECT_THAT(said("close", kEs), ::testing::AllOf(::testing::HasSubstr("Eliminados recientemente"),
                                                   ::testing::HasSubstr("otros aparatos")));
}

TEST_F(Messages, what_flows_rely_on_is_there_with_its_arguments) {
  const std::map<std::string, std::vector<std::string>> kArguments{
      {"help", {"contact", "programme", "rates"}},
      {"help_open", {"back", "contact", "programme", "rates"}},
      {"trust_cost", {"back", "rates"}},
      {"trust_police", {"back"}},
      {"trust_real", {"back"}},
      {"trust_seen", {"back"}},
      {"trust_what", {"back"}},
      {"sorry", {"back"}},
      {"taken_back", {"back"}},
      {"language", {"list"}},
      {"place_confirm", {"area", "county", "place"}},
      {"place_which", {"list"}},
      {"offer", {"area", "county", "hours", "national", "need", "number", "open", "place", "provider", "tonight"}},
      {"offer_elsewhere", {"county", "hours", "national", "need", "number", "open", "provider", "provider_county"}},
      {"offer_state", {"hours", "national", "need", "number", "open", "provider"}},
      {"offer_office", {"hours", "national", "number", "office", "open", "provider"}},
      {"skipped_place", {"national", "need", "number", "provider"}},
      {"no_provider", {"national", "need"}},
      {"no_more", {"national"}},
      {"outside", {"national"}},
      {"national_line", {"national"}},
      {"queue", {"minutes"}},
      {"share", {"what"}},
      {"limits_joined", {"name"}},
      {"label_need", {"need"}}};
  for (const auto& [name, arguments] : kArguments) EXPECT_EQ(facts(name).arguments, arguments) << name;
  for (const char* name :
       {"more",        "record_or_costs", "in_words",       "in_words_short",  "where",         "where_short",
        "where_again", "share_part",      "share_short",    "waiting",         "still_waiting", "nobody_short",
        "left_queue",  "danger_again",    "medical",        "who_for",         "tip",           "tip_thanks",
        "close_short", "ask_word",        "ask_word_short", "self_harm_again", "minor_short",   "nothing_short",
        "own_name",    "word_set",        "word_bad",       "follow_when",     "follow_set",    "queue_short"})
    EXPECT_TRUE(catalog().find(name)) << name;
}

TEST_F(Messages, plurals_read_right) {
  EXPECT_THAT(said("queue", kEn, {{"minutes", std::int64_t{1}}}), ::testing::HasSubstr("about 1 minute."));
  EXPECT_THAT(said("queue", kEn, {{"minutes", std::int64_t{10}}}), ::testing::HasSubstr("under 10 minutes."));
  EXPECT_THAT(said("queue", kEs, {{"minutes", std::int64_t{1}}}), ::testing::HasSubstr("es 1 minuto."));
}

}  // namespace
}  // namespace northstar::reply
