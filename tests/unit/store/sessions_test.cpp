// The commit, row by row, on one Redis and on a Cluster alike.
#include "gateway/store/sessions.h"

#include "gateway/store/layout.h"
#include "tests/unit/store/servers.h"

namespace northstar::store {
namespace {

using namespace testing;

const std::string kDigest = "opt-out-digest-of-ana-";

class Commits : public OnEveryRedis {
 protected:
  void SetUp() override {
    OnEveryRedis::SetUp();
    node.emplace(url_of(GetParam()));
  }
  Loaded load() { return *node->run(node->sessions.load(ana, kDigest, in(3s))); }
  Committed commit(const Commit& step) {
    auto outcome = node->run(node->sessions.commit(step, in(3s)));
    EXPECT_TRUE(outcome) << (outcome ? "" : outcome.error().text);
    return outcome ? *outcome : Committed{};
  }
  // The next step of the talk, as the gateway would take it now.
  Commit step(std::string seen = {}, bool reply = true) {
    const Loaded before = load();
    Commit out{.contact = ana, .before = before.head, .now = before.now, .number = ++births, .sealed = "sealed talk", .life = 1h,
               .seen = std::move(seen)};
    if (reply) out.out.push_back(inline_reply(before.now));
    return out;
  }
  Outgoing inline_reply(Instant now) {
    return {.id = random_id(), .sealed = "sealed reply " + std::to_string(++replies), .due = now + 20s, .useful = 5min, .marked = true};
  }
  Outgoing queued() { return {.id = random_id(), .sealed = "sealed text", .useful = 5min}; }
  std::string due(const std::string& id) { return node->command({"ZSCORE", "{p17}:due", id}); }
  // Moves the shared clock and waits for nothing: this node follows at once.
  void pass(Millis time) { ASSERT_TRUE(node->run(node->clock.advance_to(node->clock.offset() + time, in(3s)))); }

  const privacy::ContactId ana = contact_in(17);
  std::optional<Node> node;
  std::uint64_t births = 100;
  int replies = 0;
};
INSTANTIATE_TEST_SUITE_P(Real, Commits, ::testing::Values(Place::single, Place::cluster), place_name);

TEST_P(Commits, a_first_text_finds_no_session) {
  const Loaded before = load();
  EXPECT_EQ(before.head.version, 0u);
  EXPECT_TRUE(before.sealed.empty());
  EXPECT_FALSE(before.opted_out);
  const auto wall = std::chrono::system_clock::now();
  EXPECT_LT(std::chrono::abs(before.now - std::chrono::floor<Millis>(wall)), 2s);
}

TEST_P(Commits, a_step_is_there_whole_when_it_is_acknowledged) {
  Commit first = step("message-1");
  first.out.push_back(queued());
  first.set_timers = {{"nobody", first.now + 2min}};
  first.opt_out = Commit::OptOut::set;
  first.opt_out_digest = kDigest;
  const Committed done = commit(first);
  EXPECT_EQ(done.outcome, Outcome::committed);
  EXPECT_EQ(done.version, 1u);
  const Loaded after = load();
  EXPECT_EQ(after.head.version, 1u);
  EXPECT_EQ(after.head.number, first.number);
  EXPECT_EQ(after.sealed, "sealed talk");
  EXPECT_TRUE(after.opted_out);
  EXPECT_TRUE(after.waiting()) << "the second text goes through the outbox";
  const auto ms = [](Instant at) { return std::to_string(at.time_since_epoch().count()); };
  EXPECT_EQ(due("r" + first.out[0].id), ms(first.now + 20s));
  EXPECT_EQ(due("e" + first.out[1].id), ms(first.now));
  EXPECT_EQ(due("t:nobody:" + ana.key()), ms(first.now + 2min));
  EXPECT_EQ(node->woken, std::vector<std::uint8_t>{17});
}

TEST_P(Commits, the_version_grows_and_the_birth_number_stays) {
  const Commit first = step();
  commit(first);
  commit(step());
  EXPECT_EQ(load().head.version, 2u);
  EXPECT_EQ(load().head.number, first.number);
}

TEST_P(Commits, a_step_from_an_older_version_is_stale_and_changes_nothing) {
  commit(step("message-1"));
  Commit slow = step("message-2");
  commit(step("message-3"));
  slow.sealed = "stale talk";
  EXPECT_EQ(commit(slow).outcome, Outcome::stale);
  EXPECT_EQ(load().head.version, 2u);
  EXPECT_EQ(load().sealed, "sealed talk");
  EXPECT_EQ(due("r" + slow.out[0].id), "(nil)");
  EXPECT_EQ(node->command({"EXISTS", "{p17}:seen:message-2"}), "0") << "it will be tried again";
}

TEST_P(Commits, a_step_is_stale_when_the_worker_took_over_a_reply_since_it_began) {
  const Commit first = step();
  commit(first);
  pass(21s);
  const Commit next = step();
  const std::string reply = first.out[0].id;
  node->command({"SET", "{p17}:lease", "1:worker"});
  const auto ms = [](Instant at) { return std::to_string(at.time_since_epoch().count()); };
  const auto mark = [&](Redis& redis) -> boost::asio::awaitable<bool> {
    Request request{partition_slot(17)};
    request.command({"FCALL", "northstar1_mark", "4", "{p17}:lease", "{p17}:due", "{p17}:entry:" + reply,
                     "{p17}:session:" + ana.key(), "1:worker", ms(next.now), ms(next.now + 1min), "r" + reply});
    const auto marked = co_await redis.call(std::move(request), in(3s));
    co_return marked && (*marked)[0].size() == 1;
  };
  ASSERT_TRUE(node->run(mark(node->redis)));
  ASSERT_TRUE(load().waiting());
  EXPECT_EQ(commit(next).outcome, Outcome::stale) << "its reply, in an answer, would overtake the one the worker may still send";
  EXPECT_EQ(commit(step()).outcome, Outcome::committed);
  EXPECT_TRUE(load().waiting());
}

TEST_P(Commits, two_first_texts_at_once_make_one_session) {
  const Commit one = step("message-1"), other = step("message-2");
  EXPECT_EQ(commit(one).outcome, Outcome::committed);
  EXPECT_EQ(commit(other).outcome, Outcome::stale);
}

TEST_P(Commits, a_redelivered_webhook_changes_nothing_and_returns_the_first_outcome) {
  const Commit first = step("message-1");
  commit(first);
  const Committed again = commit(step("message-1"));
  EXPECT_EQ(again.outcome, Outcome::seen);
  EXPECT_EQ(again.entry_id, first.out[0].id);
  EXPECT_EQ(again.entry_sealed, first.out[0].sealed);
  EXPECT_EQ(load().head.version, 1u);
}

TEST_P(Commits, a_later_step_takes_nothing_from_an_earlier_reply) {
  const Commit first = step("message-1");
  commit(first);
  commit(step("message-2"));
  EXPECT_EQ(commit(step("message-1")).entry_id, first.out[0].id);
}

TEST_P(Commits, a_redelivery_gives_the_reply_its_twenty_seconds_again_unless_it_was_struck_off) {
  const Commit first = step("message-1");
  commit(first);
  pass(15s);
  commit(step("message-1"));
  EXPECT_GE(std::stoll(due("r" + first.out[0].id)), (first.now + 35s).time_since_epoch().count());
  node->sessions.strike(17, first.out[0].id);
  node->run(sleep(node->io, 200ms), 5s);
  EXPECT_EQ(due("r" + first.out[0].id), "(nil)");
  EXPECT_EQ(commit(step("message-1")).entry_id, first.out[0].id) << "struck off, it still answers";
  EXPECT_EQ(due("r" + first.out[0].id), "(nil)") << "and stays struck off";
}

TEST_P(Commits, a_reply_past_its_use_answers_no_redelivery) {
  commit(step("message-1"));
  pass(5min + 1s);
  const Committed again = commit(step("message-1"));
  EXPECT_EQ(again.outcome, Outcome::seen);
  EXPECT_TRUE(again.entry_id.empty());
  EXPECT_TRUE(again.entry_sealed.empty());
}

TEST_P(Commits, a_reply_that_the_worker_took_over_answers_no_redelivery) {
  const Commit first = step("message-1");
  commit(first);
  node->command({"SETRANGE", "{p17}:entry:" + first.out[0].id, "1", "s"});
  EXPECT_TRUE(commit(step("message-1")).entry_id.empty());
}

TEST_P(Commits, once_silence_is_asked_for_only_that_very_text_is_answered_again) {
  commit(step("message-1"));
  Commit stop = step("message-2");
  stop.silence = true;
  commit(stop);
  EXPECT_TRUE(commit(step("message-1")).entry_id.empty());
  EXPECT_EQ(commit(step("message-2")).entry_id, stop.out[0].id);
  Commit later = step("message-3");
  commit(later);
  EXPECT_EQ(commit(step("message-3")).entry_id, later.out[0].id) << "silence is over when they write again";
  EXPECT_TRUE(commit(step("message-1")).entry_id.empty());
}

TEST_P(Commits, delete_leaves_no_session_and_its_own_confirmation_alone_is_answered_again) {
  commit(step("message-1"));
  Commit erase = step("message-2");
  erase.sealed.reset();
  erase.silence = true;
  erase.out[0].outlives_session = true;
  EXPECT_EQ(commit(erase).outcome, Outcome::committed);
  EXPECT_EQ(load().head.version, 0u);
  EXPECT_EQ(node->command({"EXISTS", "{p17}:session:" + ana.key()}), "0");
  EXPECT_TRUE(commit(step("message-1")).entry_id.empty());
  EXPECT_EQ(commit(step("message-2")).entry_id, erase.out[0].id) << "R75: a redelivery begins nothing";
  EXPECT_EQ(load().head.version, 0u);
}

TEST_P(Commits, after_delete_a_new_talk_and_its_silence_the_old_confirmation_is_gone_too) {
  commit(step("message-1"));
  Commit erase = step("message-2");
  erase.sealed.reset();
  erase.silence = true;
  erase.out[0].outlives_session = true;
  commit(erase);
  commit(step("message-3"));
  EXPECT_EQ(commit(step("message-2")).entry_id, erase.out[0].id);
  Commit quiet = step("message-4");
  quiet.silence = true;
  commit(quiet);
  EXPECT_TRUE(commit(step("message-2")).entry_id.empty());
}

TEST_P(Commits, a_step_that_a_delete_overtook_cannot_bring_the_talk_back) {
  commit(step("message-1"));
  const Commit slow = step("message-2");
  Commit erase = step("message-3");
  erase.sealed.reset();
  commit(erase);
  EXPECT_EQ(commit(slow).outcome, Outcome::stale);
  EXPECT_EQ(load().head.version, 0u);
}

TEST_P(Commits, an_opt_out_outlives_the_talk_and_ends_when_told) {
  Commit stop = step("message-1");
  stop.opt_out = Commit::OptOut::set;
  stop.opt_out_digest = kDigest;
  stop.sealed.reset();
  commit(stop);
  EXPECT_TRUE(load().opted_out) << "R20";
  Commit again = step("message-2");
  again.opt_out = Commit::OptOut::clear;
  again.opt_out_digest = kDigest;
  commit(again);
  EXPECT_FALSE(load().opted_out);
}

TEST_P(Commits, a_talk_past_its_life_by_the_gateways_clock_counts_as_none) {
  commit(step("message-1"));
  pass(59min);
  EXPECT_EQ(load().head.version, 1u);
  pass(1min);
  EXPECT_EQ(load().head.version, 0u);
  EXPECT_TRUE(load().sealed.empty());
  const Commit anew = step("message-2");
  EXPECT_EQ(commit(anew).outcome, Outcome::committed) << "its bytes are still there, and must not be in the way";
  EXPECT_EQ(load().head.number, anew.number);
  EXPECT_EQ(load().head.version, 1u);
}

TEST_P(Commits, a_timer_replaces_the_one_of_its_kind_and_goes_when_dropped) {
  Commit first = step({}, false);
  first.set_timers = {{"nobody", first.now + 2min}, {"follow_up", first.now + 24h}};
  commit(first);
  Commit second = step({}, false);
  second.set_timers = {{"nobody", second.now + 9min}};
  second.drop_timers = {"follow_up"};
  commit(second);
  EXPECT_EQ(due("t:nobody:" + ana.key()), std::to_string((second.now + 9min).time_since_epoch().count()));
  EXPECT_EQ(due("t:follow_up:" + ana.key()), "(nil)");
}

TEST_P(Commits, the_shared_clock_only_grows_and_other_nodes_follow) {
  Node other(url_of(GetParam()));
  pass(16min);
  EXPECT_EQ(*node->run(node->clock.advance_to(1min, in(3s))), node->clock.offset());
  other.run(sleep(other.io, 1200ms), 5s);
  EXPECT_EQ(other.clock.offset(), node->clock.offset());
  EXPECT_GE(other.clock.now() - other.clock.bare_now(), 16min);
}

}  // namespace
}  // namespace northstar::store
