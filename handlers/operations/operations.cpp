#include "handlers/operations/operations.h"

#include <charconv>

namespace northstar::operations {
namespace {

constexpr std::chrono::seconds kAheadMost = std::chrono::hours(24 * 366);

std::optional<std::chrono::seconds> read_seconds(std::string_view body) {
  while (!body.empty() && (body.back() == '\n' || body.back() == '\r' || body.back() == ' ')) body.remove_suffix(1);
  long value = 0;
  const auto [end, ec] = std::from_chars(body.data(), body.data() + body.size(), value);
  if (body.empty() || ec != std::errc() || end != body.data() + body.size()) return std::nullopt;
  if (value < 1 || value > kAheadMost.count()) return std::nullopt;
  return std::chrono::seconds(value);
}

class Desk {
 public:
  explicit Desk(Hooks hooks) : hooks_(std::move(hooks)) {}

  boost::asio::awaitable<net::Response> health(const net::Request&) { co_return net::plain(200, "alive"); }

  boost::asio::awaitable<net::Response> ready(const net::Request&) {
    const auto reason = co_await hooks_.not_ready();
    co_return reason ? net::plain(503, *reason) : net::plain(200, "ready");
  }

  boost::asio::awaitable<net::Response> metrics(const net::Request&) {
    net::Response response;
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = hooks_.metrics->text();
    co_return response;
  }

  boost::asio::awaitable<net::Response> channels(const net::Request&) {
    net::Response response;
    response.content_type = "application/json";
    response.body = hooks_.channels();
    co_return response;
  }

  boost::asio::awaitable<net::Response> clock(const net::Request& request) {
    if (!hooks_.clock_ahead) co_return net::plain(403, "Only a demo's clock can be moved.");
    const auto seconds = read_seconds(request.body);
    if (!seconds) co_return net::plain(400, "Send a number of seconds, from 1 to 31622400.");
    const auto moved = co_await hooks_.clock_ahead(*seconds);
    co_return moved ? net::plain(200, "The clock is ahead.") : net::plain(503, moved.error().text);
  }

 private:
  Hooks hooks_;
};

}  // namespace

void add_routes(net::Router& router, Hooks hooks) {
  auto desk = std::make_shared<Desk>(std::move(hooks));
  router.add("GET", "/healthz", [desk](const net::Request& request) { return desk->health(request); });
  router.add("GET", "/readyz", [desk](const net::Request& request) { return desk->ready(request); });
  router.add("GET", "/metrics", [desk](const net::Request& request) { return desk->metrics(request); });
  router.add("GET", "/channels", [desk](const net::Request& request) { return desk->channels(request); });
  router.add("POST", "/clock/ahead", [desk](const net::Request& request) { return desk->clock(request); });
}

}  // namespace northstar::operations
