#include "gateway/app/node.h"

#include "gateway/app/log.h"

namespace northstar::app {

using boost::asio::awaitable;

namespace {

net::Limits limits_of(const Config& config) {
  net::Limits limits;
  limits.body = static_cast<std::size_t>(config.limits.body_kib) * 1024;
  limits.connections = static_cast<std::size_t>(config.limits.connections);
  const auto slow = std::chrono::duration_cast<std::chrono::seconds>(config.limits.slow_client);
  limits.header_time = limits.body_time = limits.write_time = std::max(std::chrono::seconds{1}, slow);
  return limits;
}

}  // namespace

Node::Node(boost::asio::io_context& io, const store::RedisUrl& redis, const Config& config,
           const std::vector<ChannelConfig>& channels, const privacy::Digests& digests, net::Metrics& metrics,
           bool first, std::function<void(std::uint8_t)> wake_outbox, std::function<void()> talk_closed)
    : io_(io),
      redis_(io, redis),
      clock_(redis_),
      sessions_(redis_, clock_, std::move(wake_outbox)),
      parts_(redis_, clock_),
      talks_(sessions_, parts_, digests, current_, Pace{config.limits.enabled, config.limits.texts_a_minute},
             std::move(talk_closed)),
      client_(io),
      router_(std::make_shared<net::Router>()),
      limits_(limits_of(config)) {
  for (const ChannelConfig& channel : channels) {
    const ChannelPlace place{io_, client_, talks_, metrics, first};
    if (auto face = sending_face(channel, place)) channels_[channel.name] = std::move(face);
    add_receiving_face(*router_, channel, place);
  }
  for (const ChannelConfig& channel : channels) {
    const auto own = channels_.find(channel.name), backup = channels_.find(channel.backup);
    if (own != channels_.end() && backup != channels_.end()) own->second->set_backup(channel.backup, *backup->second);
  }
}

awaitable<Result<void>> Node::connect(store::Deadline deadline) {
  if (auto started = co_await redis_.start(deadline); !started) co_return started;
  co_return co_await clock_.start(deadline);
}

Result<void> Node::listen(const Endpoint& endpoint) {
  server_ = std::make_unique<net::Server>(io_, router_, limits_);
  server_->on_trouble([](std::string_view what) { log(Level::warn, "listener", {{"what", plain(what)}}); });
  return server_->listen(endpoint.host, endpoint.port);
}

void Node::start_channels() {
  for (const auto& [name, channel] : channels_) channel->start();
}

awaitable<void> Node::drain(std::chrono::steady_clock::time_point deadline) {
  for (const auto& [name, channel] : channels_) co_await channel->stop(deadline);
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  if (server_) co_await server_->shut_down(std::max(left, std::chrono::milliseconds{0}));
  co_await sessions_.flush_strikes(deadline);
  clock_.stop();
  redis_.stop();
}

net::Channel* Node::channel(std::string_view name) {
  const auto at = channels_.find(name);
  return at == channels_.end() ? nullptr : at->second.get();
}

}  // namespace northstar::app
