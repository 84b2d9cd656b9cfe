#include "gateway/net/notices.h"

#include <spdlog/spdlog.h>

namespace northstar::net {

Notices::Notices(std::string channel) : channel_(std::move(channel)) {}

void Notices::warn(std::string_view sentence) {
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
