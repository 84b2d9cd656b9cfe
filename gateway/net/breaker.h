#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "gateway/net/channel.h"
#include "gateway/net/notices.h"

namespace northstar::net {

/// Whether a channel is worth asking. After several faults in a row it is left alone for a while, then one text tries it.
/// Without I/O or clock.
class Breaker {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  static constexpr int kFaults = 5;
  static constexpr std::chrono::seconds kFirstPause{2}, kLongestPause{15};

  /// Whether a text may go by it now; one that may while it is open is the trial: tell what became of it.
  bool allows(Moment now);
  void told(Delivery delivery, Moment now);
  bool open() const { return faults_ >= kFaults; }

 private:
  int faults_ = 0;
  bool trying_ = false;
  std::chrono::seconds pause_ = kFirstPause;
  Moment until_{};
};

/// A channel behind its breaker. While it is open texts go by `backup`, a second channel of the same number, or wait in the
/// outbox. Whether a text went out is asked of the channel that carried it.
class GuardedChannel final : public Channel {
 public:
  GuardedChannel(std::string name, std::unique_ptr<Channel> channel, std::shared_ptr<LastNotice> last);
  /// Must outlive it.
  void set_backup(std::string name, GuardedChannel& backup);

  void start() override { channel_->start(); }
  boost::asio::awaitable<void> stop(store::Deadline deadline) override { co_await channel_->stop(deadline); }
  std::string state() const override;
  boost::asio::awaitable<Sent> send(const Outbound& outbound, store::Deadline deadline) override;
  boost::asio::awaitable<std::optional<bool>> went_out(const Outbound& outbound, store::Deadline deadline) override;

 private:
  boost::asio::awaitable<Sent> attempt(const Outbound& outbound, store::Deadline deadline);

  std::unique_ptr<Channel> channel_;
  Breaker breaker_;
  Notices notices_;
  GuardedChannel* backup_ = nullptr;
  std::string backup_name_;
};

}  // namespace northstar::net
