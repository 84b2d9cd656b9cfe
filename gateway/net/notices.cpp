#include "gateway/net/notices.h"

#include <spdlog/spdlog.h>

namespace northstar::net {

void LastNotice::set(std::string_view sentence) {
  const std::lock_guard lock(mutex_);
  told_ = Told{std::string(sentence), std::chrono::steady_clock::now()};
}

std::optional<LastNotice::Told> LastNotice::get() const {
  const std::lock_guard lock(mutex_);
  return told_;
}

Notices::Notices(std::string channel, std::shared_ptr<LastNotice> last) : channel_(std::move(channel)), last_(std::move(last)) {}

void Notices::warn(std::string_view sentence) {
  if (last_) last_->set(sentence);
  const auto now = std::chrono::steady_clock::now();
  auto at = said_.find(sentence);
  if (at == said_.end()) {
    said_.emplace(sentence, Last{now});
    spdlog::warn("channel {}: {}", channel_, sentence);
    return;
  }
  Last& last = at->second;
  if (now - last.at < std::chrono::minutes(1)) {
    ++last.held_back;
    return;
  }
  spdlog::warn("channel {}: {} ({} more since the last of these lines)", channel_, sentence, last.held_back);
  last = {now};
}

}  // namespace northstar::net
