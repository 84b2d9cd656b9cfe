#include "handlers/sms/webhook.h"

#include <chrono>
#include <utility>

#include "gateway/net/number.h"

namespace northstar::sms {

Door::Door(std::string channel, net::Conversations& conversations, const net::ChannelMetrics& metrics)
    : channel_(std::move(channel)), conversations_(conversations), metrics_(metrics) {}

net::Response away() {
  net::Response response = net::plain(503, net::sentence_for(503));
  response.headers.emplace_back("Retry-After", "5");
  return response;
}

net::Response Door::refuse(net::Refusal reason, int status) const {
  metrics_.count(reason);
  return net::plain(status, net::sentence_for(status));
}

boost::asio::awaitable<net::Response> Door::take(Incoming incoming, const std::string& service, bool inline_reply,
                                                 const net::Request& request) {
  net::Sender sender = net::read_sender(incoming.from);
  if (sender.kind != net::Sender::Kind::phone) {
    metrics_.not_answered->Increment();
    co_return say({});
  }
  net::Inbound inbound;
  inbound.channel = channel_;
  inbound.service = service.empty() ? net::read_service(incoming.to) : service;
  inbound.address = PhoneNumber(std::move(sender.number));
  inbound.text = MessageText(std::move(incoming.text));
  inbound.message_id = std::move(incoming.id);
  inbound.media = incoming.media;
  const auto began = std::chrono::steady_clock::now();
  metrics_.received->Increment();
  net::Reply reply = co_await conversations_.receive(std::move(inbound), inline_reply, request.deadline);
  metrics_.answer_seconds->Observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  if (reply.kind == net::Reply::Kind::away) {
    metrics_.count(net::Refusal::away);
    co_return away();
  }
  net::Response response = say(reply);
  if (reply.kind == net::Reply::Kind::text) metrics_.replied_inline->Increment();
  response.written = [&conversations = conversations_, reply = std::move(reply)] { conversations.delivered(reply); };
  co_return response;
}

}  // namespace northstar::sms
