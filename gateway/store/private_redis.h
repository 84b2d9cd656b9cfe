#pragma once
#include <sys/types.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "gateway/store/redis.h"

namespace northstar::store {

/// A redis-server of our own, on a unix socket in a folder of its own: started, watched, started again if it dies, and
/// ended with us, also when we are killed. It listens on no port, keeps everything in an append-only file, evicts
/// nothing, and writes no core.
///
/// The server dies with the thread that called `start` (Linux's PR_SET_PDEATHSIG is the thread's, not the process's):
/// call it on a thread that lives as long as the gateway.
class PrivateRedis {
 public:
  struct Settings {
    std::filesystem::path folder;
    std::string server = "redis-server";  ///< a name on the PATH, or a path
    /// False: a write is on disk when it is answered. True: at most about a second of writes can be lost by a crash of
    /// the machine (not of Redis or the gateway alone); about a third cheaper on slow disks.
    bool sync_every_second = false;
  };

  PrivateRedis(boost::asio::io_context& io, Settings settings);
  ~PrivateRedis();

  /// Ends a server that a former life left behind, tidies the folder (R79), starts ours and waits until it listens.
  boost::asio::awaitable<Result<void>> start(Deadline deadline);
  /// Ends the server after it has written all it holds.
  boost::asio::awaitable<void> stop(Deadline deadline);

  RedisUrl url() const { return RedisUrl::unix_socket(socket().string()); }
  std::filesystem::path socket() const { return settings_.folder / "redis.sock"; }
  /// Nothing while no server runs (between its death and the next one). Never a number that means more than one process.
  std::optional<pid_t> pid() const { return pid_ > 1 ? std::optional<pid_t>(pid_) : std::nullopt; }
  std::uint64_t restarts() const { return restarts_; }

  /// A talk was deleted: the append-only file, which still holds its sealed bytes, is written anew within kRewriteEvery.
  void deleted() { deleted_ = true; }
  static constexpr std::chrono::minutes kRewriteEvery{10};
  /// Writes the append-only file anew now, whatever the time.
  boost::asio::awaitable<Result<void>> rewrite(Deadline deadline);

 private:
  Result<void> prepare_folder();
  Result<void> tidy();
  Result<void> end_former_life();
  Result<void> spawn();
  boost::asio::awaitable<Result<void>> listening(Deadline deadline);
  boost::asio::awaitable<void> watch(std::shared_ptr<bool> alive);
  boost::asio::awaitable<void> rewrite_when_due(std::shared_ptr<bool> alive);
  void signal_server(int signal) const;
  void reap();

  boost::asio::io_context& io_;
  Settings settings_;
  boost::asio::posix::stream_descriptor process_;  ///< a pidfd: readable when the server has ended
  boost::asio::steady_timer pause_, rewrite_timer_;
  std::unique_ptr<Redis> client_;
  int lock_ = -1;
  pid_t pid_ = -1;
  std::uint64_t restarts_ = 0;
  bool stopping_ = false, deleted_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace northstar::store
