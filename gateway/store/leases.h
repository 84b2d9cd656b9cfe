#pragma once
#include <array>
#include <functional>
#include <string>
#include <vector>

#include "gateway/store/redis.h"

namespace northstar::store {

/// Which partitions this node works. Each live node tells so once a second; the partitions of one that has been silent
/// for kDeadAfter are free. A lease carries a fencing number that only grows: whoever slept through its lease finds
/// another number in every call and changes nothing. Leases keep Redis's bare clock.
class Leases {
 public:
  Leases(Redis& redis, std::string node) : redis_(redis), node_(std::move(node)) {}

  /// Tells that we live, gives up what is above our share, takes what is free up to it. Gives the partitions that were
  /// gained. Of those above the share only such go as `may_go` allows: one with texts on the wire waits its turn.
  boost::asio::awaitable<Result<std::vector<std::uint8_t>>> renew(
      Deadline deadline, std::function<bool(std::uint8_t)> may_go = {});
  boost::asio::awaitable<void> give_up_all(Deadline deadline);

  /// What every call of the worker shows: "<fence>:<node>"; empty when the partition is not ours.
  const std::string& holder(std::uint8_t partition) const { return holders_[partition]; }
  bool holds(std::uint8_t partition) const { return !holders_[partition].empty(); }
  /// A call said that the partition is another's.
  void lost(std::uint8_t partition);
  std::size_t held() const { return held_; }
  std::size_t live_nodes() const { return live_.empty() ? 1 : live_.size(); }
  /// Those that were given up because others want their share; the worker forgets them. Empties itself.
  std::vector<std::uint8_t> take_released() { return std::exchange(released_, {}); }
  const std::string& node() const { return node_; }

  static constexpr std::chrono::milliseconds kDeadAfter{3000};

 private:
  boost::asio::awaitable<Result<void>> beat(Deadline deadline);
  boost::asio::awaitable<void> release(std::vector<std::uint8_t> partitions, Deadline deadline);

  Redis& redis_;
  std::string node_;
  std::array<std::string, 256> holders_;
  std::vector<std::string> live_;
  std::vector<std::uint8_t> released_;
  std::size_t held_ = 0;
};

}  // namespace northstar::store
