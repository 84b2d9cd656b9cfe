// R75: DELETE erases all of before. Danger in the same text takes a place of its own (R30, R34, invariant 3).
#include "tests/unit/conversation/talk.h"

namespace northstar::conversation {
namespace {

using language::Cue;
using language::Intent;
using language::Need;
using testing::ElementsAre;
using testing::IsEmpty;

template <class A>
const A* action_of(const Talking& talk) {
  for (const Action& action : talk.actions) {
    if (const auto* found = std::get_if<A>(&action)) return found;
  }
  return nullptr;
}

/// In line and urgent for ten minutes, has agreed to share, asked for a text later, and is well into a talk.
Talking long_talk() {
  Talking talk;
  talk.need(Need::shelter);
  talk.digit(1);
  talk.cue(Cue::danger_now);
  talk.digit(0);
  talk.digit(1);
  talk.digit(1);
  EXPECT_TRUE(talk.session.consent.any());
  talk.wait(std::chrono::minutes{10});
  return talk;
}

TEST(Delete, forgets_the_record_and_leaves_the_line_R75) {
  Talking talk = long_talk();
  EXPECT_THAT(talk.intent(Intent::erase), ElementsAre("erased"));
  EXPECT_NE(action_of<Forget>(talk), nullptr);
  EXPECT_EQ(action_of<Queue>(talk)->change, Queue::Change::drop);
}

TEST(Delete, with_danger_keeps_nothing_but_a_new_place_that_is_held_R75_R34) {
  Talking talk = long_talk();
  const Instant before = talk.session.queue.since;
  EXPECT_THAT(talk.says({.intents = {Intent::erase}, .cues = {Cue::danger_now}}), ElementsAre("erased"));
  EXPECT_NE(action_of<Silence>(talk), nullptr) << "what waited to be sent is dropped";
  EXPECT_EQ(action_of<Forget>(talk), nullptr) << "the place is part of the record";

  Session expected;
  expected.last_text = talk.now;
  expected.queue.standing = Standing::held;
  expected.queue.severity = Severity::danger;
  expected.queue.since = talk.now;
  EXPECT_EQ(encode_talk(talk.session, flow()), encode_talk(expected, flow()));
  EXPECT_THAT(encode_kept(talk.session), IsEmpty());
  EXPECT_THAT(talk.timers, IsEmpty());

  const auto* queue = action_of<Queue>(talk);
  ASSERT_NE(queue, nullptr);
  EXPECT_EQ(queue->change, Queue::Change::put);
  EXPECT_GT(queue->place.since, before) << "the turn they had was erased too";
  EXPECT_TRUE(queue->needs.empty());
  EXPECT_THAT(queue->county_fips, IsEmpty());
}

TEST(Delete, with_danger_twice_renews_the_place_and_its_packet_R75) {
  Talking talk;
  talk.says({.intents = {Intent::erase}, .cues = {Cue::danger_now}});
  talk.wait(std::chrono::minutes{1});
  talk.says({.intents = {Intent::erase}, .cues = {Cue::medical}});
  ASSERT_NE(action_of<Queue>(talk), nullptr);
  EXPECT_EQ(action_of<Queue>(talk)->place.since, talk.now);
}

TEST(Delete, with_danger_and_someone_present_is_silent_and_takes_the_place_R75_R95) {
  Talking talk;
  EXPECT_THAT(talk.says({.intents = {Intent::erase}, .cues = {Cue::danger_now, Cue::trafficker_present}}), IsEmpty());
  EXPECT_EQ(talk.session.queue.standing, Standing::held);
}

TEST(Delete, with_danger_stays_opted_out_R75) {
  Talking talk;
  talk.intent(Intent::opt_out);
  talk.says({.intents = {Intent::erase}, .cues = {Cue::danger_now}});
  EXPECT_TRUE(talk.session.opted_out);
  EXPECT_EQ(talk.session.queue.standing, Standing::held);
}

}  // namespace
}  // namespace northstar::conversation
