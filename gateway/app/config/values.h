#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/base/time.h"

namespace northstar::app {

/// A time as people write it: "20s", "15m", "2h", "1h30m", "250ms", "7d". The error says what would be right.
Result<Millis> parse_duration(std::string_view text);
/// The shortest way to write it: 900000 ms is "15m".
std::string to_string(Millis duration);

/// An address to listen on or to call: an IPv4 address, an IPv6 address in brackets or a host name, and a port.
///   127.0.0.1:8080   [::1]:8080   localhost:8080
struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
  std::string to_string() const;
  bool loopback() const;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};
Result<Endpoint> parse_endpoint(std::string_view text);

/// Where Redis is.
struct StoreUrl {
  enum class Kind {
    own,      ///< "private": a server of our own on a unix socket, started and stopped with the gateway
    unix,     ///< "unix:PATH"
    single,   ///< "redis://HOST:PORT"
    cluster,  ///< "redis+cluster://HOST:PORT,HOST:PORT"
  } kind = Kind::own;
  std::string path;                 ///< of `unix`
  std::vector<Endpoint> endpoints;  ///< of `single` (one) and `cluster` (some of its nodes are enough)
  std::string text = "private";     ///< as written
};
Result<StoreUrl> parse_store_url(std::string_view text);

}  // namespace northstar::app
