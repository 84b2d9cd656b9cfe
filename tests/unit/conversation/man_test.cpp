// R38: a place for women only is not told to a man. That he is one is known when he says so, and no longer than the rest.
#include "tests/unit/conversation/talk.h"

namespace northstar::conversation {
namespace {

using language::Intent;
using language::Need;
using testing::ElementsAre;

language::Understanding im_a_man() { return {.man = true}; }

Talking offered_shelter() {
  Talking talk;
  TextReceived text;
  text.said.language = Locale{"en"};
  text.said.needs = {Need::shelter};
  text.where.candidates = {{directory::Precision::place, "Monterey", "06053", "Monterey", {36.6, -121.9}, {}}};
  talk.text(text);
  EXPECT_THAT(talk.digit(1), ElementsAre("offer"));
  return talk;
}

TEST(Man, is_a_fact_only_once_it_was_said_R38) {
  Talking talk = offered_shelter();
  EXPECT_FALSE(talk.help.wish.man);
}

TEST(Man, said_after_an_offer_brings_the_first_one_that_is_for_men_R38) {
  Talking talk = offered_shelter();
  talk.digit(1);
  EXPECT_EQ(talk.session.talk.offered, 2);
  EXPECT_THAT(talk.says(im_a_man()), ElementsAre("offer"));
  EXPECT_TRUE(talk.help.wish.man);
  EXPECT_EQ(talk.session.talk.offered, 1) << "the search begins anew";
}

TEST(Man, said_in_the_first_text_is_kept_until_the_ok_R38) {
  Talking talk;
  talk.says({.needs = {Need::costs}, .man = true});
  talk.digit(1);
  talk.intent(Intent::skip);
  EXPECT_TRUE(talk.help.wish.man);
}

TEST(Man, asking_for_a_friend_does_not_make_the_friend_one_R35) {
  Talking talk;
  talk.says({.intents = {Intent::third_person}, .needs = {Need::costs}, .man = true});
  EXPECT_THAT(talk.digit(1), ElementsAre("who_for"));
  talk.digit(2);
  talk.intent(Intent::skip);
  EXPECT_FALSE(talk.help.wish.man);
}

TEST(Man, is_forgotten_with_the_window_R10) {
  Talking talk = offered_shelter();
  talk.says(im_a_man());
  EXPECT_TRUE(talk.session.talk.man);
  talk.intent(Intent::probe);
  EXPECT_FALSE(talk.session.talk.man);
  EXPECT_TRUE(talk.session.kept.nothing());
}

TEST(Man, is_understood_in_every_place_and_never_answered_with_sorry) {
  Talking talk;
  talk.intent(Intent::yes);
  talk.wait(std::chrono::minutes{1});
  talk.digit(1);
  EXPECT_THAT(talk.says(im_a_man()), ElementsAre("need"));
  EXPECT_THAT(talk.digit(1), ElementsAre("where"));
  EXPECT_THAT(talk.says(im_a_man()), ElementsAre("where"));
  talk.digit(0);
  EXPECT_THAT(talk.says(im_a_man()), ElementsAre("queue_heard"));
  EXPECT_EQ(talk.session.talk.misunderstood, 0);
}

}  // namespace
}  // namespace northstar::conversation
