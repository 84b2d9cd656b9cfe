#pragma once
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace northstar::net::test {

/// A real HTTP server that plays a vendor: it sees every request and can answer, hang, or drop the line after having
/// taken a request. Plain sockets and threads, so that it shares no code with what it tests.
class StandIn {
 public:
  struct Seen {
    std::string head;  ///< request line and headers
    std::string body;
  };
  struct Answer {
    int status = 200;
    std::string body;
    bool hang = false;   ///< read the request and never answer
    bool drop = false;   ///< read the request and end the connection
    bool close = false;  ///< end the connection after answering, without having said so
    std::string raw;     ///< sent instead of an answer, then the connection ends
  };
  using Script = std::function<Answer(const Seen&)>;

  explicit StandIn(Script script) : script_(std::move(script)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::listen(listener_, 64);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept(); });
  }
  ~StandIn() {
    ending_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    for (auto& thread : threads_) thread.join();
    ::close(listener_);
  }

  std::vector<Seen> seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  std::string base() const { return "http://127.0.0.1:" + std::to_string(port); }
  std::uint16_t port = 0;
  std::atomic<int> connections{0};

 private:
  void accept() {
    while (!ending_) {
      const int fd = ::accept(listener_, nullptr, nullptr);
      if (fd < 0) continue;
      ++connections;
      threads_.emplace_back([this, fd] { serve(fd); });
    }
  }
  bool more(int fd, std::string& buffer) {
    while (!ending_) {
      pollfd watched{fd, POLLIN, 0};
      if (::poll(&watched, 1, 50) == 0) continue;
      char bytes[8192];
      const auto n = ::recv(fd, bytes, sizeof bytes, 0);
      if (n <= 0) return false;
      buffer.append(bytes, static_cast<std::size_t>(n));
      return true;
    }
    return false;
  }
  std::optional<Seen> read(int fd, std::string& buffer) {
    std::size_t end;
    while ((end = buffer.find("\r\n\r\n")) == std::string::npos)
      if (!more(fd, buffer)) return std::nullopt;
    Seen seen{buffer.substr(0, end + 4), {}};
    std::size_t length = 0;
    if (const auto at = seen.head.find("Content-Length: "); at != std::string::npos)
      length = std::stoul(seen.head.substr(at + 16));
    while (buffer.size() < end + 4 + length)
      if (!more(fd, buffer)) return std::nullopt;
    seen.body = buffer.substr(end + 4, length);
    buffer.erase(0, end + 4 + length);
    return seen;
  }
  void serve(int fd) {
    std::string buffer;
    while (auto request = read(fd, buffer)) {
      {
        const std::lock_guard lock(mutex_);
        seen_.push_back(*request);
      }
      const Answer answer = script_(*request);
      if (answer.hang) {
        while (more(fd, buffer)) {
        }
        break;
      }
      if (answer.drop) break;
      std::string out = answer.raw;
      if (out.empty())
        out = "HTTP/1.1 " + std::to_string(answer.status) + " X\r\nContent-Type: application/json\r\nContent-Length: " +
              std::to_string(answer.body.size()) + "\r\n\r\n" + answer.body;
      ::send(fd, out.data(), out.size(), MSG_NOSIGNAL);
      if (answer.close || !answer.raw.empty()) break;
    }
    ::shutdown(fd, SHUT_RDWR);
    ::close(fd);
  }

  Script script_;
  int listener_;
  std::thread acceptor_;
  std::vector<std::thread> threads_;
  mutable std::mutex mutex_;
  std::vector<Seen> seen_;
  std::atomic<bool> ending_{false};
};

}  // namespace northstar::net::test
