#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "gateway/base/result.h"

namespace northstar::smpp {

/// A connection to an SMSC: TCP, or TLS 1.2 and newer over it. Used on its io_context's thread; reads and writes may be
/// under way at once, one of each.
class Stream {
 public:
  struct Target {
    std::string host;
    std::uint16_t port = 2775;
    bool tls = false;
    std::string ca_file;   ///< trusted beside the system's own certificates
  };
  /// Connects, and greets where there is TLS, until `deadline`. The error names host, port and what failed.
  static boost::asio::awaitable<Result<std::shared_ptr<Stream>>> open(boost::asio::io_context& io, Target target,
                                                                      std::chrono::steady_clock::time_point deadline);
  virtual ~Stream() = default;
  /// As many bytes as there are, at most `size`; 0 when the peer is gone or `close` was called.
  virtual boost::asio::awaitable<std::size_t> read(char* into, std::size_t size) = 0;
  /// False when the peer is gone; part of it may have left.
  virtual boost::asio::awaitable<bool> write(std::string bytes) = 0;
  virtual void close() = 0;
};

}  // namespace northstar::smpp
