#include "gateway/net/notices.h"
#include "gateway/reply/segments.h"
#include "handlers/kannel/answers.h"
#include "handlers/kannel/kannel.h"
#include "handlers/kannel/status_address.h"

namespace northstar::kannel {
namespace {

/// By POST, with headers: what stands in an address is written to logs.
class KannelChannel final : public net::Channel {
 public:
  KannelChannel(const std::string& name, const KannelConfig& config, net::HttpClient& client, const net::ChannelMetrics& metrics)
      : config_(config), client_(client), metrics_(metrics), notices_(name, metrics.last_notice) {}

  boost::asio::awaitable<net::Sent> send(const net::Outbound& outbound, store::Deadline deadline) override {
    const auto answer = co_await client_.send(call_for(outbound), deadline);
    net::Sent sent = answer ? judge(*answer, outbound) : sms::unanswered(answer.error(), notices_);
    metrics_.count(sent.delivery);
    co_return sent;
  }

  /// Kannel keeps no list of what it took.
  boost::asio::awaitable<std::optional<bool>> went_out(const net::Outbound&, store::Deadline) override { co_return std::nullopt; }

 private:
  net::Call call_for(const net::Outbound& outbound) const {
    net::Call call;
    call.origin = config_.api.origin;
    call.method = "POST";
    call.target = config_.api.path + "/cgi-bin/sendsms";
    call.headers = {{"X-Kannel-Username", config_.username}, {"X-Kannel-Password", config_.password},
                    {"X-Kannel-From", outbound.service},     {"X-Kannel-To", outbound.to.reveal()},
                    // Without it, what GSM 7-bit has no place for goes out as '?'.
                    {"X-Kannel-Coding", reply::first_beyond_gsm(outbound.text.reveal()).empty() ? "0" : "2"}};
    if (!config_.smsc.empty()) call.headers.emplace_back("X-Kannel-SMSC", config_.smsc);
    if (config_.receipts && !config_.secret.empty()) {
      call.headers.emplace_back("X-Kannel-DLR-Mask", kReceiptMask);
      call.headers.emplace_back("X-Kannel-DLR-Url", status_address(config_.public_url, config_.secret, outbound.entry_id));
    }
    call.content_type = "text/plain; charset=UTF-8";
    call.body = outbound.text.reveal();
    return call;
  }

  net::Sent judge(const net::Answer& answer, const net::Outbound& outbound) {
    // Kannel tells no id of its own; receipts come with ours.
    if (taken(answer.status)) return {net::Delivery::accepted, outbound.entry_id};
    const SendAnswer why = refusal(answer.status, answer.body);
    return sms::not_taken(notices_, why.delivery, why.reason, answer.status);
  }

  const KannelConfig config_;
  net::HttpClient& client_;
  const net::ChannelMetrics metrics_;
  net::Notices notices_;
};

}  // namespace

std::unique_ptr<net::Channel> make_channel(const std::string& name, const KannelConfig& config, net::HttpClient& client,
                                           const net::ChannelMetrics& metrics) {
  return std::make_unique<KannelChannel>(name, config, client, metrics);
}

}  // namespace northstar::kannel
