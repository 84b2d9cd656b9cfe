#include "handlers/smpp/stream.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <optional>

namespace northstar::smpp {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

class Wire final : public Stream, public std::enable_shared_from_this<Wire> {
 public:
  explicit Wire(asio::io_context& io) : socket_(io) {}

  asio::awaitable<std::string> begin(asio::io_context& io, const Target& target) {
    error_code fault;
    tcp::resolver resolver(io);
    const std::string host = target.host == "localhost" ? "127.0.0.1" : target.host;
    const auto found = co_await resolver.async_resolve(host, std::to_string(target.port), tcp::resolver::numeric_service,
                                                       asio::redirect_error(asio::use_awaitable, fault));
    if (fault) co_return "the name is not known";
    co_await asio::async_connect(socket_, found, asio::redirect_error(asio::use_awaitable, fault));
    if (fault) co_return "no connection could be made";
    socket_.set_option(tcp::no_delay(true), fault);
    if (!target.tls) co_return std::string();
    context_.emplace(asio::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context_->native_handle(), TLS1_2_VERSION);
    context_->set_verify_mode(asio::ssl::verify_peer);
    context_->set_default_verify_paths(fault);
    if (!target.ca_file.empty()) context_->load_verify_file(target.ca_file, fault);
    if (fault) co_return "the trusted certificates cannot be read";
    tls_.emplace(socket_, *context_);
    SSL_set_tlsext_host_name(tls_->native_handle(), target.host.c_str());
    tls_->set_verify_callback(asio::ssl::host_name_verification(target.host));
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
  std::optional<asio::ssl::stream<tcp::socket&>> tls_;
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
  const std::string failed = co_await wire->begin(io, target);
  timer.cancel();
  if (failed.empty() && !*late) co_return std::shared_ptr<Stream>(wire);
  co_return Error{Error::Kind::unavailable,
                  target.host + ":" + std::to_string(target.port) + ": " + (*late ? "connecting took too long" : failed)};
}

}  // namespace northstar::smpp
