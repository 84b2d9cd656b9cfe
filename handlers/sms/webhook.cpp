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

std::optional<net::Inbound> Door::addressed(const Incoming& incoming, const std::string& service) const {
  net::Sender sender = net::read_sender(incoming.from);
  if (sender.kind != net::Sender::Kind::phone) {
    metrics_.not_answered->Increment();
    return std::nullopt;
  }
  net::Inbound inbound;
  inbound.channel = channel_;
  inbound.service = service.empty() ? net::read_service(incoming.to) : service;
  inbound.address = PhoneNumber(std::move(sender.number));
  metrics_.received->Increment();
  return inbound;
}

boost::asio::awaitable<net::Response> Door::take(Incoming incoming, const std::string& service, bool inline_reply,
                                                 const net::Request& request) {
  auto inbound = addressed(incoming, service);
  if (!inbound) co_return say({});
  inbound->text = MessageText(std::move(incoming.text));
  inbound->message_id = std::move(incoming.id);
  inbound->media = incoming.media;
  co_return co_await answer(conversations_.receive(*std::move(inbound), inline_reply, request.deadline));
}

boost::asio::awaitable<net::Response> Door::take_part(Incoming incoming, PartOf place, const std::string& service, bool inline_reply,
                                                      const net::Request& request) {
  auto inbound = addressed(incoming, service);
  if (!inbound) co_return say({});
  net::InboundPart part{*std::move(inbound), std::move(place.set), place.number, place.total, place.alphabet,
                        MessageText(std::move(incoming.text))};
  co_return co_await answer(conversations_.receive_part(std::move(part), inline_reply, request.deadline));
}

boost::asio::awaitable<net::Response> Door::answer(boost::asio::awaitable<net::Reply> coming) {
  const auto began = std::chrono::steady_clock::now();
  net::Reply reply = co_await std::move(coming);
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
