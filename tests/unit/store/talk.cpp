#include "tests/unit/store/talk.h"

namespace northstar::store::testing {

namespace asio = boost::asio;

awaitable<Sent> Wire::send(const Outbound& outbound, Deadline) {
  if (takes > 0ms) co_await sleep(*io, takes);
  Delivery answer = Delivery::accepted;
  if (!answers.empty()) {
    answer = answers.front();
    answers.pop_front();
  }
  if (answer == Delivery::accepted || answer == Delivery::unknown) texts.push_back(outbound.text.reveal());
  co_return Sent{.delivery = answer};
}

awaitable<std::optional<bool>> Wire::went_out(const Outbound& outbound, Deadline) {
  asked.push_back(outbound.text.reveal());
  co_return remembers;
}

Sender::Sender(RedisUrl url, std::string name, Wire& wire, std::shared_ptr<const privacy::Keyring> keys) : Node(std::move(url)) {
  wire.io = &io;
  OutboxWorker::Hooks hooks;
  hooks.channel = [&wire](std::string_view channel) -> Channel* { return channel == "main" ? &wire : nullptr; };
  hooks.keyring = [keys] { return keys; };
  hooks.timer_due = [this](privacy::ContactId contact, std::string kind, Deadline deadline) -> awaitable<Result<void>> {
    fired.push_back(kind);
    if (!timers_work) co_return Error{Error::Kind::unavailable, "the process died between firing and commit"};
    const auto loaded = co_await sessions.load(contact, "digest", deadline);
    if (!loaded) co_return loaded.error();
    Commit step{.contact = contact, .before = loaded->head, .now = loaded->now, .number = 1, .sealed = "after " + kind, .life = 1h};
    step.drop_timers = {kind};
    const auto done = co_await sessions.commit(step, deadline);
    if (!done) co_return done.error();
    co_return Result<void>{};
  };
  hooks.opt_out_digest = [](const OutboundMessage&) { return std::string("digest-of-the-carrier"); };
  worker = std::make_unique<OutboxWorker>(redis, clock, std::move(hooks), OutboxWorker::Settings{.node = std::move(name), .texts_a_second = 2000, .look_every = 250ms});
}

Sender::~Sender() {
  clock.stop();
  redis.stop();
  io.restart();
  io.poll();
}

bool Sender::until(const std::function<bool()>& done, std::chrono::milliseconds limit) {
  io.restart();
  const auto end = in(limit);
  bool met = done();
  while (!met && std::chrono::steady_clock::now() < end) {
    io.run_one_for(20ms);
    met = done();
  }
  return met;
}

std::shared_ptr<const privacy::Keyring> keys_for_now() {
  auto ring = std::make_shared<privacy::Keyring>();
  const auto now = std::chrono::floor<Millis>(std::chrono::system_clock::now());
  for (int hour = 0; hour < 48; ++hour) {
    ring->make_missing(now + std::chrono::hours{hour}, [](std::uint8_t* out, std::size_t size) { std::fill_n(out, size, std::uint8_t(7)); });
  }
  return ring;
}

Commit Talker::step() {
  const auto loaded = node.run(node.sessions.load(contact, "digest", in(5s)));
  if (!loaded) throw std::runtime_error(loaded.error().text);
  now = loaded->now;
  return {.contact = contact, .before = loaded->head, .now = now, .number = random_number(), .sealed = "sealed talk", .life = 1h};
}

Outgoing Talker::text(std::string words, bool harmless, Millis useful) {
  const OutboundMessage message{.channel = "main", .service = "77001", .address = PhoneNumber{"+12135550101"}, .text = MessageText{std::move(words)},
                                .made = now, .useful = useful, .repeat_harmless = harmless};
  Outgoing out{.id = random_id(), .useful = useful};
  out.sealed = *keys->seal(privacy::Life::hour, {.kind = "outbox", .key = out.id}, encode(message), now, random_nonce());
  return out;
}

Outgoing Talker::reply(std::string words, bool harmless) {
  Outgoing out = text(std::move(words), harmless);
  out.marked = true;
  out.due = now + 20s;
  return out;
}

Committed Talker::commit(const Commit& commit) {
  auto outcome = node.run(node.sessions.commit(commit, in(5s)));
  EXPECT_TRUE(outcome) << (outcome ? "" : outcome.error().text);
  return outcome ? *outcome : Committed{};
}

void Talker::say(std::string words) {
  Commit next = step();
  next.out.push_back(text(std::move(words)));
  EXPECT_EQ(commit(next).outcome, Outcome::committed);
}

}  // namespace northstar::store::testing
