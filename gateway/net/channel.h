#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>

#include "gateway/base/sensitive.h"
#include "gateway/store/channel.h"
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

// The sending face is the outbox's, which stands below this room; whoever writes a channel finds both faces here.
using store::Channel;
using store::Delivery;
using store::Outbound;
using store::Sent;

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
