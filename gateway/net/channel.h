#pragma once
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/base/sensitive.h"
#include "gateway/base/time.h"
#include "gateway/store/sessions.h"

namespace northstar::net {

/// A text that came in, already verified and parsed. Nothing of a channel's wire format is left in it.
struct Inbound {
  std::string channel;         ///< the name under `channels:`
  std::string service;         ///< the short code written to
  PhoneNumber address;         ///< who wrote, E.164
  MessageText text;
  std::string message_id;      ///< the provider's, for dedupe
  bool media = false;          ///< pictures, contact cards, a location: refused unread (R43)
};

/// What became of a send. Which one decides whether it may be sent again (see the table in delivery.h).
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
};

struct Sent {
  Delivery delivery = Delivery::unknown;
  std::string provider_message_id;
};

/// One channel's sending face. Receiving is a route that the handler adds to the public listener.
class Channel {
 public:
  virtual ~Channel() = default;
  virtual boost::asio::awaitable<Sent> send(const Outbound& outbound, store::Deadline deadline) = 0;
  /// Whether a text of unknown outcome went out: true, false, or nothing when the channel cannot be asked.
  virtual boost::asio::awaitable<std::optional<bool>> went_out(const Outbound& outbound, store::Deadline deadline) = 0;
};

/// What the handler gives back on the wire.
struct Reply {
  enum class Kind {
    text,    ///< `text` is the reply, to be carried in the webhook's answer
    empty,   ///< success, nothing to say (or it goes out through the outbox)
    away,    ///< an honest 503: the provider should try again
  } kind = Kind::empty;
  MessageText text;
  std::uint8_t partition = 0;
  std::string entry_id;        ///< to strike off once the answer is on the socket; empty for a redelivery's answer too
};

/// The product's door: every channel hands its texts here.
class Conversations {
 public:
  virtual ~Conversations() = default;
  /// `inline_reply`: the channel can carry the reply in its answer.
  virtual boost::asio::awaitable<Reply> receive(Inbound inbound, bool inline_reply, store::Deadline deadline) = 0;
  /// The answer is on the socket.
  virtual void delivered(const Reply& reply) = 0;
};

}  // namespace northstar::net
