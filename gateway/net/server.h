#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "gateway/base/result.h"
#include "gateway/net/http.h"

namespace northstar::net {

/// What one listener grants a peer. Each bound has its reason.
struct Limits {
  std::size_t body = 64 * 1024;              ///< 413 above: a text and its fields are below 4 KiB
  std::size_t header = 16 * 1024;            ///< 431 above: what proxies in front allow too
  std::size_t connections = 4096;            ///< a listener's; past it the longest idle one makes room, else 503
  std::chrono::seconds header_time{5};       ///< from a request's first byte to the end of its header
  std::chrono::seconds body_time{5};         ///< from there to the end of its body
  std::chrono::seconds idle_time{60};        ///< between requests: longer than aggregators keep a connection unused
  std::chrono::seconds write_time{10};       ///< for a peer that does not read its answer
  std::chrono::milliseconds answer_time{5000};  ///< the deadline a handler gets; aggregators wait 10 to 15 s
};

/// An HTTP/1.1 server for one `io_context` that one thread runs. Several servers, one a thread, share a port
/// (SO_REUSEPORT) and the kernel spreads connections over them.
///
/// Time limits are swept once a second, so they end up to a second late; no timer is armed for a request.
/// Addresses of peers are never looked at (R72).
class Server {
 public:
  Server(boost::asio::io_context& io, std::shared_ptr<const Router> router, Limits limits = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Binds and accepts. Port 0 takes any free one; `port()` then says which.
  Result<void> listen(const std::string& host, std::uint16_t port);
  std::uint16_t port() const;

  /// Called on the server's thread with a fixed sentence that holds nothing of any request.
  void on_trouble(std::function<void(std::string_view)> tell);

  /// Takes no new connection, ends idle ones, lets requests under way finish within `drain`, then closes what is left.
  boost::asio::awaitable<void> shut_down(std::chrono::milliseconds drain);

  std::size_t connections() const;

 private:
  struct Core;
  class Connection;
  static boost::asio::awaitable<void> accept_loop(std::shared_ptr<Core> core);
  static boost::asio::awaitable<void> sweep_loop(std::shared_ptr<Core> core);
  static boost::asio::awaitable<void> serve(std::shared_ptr<Connection> connection);
  std::shared_ptr<Core> core_;
};

}  // namespace northstar::net
