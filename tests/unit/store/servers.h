#pragma once
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/store/clock.h"
#include "gateway/store/private_redis.h"
#include "gateway/store/redis.h"
#include "gateway/store/redis_sessions.h"
#include "gateway/store/entropy.h"
#include "gateway/store/key_file.h"

namespace northstar::store::testing {

using boost::asio::awaitable;
using namespace std::chrono_literals;

inline Deadline in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

/// A folder that goes with the test.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Runs a coroutine to its end on `io`, for at most `limit`.
inline void run(boost::asio::io_context& io, awaitable<void> work, std::chrono::milliseconds limit = 20s) {
  bool done = false;
  std::exception_ptr thrown;
  boost::asio::co_spawn(io, std::move(work), [&](std::exception_ptr fault) {
    thrown = fault;
    done = true;
  });
  io.restart();
  const auto until = in(limit);
  while (!done && std::chrono::steady_clock::now() < until) io.run_one_for(50ms);
  if (thrown) std::rethrow_exception(thrown);
  if (!done) throw std::runtime_error("the test's work did not end in time");
}
template <class T>
T run(boost::asio::io_context& io, awaitable<T> work, std::chrono::milliseconds limit = 20s) {
  std::optional<T> out;  // Result has no default, which co_spawn would want
  run(io, [](awaitable<T> inner, std::optional<T>& into) -> awaitable<void> {
    into.emplace(co_await std::move(inner));
  }(std::move(work), out), limit);
  return std::move(*out);
}
awaitable<void> sleep(boost::asio::io_context& io, std::chrono::milliseconds time);

/// A real three-node Cluster on random ports; every process it started ends with it. It is whole some two seconds after
/// it was made, and `url` waits for that.
class ThreeNodes {
 public:
  ThreeNodes();
  ~ThreeNodes();
  RedisUrl url() const;
  const std::vector<std::uint16_t>& ports() const { return ports_; }
  pid_t pid(std::size_t node) const { return pids_[node]; }
  /// Runs redis-cli against one node and gives what it printed.
  std::string cli(std::size_t node, const std::string& words) const;

 private:
  void meet() const;
  void wait_until_whole() const;
  TempFolder folder_;
  std::vector<std::uint16_t> ports_;
  std::vector<pid_t> pids_;
};
std::string shell(const std::string& command);
/// The answers of one server to many commands, a line each: one redis-cli for all of them.
std::vector<std::string> ask_all(const Endpoint& server, const std::vector<std::string>& commands);
/// Signals one process that this test started. Throws for anything that is not one process's number: to kill(2), -1 is
/// every process of the machine and 0 the whole group.
void signal_one(std::optional<pid_t> pid, int signal);

/// One Redis and one Cluster for the whole run; each test empties it first.
enum class Place { single, cluster };
RedisUrl url_of(Place place);

/// A node: its own loop, connections, clock and sessions.
struct Node {
  explicit Node(RedisUrl url);
  ~Node();
  boost::asio::io_context io{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
  Redis redis;
  Clock clock{redis};
  std::vector<std::uint8_t> woken;
  RedisSessions sessions;

  template <class T>
  T run(awaitable<T> work, std::chrono::milliseconds limit = 20s) {
    return testing::run(io, std::move(work), limit);
  }
  /// One command, to the node that serves its second word (or `slot`); its reply as text, integers and nil written out.
  std::string command(std::vector<std::string> words);
};

class OnEveryRedis : public ::testing::TestWithParam<Place> {
 protected:
  void SetUp() override;
};
std::string place_name(const ::testing::TestParamInfo<Place>& place);

privacy::ContactId contact_in(std::uint8_t partition, int n = 1);

}  // namespace northstar::store::testing
