#pragma once
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>

#include "gateway/privacy/digests.h"
#include "gateway/privacy/keyring.h"
#include "gateway/store/channel.h"
#include "gateway/store/clock.h"
#include "gateway/store/leases.h"
#include "gateway/store/outbound_message.h"
#include "gateway/store/outbox.h"
#include "gateway/store/queue.h"

namespace northstar::store {

/// What the outbox of this node has done, for whoever exports metrics.
struct OutboxCounts {
  std::array<std::uint64_t, 8> outcomes{};   ///< by SendOutcome
  std::uint64_t of(SendOutcome outcome) const { return outcomes[static_cast<std::size_t>(outcome)]; }
  std::uint64_t attempts = 0, throttled = 0, failed = 0, misconfigured = 0, asked = 0;
  std::uint64_t timers = 0, timers_failed = 0, handoffs = 0, leases_lost = 0;
  std::size_t partitions = 0, waiting = 0, live_nodes = 1;
};

/// Sends what waits in the outboxes of the partitions that this node holds, fires their timers and feeds the queue for a
/// person: the coroutines around the machine of outbox.h. One for a process, on one io_context; what its hooks give must
/// be usable on that context's thread, and outlive it. It may be destroyed once `stop` has ended, or, without that, after
/// `redis.stop()` and a turn of the loop (whatever it awaited has ended then).
///
/// outbox_worker.cpp holds its leases, looks for what is due and does what the machine asks; outbox_sending.cpp marks,
/// sends and records texts; outbox_timers.cpp fires timers and feeds the queue.
class OutboxWorker {
 public:
  struct Hooks {
    /// The channel of this name, or nothing when this node has not bound it: its texts wait.
    std::function<Channel*(std::string_view)> channel;
    std::function<std::shared_ptr<const privacy::Keyring>()> keyring;
    /// A timer fell due: step the conversation in a commit that drops the timer (Commit::drop_timers). Until then it
    /// stays and is fired again, so a crash in between loses nothing.
    std::function<boost::asio::awaitable<Result<void>>(privacy::ContactId, std::string kind, Deadline)> timer_due;
    /// The digest of an opt-out that a carrier told us of; normally Digests::opt_out.
    std::function<std::string(const OutboundMessage&)> opt_out_digest;
  };
  struct Settings {
    std::string node;                     ///< unique among live nodes; empty: random
    double texts_a_second = 100;          ///< what the carriers lease to all nodes together; each takes its share
    std::size_t at_once = 64;             ///< sends on the wire
    std::chrono::milliseconds look_every{1000};
    std::chrono::milliseconds send_time{10000};
  };

  /// A node's name is made up when the settings give none.
  OutboxWorker(Redis& redis, Clock& clock, Hooks hooks, Settings settings);
  ~OutboxWorker();

  void start();
  /// Nothing new begins, what is on the wire ends and is written down, the leases are given up.
  boost::asio::awaitable<void> stop(Deadline deadline);
  /// Something was queued in this partition. From any thread.
  void wake(std::uint8_t partition);

  OutboxCounts counts() const;
  Leases& leases() { return leases_; }

 private:
  struct Partition {
    Outbox machine;
    std::map<std::string, OutboundMessage> messages;      ///< of those marked, by member
    bool surveyed = false, working = false, again = false, look = false;
  };
  using PartitionPtr = std::shared_ptr<Partition>;

  boost::asio::awaitable<void> keep_leases(std::shared_ptr<bool> alive);
  boost::asio::awaitable<void> keep_looking(std::shared_ptr<bool> alive);
  void poke(std::uint8_t partition, bool look);
  boost::asio::awaitable<void> work(std::uint8_t partition, PartitionPtr box);
  boost::asio::awaitable<Result<void>> look(std::uint8_t partition, Partition& box);
  boost::asio::awaitable<void> take_timers(std::uint8_t partition, std::vector<std::string> members, Instant now);
  boost::asio::awaitable<void> feed_queue(std::uint8_t partition, std::vector<std::string> members);
  boost::asio::awaitable<void> fire(std::shared_ptr<bool> alive, privacy::ContactId contact, std::string kind);
  boost::asio::awaitable<bool> mark(std::uint8_t partition, Partition& box, const Mark& ask);
  boost::asio::awaitable<bool> record(std::uint8_t partition, Partition& box, const Record& ask);
  boost::asio::awaitable<void> send(std::uint8_t partition, PartitionPtr box, Send order);
  void sent_or_answered(std::uint8_t partition);
  void spawn(boost::asio::awaitable<void> work);
  boost::asio::awaitable<void> ask(std::uint8_t partition, PartitionPtr box, AskWhetherItWentOut question);
  void lose(std::uint8_t partition);
  std::size_t budget();
  Outbound outbound(const std::string& member, const OutboundMessage& message) const;

  Redis& redis_;
  Clock& clock_;
  Hooks hooks_;
  Settings settings_;
  Leases leases_;
  HandoffQueue queue_;
  std::array<PartitionPtr, 256> boxes_;
  std::set<std::string> firing_;       ///< timers whose step is being made
  std::set<std::uint8_t> starved_;     ///< partitions with more to send than the budget allowed
  boost::asio::steady_timer lease_timer_, look_timer_;
  OutboxCounts counts_;
  std::minstd_rand random_;
  double tokens_;
  Deadline tokens_at_;
  std::size_t on_the_wire_ = 0, loops_ = 0;
  bool stopping_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace northstar::store
