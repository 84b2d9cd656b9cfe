#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "gateway/app/lifecycle/watch.h"

namespace northstar::app {

/// From start to end of a gateway: one io_context a thread, signals, and the reload of what may change while it serves.
///
///   starting --run()--> serving --SIGTERM, SIGINT, stop()--> draining --drained, or late--> ended
///                         |  ^                                   |
///                         +--+ SIGHUP, a changed file            +-- a second SIGTERM: ended at once
///
/// Everything is set up on the contexts before `run()`, or posted to them.
class Lifecycle {
 public:
  struct Hooks {
    /// Builds and checks what the files say now, swaps it in by `on_each`, or says in the log why not. Runs on a thread
    /// of its own: reading files never holds up a text. Returns what to watch from now on, nothing to leave that.
    std::function<std::optional<std::vector<std::filesystem::path>>()> reload;
    /// Closes the doors, then waits for what is under way. Runs on the first context. What has not ended at the deadline
    /// ends with the contexts.
    std::function<boost::asio::awaitable<void>(std::chrono::steady_clock::time_point deadline)> drain;
  };
  /// Longer than a webhook or a send may take, shorter than the 90 s after which systemd kills.
  static constexpr std::chrono::seconds kDrain{10};
  static constexpr std::chrono::seconds kLook{1};

  explicit Lifecycle(unsigned threads);
  ~Lifecycle();
  Lifecycle(const Lifecycle&) = delete;
  Lifecycle& operator=(const Lifecycle&) = delete;

  unsigned size() const { return static_cast<unsigned>(contexts_.size()); }
  boost::asio::io_context& context(unsigned index) { return *contexts_[index]; }

  /// Calls `work(index)` on each context's own thread and returns at once.
  void on_each(const std::function<void(unsigned)>& work);

  /// Serves until it is told to stop and has drained. Returns the exit status: 0, or 1 when the drain came late.
  int run(std::vector<std::filesystem::path> watched, Hooks hooks);
  /// From any thread.
  void stop();
  /// From any thread: as if a file had changed.
  void reload();

 private:
  void await_signals();
  void begin_draining();
  void end();
  void watch_files(std::vector<std::filesystem::path> watched);

  struct Signals;
  std::vector<std::unique_ptr<boost::asio::io_context>> contexts_;
  std::unique_ptr<Signals> signals_;
  Hooks hooks_;
  bool draining_ = false, late_ = false;  // touched by the first context alone

  std::mutex mutex_;  // guards the two below, off the way of any text
  std::condition_variable wake_;
  bool watching_ = false, asked_to_reload_ = false;
};

}  // namespace northstar::app
