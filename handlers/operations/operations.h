#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "gateway/base/result.h"
#include "gateway/net/http.h"
#include "gateway/net/metrics.h"

/// What operators and their monitors ask, on a listener of its own that no public port leads to.
namespace northstar::operations {

struct Hooks {
  /// Nothing when texts can be answered now; otherwise one plain sentence that says why not.
  std::function<boost::asio::awaitable<std::optional<std::string>>()> not_ready;
  /// Moves the demo's clock ahead by that many seconds. Unset outside a demo, and then refused.
  std::function<boost::asio::awaitable<Result<void>>(std::chrono::seconds)> clock_ahead;
  std::shared_ptr<const net::Metrics> metrics;
  /// How each channel stands, as JSON.
  std::function<std::string()> channels;
};

/// Adds `GET /healthz`, `GET /readyz`, `GET /metrics`, `GET /channels`, `POST /clock/ahead`.
void add_routes(net::Router& router, Hooks hooks);

}  // namespace northstar::operations
