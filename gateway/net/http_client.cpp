#include "gateway/net/http_client.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <map>
#include <optional>

#include "gateway/net/dial.h"
#include "gateway/net/http.h"

namespace northstar::net {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

namespace {

template <class T>
auto into(error_code& ec, T token) {
  return asio::redirect_error(token, ec);
}

std::string at(const Origin& origin) { return origin.host + ":" + std::to_string(origin.port); }

/// One connection: TCP, and TLS over it where the origin has it.
struct Wire {
  explicit Wire(asio::io_context& io) : tcp_stream(io) {}
  tcp::socket tcp_stream;
  std::optional<TlsStream> tls;
  boost::beast::flat_buffer buffer;
  Clock::time_point idle_since{};

  void close() {
    error_code ignored;
    tcp_stream.close(ignored);
  }
  /// An idle connection must be silent: anything to read is the far end's goodbye, or an answer to nobody.
  bool still_good(std::chrono::seconds reuse_within) {
    if (Clock::now() - idle_since > reuse_within || buffer.size() > 0) return false;
    error_code ec;
    char byte = 0;
    tcp_stream.non_blocking(true, ec);
    tcp_stream.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, ec);
    return ec == asio::error::would_block;
  }
};

/// Closes the wire when the time is up, so that every wait on it ends.
class Watch {
 public:
  Watch(asio::io_context& io, std::shared_ptr<Wire> wire, Clock::time_point deadline) : timer_(io, deadline) {
    timer_.async_wait([wire = std::move(wire), late = late_](error_code ec) {
      if (ec) return;
      *late = true;
      wire->close();
    });
  }
  ~Watch() { timer_.cancel(); }
  bool late() const { return *late_; }

 private:
  std::shared_ptr<bool> late_ = std::make_shared<bool>(false);
  asio::steady_timer timer_;
};

}  // namespace

struct HttpClient::Core {
  Core(asio::io_context& io, Options chosen) : context(io), options(std::move(chosen)) {
    if (auto trusted = trust(tls, options.ca_file); !trusted) fault = trusted.error().text;
  }

  struct Pool {
    std::vector<std::shared_ptr<Wire>> idle;
    std::size_t busy = 0;
  };
  asio::io_context& context;
  Options options;
  asio::ssl::context tls{asio::ssl::context::tls_client};
  std::string fault;
  std::map<Origin, Pool> pools;

  static asio::awaitable<Result<Answer, NoAnswer>> exchange(std::shared_ptr<Core> core, Call call, Clock::time_point deadline);
  std::shared_ptr<Wire> take(const Origin& origin);
  asio::awaitable<std::optional<NoAnswer>> open(Wire& wire, const Origin& origin, tcp::resolver::results_type endpoints);
};

namespace {

NoAnswer not_sent(const Origin& origin, std::string_view why) {
  return {NoAnswer::Kind::not_sent, std::string(why) + " (" + at(origin) + ")"};
}

http::request<http::string_body> compose(Call& call) {
  http::request<http::string_body> request;
  request.method_string(call.method);
  request.target(call.target);
  request.version(11);
  const bool usual = call.origin.port == (call.origin.tls ? 443 : 80);
  const std::string host = call.origin.host.find(':') == std::string::npos ? call.origin.host : "[" + call.origin.host + "]";
  request.set(http::field::host, usual ? host : host + ":" + std::to_string(call.origin.port));
  for (const auto& [name, value] : call.headers) request.set(name, value);
  if (!call.content_type.empty()) request.set(http::field::content_type, call.content_type);
  request.body() = std::move(call.body);
  request.prepare_payload();
  return request;
}

/// One request and its answer on an open wire.
template <class Stream>
asio::awaitable<Result<Answer, NoAnswer>> converse(Stream& stream, Wire& wire, http::request<http::string_body> request,
                                                   Origin origin, std::size_t limit, bool& reusable) {
  error_code ec;
  co_await http::async_write(stream, request, into(ec, asio::use_awaitable));
  // A write that failed left the request incomplete, so nobody acted on it; from here on somebody may have.
  if (ec) co_return not_sent(origin, "the connection broke before the request was out");
  http::response_parser<http::string_body> parser;
  parser.body_limit(limit);
  parser.header_limit(32 * 1024);
  co_await http::async_read(stream, wire.buffer, parser, into(ec, asio::use_awaitable));
  if (ec) {
    const char* why = ec == http::error::body_limit ? "the answer was too large" : "the request was not answered";
    co_return NoAnswer{NoAnswer::Kind::unanswered, std::string(why) + " (" + at(origin) + ")"};
  }
  reusable = parser.get().keep_alive();
  Answer answer;
  answer.status = static_cast<int>(parser.get().result_int());
  answer.body = std::move(parser.get().body());
  co_return answer;
}

}  // namespace

std::shared_ptr<Wire> HttpClient::Core::take(const Origin& origin) {
  auto& idle = pools[origin].idle;
  while (!idle.empty()) {
    auto wire = std::move(idle.back());
    idle.pop_back();
    if (wire->still_good(options.reuse_within)) return wire;
  }
  return nullptr;
}

asio::awaitable<std::optional<NoAnswer>> HttpClient::Core::open(Wire& wire, const Origin& origin,
                                                                tcp::resolver::results_type endpoints) {
  error_code ec;
  co_await asio::async_connect(wire.tcp_stream, endpoints, into(ec, asio::use_awaitable));
  if (ec) co_return not_sent(origin, "no connection could be made");
  wire.tcp_stream.set_option(tcp::no_delay(true), ec);
  if (!origin.tls) co_return std::nullopt;
  wire.tls.emplace(wire.tcp_stream, tls);
  if (!expect_host(*wire.tls, origin.host)) co_return not_sent(origin, "TLS could not be set up");
  co_await wire.tls->async_handshake(asio::ssl::stream_base::client, into(ec, asio::use_awaitable));
  if (ec) co_return not_sent(origin, "TLS failed: " + ec.message());
  co_return std::nullopt;
}

asio::awaitable<Result<Answer, NoAnswer>> HttpClient::Core::exchange(std::shared_ptr<Core> core, Call call,
                                                                     Clock::time_point deadline) {
  const Origin origin = call.origin;
  if (!core->fault.empty()) co_return not_sent(origin, core->fault);
  auto wire = core->take(origin);
  if (!wire) {
    auto endpoints = co_await look_up(core->context, origin.host, origin.port, deadline);
    if (!endpoints) co_return not_sent(origin, endpoints.error().text);
    wire = std::make_shared<Wire>(core->context);
    Watch watch(core->context, wire, deadline);
    if (auto failed = co_await core->open(*wire, origin, *endpoints)) {
      if (watch.late()) co_return not_sent(origin, "connecting took too long");
      co_return *failed;
    }
  }
  Watch watch(core->context, wire, deadline);
  bool reusable = false;
  auto request = compose(call);
  const std::size_t limit = core->options.answer_limit;
  auto answer = wire->tls ? co_await converse(*wire->tls, *wire, std::move(request), origin, limit, reusable)
                          : co_await converse(wire->tcp_stream, *wire, std::move(request), origin, limit, reusable);
  if (!answer && watch.late() && wire->tls) {
    // Part of what TLS had sealed may have left: with the time up in a write, say the cautious thing.
    co_return NoAnswer{NoAnswer::Kind::unanswered, answer.error().text};
  }
  if (answer && reusable && !watch.late()) {
    wire->idle_since = Clock::now();
    core->pools[origin].idle.push_back(std::move(wire));
  }
  co_return answer;
}

HttpClient::HttpClient(asio::io_context& io) : HttpClient(io, Options{}) {}
HttpClient::HttpClient(asio::io_context& io, Options options) : core_(std::make_shared<Core>(io, std::move(options))) {}
HttpClient::~HttpClient() = default;

asio::awaitable<Result<Answer, NoAnswer>> HttpClient::send(Call call, store::Deadline deadline) {
  const auto core = core_;
  auto& pool = core->pools[call.origin];  // a map's elements stay where they are
  if (pool.busy >= core->options.connections) co_return not_sent(call.origin, "too many calls under way");
  struct Busy {
    std::size_t& count;
    explicit Busy(std::size_t& all) : count(all) { ++count; }
    ~Busy() { --count; }
  } busy(pool.busy);
  co_return co_await Core::exchange(core, std::move(call), deadline);
}

}  // namespace northstar::net
