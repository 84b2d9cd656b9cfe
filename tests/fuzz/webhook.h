#pragma once
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/net/channel.h"
#include "gateway/net/http.h"
#include "handlers/sms/form.h"
#include "gateway/net/number.h"
#include "tests/fuzz/fuzz.h"

namespace northstar::fuzz {

/// Stands behind a webhook: what is handed over must be fit to be stored, whoever wrote it. It replies with their own
/// words, so that any text goes through the channel's way of saying one.
class Echo final : public net::Conversations {
 public:
  boost::asio::awaitable<net::Reply> receive(net::Inbound inbound, bool inline_reply, store::Deadline) override {
    require(net::is_e164(inbound.address.reveal()), "the sender is a number in E.164");
    require(sms::valid_utf8(inbound.text.reveal()), "the text is UTF-8");
    require(sms::valid_utf8(inbound.service), "the service is UTF-8");
    require(!inbound.message_id.empty() && inbound.message_id.size() <= 200, "the message's id can be remembered");
    net::Reply reply;
    if (inline_reply) {
      reply.kind = net::Reply::Kind::text;
      reply.text = inbound.text;
    }
    got = std::move(inbound);
    co_return reply;
  }
  boost::asio::awaitable<net::Reply> receive_part(net::InboundPart, bool, store::Deadline) override {
    require(false, "a webhook's text comes whole");
    co_return net::Reply{};
  }
  void delivered(const net::Reply&) override {}
  void acknowledged(const net::Reply&) override {}
  void not_delivered(const net::Reply&) override {}

  std::optional<net::Inbound> got;
};

/// One request through a router, without a socket.
inline net::Response ask(const net::Router& router, std::string_view method, std::string_view path, std::string_view query,
                         std::string_view body, const std::vector<net::Header>& headers) {
  net::Request request;
  request.method = method;
  request.path = path;
  request.query = query;
  request.has_query = !query.empty();
  request.headers = headers;
  request.body = body;
  const auto found = router.find(method, path);
  require(found.handler != nullptr, "the channel has this route");
  boost::asio::io_context io(1);
  net::Response response;
  boost::asio::co_spawn(io, (*found.handler)(request), [&](std::exception_ptr broken, net::Response given) {
    if (broken) std::rethrow_exception(broken);
    response = std::move(given);
  });
  io.run();
  return response;
}

}  // namespace northstar::fuzz
