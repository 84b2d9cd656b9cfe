#pragma once
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "gateway/base/sensitive.h"
#include "gateway/base/time.h"
#include "gateway/store/sessions.h"

namespace northstar::store {

/// What became of a send. Which one decides whether it may be sent again (see Outbox::sent).
enum class Delivery {
  accepted,      ///< the channel has it
  throttled,     ///< try later
  failed,        ///< a passing fault (5xx, no connection made): try later
  opted_out,     ///< the carrier holds an opt-out: kept as the person's own
  refused,       ///< never again: an unknown or invalid number, a filtered text
  misconfigured, ///< our credentials or address: nothing will go until somebody mends it
  unknown,       ///< not answered: it may have been taken
};

struct Outbound {
  std::string entry_id;        ///< the idempotency key where the channel has one
  std::string service;         ///< from
  PhoneNumber to;
  MessageText text;
  Instant made{};              ///< when it was committed: bounds the question whether it went out
  char lane = 'n';             ///< d danger, f first reply, n other: who waits longer where the rate is spent
};

struct Sent {
  Delivery delivery = Delivery::unknown;
  std::string provider_message_id;
};

/// One channel's sending face. Receiving is a route that the handler adds to the public listener (see net/channel.h).
class Channel {
 public:
  virtual ~Channel() = default;
  /// Where a channel keeps a line open: begins it, and ends it in order (what is under way first).
  virtual void start() {}
  virtual boost::asio::awaitable<void> stop(Deadline) { co_return; }
  /// How its lines stand, in words for an operator; empty where there are none to stand.
  virtual std::string state() const { return {}; }
  virtual boost::asio::awaitable<Sent> send(const Outbound& outbound, Deadline deadline) = 0;
  /// Whether a text of unknown outcome went out: true, false, or nothing when the channel cannot be asked.
  virtual boost::asio::awaitable<std::optional<bool>> went_out(const Outbound& outbound, Deadline deadline) = 0;
};

}  // namespace northstar::store
