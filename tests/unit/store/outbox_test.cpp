// The outbox's machine, by tables and without a socket; and the whole story broken at every step.
#include "gateway/store/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "gateway/store/outbound_message.h"

namespace northstar::store {
namespace {

using namespace std::chrono_literals;
using State = EntryHead::State;
using Verdict = Outbox::Marked::Verdict;
using ::testing::ElementsAre;

constexpr Instant kNow{std::chrono::hours{497000}};

Outbox::Found found(std::string id, std::string contact, std::uint64_t version = 1, State state = State::queued) {
  return {.id = std::move(id),
          .head = {.state = state, .number = 7, .version = version, .useful_until = kNow + 5min, .contact = std::move(contact)},
          .due = kNow};
}

template <class T>
std::vector<T> only(const std::vector<Ask>& asks) {
  std::vector<T> out;
  for (const Ask& ask : asks) {
    if (const T* one = std::get_if<T>(&ask)) out.push_back(*one);
  }
  return out;
}

std::vector<std::string> marks(const std::vector<Ask>& asks) {
  std::vector<std::string> out;
  for (const Mark& mark : only<Mark>(asks)) out.insert(out.end(), mark.ids.begin(), mark.ids.end());
  return out;
}

// Up to the send of one text.
Outbox sending(const std::string& id, State state = State::queued, bool harmless = false) {
  Outbox box;
  box.found({found(id, "ana", 1, state)});
  EXPECT_THAT(marks(box.next(kNow, 10)), ElementsAre(id));
  box.marked(id, {.before = state, .session_version = 1, .repeat_harmless = harmless});
  return box;
}

std::optional<SendOutcome> recorded(std::vector<Ask> asks) {
  const auto records = only<Record>(asks);
  return records.empty() ? std::nullopt : records[0].items[0].outcome;
}

TEST(OutboundMessage, reads_back_what_it_wrote_and_refuses_what_was_cut) {
  const OutboundMessage message{.channel = "main", .service = "77001", .address = PhoneNumber{"+12135550101"},
                                .text = MessageText{"Hi, ¿puede escribir?"}, .made = kNow, .useful = 5min, .repeat_harmless = true};
  const std::string bytes = encode(message);
  const auto again = decode_outbound(bytes);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->channel, "main");
  EXPECT_EQ(again->service, "77001");
  EXPECT_EQ(again->address, message.address);
  EXPECT_EQ(again->text, message.text);
  EXPECT_EQ(again->made, kNow);
  EXPECT_EQ(again->useful, 5min);
  EXPECT_TRUE(again->repeat_harmless);
  EXPECT_FALSE(again->first);
  for (std::size_t size = 0; size < bytes.size() - message.text.reveal().size(); ++size) EXPECT_FALSE(decode_outbound(bytes.substr(0, size)));
  EXPECT_FALSE(decode_outbound("\x02" + bytes.substr(1)));
}

TEST(Outbox, sends_only_what_it_has_marked_in_the_same_breath) {
  Outbox box;
  box.found({found("e1", "ana")});
  auto asks = box.next(kNow, 10);
  EXPECT_TRUE(only<Send>(asks).empty());
  EXPECT_THAT(marks(asks), ElementsAre("e1"));
  box.marked("e1", {});
  asks = box.next(kNow, 10);
  ASSERT_EQ(only<Send>(asks).size(), 1u);
  box.sent("e1", Delivery::accepted, kNow, 0);
  EXPECT_EQ(recorded(box.next(kNow, 10)), SendOutcome::sent);
  box.recorded("e1");
  EXPECT_TRUE(box.empty());
  EXPECT_FALSE(only<Rest>(box.next(kNow, 10))[0].until);
}

TEST(Outbox, keeps_the_order_of_one_contact_and_lets_others_pass) {
  Outbox box;
  box.found({found("e2", "ana", 2), found("e1", "ana", 1), found("e3", "bea")});
  EXPECT_THAT(marks(box.next(kNow, 10)), ElementsAre("e1", "e3"));
  box.marked("e1", {});
  (void)box.next(kNow, 10);
  box.sent("e1", Delivery::failed, kNow, 0);
  (void)box.next(kNow, 10);
  box.recorded("e1");
  EXPECT_TRUE(marks(box.next(kNow, 10)).empty()) << "the second waits for the first's next try";
  EXPECT_THAT(marks(box.next(kNow + 3s, 10)), ElementsAre("e1"));
}

TEST(Outbox, sends_danger_before_first_replies_and_those_before_the_rest) {
  Outbox box;
  auto danger = found("e9", "ana"), first = found("e5", "bea");
  danger.head.lane = 'd';
  first.head.lane = 'f';
  box.found({found("e1", "cleo"), first, danger});
  EXPECT_THAT(marks(box.next(kNow, 2)), ElementsAre("e9", "e5")) << "also when not all may go";
  EXPECT_THAT(marks(box.next(kNow, 2)), ElementsAre("e1"));
}

TEST(Outbox, tries_again_later_and_later_but_never_past_its_use) {
  Outbox box = sending("e1");
  Instant now = kNow;
  Millis last{0};
  int tries = 0;
  while (!box.empty() && tries < 50) {
    const auto asks = box.next(now, 10);
    if (!only<Send>(asks).empty()) {
      ++tries;
      box.sent("e1", Delivery::throttled, now, 0.5);
    } else if (const auto records = only<Record>(asks); !records.empty()) {
      const auto& item = records[0].items[0];
      if (!item.outcome) {
        EXPECT_GE(item.again - now, last) << "try " << tries;
        EXPECT_LT(item.again, kNow + 5min);
        last = item.again - now;
      } else {
        EXPECT_EQ(*item.outcome, SendOutcome::expired);
      }
      box.recorded("e1");
    } else if (!marks(asks).empty()) {
      box.marked("e1", {});
    } else {
      now = *only<Rest>(asks)[0].until;
    }
  }
  EXPECT_TRUE(box.empty());
  EXPECT_GE(tries, 7);
}

TEST(Outbox, each_delivery_has_its_consequence) {
  for (const auto& [delivery, outcome] : std::vector<std::pair<Delivery, std::optional<SendOutcome>>>{
           {Delivery::accepted, SendOutcome::sent}, {Delivery::opted_out, SendOutcome::opted_out},
           {Delivery::refused, SendOutcome::refused}, {Delivery::throttled, std::nullopt},
           {Delivery::failed, std::nullopt}, {Delivery::misconfigured, std::nullopt}}) {
    Outbox box = sending("e1");
    (void)box.next(kNow, 10);
    box.sent("e1", delivery, kNow, 0);
    const auto records = only<Record>(box.next(kNow, 10));
    ASSERT_EQ(records.size(), 1u);
    EXPECT_EQ(records[0].items[0].outcome, outcome) << static_cast<int>(delivery);
  }
}

struct Doubt {
  State found;
  bool harmless;
  std::optional<bool> went_out;
  std::uint64_t session_version;
  std::optional<SendOutcome> recorded;  // nothing: it is sent
  char letter = 'e';
};

TEST(Outbox, what_was_on_the_wire_at_a_crash_is_asked_about_repeated_where_harmless_and_otherwise_unknown) {
  for (const Doubt& row : std::vector<Doubt>{
           {State::sending, false, true, 1, SendOutcome::sent},
           {State::sending, false, false, 1, std::nullopt},
           {State::sending, false, std::nullopt, 1, SendOutcome::unknown},
           {State::sending, true, std::nullopt, 1, std::nullopt},
           {State::inline_reply, true, std::nullopt, 1, std::nullopt, 'r'},
           {State::inline_reply, false, false, 1, std::nullopt, 'r'},
           {State::inline_reply, true, std::nullopt, 2, SendOutcome::unknown, 'r'},  // something newer was said in an answer
           {State::inline_reply, true, false, 2, SendOutcome::unknown, 'r'},
           {State::sending, true, false, 2, std::nullopt, 'e'}}) {                    // what is newer queues behind it
    const std::string id = std::string(1, row.letter) + "1";
    Outbox box;
    box.found({found(id, "ana", 1, row.found)});
    EXPECT_THAT(marks(box.next(kNow, 10)), ElementsAre(id));
    box.marked(id, {.before = row.found, .session_version = row.session_version, .repeat_harmless = row.harmless});
    auto asks = box.next(kNow, 10);
    ASSERT_EQ(only<AskWhetherItWentOut>(asks).size(), 1u);
    EXPECT_TRUE(only<Send>(asks).empty());
    box.answered(id, row.went_out, kNow);
    asks = box.next(kNow, 10);
    EXPECT_EQ(recorded(asks), row.recorded);
    if (row.recorded) continue;
    EXPECT_THAT(marks(asks), ElementsAre(id)) << "marked anew before it is sent";
    box.marked(id, {.before = State::sending, .session_version = row.session_version, .repeat_harmless = row.harmless});
    EXPECT_EQ(only<Send>(box.next(kNow, 10)).size(), 1u);
  }
}

TEST(Outbox, repeats_once_and_no_more) {
  Outbox box = sending("e1", State::queued, true);
  (void)box.next(kNow, 10);
  box.sent("e1", Delivery::unknown, kNow, 0);
  (void)box.next(kNow, 10);
  box.answered("e1", std::nullopt, kNow);
  (void)box.next(kNow, 10);
  box.marked("e1", {.before = State::sending, .repeat_harmless = true});
  const auto again = only<Send>(box.next(kNow, 10));
  ASSERT_EQ(again.size(), 1u);
  EXPECT_TRUE(again[0].repeat);
  box.sent("e1", Delivery::unknown, kNow, 0);
  (void)box.next(kNow, 10);
  box.answered("e1", std::nullopt, kNow);
  EXPECT_EQ(recorded(box.next(kNow, 10)), SendOutcome::unknown);
}

TEST(Outbox, what_the_marking_call_dropped_is_only_counted) {
  for (const auto& [verdict, before, outcome] : std::vector<std::tuple<Verdict, State, std::optional<SendOutcome>>>{
           {Verdict::silenced, State::queued, SendOutcome::silenced}, {Verdict::expired, State::queued, SendOutcome::expired},
           {Verdict::silenced, State::inline_reply, SendOutcome::unknown}, {Verdict::expired, State::sending, SendOutcome::unknown},
           {Verdict::gone, State::queued, std::nullopt}}) {
    Outbox box;
    box.found({found("e1", "ana", 1, before)});
    (void)box.next(kNow, 10);
    box.marked("e1", {.verdict = verdict, .before = before});
    const auto asks = box.next(kNow, 10);
    EXPECT_TRUE(only<Send>(asks).empty());
    EXPECT_EQ(recorded(asks), outcome);
  }
}

TEST(Outbox, a_text_whose_key_is_gone_is_not_guessed_at) {
  Outbox box;
  box.found({found("e1", "ana")});
  (void)box.next(kNow, 10);
  box.marked("e1", {.readable = false});
  EXPECT_EQ(recorded(box.next(kNow, 10)), SendOutcome::unreadable);
}

TEST(Outbox, that_lost_its_lease_asks_for_nothing_more) {
  Outbox box = sending("e1");
  box.lease_lost();
  box.sent("e1", Delivery::accepted, kNow, 0);
  const auto asks = box.next(kNow, 10);
  ASSERT_EQ(asks.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<Yield>(asks[0]));
}

TEST(Outbox, counts_on_what_was_not_answered_by_redis_as_not_marked_and_not_in_doubt) {
  Outbox box;
  box.found({found("e1", "ana")});
  (void)box.next(kNow, 10);
  box.mark_failed("e1", kNow);
  EXPECT_THAT(marks(box.next(kNow + 1s, 10)), ElementsAre("e1"));
  box.marked("e1", {.before = State::sending});  // our own mark, whose answer was lost
  EXPECT_EQ(only<Send>(box.next(kNow, 10)).size(), 1u);
}

// ---- the good story once, broken everywhere ----

enum class Break { dies_before, dies_after, fails, answer_lost };

struct World {
  struct Stored {
    EntryHead head;
    Instant due;
  };
  std::map<std::string, Stored> redis;
  std::map<std::string, std::vector<SendOutcome>> written;
  std::vector<std::string> wire;
  bool askable, harmless;
  std::vector<std::string> steps;

  long times_on_wire(const std::string& id) const { return std::count(wire.begin(), wire.end(), id); }
};

World play(std::size_t break_at, Break how, bool askable, bool harmless) {
  World world{.askable = askable, .harmless = harmless};
  const auto put = [&](std::string id, std::string contact, std::uint64_t version, State state) {
    const auto one = found(id, std::move(contact), version, state);
    world.redis[id] = {one.head, one.due};
  };
  put("r0", "ana", 1, State::inline_reply);  // an answer that was never struck off
  put("e1", "ana", 2, State::queued);
  put("e2", "ana", 3, State::queued);
  put("e3", "bea", 1, State::queued);
  Instant now = kNow;
  Outbox box;
  const auto survey = [&] {
    std::vector<Outbox::Found> all;
    for (const auto& [id, stored] : world.redis) all.push_back({id, stored.head, stored.due});
    box.found(std::move(all));
  };
  survey();
  std::size_t step = 0;
  for (int turn = 0; turn < 200 && !world.redis.empty(); ++turn) {
    bool died = false;
    for (const Ask& ask : box.next(now, 10)) {
      if (const Rest* rest = std::get_if<Rest>(&ask)) {
        now = rest->until.value_or(now + 1s);
        survey();
        continue;
      }
      const bool broken = step == break_at;
      const bool happens = !broken || how == Break::dies_after || how == Break::answer_lost;
      const bool heard = !broken;
      died = broken && (how == Break::dies_before || how == Break::dies_after);
      if (const Mark* mark = std::get_if<Mark>(&ask)) {
        world.steps.push_back("mark");
        for (const std::string& id : mark->ids) {
          const State before = world.redis.at(id).head.state;
          if (happens) world.redis.at(id) = {world.redis.at(id).head, now + 35s}, world.redis.at(id).head.state = State::sending;
          // The talk of ana has come to version 3: r0 may have been overtaken.
          if (heard) box.marked(id, {.before = before, .session_version = 3, .repeat_harmless = harmless});
          else if (!died) box.mark_failed(id, now);
        }
      } else if (const Send* send = std::get_if<Send>(&ask)) {
        world.steps.push_back("send " + send->id);
        if (happens) world.wire.push_back(send->id);
        if (!died) box.sent(send->id, heard ? Delivery::accepted : happens ? Delivery::unknown : Delivery::failed, now, 0);
      } else if (const auto* question = std::get_if<AskWhetherItWentOut>(&ask)) {
        world.steps.push_back("ask");
        std::optional<bool> answer;
        if (askable && heard) answer = world.times_on_wire(question->id) > 0 || question->id == "r0";
        if (!died) box.answered(question->id, answer, now);
      } else if (const Record* record = std::get_if<Record>(&ask)) {
        world.steps.push_back("record");
        for (const Record::Item& item : record->items) {
          if (happens && item.outcome) {
            if (world.redis.erase(item.id)) world.written[item.id].push_back(*item.outcome);
          } else if (happens) {
            world.redis.at(item.id).head.state = State::queued;
            world.redis.at(item.id).due = item.again;
          }
          if (heard) box.recorded(item.id);
          else if (!died) box.record_failed(item.id);
        }
      }
      ++step;
      if (died) break;
    }
    if (died) {
      box = Outbox{};  // another node takes over, a little later
      now += 40s;
      survey();
    }
  }
  return world;
}

TEST(Outbox, keeps_its_promise_whichever_step_fails) {
  const World good = play(std::size_t(-1), Break::fails, true, false);
  ASSERT_THAT(good.wire, ::testing::UnorderedElementsAre("e1", "e2", "e3"));
  for (const Break how : {Break::dies_before, Break::dies_after, Break::fails, Break::answer_lost}) {
    for (const bool askable : {true, false}) {
      for (const bool harmless : {true, false}) {
        for (std::size_t step = 0; step < good.steps.size(); ++step) {
          SCOPED_TRACE("step " + std::to_string(step) + ", " + good.steps[step] + ", break " + std::to_string(static_cast<int>(how)) +
                       (askable ? ", can be asked" : "") + (harmless ? ", harmless" : ""));
          const World after = play(step, how, askable, harmless);
          EXPECT_TRUE(after.redis.empty()) << "something waits for ever";
          for (const std::string id : {"e1", "e2", "e3"}) {
            ASSERT_EQ(after.written.count(id), 1u) << id << " was lost";
            EXPECT_EQ(after.written.at(id).size(), 1u);
            const SendOutcome outcome = after.written.at(id)[0];
            if (outcome == SendOutcome::sent) EXPECT_EQ(after.times_on_wire(id), 1);
            if (outcome == SendOutcome::repeated) EXPECT_LE(after.times_on_wire(id), 2);
            EXPECT_TRUE(outcome == SendOutcome::sent || outcome == SendOutcome::repeated || outcome == SendOutcome::unknown);
            if (!harmless || (askable && good.steps[step] != "ask")) EXPECT_LE(after.times_on_wire(id), 1) << id;
          }
          const auto first = std::find(after.wire.begin(), after.wire.end(), "e1"), second = std::find(after.wire.begin(), after.wire.end(), "e2");
          if (first != after.wire.end() && second != after.wire.end()) EXPECT_LT(first, second) << "out of order";
          EXPECT_EQ(std::find(second, after.wire.end(), "e1"), after.wire.end()) << "e1 again, after e2";
        }
      }
    }
  }
}

}  // namespace
}  // namespace northstar::store
