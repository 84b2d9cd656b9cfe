#include "gateway/app/gateway.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "gateway/app/channel_report.h"
#include "gateway/app/log.h"
#include "handlers/operations/operations.h"

namespace northstar::app {

namespace asio = boost::asio;
using asio::awaitable;
using std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds kStart{20};      // a large append-only file takes a while to read
constexpr std::chrono::seconds kLookAtKeys{20}; // keys are made ten minutes early: a few missed looks do no harm
constexpr std::chrono::seconds kPing{1};

}  // namespace

Gateway::Gateway(Lifecycle& lifecycle, const Config& config, std::shared_ptr<const Snapshot> snapshot,
                 std::vector<ChannelConfig> channels, std::string secret, store::KeyFile keys)
    : lifecycle_(lifecycle),
      config_(config),
      snapshot_(std::move(snapshot)),
      channels_(std::move(channels)),
      digests_(secret),
      keys_(std::move(keys)),
      metrics_(std::make_shared<net::Metrics>()),
      keys_timer_(lifecycle.context(0)) {}

Gateway::~Gateway() = default;

awaitable<Result<void>> Gateway::start() {
  const auto begun = steady_clock::now();
  if (auto redis = co_await start_redis(); !redis) co_return redis;
  for (unsigned i = 0; i < lifecycle_.size(); ++i) {
    nodes_.push_back(std::make_unique<Node>(lifecycle_.context(i), url_, config_, channels_, digests_, *metrics_, i == 0,
                                            [this](std::uint8_t partition) {
                                              if (outbox_) outbox_->wake(partition);
                                            },
                                            [this] {
                                              if (redis_) asio::post(lifecycle_.context(0), [this] { redis_->deleted(); });
                                            }));
  }
  const auto deadline = begun + kStart;
  for (unsigned i = 0; i < lifecycle_.size(); ++i) {
    auto connected = co_await on_node(i, [deadline](Node& node) { return node.connect(deadline); });
    if (!connected) co_return connected;
  }
  Node& first = *nodes_.front();
  if (config_.clock_ahead.count() > 0) {
    if (auto moved = co_await first.clock().advance_to(config_.clock_ahead, deadline); !moved) co_return moved.error();
  }
  if (auto keys = refresh_keys(first.clock().now()); !keys) co_return keys;
  for (unsigned i = 0; i < lifecycle_.size(); ++i) {
    auto opened = co_await on_node(i, [this](Node& node) -> awaitable<Result<void>> {
      node.current() = {snapshot_, ring_};
      co_return node.listen(config_.listen_public);
    });
    if (!opened) co_return opened;
  }
  start_outbox();
  if (auto opened = open_operations(); !opened) co_return opened;
  nodes_.front()->start_channels();  // lines that stay open live on this thread alone
  started_ = true;
  asio::co_spawn(lifecycle_.context(0), keep_keys(), asio::detached);
  log(Level::info, "ready",
      {{"public", plain(config_.listen_public.to_string())},
       {"operations", plain(config_.listen_operations.to_string())},
       {"millis", std::chrono::duration_cast<Millis>(steady_clock::now() - begun)}});
  if (config_.demo && snapshot_->directory.unverified() > 0) {
    log(Level::warn, "demo_directory",
        {{"what", "demonstration data: nobody has called these providers to confirm them"},
         {"unverified", snapshot_->directory.unverified()}});
  }
  co_return Result<void>{};
}

awaitable<Result<void>> Gateway::start_redis() {
  url_ = config_.store.url;
  if (url_.kind != store::RedisUrl::Kind::owned) co_return Result<void>{};
  store::PrivateRedis::Settings settings;
  settings.folder = config_.store.state / "redis";
  settings.sync_every_second = !config_.store.fsync_always;
  redis_ = std::make_unique<store::PrivateRedis>(lifecycle_.context(0), settings);
  auto started = co_await redis_->start(steady_clock::now() + kStart);
  if (started) url_ = redis_->url();
  co_return started;
}

/// Runs a coroutine on a node's own thread and comes back to the first.
awaitable<Result<void>> Gateway::on_node(unsigned index, std::function<awaitable<Result<void>>(Node&)> work) {
  Node& node = *nodes_[index];
  co_return co_await asio::co_spawn(lifecycle_.context(index), work(node), asio::use_awaitable);
}

Result<void> Gateway::refresh_keys(Instant now) {
  auto ring = keys_.refresh(now);
  if (!ring) return ring.error();
  if (*ring == ring_) return {};
  ring_ = *ring;
  if (started_) {
    lifecycle_.on_each([this, fresh = ring_](unsigned i) { nodes_[i]->current().keyring = fresh; });
  }
  return {};
}

awaitable<void> Gateway::keep_keys() {
  while (!draining_) {
    keys_timer_.expires_after(kLookAtKeys);
    boost::system::error_code ended;
    co_await keys_timer_.async_wait(asio::redirect_error(asio::use_awaitable, ended));
    if (ended) co_return;
    if (auto kept = refresh_keys(nodes_.front()->clock().now()); !kept) {
      log(Level::error, "keys", {{"what", plain(kept.error().text)}});
    }
  }
}

void Gateway::start_outbox() {
  Node& first = *nodes_.front();
  store::OutboxWorker::Hooks hooks;
  hooks.channel = [&first](std::string_view name) { return first.channel(name); };
  hooks.keyring = [&first] { return first.current().keyring; };
  hooks.timer_due = [&first](privacy::ContactId contact, std::string kind, store::Deadline deadline) {
    return first.talks().timer_due(contact, std::move(kind), deadline);
  };
  hooks.opt_out_digest = [this](const store::OutboundMessage& message) {
    return digests_.opt_out(message.service, message.address);
  };
  outbox_ = std::make_unique<store::OutboxWorker>(first.redis(), first.clock(), std::move(hooks),
                                                  store::OutboxWorker::Settings{});
  outbox_->start();
}

Result<void> Gateway::open_operations() {
  auto router = std::make_shared<net::Router>();
  operations::Hooks hooks;
  hooks.metrics = metrics_;
  hooks.not_ready = [this] { return not_ready(); };
  hooks.channels = [this] {
    return channels_json(config_, *metrics_, [this](const std::string& name) {
      const auto* face = nodes_.front()->channel(name);
      return face ? face->state() : std::string();
    });
  };
  if (config_.demo) {
    hooks.clock_ahead = [this](std::chrono::seconds by) -> awaitable<Result<void>> {
      auto& clock = nodes_.front()->clock();
      const auto deadline = steady_clock::now() + kPing;
      auto moved = co_await clock.advance_to(clock.offset() + by, deadline);
      if (!moved) co_return moved.error();
      for (unsigned i = 1; i < lifecycle_.size(); ++i) {
        auto read = co_await on_node(i, [deadline](Node& node) -> awaitable<Result<void>> {
          auto offset = co_await node.clock().read_offset(deadline);
          if (!offset) co_return offset.error();
          co_return Result<void>{};
        });
        if (!read) co_return read;
      }
      co_return refresh_keys(clock.now());
    };
  }
  operations::add_routes(*router, std::move(hooks));
  operations_ = std::make_unique<net::Server>(lifecycle_.context(0), router);
  return operations_->listen(config_.listen_operations.host, config_.listen_operations.port);
}

awaitable<std::optional<std::string>> Gateway::not_ready() {
  if (!started_) co_return "starting";
  if (draining_) co_return "stopping";
  Node& first = *nodes_.front();
  if (auto pinged = co_await first.sessions().ping(steady_clock::now() + kPing); !pinged) co_return "Redis does not answer";
  if (!ring_->complete(first.clock().now())) co_return "there is no key for this hour";
  co_return std::nullopt;
}

void Gateway::swap(std::shared_ptr<const Snapshot> snapshot) {
  lifecycle_.on_each([this, snapshot](unsigned i) { nodes_[i]->current().snapshot = snapshot; });
}

awaitable<void> Gateway::drain(steady_clock::time_point deadline) {
  draining_ = true;
  keys_timer_.cancel();
  if (outbox_) co_await outbox_->stop(deadline);
  for (unsigned i = 0; i < nodes_.size(); ++i) {
    auto drained = co_await on_node(i, [deadline](Node& node) -> awaitable<Result<void>> {
      co_await node.drain(deadline);
      co_return Result<void>{};
    });
    (void)drained;  // draining has nothing to fail with
  }
  if (operations_) co_await operations_->shut_down(std::chrono::milliseconds{500});
  if (redis_) co_await redis_->stop(deadline);
}

}  // namespace northstar::app
