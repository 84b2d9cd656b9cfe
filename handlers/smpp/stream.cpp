#include "handlers/smpp/stream.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <optional>

#include "gateway/net/dial.h"

namespace northstar::smpp {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

class Wire final : public Stream, public std::enable_shared_from_this<Wire> {
 public:
  explicit Wire(asio::io_context& io) : socket_(io) {}

  /// Why it failed; empty when it did not.
  asio::awaitable<std::string> begin(asio::io_context& io, const Target& target, std::chrono::steady_clock::time_point deadline) {
    const auto found = co_await net::look_up(io, target.host, target.port, deadline);
    if (!found) co_return found.error().text;
    error_code fault;
    co_await asio::async_connect(socket_, *found, asio::redirect_error(asio::use_awaitable, fault));
    if (fault) co_return "no connection could be made";
    socket_.set_option(tcp::no_delay(true), fault);
    if (!target.tls) co_return std::string();
    context_.emplace(asio::ssl::context::tls_client);
    if (auto trusted = net::trust(*context_, target.ca_file); !trusted) co_return trusted.error().text;
    tls_.emplace(socket_, *context_);
    if (!net::expect_host(*tls_, target.host)) co_return "TLS could not be set up";
    co_await tls_->async_handshake(asio::ssl::stream_base::client, asio::redirect_error(asio::use_awaitable, fault));
    co_return fault ? "TLS failed: " + fault.message() : std::string();
  }

  asio::awaitable<std::size_t> read(char* into, std::size_t size) override {
    const auto self = shared_from_this();
    error_code fault;
    const std::size_t got = tls_ ? co_await tls_->async_read_some(asio::buffer(into, size), asio::redirect_error(asio::use_awaitable, fault))
                                 : co_await socket_.async_read_some(asio::buffer(into, size), asio::redirect_error(asio::use_awaitable, fault));
    co_return fault ? 0 : got;
  }

  asio::awaitable<bool> write(std::string bytes) override {
    const auto self = shared_from_this();
    error_code fault;
    if (tls_) co_await asio::async_write(*tls_, asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, fault));
    else co_await asio::async_write(socket_, asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, fault));
    co_return !fault;
  }

  void close() override {
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  tcp::socket socket_;
  std::optional<asio::ssl::context> context_;
  std::optional<net::TlsStream> tls_;
};

}  // namespace

asio::awaitable<Result<std::shared_ptr<Stream>>> Stream::open(asio::io_context& io, Target target,
                                                             std::chrono::steady_clock::time_point deadline) {
  const auto wire = std::make_shared<Wire>(io);
  const auto late = std::make_shared<bool>(false);
  asio::steady_timer timer(io, deadline);
  timer.async_wait([wire, late](error_code cancelled) {
    if (cancelled) return;
    *late = true;
    wire->close();
  });
  const std::string failed = co_await wire->begin(io, target, deadline);
  timer.cancel();
  if (failed.empty() && !*late) co_return std::shared_ptr<Stream>(wire);
  co_return Error{Error::Kind::unavailable,
                  target.host + ":" + std::to_string(target.port) + ": " + (*late ? "connecting took too long" : failed)};
}

}  // namespace northstar::smpp
