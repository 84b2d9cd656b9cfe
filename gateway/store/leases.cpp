#include "gateway/store/leases.h"

#include <algorithm>

#include "gateway/store/layout.h"

namespace northstar::store {

namespace asio = boost::asio;

namespace {
const std::uint16_t kNodesSlot = slot_of_key(kNodesKey);
constexpr std::size_t kPartitions = 256;
}  // namespace

void Leases::lost(std::uint8_t partition) {
  if (holders_[partition].empty()) return;
  holders_[partition].clear();
  --held_;
}

asio::awaitable<Result<void>> Leases::beat(Deadline deadline) {
  Request request{kNodesSlot};
  request.begin(6).arg("FCALL").arg("northstar1_heartbeat").arg("1").arg(kNodesKey).arg(node_).arg(kDeadAfter.count());
  const Result<Answer> answer = co_await redis_.call(std::move(request), deadline);
  if (!answer) co_return answer.error();
  const ReplyView nodes = (*answer)[0];
  if (!nodes.is_array()) co_return Error{Error::Kind::failed, "Redis refused this node's heartbeat"};
  live_.clear();
  for (std::size_t i = 0; i < nodes.size(); ++i) live_.emplace_back(nodes[i].text());
  co_return Result<void>{};
}

asio::awaitable<void> Leases::release(std::vector<std::uint8_t> partitions, Deadline deadline) {
  std::vector<Request> requests;
  for (const std::uint8_t partition : partitions) {
    Request request{partition_slot(partition)};
    request.begin(5).arg("FCALL").arg("northstar1_release").arg("1").arg(partition_tag(partition), "lease").arg(holders_[partition]);
    requests.push_back(std::move(request));
    lost(partition);
  }
  (void)co_await redis_.call_all(std::move(requests), deadline);
}

asio::awaitable<Result<std::vector<std::uint8_t>>> Leases::renew(Deadline deadline, std::function<bool(std::uint8_t)> may_go) {
  if (auto beaten = co_await beat(deadline); !beaten) co_return beaten.error();
  const std::size_t share = (kPartitions + live_nodes() - 1) / live_nodes();
  if (held_ > share) {
    std::vector<std::uint8_t> extra;
    for (std::size_t p = kPartitions; p-- > 0 && held_ - extra.size() > share;) {
      const auto partition = static_cast<std::uint8_t>(p);
      if (holds(partition) && (!may_go || may_go(partition))) extra.push_back(partition);
    }
    released_.insert(released_.end(), extra.begin(), extra.end());
    co_await release(std::move(extra), deadline);
  }
  std::vector<std::uint8_t> gained;
  if (held_ >= share) co_return gained;

  // Who holds the others is only looked at while we want more. Nodes begin at different places, to want different ones.
  std::vector<std::uint8_t> others;
  std::vector<Request> looks;
  const std::size_t start = std::hash<std::string>{}(node_) % kPartitions;
  for (std::size_t i = 0; i < kPartitions; ++i) {
    const auto partition = static_cast<std::uint8_t>((start + i) % kPartitions);
    if (holds(partition)) continue;
    others.push_back(partition);
    Request request{partition_slot(partition)};
    request.begin(2).arg("GET").arg(partition_tag(partition), "lease");
    looks.push_back(std::move(request));
  }
  const auto seen = co_await redis_.call_all(std::move(looks), deadline);
  std::vector<std::uint8_t> wanted;
  std::vector<Request> takes;
  for (std::size_t i = 0; i < others.size() && held_ + wanted.size() < share; ++i) {
    if (!seen[i]) continue;
    const std::string_view held = (*seen[i])[0].text();
    const std::string_view holder = held.substr(std::min(held.size(), held.find(':') + 1));
    if (!holder.empty() && holder != node_ && std::ranges::find(live_, holder) != live_.end()) continue;
    wanted.push_back(others[i]);
    Request request{partition_slot(others[i])};
    request.begin(4 + 1 + live_.size()).arg("FCALL").arg("northstar1_lease").arg("1").arg(partition_tag(others[i]), "lease");
    request.arg(node_);
    for (const std::string& node : live_) request.arg(node);
    takes.push_back(std::move(request));
  }
  const auto taken = co_await redis_.call_all(std::move(takes), deadline);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!taken[i]) continue;
    const std::string_view holder = (*taken[i])[0].text();
    if (!holder.ends_with(":" + node_)) continue;
    holders_[wanted[i]] = holder;
    ++held_;
    gained.push_back(wanted[i]);
  }
  co_return gained;
}

asio::awaitable<void> Leases::give_up_all(Deadline deadline) {
  std::vector<std::uint8_t> all;
  for (std::size_t p = 0; p < kPartitions; ++p) {
    if (holds(static_cast<std::uint8_t>(p))) all.push_back(static_cast<std::uint8_t>(p));
  }
  co_await release(std::move(all), deadline);
  Request request{kNodesSlot};
  request.command({"ZREM", kNodesKey, node_});
  (void)co_await redis_.call(std::move(request), deadline);
}

}  // namespace northstar::store
