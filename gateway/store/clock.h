#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

#include "gateway/base/time.h"
#include "gateway/store/redis.h"

namespace northstar::store {

/// The gateway's time: Redis's clock plus one offset that all nodes share and that only grows. Leases, heartbeats and
/// rate limits keep Redis's bare clock. One for each io_context; the offset is read again each second.
class Clock {
 public:
  explicit Clock(Redis& redis);
  ~Clock();

  /// Reads time and offset once, then keeps reading.
  boost::asio::awaitable<Result<void>> start(Deadline deadline);
  void stop();

  /// From a reading that Redis gave with an answer.
  Instant at(std::int64_t server_time_us);
  /// Between readings, by the steady clock: for whoever has no answer at hand.
  Instant now() const;
  Instant bare_now() const;
  Millis offset() const { return offset_; }

  boost::asio::awaitable<Result<Millis>> read_offset(Deadline deadline);
  /// Moves the offset to at least `offset`; every node follows within a second, this one at once.
  boost::asio::awaitable<Result<Millis>> advance_to(Millis offset, Deadline deadline);

 private:
  boost::asio::awaitable<void> keep_reading(std::shared_ptr<bool> alive);
  Result<Millis> take(Result<Answer> answer);

  Redis& redis_;
  boost::asio::steady_timer pause_;
  Millis offset_{0};
  std::chrono::microseconds sample_{0};
  std::chrono::steady_clock::time_point sampled_{};
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace northstar::store
