// R16 with R95: an unclear stop is asked about once, no answer counts as stop, and someone coming in is no answer.
#include "tests/unit/conversation/talk.h"

namespace northstar::conversation {
namespace {

using language::Cue;
using language::Intent;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::IsEmpty;

/// In line for a person; "stop it" was asked about.
Talking asked_about_stop() {
  Talking talk;
  talk.intent(Intent::person);
  talk.digit(1);
  EXPECT_EQ(talk.session.queue.standing, Standing::live);
  EXPECT_THAT(talk.wait(minutes{3}), ElementsAre("nobody"));
  EXPECT_THAT(talk.says({.ambiguous = true}), ElementsAre("stop_which"));
  return talk;
}

TEST(UnclearStop, is_a_stop_when_someone_comes_and_nothing_follows_R16_R95) {
  Talking talk = asked_about_stop();
  talk.wait(minutes{2});
  EXPECT_THAT(talk.cue(Cue::trafficker_present), IsEmpty());
  EXPECT_FALSE(talk.session.opted_out);
  EXPECT_THAT(talk.wait(minutes{16}), IsEmpty());
  EXPECT_TRUE(talk.session.opted_out);
  EXPECT_EQ(talk.session.queue.standing, Standing::held) << "the place stays (R95)";
}

TEST(UnclearStop, is_a_stop_when_a_quiet_word_hides_it_R16_R12) {
  Talking talk = asked_about_stop();
  EXPECT_THAT(talk.intent(Intent::probe), ElementsAre("neutral"));
  EXPECT_THAT(talk.wait(minutes{16}), IsEmpty());
  EXPECT_TRUE(talk.session.opted_out);
  EXPECT_EQ(talk.session.queue.standing, Standing::held);
}

TEST(UnclearStop, counts_from_the_question_however_often_someone_comes_R16) {
  Talking talk = asked_about_stop();
  talk.wait(minutes{5});
  talk.cue(Cue::trafficker_present);
  talk.wait(minutes{5});
  talk.cue(Cue::trafficker_present);
  talk.wait(minutes{6});
  EXPECT_TRUE(talk.session.opted_out);
}

TEST(UnclearStop, is_met_as_a_first_text_and_is_no_stop_when_they_write_again_R95_R10) {
  Talking talk = asked_about_stop();
  talk.cue(Cue::trafficker_present);
  talk.wait(minutes{3});
  EXPECT_THAT(talk.digit(1), ElementsAre("greet_two")) << "whoever holds the phone now was not asked";
  EXPECT_THAT(talk.wait(minutes{30}), IsEmpty());
  EXPECT_FALSE(talk.session.opted_out);
  EXPECT_EQ(talk.session.queue.standing, Standing::held);
}

TEST(UnclearStop, keeps_a_dangers_place_while_someone_is_there_R30_R95) {
  Talking talk = asked_about_stop();
  talk.says({.cues = {Cue::trafficker_present, Cue::danger_now}});
  talk.wait(minutes{16});
  EXPECT_TRUE(talk.session.opted_out);
  EXPECT_EQ(talk.session.queue.standing, Standing::held);
  EXPECT_EQ(talk.session.queue.severity, Severity::danger);
}

TEST(UnclearStop, that_they_could_have_answered_leaves_the_line_R16_R75) {
  Talking talk = asked_about_stop();
  EXPECT_THAT(talk.wait(minutes{16}), IsEmpty());
  EXPECT_TRUE(talk.session.opted_out);
  EXPECT_EQ(talk.session.queue.standing, Standing::none);
}

TEST(UnclearStop, is_still_a_stop_by_a_late_timer_R16) {
  Talking talk = asked_about_stop();
  talk.cue(Cue::trafficker_present);
  talk.timers.clear();
  talk.wait(minutes{20});
  EXPECT_THAT(talk.says({}), ElementsAre("greet"));
  EXPECT_TRUE(talk.session.opted_out) << "replies only, until the OK (R19)";
}

TEST(UnclearStop, is_done_with_by_a_stop_and_by_delete_R18_R75) {
  for (Intent end : {Intent::opt_out, Intent::erase}) {
    Talking talk = asked_about_stop();
    talk.cue(Cue::trafficker_present);
    talk.intent(end);
    EXPECT_FALSE(talk.session.stop_hidden);
    EXPECT_THAT(talk.timers, IsEmpty());
  }
}

}  // namespace
}  // namespace northstar::conversation
