#include "gateway/net/dial.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>

namespace northstar::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// getaddrinfo cannot be interrupted, so it is not awaited itself: a timer is, which its answer ends early.
asio::awaitable<Result<tcp::resolver::results_type>> look_up(asio::io_context& io, std::string host, std::uint16_t port,
                                                             std::chrono::steady_clock::time_point deadline) {
  struct Lookup {
    explicit Lookup(asio::io_context& context) : resolver(context), done(context) {}
    tcp::resolver resolver;
    asio::steady_timer done;
    bool answered = false;
    error_code ec;
    tcp::resolver::results_type found;
  };
  error_code ec;
  const std::string service = std::to_string(port);
  const auto literal = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, ec);
  if (!ec) co_return tcp::resolver::results_type::create(tcp::endpoint(literal, port), host, service);
  auto lookup = std::make_shared<Lookup>(io);
  lookup->done.expires_at(deadline);
  lookup->resolver.async_resolve(host, service, tcp::resolver::numeric_service,
                                 [lookup](error_code failed, tcp::resolver::results_type found) {
                                   lookup->answered = true;
                                   lookup->ec = failed;
                                   lookup->found = std::move(found);
                                   lookup->done.cancel();
                                 });
  co_await lookup->done.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  if (!lookup->answered) co_return Error{Error::Kind::timed_out, "looking up the name took too long"};
  if (lookup->ec) co_return Error{Error::Kind::unavailable, "the name is not known"};
  co_return lookup->found;
}

Result<void> trust(asio::ssl::context& context, const std::string& ca_file) {
  context.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_compression);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  context.set_verify_mode(asio::ssl::verify_peer);
  error_code ec;
  context.set_default_verify_paths(ec);
  if (!ca_file.empty()) context.load_verify_file(ca_file, ec);
  if (ec) return Error{Error::Kind::failed, "cannot read trusted certificates from " + ca_file + ": " + ec.message()};
  return {};
}

bool expect_host(TlsStream& stream, const std::string& host) {
  error_code literal;
  asio::ip::make_address(host, literal);
  if (literal && SSL_set_tlsext_host_name(stream.native_handle(), host.c_str()) != 1) return false;
  stream.set_verify_callback(asio::ssl::host_name_verification(host));
  return true;
}

}  // namespace northstar::net
