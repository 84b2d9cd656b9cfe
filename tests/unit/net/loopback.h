#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <future>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#include "gateway/net/server.h"

/// Real sockets for tests: a server on its own thread, and a client so simple that it can send any bytes at all.
namespace northstar::net::test {

using namespace std::chrono_literals;

/// One `io_context` on one thread, as the gateway has them.
class Loop {
 public:
  Loop() : guard_(io.get_executor()), thread_([this] { io.run(); }) {}
  ~Loop() {
    guard_.reset();
    io.stop();
    thread_.join();
  }
  template <class Work>
  auto run(Work work) {  // on the loop's thread, awaited here
    std::promise<decltype(work())> promise;
    auto future = promise.get_future();
    boost::asio::post(io, [&] {
      if constexpr (std::is_void_v<decltype(work())>) {
        work();
        promise.set_value();
      } else {
        promise.set_value(work());
      }
    });
    return future.get();
  }
  template <class T>
  T wait(boost::asio::awaitable<T> work) {
    if constexpr (std::is_void_v<T>) {
      boost::asio::co_spawn(io, std::move(work), boost::asio::use_future).get();
    } else {
      std::optional<T> value;  // a spawned coroutine's own value would have to be default-constructible
      boost::asio::co_spawn(io, keep(std::move(work), value), boost::asio::use_future).get();
      return std::move(*value);
    }
  }

  boost::asio::io_context io{1};

 private:
  template <class T>
  static boost::asio::awaitable<void> keep(boost::asio::awaitable<T> work, std::optional<T>& value) {
    value.emplace(co_await std::move(work));
  }
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
  std::thread thread_;
};

class Client {
 public:
  explicit Client(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("no connection to the server under test");
  }
  ~Client() {
    if (fd_ >= 0) ::close(fd_);
  }
  Client(const Client&) = delete;

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  /// Ends the connection the hard way, so that the server's next write fails.
  void reset() {
    const linger now{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::close(fd_);
    fd_ = -1;
  }
  void finish_sending() { ::shutdown(fd_, SHUT_WR); }

  /// One whole response by its Content-Length; empty when the connection ended without one.
  std::string response(bool head = false, std::chrono::milliseconds patience = 8s) {
    const auto until = std::chrono::steady_clock::now() + patience;
    for (;;) {
      const auto end = buffer_.find("\r\n\r\n");
      if (end != std::string::npos) {
        std::size_t length = 0;
        if (const auto at = buffer_.find("Content-Length: "); at != std::string::npos && at < end)
          length = std::stoul(buffer_.substr(at + 16));
        if (head) length = 0;
        if (buffer_.size() >= end + 4 + length) {
          std::string whole = buffer_.substr(0, end + 4 + length);
          buffer_.erase(0, whole.size());
          return whole;
        }
      }
      if (!more(until)) return {};
    }
  }
  /// Everything until the server ends the connection; `still_open` when it did not in time.
  struct Rest {
    std::string bytes;
    bool still_open = false;
  };
  Rest rest(std::chrono::milliseconds patience = 8s) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (more(until)) {
    }
    return {std::move(buffer_), std::chrono::steady_clock::now() >= until};
  }

 private:
  bool more(std::chrono::steady_clock::time_point until) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    pollfd watched{fd_, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&watched, 1, static_cast<int>(left.count())) <= 0) return false;
    char bytes[4096];
    const auto n = ::recv(fd_, bytes, sizeof bytes, 0);
    if (n <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(n));
    return true;
  }
  int fd_;
  std::string buffer_;
};

inline int status_of(std::string_view response) {
  return response.size() > 12 && response.starts_with("HTTP/1.1 ") ? std::stoi(std::string(response.substr(9, 3))) : 0;
}
inline std::string body_of(const std::string& response) {
  const auto end = response.find("\r\n\r\n");
  return end == std::string::npos ? std::string() : response.substr(end + 4);
}
inline std::string post(std::string_view target, std::string_view body, std::string_view more_headers = {}) {
  std::string out = "POST ";
  out.append(target).append(" HTTP/1.1\r\nHost: a.example\r\nContent-Length: ").append(std::to_string(body.size()));
  out.append("\r\n").append(more_headers).append("\r\n").append(body);
  return out;
}

/// A server under test on a port of its own. The router is filled before it starts.
class Served {
 public:
  explicit Served(std::shared_ptr<Router> router, Limits limits = {}) {
    port = loop.run([&] {
      server.emplace(loop.io, router, limits);
      const auto listening = server->listen("127.0.0.1", 0);
      if (!listening) throw std::runtime_error(listening.error().text);
      return server->port();
    });
  }
  ~Served() {
    loop.run([this] { server.reset(); });
  }
  Loop loop;
  std::optional<Server> server;
  std::uint16_t port = 0;
};

}  // namespace northstar::net::test
