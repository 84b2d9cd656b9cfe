#include "gateway/net/metrics.h"

#include <prometheus/text_serializer.h>

#include <sstream>

namespace northstar::net {
namespace {

prometheus::Family<prometheus::Counter>* counter(prometheus::Registry& registry, const char* name, const char* help) {
  return &prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

}  // namespace

Metrics::Metrics()
    : registry_(std::make_shared<prometheus::Registry>()),
      received_(counter(*registry_, "northstar_texts_received_total", "Verified texts that came in")),
      replied_(counter(*registry_, "northstar_replies_inline_total", "Replies carried in a webhook's answer")),
      not_answered_(counter(*registry_, "northstar_texts_not_answered_total",
                            "Texts from senders that are never answered: names and other short codes")),
      receipts_(counter(*registry_, "northstar_receipts_total", "Verified delivery receipts, by what they say")),
      refused_(counter(*registry_, "northstar_requests_refused_total", "Webhook requests turned away, by reason")),
      sent_(counter(*registry_, "northstar_sends_total", "Texts given to a channel, by what became of them")),
      answer_(&prometheus::BuildHistogram()
                   .Name("northstar_answer_seconds")
                   .Help("From a webhook's receipt to its answer")
                   .Register(*registry_)) {}

ChannelMetrics Metrics::channel(const std::string& name) {
  const prometheus::Labels label{{"channel", name}};
  ChannelMetrics metrics;
  {
    const std::lock_guard lock(mutex_);
    auto& notice = notices_[name];
    if (!notice) notice = std::make_shared<LastNotice>();
    metrics.last_notice = notice;
  }
  metrics.received = &received_->Add(label);
  metrics.replied_inline = &replied_->Add(label);
  metrics.not_answered = &not_answered_->Add(label);
  for (std::size_t i = 0; i < kRefusals.size(); ++i)
    metrics.refused[i] = &refused_->Add({{"channel", name}, {"reason", kRefusals[i]}});
  for (std::size_t i = 0; i < kDeliveries.size(); ++i)
    metrics.sent[i] = &sent_->Add({{"channel", name}, {"outcome", kDeliveries[i]}});
  for (std::size_t i = 0; i < kReceipts.size(); ++i)
    metrics.receipts[i] = &receipts_->Add({{"channel", name}, {"outcome", kReceipts[i]}});
  metrics.answer_seconds = &answer_->Add(
      label, prometheus::Histogram::BucketBoundaries{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5});
  return metrics;
}

std::string Metrics::text() const {
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, registry_->Collect());
  return out.str();
}

}  // namespace northstar::net
