#pragma once
#include <deque>
#include <map>

#include "gateway/store/outbox_worker.h"
#include "tests/unit/store/servers.h"

namespace northstar::store::testing {

/// An aggregator's stand-in, which remembers what reached it.
class Wire final : public Channel {
 public:
  awaitable<Sent> send(const Outbound& outbound, Deadline) override;
  awaitable<std::optional<bool>> went_out(const Outbound& outbound, Deadline) override;

  std::vector<std::string> texts;                      ///< in the order they came
  std::vector<std::string> asked;
  std::deque<Delivery> answers;                        ///< what it says, in order; `accepted` when empty
  std::optional<bool> remembers;                       ///< what it says when asked
  std::chrono::milliseconds takes{0};
  boost::asio::io_context* io = nullptr;
};

/// A node with a worker whose channel is a Wire.
struct Sender : Node {
  Sender(RedisUrl url, std::string name, Wire& wire, std::shared_ptr<const privacy::Keyring> keys);
  ~Sender();
  void stop() { testing::run(io, worker->stop(in(3s))); }
  /// Runs the loop until `done` or `limit`.
  bool until(const std::function<bool()>& done, std::chrono::milliseconds limit = 5s);

  std::vector<std::string> fired;
  bool timers_work = true;
  std::unique_ptr<OutboxWorker> worker;
};

std::shared_ptr<const privacy::Keyring> keys_for_now();

/// A contact's next step as the gateway takes it.
struct Talker {
  Talker(Node& at, std::shared_ptr<const privacy::Keyring> ring, privacy::ContactId who) : node(at), keys(std::move(ring)), contact(who) {}
  Commit step();
  Outgoing text(std::string words, bool harmless = false, Millis useful = 5min);
  Outgoing reply(std::string words, bool harmless = false);
  Committed commit(const Commit& commit);
  /// A step that queues one text.
  void say(std::string words);

  Node& node;
  std::shared_ptr<const privacy::Keyring> keys;
  privacy::ContactId contact;
  std::uint64_t births = 1;
  Instant now{};
};

}  // namespace northstar::store::testing
