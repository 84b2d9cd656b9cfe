#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <chrono>
#include <cstdint>
#include <string>

#include "gateway/base/result.h"

/// What every connection that we open needs first. For the few files that open one: these headers are heavy.
namespace northstar::net {

using TlsStream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>;

/// The addresses of a name or a literal; `localhost` without asking anybody. Ends at `deadline` though the system's own
/// lookup cannot be interrupted. The error says why, without the name.
boost::asio::awaitable<Result<boost::asio::ip::tcp::resolver::results_type>> look_up(
    boost::asio::io_context& io, std::string host, std::uint16_t port, std::chrono::steady_clock::time_point deadline);

/// A client that speaks TLS 1.2 or newer and trusts the system's certificates, and those of `ca_file` if one is named. An
/// error names the file.
Result<void> trust(boost::asio::ssl::context& context, const std::string& ca_file);

/// Before the handshake: the name asked for (SNI; none for a literal address) and the name that the certificate must bear.
bool expect_host(TlsStream& stream, const std::string& host);

}  // namespace northstar::net
