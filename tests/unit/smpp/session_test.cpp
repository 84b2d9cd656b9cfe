#include "handlers/smpp/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace northstar::smpp {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;

/// A bind and the SMSC at its other end, both without a socket.
struct Talk {
  explicit Talk(Session::Settings settings = {}) : session(std::move(settings)) {}

  std::vector<Pdu> sent() {
    framer.feed(session.take_output());
    std::vector<Pdu> out;
    while (const auto frame = framer.next()) out.push_back(decode(*frame).pdu);
    return out;
  }
  void say(Pdu pdu) {
    std::string bytes;
    encode(bytes, pdu);
    session.received(bytes, now);
  }
  void say(Command command, std::uint32_t sequence, std::uint32_t status = status::kOk, std::string id = {}) {
    Pdu pdu;
    pdu.command = command;
    pdu.sequence = sequence;
    pdu.status = status;
    pdu.id = std::move(id);
    say(std::move(pdu));
  }
  template <class E>
  std::vector<E> events() {
    std::vector<E> out;
    for (Event& event : session.take_events())
      if (auto* one = std::get_if<E>(&event)) out.push_back(std::move(*one));
    return out;
  }
  void bind() {
    session.connected(now);
    const auto request = sent();
    say(response_to(request.at(0).command), request.at(0).sequence);
    ASSERT_EQ(events<Bound>().size(), 1u);
  }
  void text(std::uint32_t sequence) {
    Pdu pdu;
    pdu.command = Command::deliver_sm;
    pdu.sequence = sequence;
    pdu.message.source.digits = "12025550101";
    pdu.message.octets = "hello";
    say(pdu);
  }
  void pass(std::chrono::milliseconds time) { session.tick(now += time); }

  Session session;
  Framer framer;
  Moment now = Moment{} + 1h;
};

TEST(Session, binds_in_the_role_it_has) {
  for (const auto& [role, command] : {std::pair{Role::transceiver, Command::bind_transceiver}, std::pair{Role::receiver, Command::bind_receiver},
                                      std::pair{Role::transmitter, Command::bind_transmitter}}) {
    Talk talk({.role = role, .bind = {.system_id = "northstar", .password = "secret"}});
    talk.session.connected(talk.now);
    const auto sent = talk.sent();
    ASSERT_EQ(sent.size(), 1u);
    EXPECT_EQ(sent[0].command, command);
    EXPECT_EQ(sent[0].bind.system_id, "northstar");
  }
}

TEST(Session, a_refused_bind_says_why_and_ends) {
  Talk talk;
  talk.session.connected(talk.now);
  talk.say(Command::bind_transceiver_resp, 1, status::kInvalidPassword);
  const auto events = talk.session.take_events();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(std::get<BindRefused>(events[0]).status, status::kInvalidPassword);
  EXPECT_TRUE(std::holds_alternative<Ended>(events[1]));
}

TEST(Session, a_bind_that_nobody_answers_ends) {
  Talk talk;
  talk.session.connected(talk.now);
  EXPECT_EQ(talk.session.due(), talk.now + 10s);
  talk.pass(10s);
  EXPECT_EQ(talk.events<Ended>().size(), 1u);
}

TEST(Session, a_text_is_answered_once_and_only_when_told_to) {
  Talk talk;
  talk.bind();
  talk.text(41);
  EXPECT_THAT(talk.sent(), IsEmpty());
  const auto arrived = talk.events<Arrived>();
  ASSERT_EQ(arrived.size(), 1u);
  EXPECT_EQ(arrived[0].message.octets, "hello");
  talk.session.answer(41, status::kOk, talk.now);
  talk.session.answer(41, status::kOk, talk.now);
  const auto sent = talk.sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].command, Command::deliver_sm_resp);
  EXPECT_EQ(sent[0].sequence, 41u);
}

TEST(Session, an_answer_for_a_link_that_is_gone_goes_nowhere) {
  Talk talk;
  talk.bind();
  talk.text(41);
  talk.session.lost(talk.now);
  talk.session.take_events();
  talk.bind();
  talk.session.answer(41, status::kOk, talk.now);
  EXPECT_THAT(talk.sent(), IsEmpty());
}

TEST(Session, texts_beyond_its_inbound_window_are_told_to_come_again) {
  Talk talk({.inbound_window = 2});
  talk.bind();
  for (std::uint32_t sequence : {1, 2, 3}) talk.text(sequence);
  EXPECT_EQ(talk.events<Arrived>().size(), 2u);
  const auto sent = talk.sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].sequence, 3u);
  EXPECT_EQ(sent[0].status, status::kQueueFull);
}

TEST(Session, sends_as_many_as_its_window_holds_and_matches_answers_in_any_order) {
  Talk talk({.window = 2});
  talk.bind();
  const auto first = talk.session.submit({}, talk.now), second = talk.session.submit({}, talk.now);
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(talk.session.submit({}, talk.now));
  talk.say(Command::submit_sm_resp, *second, status::kOk, "b");
  talk.say(Command::submit_sm_resp, *first, status::kThrottled);
  const auto answered = talk.events<Answered>();
  ASSERT_EQ(answered.size(), 2u);
  EXPECT_EQ(answered[0].sequence, *second);
  EXPECT_EQ(answered[0].message_id, "b");
  EXPECT_EQ(answered[1].status, status::kThrottled);
  EXPECT_TRUE(talk.session.may_submit());
}

TEST(Session, what_was_not_answered_may_have_been_taken) {
  Talk talk;
  talk.bind();
  const auto late = talk.session.submit({}, talk.now);
  talk.pass(10s);
  auto answered = talk.events<Answered>();
  ASSERT_EQ(answered.size(), 1u);
  EXPECT_EQ(answered[0].sequence, *late);
  EXPECT_FALSE(answered[0].status);
  talk.say(Command::submit_sm_resp, *late, status::kOk, "a");
  EXPECT_THAT(talk.session.take_events(), IsEmpty()) << "it was given up already";

  talk.session.submit({}, talk.now);
  talk.session.lost(talk.now);
  answered = talk.events<Answered>();
  ASSERT_EQ(answered.size(), 1u);
  EXPECT_FALSE(answered[0].status);
}

TEST(Session, answers_and_asks_for_signs_of_life) {
  Talk talk;
  talk.bind();
  talk.say(Command::enquire_link, 9);
  auto sent = talk.sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].command, Command::enquire_link_resp);
  EXPECT_EQ(sent[0].sequence, 9u);
  EXPECT_EQ(talk.session.due(), talk.now + 30s);
  talk.pass(30s);
  sent = talk.sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].command, Command::enquire_link);
  talk.say(Command::enquire_link_resp, sent[0].sequence);
  talk.pass(29s);
  EXPECT_THAT(talk.events<Ended>(), IsEmpty());
  talk.pass(1s);
  talk.pass(10s);
  EXPECT_EQ(talk.events<Ended>().size(), 1u) << "silent on enquire_link: gone";
}

TEST(Session, malformed_pdus_are_answered_as_the_specification_says_and_end_nothing) {
  Talk talk;
  talk.bind();
  using namespace std::string_literals;
  talk.session.received("\0\0\0\x14\0\0\0\x05\0\0\0\0\0\0\0\x21" "abcd"s, talk.now);  // a deliver_sm without its fields
  talk.session.received("\0\0\0\x10\0\0\x12\x34\0\0\0\0\0\0\0\x22"s, talk.now);       // no such command
  talk.session.received("\0\0\0\x10\0\0\0\x04\0\0\0\0\0\0\0\x23"s, talk.now);         // a submit_sm: ours to send, and empty
  const auto sent = talk.sent();
  ASSERT_EQ(sent.size(), 3u);
  EXPECT_EQ(sent[0].command, Command::deliver_sm_resp);
  EXPECT_EQ(sent[0].status, status::kInvalidCommandLength);
  EXPECT_EQ(sent[0].sequence, 0x21u);
  EXPECT_EQ(sent[1].command, Command::generic_nack);
  EXPECT_EQ(sent[1].status, status::kInvalidCommandId);
  EXPECT_EQ(sent[2].sequence, 0x23u);
  EXPECT_EQ(talk.session.state(), Session::State::bound);
}

TEST(Session, responses_are_never_answered) {
  Talk talk;
  talk.bind();
  for (const Command response : {Command::submit_sm_resp, Command::deliver_sm_resp, Command::enquire_link_resp, Command::generic_nack,
                                 Command::unbind_resp, Command::bind_transceiver_resp, static_cast<Command>(0x80001234)})
    talk.say(response, 999);
  EXPECT_THAT(talk.sent(), IsEmpty());
  EXPECT_EQ(talk.session.state(), Session::State::bound);
}

TEST(Session, a_length_that_no_message_has_ends_the_link) {
  Talk talk;
  talk.bind();
  talk.session.submit({}, talk.now);
  talk.session.received(std::string("\xFF\xFF\xFF\xFF", 4), talk.now);
  const auto events = talk.session.take_events();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_FALSE(std::get<Answered>(events[0]).status) << "what was under way is told first";
  EXPECT_TRUE(std::holds_alternative<Ended>(events[1]));
}

TEST(Session, unbinds_once_its_window_is_drained) {
  Talk talk;
  talk.bind();
  const auto open = talk.session.submit({}, talk.now);
  talk.text(5);
  talk.sent();
  talk.session.unbind(talk.now, talk.now + 5s);
  EXPECT_FALSE(talk.session.submit({}, talk.now)) << "nothing new";
  EXPECT_THAT(talk.sent(), IsEmpty());
  talk.say(Command::submit_sm_resp, *open, status::kOk, "a");
  EXPECT_THAT(talk.sent(), IsEmpty()) << "a text of theirs is still open";
  talk.session.answer(5, status::kOk, talk.now);
  auto sent = talk.sent();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[1].command, Command::unbind);
  talk.session.take_events();
  talk.say(Command::unbind_resp, sent[1].sequence);
  EXPECT_EQ(talk.events<Ended>().size(), 1u);
}

TEST(Session, an_unbind_does_not_wait_for_ever) {
  Talk talk;
  talk.bind();
  talk.session.submit({}, talk.now);
  talk.sent();
  talk.session.unbind(talk.now, talk.now + 5s);
  talk.pass(5s);
  EXPECT_EQ(talk.sent().size(), 1u);
  talk.pass(1s);
  EXPECT_EQ(talk.events<Ended>().size(), 1u);
}

TEST(Session, an_unbind_of_theirs_is_answered) {
  Talk talk;
  talk.bind();
  talk.say(Command::unbind, 77);
  const auto sent = talk.sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].command, Command::unbind_resp);
  EXPECT_EQ(talk.events<Ended>().size(), 1u);
}

}  // namespace
}  // namespace northstar::smpp
