#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/net/channel.h"
#include "gateway/net/http.h"
#include "gateway/net/metrics.h"

namespace northstar::sms {

/// One text as a vendor's webhook tells it, verified and read.
struct Incoming {
  std::string_view from, to;
  std::string text;
  std::string id;      ///< the vendor's
  bool media = false;
};

/// Where a part of a long text belongs, and how its octets are written (net::InboundPart).
struct PartOf {
  std::string set;
  int number = 1, total = 2;
  std::uint8_t alphabet = net::InboundPart::kUtf8;
};

/// What all text webhooks share once a request is verified and read: hand the text over, count, and tell the
/// conversations when the answer's bytes are on the socket.
class Door {
 public:
  Door(std::string channel, net::Conversations& conversations, const net::ChannelMetrics& metrics);
  virtual ~Door() = default;

 protected:
  /// How this channel says each of the three things.
  virtual net::Response say(const net::Reply& reply) const = 0;
  /// `service` is the channel's own; empty: what the text says. A sender that is no phone gets no reply.
  boost::asio::awaitable<net::Response> take(Incoming incoming, const std::string& service, bool inline_reply,
                                             const net::Request& request);
  /// The same for a part: its octets are the incoming text, and its id counts for nothing.
  boost::asio::awaitable<net::Response> take_part(Incoming incoming, PartOf place, const std::string& service, bool inline_reply,
                                                  const net::Request& request);
  net::Response refuse(net::Refusal reason, int status) const;

  /// Who it is from and to, without its words; nothing for a sender that is no phone.
  std::optional<net::Inbound> addressed(const Incoming& incoming, const std::string& service) const;
  boost::asio::awaitable<net::Response> answer(boost::asio::awaitable<net::Reply> coming);

  const std::string channel_;
  net::Conversations& conversations_;
  const net::ChannelMetrics metrics_;
};

/// 503, so that the provider tries again or calls its fallback address (R90).
net::Response away();

}  // namespace northstar::sms
