#include "gateway/net/breaker.h"

#include <algorithm>

namespace northstar::net {

using std::chrono::steady_clock;

bool Breaker::allows(Moment now) {
  if (!open()) return true;
  if (trying_ || now < until_) return false;
  trying_ = true;
  return true;
}

void Breaker::told(Delivery delivery, Moment now) {
  const bool fault = delivery == Delivery::failed || delivery == Delivery::misconfigured || delivery == Delivery::unknown;
  if (!fault) {
    *this = {};
    return;
  }
  const bool was_open = open();
  faults_ = std::min(faults_ + 1, kFaults);
  if (!open() || (was_open && !trying_)) return;  // what was on the way when it opened changes nothing
  if (was_open) pause_ = std::min(pause_ * 2, kLongestPause);
  trying_ = false;
  until_ = now + pause_;
}

GuardedChannel::GuardedChannel(std::string name, std::unique_ptr<Channel> channel, std::shared_ptr<LastNotice> last)
    : channel_(std::move(channel)), notices_(std::move(name), std::move(last)) {}

void GuardedChannel::set_backup(std::string name, GuardedChannel& backup) {
  backup_ = &backup;
  backup_name_ = std::move(name);
}

std::string GuardedChannel::state() const {
  std::string words = channel_->state();
  if (!breaker_.open()) return words;
  if (!words.empty()) words += "; ";
  return words + (backup_ ? "away, texts go out by " + backup_name_ : "away, texts wait");
}

boost::asio::awaitable<Sent> GuardedChannel::attempt(const Outbound& outbound, store::Deadline deadline) {
  const Sent sent = co_await channel_->send(outbound, deadline);
  const bool was_open = breaker_.open();
  breaker_.told(sent.delivery, steady_clock::now());
  if (!was_open && breaker_.open()) notices_.warn(backup_ ? "it is away: texts go out by its backup" : "it is away: texts wait, and it is tried again");
  co_return sent;
}

boost::asio::awaitable<Sent> GuardedChannel::send(const Outbound& outbound, store::Deadline deadline) {
  if (breaker_.allows(steady_clock::now())) co_return co_await attempt(outbound, deadline);
  // A backup's own backup is not asked: two channels may be each other's.
  if (backup_ && backup_->breaker_.allows(steady_clock::now())) co_return co_await backup_->attempt(outbound, deadline);
  co_return Sent{Delivery::failed, {}};
}

boost::asio::awaitable<std::optional<bool>> GuardedChannel::went_out(const Outbound& outbound, store::Deadline deadline) {
  const auto own = co_await channel_->went_out(outbound, deadline);
  if (!backup_ || own == true) co_return own;
  // It may have gone by either. Only what both deny did not go out.
  const auto other = co_await backup_->channel_->went_out(outbound, deadline);
  if (other == true) co_return true;
  co_return own == false && other == false ? std::optional<bool>(false) : std::nullopt;
}

}  // namespace northstar::net
