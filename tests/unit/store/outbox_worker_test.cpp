// The worker on real Redis, one and many.
#include "gateway/store/outbox_worker.h"

#include <gmock/gmock.h>

#include "gateway/store/parts.h"
#include "tests/unit/store/talk.h"

namespace northstar::store {
namespace {

using namespace testing;
using ::testing::ElementsAre;

class Sending : public OnEveryRedis {
 protected:
  void SetUp() override {
    OnEveryRedis::SetUp();
    here.emplace(url_of(GetParam()), "here", wire, keys);
    ana.emplace(*here, keys, contact_in(17));
  }
  // Starts the worker, and waits until it holds every partition.
  void start() {
    here->worker->start();
    ASSERT_TRUE(here->until([&] { return here->worker->leases().held() == 256; }));
  }
  void pass(Sender& node, Millis time) { ASSERT_TRUE(node.run(node.clock.advance_to(node.clock.offset() + time, in(3s)))); }
  // Asked in this order: the question lets the loop turn, and the worker may only then see what is due.
  bool idle() { return here->command({"ZCARD", "{p17}:due"}) == "0" && here->worker->counts().waiting == 0; }
  std::uint64_t count(SendOutcome outcome) { return here->worker->counts().of(outcome); }

  Wire wire;
  std::shared_ptr<const privacy::Keyring> keys = keys_for_now();
  std::optional<Sender> here;
  std::optional<Talker> ana;
};
INSTANTIATE_TEST_SUITE_P(Real, Sending, ::testing::Values(Place::single, Place::cluster), place_name);

TEST_P(Sending, a_commit_wakes_the_worker_which_sends_and_writes_down_what_became_of_it) {
  start();
  ana->say("hello");
  EXPECT_TRUE(ana->step().before.waiting > ana->now);
  here->worker->wake(17);
  const auto began = std::chrono::steady_clock::now();
  ASSERT_TRUE(here->until([&] { return count(SendOutcome::sent) == 1; }));
  EXPECT_LT(std::chrono::steady_clock::now() - began, 500ms) << "not left to the look each second";
  EXPECT_THAT(wire.texts, ElementsAre("hello"));
  EXPECT_TRUE(idle());
  EXPECT_EQ(here->command({"HGET", "{p17}:outcomes", "sent"}), "1");
  ana->step();
  EXPECT_FALSE(ana->step().before.waiting > ana->now) << "a reply may go inline again";
}

TEST_P(Sending, what_is_said_next_waits_for_all_that_was_queued_not_for_the_longest_useful) {
  for (const auto& [first, second] : {std::pair{5min, 2min}, std::pair{2min, 5min}, std::pair{5min, 5min}}) {
    SetUp();
    wire.answers = {Delivery::accepted, Delivery::throttled};
    start();
    for (const auto& [words, useful] : {std::pair{"first", first}, std::pair{"second", second}}) {
      Commit step = ana->step();
      step.out.push_back(ana->text(words, false, useful));
      ana->commit(step);
    }
    here->worker->wake(17);
    ASSERT_TRUE(here->until([&] { return count(SendOutcome::sent) == 1 && here->worker->counts().throttled == 1; }));
    ana->step();
    EXPECT_TRUE(ana->step().before.waiting > ana->now) << "the second is still to come";
    ASSERT_TRUE(here->until([&] { return count(SendOutcome::sent) == 2; }));
    ana->step();
    EXPECT_FALSE(ana->step().before.waiting > ana->now);
    here->stop();
  }
}

TEST_P(Sending, what_nobody_woke_it_for_is_found_within_a_second) {
  start();
  ana->say("hello");
  EXPECT_TRUE(here->until([&] { return count(SendOutcome::sent) == 1; }, 2s));
}

TEST_P(Sending, order_holds_for_one_contact_while_the_channel_stumbles) {
  start();
  wire.answers = {Delivery::failed, Delivery::accepted, Delivery::throttled, Delivery::accepted};
  std::vector<std::string> said;
  for (int i = 0; i < 12; ++i) ana->say(said.emplace_back("text " + std::to_string(i)));
  for (int i = 0; i < 12; ++i) here->worker->wake(17);
  // Both pauses are passed by the clock, not slept through.
  ASSERT_TRUE(here->until([&] { return here->worker->counts().failed == 1; }));
  pass(*here, Outbox::kFirstPause);
  ASSERT_TRUE(here->until([&] { return here->worker->counts().throttled == 1; }));
  pass(*here, Outbox::kFirstPause);
  ASSERT_TRUE(here->until([&] { return count(SendOutcome::sent) == 12; }, 8s));
  EXPECT_EQ(wire.texts, said);
}

TEST_P(Sending, silence_drops_what_waits_but_not_what_asked_for_it) {
  ana->say("you have a place in the queue");
  Commit quiet = ana->step();
  quiet.silence = true;
  quiet.out.push_back(ana->text("OK, no more texts."));
  ana->commit(quiet);
  start();
  ASSERT_TRUE(here->until([&] { return idle(); }));
  EXPECT_THAT(wire.texts, ElementsAre("OK, no more texts."));
  EXPECT_EQ(count(SendOutcome::silenced), 1u);
}

TEST_P(Sending, delete_drops_what_waits_but_its_confirmation_needs_no_session) {
  ana->say("near Fresno");
  Commit erase = ana->step();
  erase.sealed.reset();
  erase.silence = true;
  erase.out.push_back(ana->text("Done."));
  erase.out[0].outlives_session = true;
  ana->commit(erase);
  start();
  ASSERT_TRUE(here->until([&] { return idle(); }));
  EXPECT_THAT(wire.texts, ElementsAre("Done."));
}

TEST_P(Sending, a_text_of_an_earlier_talk_is_not_sent_into_a_new_one) {
  ana->say("of the first talk");
  Commit erase = ana->step();
  erase.sealed.reset();
  ana->commit(erase);
  ana->say("of the second talk");
  start();
  ASSERT_TRUE(here->until([&] { return idle(); }));
  EXPECT_THAT(wire.texts, ElementsAre("of the second talk"));
}

TEST_P(Sending, nothing_is_sent_past_its_use) {  // R18
  Commit late = ana->step();
  late.out.push_back(ana->text("OK, no more texts.", false, 5min));
  ana->commit(late);
  pass(*here, 5min + 1s);
  start();
  ASSERT_TRUE(here->until([&] { return idle(); }));
  EXPECT_TRUE(wire.texts.empty());
  EXPECT_EQ(count(SendOutcome::expired), 1u);
}

TEST_P(Sending, an_inline_reply_struck_off_is_never_sent_again) {
  Commit step = ana->step();
  step.out.push_back(ana->reply("greeting", true));
  ana->commit(step);
  here->sessions.strike(17, step.out[0].id);
  here->run(sleep(here->io, 200ms));
  pass(*here, 25s);
  start();
  here->until([] { return false; }, 300ms);
  EXPECT_TRUE(wire.texts.empty());
  EXPECT_TRUE(wire.asked.empty());
}

TEST_P(Sending, an_inline_reply_that_may_not_have_arrived_is_asked_about_and_taken_over) {
  for (const auto& [remembers, harmless, outcome, sent] : std::vector<std::tuple<std::optional<bool>, bool, SendOutcome, std::size_t>>{
           {true, false, SendOutcome::sent, 0}, {false, false, SendOutcome::sent, 1},
           {std::nullopt, true, SendOutcome::repeated, 1}, {std::nullopt, false, SendOutcome::unknown, 0}}) {
    SetUp();
    wire.texts.clear();
    wire.remembers = remembers;
    Commit step = ana->step();
    step.seen = "message-1";
    step.out.push_back(ana->reply("greeting", harmless));
    ana->commit(step);
    start();
    here->until([] { return false; }, 200ms);
    EXPECT_TRUE(wire.texts.empty()) << "its twenty seconds are not over";
    pass(*here, 21s);
    ASSERT_TRUE(here->until([&] { return idle() && count(outcome) == 1; }, 4s)) << name_of(outcome);
    EXPECT_EQ(wire.texts.size(), sent);
    Commit again = ana->step();
    again.seen = "message-1";
    EXPECT_TRUE(ana->commit(again).entry_id.empty()) << "from then on a redelivery gets an empty success";
    here->stop();
  }
}

TEST_P(Sending, a_carriers_opt_out_is_kept_as_the_persons_own) {
  start();
  wire.answers = {Delivery::opted_out};
  ana->say("hello");
  ASSERT_TRUE(here->until([&] { return count(SendOutcome::opted_out) == 1; }));
  EXPECT_EQ(here->command({"SISMEMBER", "{p17}:optouts", "digest-of-the-carrier"}), "1");
  EXPECT_TRUE(wire.texts.empty());
}

TEST_P(Sending, a_text_of_a_channel_that_this_node_has_not_bound_waits) {
  start();
  Commit step = ana->step();
  OutboundMessage other{.channel = "other", .service = "77001", .address = PhoneNumber{"+12135550101"}, .text = MessageText{"hello"}, .made = ana->now};
  Outgoing out{.id = random_id(), .useful = 5min};
  out.sealed = *keys->seal(privacy::Life::hour, {.kind = "outbox", .key = out.id}, encode(other), ana->now, random_nonce());
  step.out.push_back(out);
  ana->commit(step);
  here->worker->wake(17);
  ASSERT_TRUE(here->until([&] { return here->worker->counts().misconfigured == 1; }));
  here->until([] { return false; }, 100ms);
  EXPECT_EQ(here->command({"ZCARD", "{p17}:due"}), "1");
}

TEST_P(Sending, a_stopping_node_ends_what_is_on_the_wire_and_another_takes_its_partitions_at_once) {
  start();
  wire.takes = 300ms;
  ana->say("hello");
  here->worker->wake(17);
  here->until([&] { return here->worker->counts().attempts == 1; });
  here->stop();
  EXPECT_THAT(wire.texts, ElementsAre("hello"));
  EXPECT_EQ(here->command({"HGET", "{p17}:outcomes", "sent"}), "1");
  Wire other_wire;
  Sender there(url_of(GetParam()), "there", other_wire, keys);
  there.worker->start();
  EXPECT_TRUE(there.until([&] { return there.worker->leases().held() == 256; }, 1s));
  EXPECT_TRUE(other_wire.texts.empty());
}

TEST_P(Sending, a_node_that_slept_through_its_lease_wakes_and_changes_nothing) {
  start();
  ana->say("one");
  here->worker->wake(17);
  ASSERT_TRUE(here->until([&] { return count(SendOutcome::sent) == 1; }));
  // `here` sleeps: its loop does not run. It wakes in the middle of nothing, still believing in its lease.
  Wire other_wire;
  Sender there(url_of(GetParam()), "there", other_wire, keys);
  there.worker->start();
  const auto began = std::chrono::steady_clock::now();
  ASSERT_TRUE(there.until([&] { return there.worker->leases().held() == 256; }, 6s));
  EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
  Talker bea(there, keys, contact_in(18, 5));
  Commit step = bea.step();
  step.out.push_back(bea.text("two"));
  ASSERT_EQ(bea.commit(step).outcome, Outcome::committed);
  here->worker->wake(18);
  here->until([&] { return here->worker->counts().leases_lost > 0; }, 1500ms);
  EXPECT_THAT(wire.texts, ElementsAre("one")) << "the sleeper sent nothing";
  EXPECT_TRUE(there.until([&] { return other_wire.texts.size() == 1; }, 3s));
  EXPECT_THAT(other_wire.texts, ElementsAre("two"));
}

TEST_P(Sending, two_nodes_share_the_partitions) {
  start();
  Wire other_wire;
  Sender there(url_of(GetParam()), "there", other_wire, keys);
  there.worker->start();
  const auto end = in(6s);
  while (std::chrono::steady_clock::now() < end && (here->worker->leases().held() != 128 || there.worker->leases().held() != 128)) {
    here->until([] { return false; }, 30ms);
    there.until([] { return false; }, 30ms);
  }
  EXPECT_EQ(here->worker->leases().held(), 128u);
  EXPECT_EQ(there.worker->leases().held(), 128u);
  for (int p = 0; p < 256; ++p) {
    const auto partition = static_cast<std::uint8_t>(p);
    EXPECT_NE(here->worker->leases().holds(partition), there.worker->leases().holds(partition)) << p;
  }
}

TEST_P(Sending, a_timer_fires_once_and_survives_a_crash_between_firing_and_commit) {
  Commit step = ana->step();
  step.set_timers = {{"nobody", ana->now + 2min}};
  ana->commit(step);
  start();
  here->until([] { return false; }, 200ms);
  EXPECT_TRUE(here->fired.empty());
  here->timers_work = false;
  pass(*here, 2min);
  ASSERT_TRUE(here->until([&] { return here->fired.size() == 1; }, 3s));
  EXPECT_NE(here->command({"ZSCORE", "{p17}:due", "t:nobody:" + ana->contact.key()}), "(nil)");
  here->timers_work = true;
  pass(*here, 11s);
  ASSERT_TRUE(here->until([&] { return here->fired.size() == 2; }, 3s)) << "again, since its step was not committed";
  ASSERT_TRUE(here->until([&] { return idle(); }, 2s));
  pass(*here, 1min);
  // Timers are taken in the look that finds a text: once that is sent, there has been one since.
  ana->say("found by a look");
  ASSERT_TRUE(here->until([&] { return count(SendOutcome::sent) == 1; }, 3s));
  EXPECT_EQ(here->fired.size(), 2u);
}

TEST_P(Sending, a_timer_set_anew_in_the_step_that_it_began_stays) {
  Commit step = ana->step();
  step.set_timers = {{"nobody", ana->now + 2min}};
  ana->commit(step);
  Commit next = ana->step();
  next.drop_timers = {"nobody"};
  next.set_timers = {{"nobody", ana->now + 9min}};
  ana->commit(next);
  EXPECT_NE(here->command({"ZSCORE", "{p17}:due", "t:nobody:" + ana->contact.key()}), "(nil)");
}

TEST_P(Sending, a_request_for_a_person_reaches_the_queue_once_in_the_order_of_need) {  // R34
  start();
  HandoffQueue queue(here->redis);
  std::map<int, Instant> turns;  // a change keeps the turn
  const auto ask = [&](int n, Handoff handoff) {
    Talker talker(*here, keys, contact_in(17, n));
    Commit step = talker.step();
    handoff.since = (turns.try_emplace(n, talker.now).first->second);
    step.handoffs.push_back(std::move(handoff));
    talker.commit(step);
    here->worker->wake(17);
  };
  const auto order = [&] {
    std::vector<std::string> out;
    const auto all = here->run(queue.waiting(10, in(3s)));
    for (const Waiting& one : *all) out.push_back(one.handoff.sealed + (one.handoff.held ? " held" : ""));
    return out;
  };
  const auto becomes = [&](std::vector<std::string> expected) {
    for (int i = 0; i < 100 && order() != expected; ++i) here->until([] { return false; }, 20ms);
    EXPECT_EQ(order(), expected);
  };
  ask(1, {.sealed = "first"});
  ask(2, {.sealed = "second"});
  ask(3, {.severity = 2, .sealed = "danger"});
  becomes({"danger", "first", "second"});
  ask(1, {.held = true, .sealed = "first"});
  becomes({"danger", "first held", "second"});
  ask(2, {.severity = 2, .sealed = "second raised"});
  becomes({"second raised", "danger", "first held"});  // danger first, and among those the older turn
  ask(3, {.change = Handoff::Change::cancel});
  becomes({"second raised", "first held"});
  // What comes late changes nothing.
  ASSERT_TRUE(here->run(queue.feed(contact_in(17, 3).key(), 1, {.severity = 2, .sealed = "danger"}, here->clock.now(), in(3s))));
  EXPECT_EQ(order(), (std::vector<std::string>{"second raised", "first held"}));
  EXPECT_TRUE(here->until([&] { return idle(); }, 2s));
}

TEST_P(Sending, every_key_that_is_kept_is_of_a_known_kind_and_has_its_life) {  // R74
  start();
  Commit busy = ana->step();
  busy.seen = "message-1";
  busy.out = {ana->reply("greeting"), ana->text("later")};
  busy.set_timers = {{"nobody", ana->now + 2min}};
  busy.opt_out = Commit::OptOut::set;
  busy.opt_out_digest = "digest";
  busy.handoffs = {{.severity = 1, .since = ana->now, .sealed = "packet"}};
  ana->commit(busy);
  ana->say("and more");
  Parts parts(here->redis, here->clock);
  ASSERT_TRUE(here->run(parts.add({.contact = contact_in(17), .set = "a-set-of-22-characters", .digest = "22-characters-of-words", .sealed = "part"}, in(3s))));
  pass(*here, 1s);
  ASSERT_TRUE(here->until([&] { return here->worker->counts().handoffs == 1 && count(SendOutcome::sent) >= 1; }, 4s));
  std::set<std::string_view> met;
  for (const Endpoint& node : url_of(GetParam()).endpoints) {
    std::istringstream listed(shell("redis-cli " + (node.path.empty() ? "-p " + std::to_string(node.port) : "-s " + node.path) + " --scan"));
    std::vector<std::string> keys_there, questions;
    for (std::string key; std::getline(listed, key);) {
      questions.push_back("pttl '" + key + "'");
      keys_there.push_back(std::move(key));
    }
    const std::vector<std::string> lives = ask_all(node, questions);
    for (std::size_t i = 0; i < keys_there.size(); ++i) {
      const std::string& key = keys_there[i];
      const Kind* const kind = kind_of(key);
      ASSERT_NE(kind, nullptr) << "a key of no known kind: " << key;
      met.insert(kind->pattern);
      const long long ttl = std::stoll(lives[i]);
      if (kind->life) {
        EXPECT_GT(ttl, 0) << key;
        EXPECT_LE(ttl, kind->life->count()) << key;
      } else {
        EXPECT_EQ(ttl, -1) << key;
      }
    }
  }
  for (const Kind& kind : kinds()) EXPECT_TRUE(met.contains(kind.pattern)) << kind.pattern << " was not met: the test shows nothing of it";
  // And what lies inside the collections without a TTL: only what is due, with a reason to be there.
  std::istringstream due(here->command({"ZRANGE", "{p17}:due", "0", "-1"}));
  for (std::string member; due >> member;) EXPECT_THAT(member.substr(0, 1), ::testing::AnyOf("r", "e", "h", "t")) << member;
}

TEST_P(Sending, all_that_is_held_for_a_number_is_listed_and_nothing_after_it_is_over) {  // R77
  Commit busy = ana->step();
  busy.seen = "message-1";
  busy.out = {ana->reply("greeting"), ana->text("later")};
  busy.set_timers = {{"nobody", ana->now + 2min}};
  busy.opt_out = Commit::OptOut::set;
  busy.opt_out_digest = "digest";
  busy.handoffs = {{.since = ana->now, .sealed = "packet"}};
  ana->commit(busy);
  Talker bea(*here, keys, contact_in(17, 9));
  bea.say("another's");
  here->sessions.strike(17, busy.out[0].id);
  here->run(sleep(here->io, 200ms));
  const auto kinds_held = [&] {
    std::multiset<std::string> out;
    const auto held = here->run(here->sessions.held(ana->contact, "digest", in(5s)));
    EXPECT_TRUE(held);
    for (const Held& one : *held) out.insert(one.kind);
    return out;
  };
  EXPECT_EQ(kinds_held(), (std::multiset<std::string>{"entry", "entry", "handoff", "opt_out", "session", "timer"}));
  start();
  ASSERT_TRUE(here->until([&] { return here->worker->counts().handoffs == 1; }, 3s));
  EXPECT_TRUE(kinds_held().contains("queue"));
  Commit erase = ana->step();
  erase.sealed.reset();
  erase.drop_timers = {"nobody"};
  erase.opt_out = Commit::OptOut::leave;
  erase.handoffs = {{.change = Handoff::Change::cancel}};
  ana->commit(erase);
  pass(*here, 6min);
  ASSERT_TRUE(here->until([&] { return idle(); }, 3s));
  EXPECT_FALSE(kinds_held().contains("session"));
  EXPECT_FALSE(kinds_held().contains("entry"));
  EXPECT_FALSE(kinds_held().contains("timer"));
  EXPECT_TRUE(kinds_held().contains("opt_out")) << "R75: all but the opt-out's digest";
}

}  // namespace
}  // namespace northstar::store
