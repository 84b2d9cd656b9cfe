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
  /// Where a carrier numbers nothing: `message_id` is of the words, and good until `acknowledged` (or kSeenUnacknowledged),
  /// for only what was not acknowledged comes again. Such a redelivery gets no reply a second time.
  bool known_until_acknowledged = false;
};

/// One part of a long text, as carriers cut it. Parts are joined by sender, recipient and `set`, never by anything less.
struct InboundPart {
  Inbound of;                  ///< without text and id
  std::string set;             ///< reference, its width and the total, as one word
  int number = 1, total = 2;   ///< 1 <= number <= total
  /// How the octets are written (smpp::Alphabet): a part may end within a character.
  std::uint8_t alphabet = 0;
  static constexpr std::uint8_t kUtf8 = 4, kUcs2 = 5;
  MessageText octets;
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
  privacy::ContactId contact;
  std::string seen;            ///< for `acknowledged`; empty where the provider has ids of its own
  char lane = 'n';             ///< d danger, f first reply, n other
  std::string entry_id;        ///< to strike off once the answer is on the socket; empty for a redelivery's answer too
};

/// The product's door: every channel hands its texts here.
class Conversations {
 public:
  virtual ~Conversations() = default;
  /// `inline_reply`: the channel can carry the reply in its answer.
  virtual boost::asio::awaitable<Reply> receive(Inbound inbound, bool inline_reply, store::Deadline deadline) = 0;
  /// The same for a part of a text: `empty` once it is safely kept; the last one gives the reply to the whole.
  virtual boost::asio::awaitable<Reply> receive_part(InboundPart part, bool inline_reply, store::Deadline deadline) = 0;
  /// The answer is on the socket, or the carrier has taken it.
  virtual void delivered(const Reply& reply) = 0;
  /// A text that is known_until_acknowledged will not come again: its id is forgotten, for another text may have it.
  virtual void acknowledged(const Reply& reply) = 0;
  /// The reply certainly did not go out: it is sent by the outbox.
  virtual void not_delivered(const Reply& reply) = 0;
};

}  // namespace northstar::net
