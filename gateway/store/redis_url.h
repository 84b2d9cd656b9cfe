#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"

namespace northstar::store {

/// Where one server listens: a unix socket's path, or a host and a port.
struct Endpoint {
  std::string path;  ///< not empty: a unix socket, and the rest is unused
  std::string host;
  std::uint16_t port = 0;
  /// As it is written in a configuration, for messages.
  std::string to_string() const { return path.empty() ? host + ":" + std::to_string(port) : "unix:" + path; }
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

/// sockaddr_un: 108 bytes with the closing zero.
inline constexpr std::size_t kSocketPathMax = 107;

/// `store.url`, read: `private`, `unix:PATH`, `redis://HOST:PORT` or `redis+cluster://HOST:PORT,HOST:PORT,...`.
struct RedisUrl {
  enum class Kind {
    owned,    ///< a redis-server of our own (see private_redis.h), which fills in the socket
    single,   ///< one server
    cluster,  ///< any of a Cluster's nodes; the others are learnt from it
  } kind = Kind::owned;
  std::vector<Endpoint> endpoints;

  /// The error says what is wrong and which forms there are, and never repeats a password.
  static Result<RedisUrl> parse(std::string_view url);
  friend bool operator==(const RedisUrl&, const RedisUrl&) = default;
  static RedisUrl unix_socket(std::string path) { return {Kind::single, {Endpoint{.path = std::move(path)}}}; }
};

}  // namespace northstar::store
