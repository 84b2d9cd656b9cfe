#include "gateway/store/clock.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>

#include "gateway/store/layout.h"

namespace northstar::store {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {
const std::uint16_t kSlot = slot_of_key(kClockOffsetKey);
}

Clock::Clock(Redis& redis) : redis_(redis), pause_(redis.io()) {}
Clock::~Clock() { stop(); }

void Clock::stop() {
  *alive_ = false;
  pause_.cancel();
}

Instant Clock::at(std::int64_t server_time_us) {
  sample_ = std::chrono::microseconds{server_time_us};
  sampled_ = steady_clock::now();
  return Instant{std::chrono::floor<Millis>(sample_) + offset_};
}

Instant Clock::bare_now() const {
  const auto since = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - sampled_);
  return Instant{std::chrono::floor<Millis>(sample_ + since)};
}

Instant Clock::now() const { return bare_now() + offset_; }

Result<Millis> Clock::take(Result<Answer> answer) {
  if (!answer) return answer.error();
  const ReplyView reply = (*answer)[0];
  if (reply.is_error()) return Error{Error::Kind::failed, "Redis could not give the clock's offset"};
  std::int64_t offset = 0;
  const std::string_view text = reply.text();
  std::from_chars(text.data(), text.data() + text.size(), offset);
  offset_ = std::max(offset_, Millis{offset});  // it only grows, also for a node that hears of it late
  if (answer->server_time_us > 0) at(answer->server_time_us);
  return offset_;
}

asio::awaitable<Result<Millis>> Clock::read_offset(Deadline deadline) {
  Request request{kSlot};
  request.command({"GET", kClockOffsetKey}).with_time();
  co_return take(co_await redis_.call(std::move(request), deadline));
}

asio::awaitable<Result<Millis>> Clock::advance_to(Millis offset, Deadline deadline) {
  Request request{kSlot};
  request.begin(5).arg("FCALL").arg("northstar1_advance").arg("1").arg(kClockOffsetKey).arg(offset.count()).with_time();
  co_return take(co_await redis_.call(std::move(request), deadline));
}

asio::awaitable<Result<void>> Clock::start(Deadline deadline) {
  auto first = co_await read_offset(deadline);
  if (!first) co_return first.error();
  asio::co_spawn(redis_.io(), keep_reading(alive_), asio::detached);
  co_return Result<void>{};
}

asio::awaitable<void> Clock::keep_reading(std::shared_ptr<bool> alive) {
  while (*alive) {
    pause_.expires_after(1s);
    boost::system::error_code ignored;
    co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (!*alive) co_return;
    // A failed reading leaves the last offset; the next second tries again.
    Request request{kSlot};
    request.command({"GET", kClockOffsetKey}).with_time();
    auto answer = co_await redis_.call(std::move(request), steady_clock::now() + 900ms);
    if (!*alive) co_return;
    (void)take(std::move(answer));
  }
}

}  // namespace northstar::store
