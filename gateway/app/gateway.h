#pragma once
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/app/lifecycle/lifecycle.h"
#include "gateway/app/node.h"
#include "gateway/store/key_file.h"
#include "gateway/store/outbox_worker.h"
#include "gateway/store/private_redis.h"

namespace northstar::app {

/// The gateway, put together: Redis, keys, one node a thread, the two listeners. Wiring only.
class Gateway {
 public:
  Gateway(Lifecycle& lifecycle, const Config& config, std::shared_ptr<const Snapshot> snapshot,
          std::vector<ChannelConfig> channels, std::string secret, store::KeyFile keys);
  ~Gateway();

  /// In this order: Redis, the keys, each node's connection, then the doors. On the first context.
  boost::asio::awaitable<Result<void>> start();
  boost::asio::awaitable<void> drain(std::chrono::steady_clock::time_point deadline);
  /// Hands every node a new snapshot. From any thread.
  void swap(std::shared_ptr<const Snapshot> snapshot);

 private:
  boost::asio::awaitable<Result<void>> start_redis();
  boost::asio::awaitable<Result<void>> on_node(unsigned index, std::function<boost::asio::awaitable<Result<void>>(Node&)> work);
  boost::asio::awaitable<void> keep_keys();
  Result<void> refresh_keys(Instant now);
  void start_outbox();
  Result<void> open_operations();
  boost::asio::awaitable<std::optional<std::string>> not_ready();

  Lifecycle& lifecycle_;
  Config config_;
  std::shared_ptr<const Snapshot> snapshot_;
  std::vector<ChannelConfig> channels_;
  privacy::Digests digests_;
  store::KeyFile keys_;
  std::shared_ptr<const privacy::Keyring> ring_;
  std::shared_ptr<net::Metrics> metrics_;
  std::unique_ptr<store::PrivateRedis> redis_;
  store::RedisUrl url_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::unique_ptr<store::OutboxWorker> outbox_;  ///< one for the process, beside the first node
  std::unique_ptr<net::Server> operations_;
  boost::asio::steady_timer keys_timer_;
  bool started_ = false, draining_ = false;
};

}  // namespace northstar::app
