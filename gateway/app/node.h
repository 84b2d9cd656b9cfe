#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gateway/app/channels.h"
#include "gateway/app/conversations.h"
#include "gateway/net/server.h"
#include "gateway/store/clock.h"
#include "gateway/store/redis.h"
#include "gateway/store/redis_sessions.h"

namespace northstar::app {

/// What one thread needs to take a text in and answer it: its own Redis connection, its own listener on the shared port,
/// its own pointers to what texts are answered from. Nothing in it is shared with another thread but counters.
class Node {
 public:
  Node(boost::asio::io_context& io, const store::RedisUrl& redis, const Config& config,
       const std::vector<ChannelConfig>& channels, const privacy::Digests& digests, net::Metrics& metrics,
       bool first, std::function<void(std::uint8_t)> wake_outbox, std::function<void()> talk_closed);

  boost::asio::awaitable<Result<void>> connect(store::Deadline deadline);
  Result<void> listen(const Endpoint& endpoint);
  /// Lines that stay open are opened, once all that they need is there.
  void start_channels();
  boost::asio::awaitable<void> drain(std::chrono::steady_clock::time_point deadline);

  Current& current() { return current_; }
  store::RedisSessions& sessions() { return sessions_; }
  store::Redis& redis() { return redis_; }
  store::Clock& clock() { return clock_; }
  Talks& talks() { return talks_; }
  net::Channel* channel(std::string_view name);
  std::uint16_t port() const { return server_ ? server_->port() : 0; }

 private:
  boost::asio::io_context& io_;
  Current current_;
  store::Redis redis_;
  store::Clock clock_;
  store::RedisSessions sessions_;
  store::Parts parts_;
  Talks talks_;
  net::HttpClient client_;
  std::map<std::string, std::unique_ptr<net::GuardedChannel>, std::less<>> channels_;
  std::shared_ptr<net::Router> router_;
  net::Limits limits_;
  std::unique_ptr<net::Server> server_;
};

}  // namespace northstar::app
