#include "handlers/smpp/gate.h"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace northstar::smpp {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;
using namespace std::chrono_literals;
using Seconds = std::chrono::duration<double>;

namespace {

constexpr auto kFirstHold = 500ms, kLongestHold = 30'000ms;
constexpr double kLeastShare = 0.05;   // of the leased rate, however often we are throttled
constexpr double kGrowth = 0.1;        // of the leased rate, each second without being throttled

std::size_t lane_of(char lane) { return lane == 'd' ? 0 : lane == 'f' ? 1 : 2; }

}  // namespace

void Pace::refill(Moment now) {
  if (at_ == Moment{}) at_ = now;
  const double passed = std::max(0.0, Seconds(now - at_).count());
  at_ = now;
  now_rate_ = std::min(leased_, now_rate_ + leased_ * kGrowth * passed);
  // A burst of at most a tenth of a second's lease: carriers count by the second, and some by less.
  tokens_ = std::min(std::max(1.0, now_rate_ / 10), tokens_ + now_rate_ * passed);
}

Moment Pace::next(Moment now) {
  refill(now);
  if (tokens_ >= 1) return std::max(now, held_until_);
  return std::max(held_until_, now + std::chrono::ceil<std::chrono::milliseconds>(Seconds((1 - tokens_) / now_rate_)));
}

void Pace::throttled(Moment now) {
  if (now < held_until_) return;  // said of what was on the way already
  refill(now);
  hold_ = last_throttled_ != Moment{} && now - last_throttled_ < 10s ? std::min<std::chrono::milliseconds>(hold_ * 2, kLongestHold) : kFirstHold;
  last_throttled_ = now;
  now_rate_ = std::max(leased_ * kLeastShare, now_rate_ / 2);
  tokens_ = 0;
  held_until_ = now + hold_;
}

/// Who has the turn of a number, and who waits for it. Outlives the gate while a turn is held.
struct Gate::Lines {
  std::map<std::string, Line> by_number;

  void release(const std::string& number) {
    const auto at = by_number.find(number);
    if (at == by_number.end()) return;
    while (!at->second.waiting.empty()) {
      const WaiterPtr next = std::move(at->second.waiting.front());
      at->second.waiting.pop_front();
      if (next->sent) continue;  // it gave up
      next->sent = true;         // the turn is handed on
      next->timer.cancel();
      return;
    }
    by_number.erase(at);
  }
};

Gate::Gate(asio::io_context& io, double rate, Submit submit)
    : io_(io), submit_(std::move(submit)), pace_(rate), lines_(std::make_shared<Lines>()), refill_(io) {}

Gate::~Gate() { *alive_ = false; }

asio::awaitable<Gate::Turn> Gate::turn(std::string number, Moment deadline) {
  const auto lines = lines_;
  Line& line = lines->by_number[number];
  if (line.taken) {
    const auto waiter = std::make_shared<Waiter>(io_);
    waiter->timer.expires_at(deadline);
    line.waiting.push_back(waiter);
    error_code ignored;
    co_await waiter->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (!std::exchange(waiter->sent, true)) co_return nullptr;
  }
  lines->by_number[number].taken = true;
  co_return Turn(static_cast<void*>(lines.get()), [lines, number](void*) { lines->release(number); });
}

asio::awaitable<std::optional<Answered>> Gate::send(Message message, char lane, Moment deadline) {
  const auto alive = alive_;
  const auto waiter = std::make_shared<Waiter>(io_);
  waiter->message = std::move(message);
  waiter->timer.expires_at(deadline);
  auto& queue = lanes_[lane_of(lane)];
  queue.push_back(waiter);
  look();
  error_code ignored;
  if (!waiter->sent) {
    co_await waiter->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (!*alive) co_return std::nullopt;
    if (!waiter->sent) {
      std::erase(queue, waiter);
      co_return std::nullopt;
    }
  }
  // Sent: a session answers each within its time, also when its link is lost.
  while (!waiter->answered) {
    waiter->timer.expires_at(Moment::max());
    co_await waiter->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (!*alive) co_return Answered{};
  }
  if (waiter->answered->status == status::kThrottled || waiter->answered->status == status::kQueueFull)
    pace_.throttled(steady_clock::now());
  co_return waiter->answered;
}

void Gate::look() {
  for (auto& queue : lanes_) {
    while (!queue.empty()) {
      const Moment now = steady_clock::now();
      if (const Moment next = pace_.next(now); next > now) return arm(next);
      const WaiterPtr waiter = queue.front();
      if (!submit_(waiter->message, [waiter](const Answered& answered) {
            waiter->answered = answered;
            waiter->timer.cancel();
          }))
        return;
      pace_.take();
      waiter->sent = true;
      queue.pop_front();
      waiter->timer.cancel();
    }
  }
}

void Gate::arm(Moment when) {
  if (std::exchange(armed_, true)) return;
  refill_.expires_at(when);
  refill_.async_wait([this, alive = alive_](error_code cancelled) {
    if (cancelled || !*alive) return;
    armed_ = false;
    look();
  });
}

}  // namespace northstar::smpp
