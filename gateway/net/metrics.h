#pragma once
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>

#include "gateway/net/channel.h"
#include "gateway/net/notices.h"
#include "gateway/net/receipt.h"

namespace northstar::net {

/// Why an inbound request was turned away. Each is one counter; none says who.
enum class Refusal { signature, no_credential, malformed, content_type, away };
inline constexpr std::array<const char*, 5> kRefusals{"signature", "no_credential", "malformed", "content_type", "away"};
inline constexpr std::array<const char*, 7> kDeliveries{"accepted", "throttled",     "failed", "opted_out",
                                                        "refused",  "misconfigured", "unknown"};
/// By Receipt::Status, and apart what a carrier's spam filter dropped.
inline constexpr std::array<const char*, 5> kReceipts{"under_way", "delivered", "undelivered", "failed", "filtered"};

/// One channel's counters and its last trouble, looked up once. Safe to bump from any thread.
struct ChannelMetrics {
  prometheus::Counter* received = nullptr;
  prometheus::Counter* replied_inline = nullptr;
  prometheus::Counter* not_answered = nullptr;  ///< alphanumeric senders and other short codes
  std::array<prometheus::Counter*, kRefusals.size()> refused{};
  std::array<prometheus::Counter*, kDeliveries.size()> sent{};
  std::array<prometheus::Counter*, kReceipts.size()> receipts{};
  prometheus::Histogram* answer_seconds = nullptr;
  std::shared_ptr<LastNotice> last_notice;   ///< of all its faces, on all threads

  void count(Refusal refusal) const { refused[static_cast<std::size_t>(refusal)]->Increment(); }
  void count(Delivery delivery) const { sent[static_cast<std::size_t>(delivery)]->Increment(); }
  void count(const Receipt& receipt) const {
    receipts[receipt.filtered ? kReceipts.size() - 1 : static_cast<std::size_t>(receipt.status)]->Increment();
  }
};

/// What `/metrics` shows. Labels are a channel's name from the configuration and words from fixed lists: nothing that
/// a person wrote, sent from, or searched for can become one (R71).
class Metrics {
 public:
  Metrics();
  ChannelMetrics channel(const std::string& name);
  /// For rooms with counters of their own; the same rule for labels holds.
  prometheus::Registry& registry() { return *registry_; }
  /// The text format of Prometheus.
  std::string text() const;

 private:
  std::shared_ptr<prometheus::Registry> registry_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<LastNotice>> notices_;
  prometheus::Family<prometheus::Counter>* received_;
  prometheus::Family<prometheus::Counter>* replied_;
  prometheus::Family<prometheus::Counter>* not_answered_;
  prometheus::Family<prometheus::Counter>* receipts_;
  prometheus::Family<prometheus::Counter>* refused_;
  prometheus::Family<prometheus::Counter>* sent_;
  prometheus::Family<prometheus::Histogram>* answer_;
};

}  // namespace northstar::net
