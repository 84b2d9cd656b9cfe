#include "gateway/net/server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/intrusive/list.hpp>
#include <cerrno>
#include <cstring>
#include <optional>
#include <sys/socket.h>

#include "gateway/net/request_parser.h"
#include "gateway/net/response_writer.h"

namespace northstar::net {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t kInputFirst = 2048;         // a warm connection's buffer: an aggregator's whole request
constexpr std::size_t kInputKeptMost = 8192;      // a larger one is given back after its request
constexpr auto kLinger = std::chrono::seconds(2);  // for a refused peer to read why before the connection ends
constexpr auto kSweep = std::chrono::seconds(1);
constexpr auto kAcceptPause = std::chrono::milliseconds(100);  // out of descriptors: do not spin

template <class T>
auto into(error_code& ec, T token) {
  return asio::redirect_error(token, ec);
}

}  // namespace

class Server::Connection : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  Connection(tcp::socket socket, std::shared_ptr<Core> core);
  ~Connection();
  asio::awaitable<void> run();
  void close();

  bool idle = true;                 // between requests
  Clock::time_point deadline{};
  Clock::time_point since{};        // idle since

 private:
  asio::awaitable<bool> read_request();
  asio::awaitable<bool> respond(const Response& response, Framing framing);
  asio::awaitable<bool> write_out();
  asio::awaitable<void> refuse(int status);
  asio::awaitable<Response> answer(const Request& request);
  asio::awaitable<bool> fill();
  void consume(std::size_t n);

  tcp::socket socket_;
  std::shared_ptr<Core> core_;
  RequestParser parser_;
  std::string input_;               // bytes [from_, to_) are not consumed
  std::size_t from_ = 0, to_ = 0;
  std::string output_;
};

struct Server::Core {
  using Connections = boost::intrusive::list<Connection, boost::intrusive::constant_time_size<false>>;

  Core(asio::io_context& io, std::shared_ptr<const Router> routes, Limits bounds)
      : context(io), router(std::move(routes)), limits(bounds), acceptor(io), sweeper(io), pause(io) {}

  asio::io_context& context;
  std::shared_ptr<const Router> router;
  Limits limits;
  tcp::acceptor acceptor;
  asio::steady_timer sweeper;
  asio::steady_timer pause;
  Connections connections;
  std::size_t count = 0;
  bool closing = false;
  std::string date = http_date(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
  std::function<void(std::string_view)> tell;

  void trouble(std::string_view sentence) const {
    if (tell) tell(sentence);
  }
  bool make_room();
  void close_idle();
};

// ---- a connection ------------------------------------------------------------------------------------------------

Server::Connection::Connection(tcp::socket socket, std::shared_ptr<Core> core)
    : socket_(std::move(socket)), core_(std::move(core)), parser_(core_->limits.header, core_->limits.body) {
  core_->connections.push_back(*this);
  ++core_->count;
}

Server::Connection::~Connection() { --core_->count; }

void Server::Connection::close() {
  error_code ignored;
  socket_.close(ignored);
}

void Server::Connection::consume(std::size_t n) {
  from_ += n;
  if (from_ == to_) from_ = to_ = 0;
}

/// Reads some more bytes; false when the peer is gone or was cut off.
asio::awaitable<bool> Server::Connection::fill() {
  if (from_ > 0 && to_ == input_.size()) {
    std::memmove(input_.data(), input_.data() + from_, to_ - from_);
    to_ -= from_;
    from_ = 0;
  }
  if (to_ == input_.size()) input_.resize(std::max(kInputFirst, input_.size() * 2));
  error_code ec;
  const std::size_t n = co_await socket_.async_read_some(asio::buffer(input_.data() + to_, input_.size() - to_),
                                                         into(ec, asio::use_awaitable));
  to_ += n;
  co_return !ec;
}

/// True with a whole request in the parser; false when the connection is over (a refusal is then already written).
asio::awaitable<bool> Server::Connection::read_request() {
  const Limits& limits = core_->limits;
  parser_.next();
  idle = true;
  since = Clock::now();
  deadline = since + limits.idle_time;
  bool told_to_continue = false;
  for (;;) {
    if (to_ > from_) {
      const bool began = parser_.fresh();
      const auto before = parser_.state();
      consume(parser_.feed(std::string_view(input_).substr(from_, to_ - from_)));
      const auto now = parser_.state();
      if (now == RequestParser::State::done) {
        idle = false;
        co_return true;
      }
      if (now == RequestParser::State::broken) {
        co_await refuse(parser_.status());
        co_return false;
      }
      idle = false;
      if (now == RequestParser::State::body && before == RequestParser::State::header)
        deadline = Clock::now() + limits.body_time;
      else if (began)
        deadline = Clock::now() + limits.header_time;
      if (now == RequestParser::State::body && parser_.expects_continue() && !told_to_continue && to_ == from_) {
        told_to_continue = true;
        output_ = "HTTP/1.1 100 Continue\r\n\r\n";
        if (!co_await write_out()) co_return false;
      }
    }
    if (core_->closing && parser_.fresh()) co_return false;
    // A header is parsed whole, so unconsumed bytes past its limit will never become one.
    if (to_ - from_ > limits.header) {
      co_await refuse(431);
      co_return false;
    }
    if (!co_await fill()) co_return false;
  }
}

asio::awaitable<Response> Server::Connection::answer(const Request& request) {
  const Router::Found found = core_->router->find(request.method, request.path);
  if (!found.handler) {
    Response response = plain(found.allow.empty() ? 404 : 405, sentence_for(found.allow.empty() ? 404 : 405));
    if (!found.allow.empty()) response.headers.emplace_back("Allow", found.allow);
    co_return response;
  }
  try {
    co_return co_await (*found.handler)(request);
  } catch (const std::exception&) {
    // The outermost edge: one broken request must not end the process, and what it says may hold private bytes.
    core_->trouble("a request's handler broke an invariant; it was answered with 500");
  }
  co_return plain(500, sentence_for(500));
}

asio::awaitable<bool> Server::Connection::write_out() {
  error_code ec;
  // Answers are small and the socket's buffer is nearly always empty: one call, without a turn of the loop.
  std::size_t done = socket_.write_some(asio::buffer(output_), ec);
  if (ec == asio::error::would_block) ec = {}, done = 0;
  if (!ec && done < output_.size()) {
    deadline = Clock::now() + core_->limits.write_time;
    co_await asio::async_write(socket_, asio::buffer(output_.data() + done, output_.size() - done),
                               into(ec, asio::use_awaitable));
  }
  co_return !ec;
}

asio::awaitable<bool> Server::Connection::respond(const Response& response, Framing framing) {
  output_.clear();
  write_response(output_, response, core_->date, framing);
  co_return co_await write_out();
}

/// Says why and ends the connection so that the peer can read it: a close with unread bytes would reset it.
asio::awaitable<void> Server::Connection::refuse(int status) {
  idle = false;
  if (!co_await respond(plain(status, sentence_for(status)), {.close = true})) co_return;
  error_code ec;
  socket_.shutdown(tcp::socket::shutdown_send, ec);
  deadline = Clock::now() + kLinger;
  for (std::size_t left = 256 * 1024; !ec && left > 0;) {
    from_ = to_ = 0;
    if (!co_await fill()) co_return;
    left -= std::min(left, to_);
  }
}

asio::awaitable<void> Server::Connection::run() {
  error_code ec;
  socket_.set_option(tcp::no_delay(true), ec);
  socket_.non_blocking(true, ec);
  while (co_await read_request()) {
    Request request = parser_.request();
    const auto now = Clock::now();
    request.deadline = now + core_->limits.answer_time;
    // A net below the handler's own deadline: its answer would find nobody.
    deadline = request.deadline + core_->limits.write_time;
    const Response response = co_await answer(request);
    const bool http10 = parser_.http10();
    const bool keep = parser_.keep_alive() && !core_->closing;
    if (!co_await respond(response, {.close = !keep, .http10 = http10, .head = request.method == "HEAD"})) co_return;
    if (response.written) response.written();
    if (!keep) {
      socket_.shutdown(tcp::socket::shutdown_send, ec);
      co_return;
    }
    if (input_.size() > kInputKeptMost && from_ == to_) {
      input_ = {};
      from_ = to_ = 0;
    }
  }
}

// ---- the listener ------------------------------------------------------------------------------------------------

/// The connection that has been idle longest makes room for a new one.
bool Server::Core::make_room() {
  Connection* oldest = nullptr;
  for (Connection& connection : connections)
    if (connection.idle && (!oldest || connection.since < oldest->since)) oldest = &connection;
  if (!oldest) return false;
  oldest->idle = false;
  oldest->close();
  return true;
}

void Server::Core::close_idle() {
  for (Connection& connection : connections)
    if (connection.idle) connection.close();
}

namespace {

/// A listener that is full says so to whom it turns away; it waits for nobody.
void turn_away(tcp::socket socket, std::string_view date) {
  std::string out;
  write_response(out, plain(503, sentence_for(503)), date, {.close = true});
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(out), ignored);
  socket.shutdown(tcp::socket::shutdown_send, ignored);
}

}  // namespace

Server::Server(asio::io_context& io, std::shared_ptr<const Router> router, Limits limits)
    : core_(std::make_shared<Core>(io, std::move(router), limits)) {}

Server::~Server() {
  error_code ignored;
  core_->closing = true;
  core_->acceptor.close(ignored);
  core_->sweeper.cancel();
  core_->pause.cancel();
  for (Connection& connection : core_->connections) connection.close();
}

void Server::on_trouble(std::function<void(std::string_view)> tell) { core_->tell = std::move(tell); }
std::size_t Server::connections() const { return core_->count; }

std::uint16_t Server::port() const {
  error_code ec;
  const auto endpoint = core_->acceptor.local_endpoint(ec);
  return ec ? std::uint16_t{0} : endpoint.port();
}

Result<void> Server::listen(const std::string& host, std::uint16_t port) {
  error_code ec;
  const auto where = host + ":" + std::to_string(port);
  const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, ec);
  if (ec) return Error{Error::Kind::failed, "cannot listen on " + where + ": \"" + host + "\" is not an IP address"};
  const tcp::endpoint endpoint(address, port);
  auto& acceptor = core_->acceptor;
  acceptor.open(endpoint.protocol(), ec);
  if (!ec) acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
  const int on = 1;
  if (!ec && ::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0)
    ec.assign(errno, boost::system::system_category());
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(1024, ec);
  if (ec) {
    error_code ignored;
    acceptor.close(ignored);
    return Error{Error::Kind::failed, "cannot listen on " + where + ": " + ec.message()};
  }
  asio::co_spawn(core_->context, accept_loop(core_), asio::detached);
  asio::co_spawn(core_->context, sweep_loop(core_), asio::detached);
  return {};
}

asio::awaitable<void> Server::accept_loop(std::shared_ptr<Core> core) {
  while (!core->closing) {
    error_code ec;
    tcp::socket socket(core->context);
    co_await core->acceptor.async_accept(socket, into(ec, asio::use_awaitable));
    if (core->closing) co_return;
    if (ec) {
      if (ec == asio::error::connection_aborted) continue;
      core->trouble("a connection could not be taken; the system may be out of file descriptors");
      core->pause.expires_after(kAcceptPause);
      co_await core->pause.async_wait(into(ec, asio::use_awaitable));
      continue;
    }
    if (core->count >= core->limits.connections && !core->make_room()) {
      turn_away(std::move(socket), core->date);
      continue;
    }
    auto connection = std::make_shared<Connection>(std::move(socket), core);
    asio::co_spawn(core->context, serve(std::move(connection)), asio::detached);
  }
}

asio::awaitable<void> Server::serve(std::shared_ptr<Connection> connection) { co_await connection->run(); }

asio::awaitable<void> Server::sweep_loop(std::shared_ptr<Core> core) {
  while (!core->closing || core->count > 0) {
    error_code ec;
    core->sweeper.expires_after(kSweep);
    co_await core->sweeper.async_wait(into(ec, asio::use_awaitable));
    if (ec) co_return;
    core->date = http_date(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
    const auto now = Clock::now();
    for (Connection& connection : core->connections)
      if (connection.deadline < now) connection.close();
  }
}

asio::awaitable<void> Server::shut_down(std::chrono::milliseconds drain) {
  const auto core = core_;
  error_code ec;
  core->closing = true;
  core->acceptor.close(ec);
  core->close_idle();
  const auto until = Clock::now() + drain;
  asio::steady_timer tick(core->context);
  while (core->count > 0 && Clock::now() < until) {
    tick.expires_after(std::chrono::milliseconds(10));
    co_await tick.async_wait(into(ec, asio::use_awaitable));
    if (ec) break;
  }
  for (Connection& connection : core->connections) connection.close();
}

}  // namespace northstar::net
