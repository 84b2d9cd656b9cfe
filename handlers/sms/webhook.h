#pragma once
#include <memory>
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
  net::Response refuse(net::Refusal reason, int status) const;

  const std::string channel_;
  net::Conversations& conversations_;
  const net::ChannelMetrics metrics_;
};

/// 503, so that the provider tries again or calls its fallback address (R90).
net::Response away();

}  // namespace northstar::sms
