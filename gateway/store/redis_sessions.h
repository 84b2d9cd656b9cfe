#pragma once
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/store/clock.h"
#include "gateway/store/redis.h"
#include "gateway/store/sessions.h"

namespace northstar::store {

/// What the repository has done, for whoever exports metrics.
struct SessionCounts {
  std::uint64_t loads = 0, committed = 0, seen = 0, stale = 0, struck = 0, failed = 0;
};

/// One thing that Redis keeps of a contact (R77). `sealed` opens with the keyring under `kind` and `key`.
struct Held {
  std::string kind;    ///< "session", "entry", "timer", "opt_out", "handoff", "queue"
  std::string key;
  std::uint64_t version = 0;
  Instant until{};     ///< when it ends; nothing set: it has no end
  std::string sealed;
};

/// Sessions on Redis. One for each io_context, beside its Redis and Clock, which outlive it.
class RedisSessions final : public Sessions {
 public:
  /// `wake(partition)`: something was queued that the outbox may send at once. Called on this io_context's thread.
  RedisSessions(Redis& redis, Clock& clock, std::function<void(std::uint8_t)> wake = {});
  ~RedisSessions() override;

  boost::asio::awaitable<Result<Loaded>> load(const privacy::ContactId& contact, const std::string& opt_out_digest,
                                              Deadline deadline) override;
  boost::asio::awaitable<Result<Committed>> commit(const Commit& commit, Deadline deadline) override;
  void strike(std::uint8_t partition, std::string entry_id) override;
  void forget_seen(std::uint8_t partition, std::string seen) override;
  void hand_back(const privacy::ContactId& contact, std::string entry_id) override;

  boost::asio::awaitable<Result<void>> ping(Deadline deadline);
  /// All that is kept for a contact, for legal demands and for its own "what do you hold" (R77).
  boost::asio::awaitable<Result<std::vector<Held>>> held(const privacy::ContactId& contact,
                                                         const std::string& opt_out_digest, Deadline deadline);
  /// Sends off what `strike` has gathered, without waiting for the next tenth of a second (at shutdown).
  boost::asio::awaitable<void> flush_strikes(Deadline deadline);

  const SessionCounts& counts() const { return counts_; }
  Clock& clock() { return clock_; }

  /// How long strikes are gathered. What is not yet struck at a crash is asked about, so this is kept short.
  static constexpr std::chrono::milliseconds kStrikeEvery{100};

 private:
  Request request_for(const Commit& commit, Instant now) const;
  std::vector<Request> take_strikes();
  void strike_soon();

  Redis& redis_;
  Clock& clock_;
  std::function<void(std::uint8_t)> wake_;
  struct Strikes {
    std::vector<std::string> entries, seen;
    bool empty() const { return entries.empty() && seen.empty(); }
  };
  std::array<Strikes, 256> strikes_;
  std::vector<std::uint8_t> struck_;
  boost::asio::steady_timer strike_timer_;
  bool strike_armed_ = false;
  SessionCounts counts_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace northstar::store
