// R45: what a record of consent holds.
#include "tests/unit/conversation/talk.h"

namespace northstar::conversation {
namespace {

using language::Intent;
using language::Need;
using testing::ElementsAre;

/// "share 0123456789abcdef", as the message stands in that language today.
std::string revision(const char* message, Locale locale) {
  return std::string(message) + " " + catalog().wording(*catalog().find(message), locale)->revision;
}

/// In line, asked what may be told: needs a place to stay.
Talking asked_to_share() {
  Talking talk;
  talk.need(Need::shelter);
  talk.digit(1);
  talk.digit(0);
  EXPECT_THAT(talk.digit(1), ElementsAre("share"));
  return talk;
}

TEST(Consent, holds_the_revision_and_the_language_of_the_words_that_asked_for_it_R45) {
  Talking talk = asked_to_share();
  EXPECT_THAT(talk.digit(1), ElementsAre("waiting_shared"));
  EXPECT_TRUE(talk.session.consent.need);
  EXPECT_EQ(talk.session.consent.revision, revision("share", Locale{"en"}));
  EXPECT_EQ(talk.session.consent.locale, Locale{"en"});
}

TEST(Consent, given_in_another_language_is_to_the_words_that_were_read_R45) {
  Talking talk = asked_to_share();
  talk.says({.language = Locale{"es"}, .confidence = 0.9F, .intents = {Intent::yes}});
  EXPECT_TRUE(talk.session.consent.need);
  EXPECT_EQ(talk.session.talk.locale, Locale{"es"});
  EXPECT_EQ(talk.session.consent.locale, Locale{"en"});
  EXPECT_EQ(talk.session.consent.revision, revision("share", Locale{"en"}));
}

TEST(Consent, to_a_question_that_was_put_again_is_to_the_words_put_last_R45) {
  Talking talk = asked_to_share();
  EXPECT_THAT(talk.intent(Intent::police), ElementsAre("trust_police+share_short"));
  talk.digit(1);
  EXPECT_EQ(talk.session.consent.revision, revision("share_short", Locale{"en"}));
}

TEST(Consent, to_a_part_is_to_the_question_which_part_R45) {
  Talking talk = asked_to_share();
  EXPECT_THAT(talk.digit(3), ElementsAre("share_part"));
  talk.digit(1);
  EXPECT_EQ(talk.session.consent.revision, revision("share_part", Locale{"en"}));
}

TEST(Revision, differs_with_the_words_and_with_the_language_R45) {
  EXPECT_NE(revision("share", Locale{"en"}), revision("share", Locale{"es"}));
  EXPECT_NE(catalog().wording(*catalog().find("waiting"), Locale{"en"})->revision,
            catalog().wording(*catalog().find("waiting_shared"), Locale{"en"})->revision);
  for (std::size_t i = 0; i < catalog().size(); ++i) {
    for (Locale locale : catalog().locales()) {
      EXPECT_EQ(catalog().wording(reply::TemplateId{static_cast<std::uint16_t>(i)}, locale)->revision.size(), 16U);
    }
  }
}

TEST(Store, opens_a_talk_that_the_release_before_wrote) {
  Talking talk;
  talk.need(Need::shelter);
  talk.digit(1);
  std::string bytes = encode_talk(talk.session, flow());
  // Form 1 lacks the last two texts of the talk, which are empty here; what follows them is that nothing is parked.
  const std::string asked("\x03und\x00", 5);
  ASSERT_TRUE(bytes.ends_with(asked + std::string(1, '\0')));
  bytes.erase(bytes.size() - asked.size() - 1, asked.size());
  bytes.front() = 1;
  const Session old = decode(bytes, {}, flow());
  EXPECT_EQ(encode_talk(old, flow()), encode_talk(talk.session, flow()));
  EXPECT_EQ(old.window, Window::open);
}

}  // namespace
}  // namespace northstar::conversation
