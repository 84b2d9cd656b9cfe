#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

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

}  // namespace northstar::app
