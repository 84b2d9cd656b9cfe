#include "gateway/app/lifecycle/lifecycle.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <exception>

#include "gateway/app/log.h"

namespace northstar::app {

namespace asio = boost::asio;

struct Lifecycle::Signals {
  explicit Signals(asio::io_context& context) : set(context, SIGINT, SIGTERM, SIGHUP), late(context) {}
  asio::signal_set set;
  asio::steady_timer late;
};

Lifecycle::Lifecycle(unsigned threads) {
  for (unsigned i = 0; i < std::max(1U, threads); ++i) {
    contexts_.push_back(std::make_unique<asio::io_context>(1));  // 1: one thread runs it, so Asio needs no locks
  }
  signals_ = std::make_unique<Signals>(*contexts_.front());
}

Lifecycle::~Lifecycle() = default;

void Lifecycle::on_each(const std::function<void(unsigned)>& work) {
  for (unsigned i = 0; i < size(); ++i) {
    asio::post(*contexts_[i], [work, i] { work(i); });
  }
}

int Lifecycle::run(std::vector<std::filesystem::path> watched, Hooks hooks) {
  hooks_ = std::move(hooks);
  await_signals();

  std::vector<asio::executor_work_guard<asio::io_context::executor_type>> guards;
  guards.reserve(contexts_.size());
  for (auto& context : contexts_) guards.push_back(asio::make_work_guard(*context));

  watching_ = true;
  std::thread watcher([this, paths = std::move(watched)]() mutable { watch_files(std::move(paths)); });
  std::vector<std::thread> others;
  for (unsigned i = 1; i < size(); ++i) {
    others.emplace_back([this, i] { contexts_[i]->run(); });
  }
  contexts_.front()->run();
  for (std::thread& other : others) other.join();
  {
    const std::lock_guard lock(mutex_);
    watching_ = false;
  }
  wake_.notify_all();
  watcher.join();
  return late_ ? 1 : 0;
}

void Lifecycle::stop() {
  asio::post(*contexts_.front(), [this] { begin_draining(); });
}

void Lifecycle::reload() {
  {
    const std::lock_guard lock(mutex_);
    asked_to_reload_ = true;
  }
  wake_.notify_all();
}

void Lifecycle::await_signals() {
  signals_->set.async_wait([this](const boost::system::error_code& fault, int signal) {
    if (fault) return;  // cancelled: the end has come
    if (signal == SIGHUP) {
      reload();
    } else if (draining_) {
      log(Level::warn, "stopped_at_once");
      late_ = true;
      return end();
    } else {
      begin_draining();
    }
    await_signals();
  });
}

void Lifecycle::begin_draining() {
  if (draining_) return;
  draining_ = true;
  log(Level::info, "draining");
  signals_->late.expires_after(kDrain);
  signals_->late.async_wait([this](const boost::system::error_code& fault) {
    if (fault) return;  // drained in time
    log(Level::warn, "drain_was_late", {{"waited", Millis(kDrain)}});
    late_ = true;
    end();
  });
  if (!hooks_.drain) return end();
  // A little less than the alarm, so that what gives up by the deadline is not called late.
  const auto deadline = std::chrono::steady_clock::now() + kDrain - std::chrono::milliseconds(500);
  asio::co_spawn(*contexts_.front(), hooks_.drain(deadline), [this](const std::exception_ptr& failure) {
    if (failure) {  // nothing is left to be done for it: the process ends, and says so
      log(Level::error, "drain_failed");
      late_ = true;
    }
    end();
  });
}

void Lifecycle::end() {
  signals_->late.cancel();
  signals_->set.cancel();
  for (auto& context : contexts_) context->stop();
}

void Lifecycle::watch_files(std::vector<std::filesystem::path> watched) {
  Watch watch(std::move(watched));
  std::unique_lock lock(mutex_);
  while (watching_) {
    wake_.wait_for(lock, kLook, [this] { return !watching_ || asked_to_reload_; });
    if (!watching_) return;
    const bool asked = std::exchange(asked_to_reload_, false);
    lock.unlock();
    if ((watch.changed() || asked) && hooks_.reload) {
      if (auto paths = hooks_.reload()) watch.follow(*std::move(paths));
    }
    lock.lock();
  }
}

}  // namespace northstar::app
