#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "gateway/net/notices.h"
#include "gateway/net/number.h"
#include "handlers/plivo/address.h"
#include "handlers/plivo/errors.h"
#include "handlers/plivo/plivo.h"

namespace northstar::plivo {
namespace {

namespace json = boost::json;
using net::Delivery;

const json::array* array_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(json::string_view(key.data(), key.size()));
  return value && value->is_array() ? &value->get_array() : nullptr;
}

class PlivoChannel final : public net::Channel {
 public:
  PlivoChannel(const std::string& name, const PlivoConfig& config, net::HttpClient& client, const net::ChannelMetrics& metrics)
      : client_(client),
        metrics_(metrics),
        origin_(config.api.origin),
        messages_(messages_path(config)),
        authorization_(authorization(config)),
        powerpack_(config.powerpack_uuid),
        receipts_(config.receipts ? webhook_url(config) + "/status" : std::string()),
        redact_(config.redact),
        notices_(name, metrics.last_notice) {}

  boost::asio::awaitable<net::Sent> send(const net::Outbound& outbound, store::Deadline deadline) override {
    const std::string source(powerpack_.empty() ? net::without_plus(outbound.service) : std::string_view());
    json::object body;
    if (powerpack_.empty()) body["src"] = source;
    else body["powerpack_uuid"] = powerpack_;
    body["dst"] = std::string(net::without_plus(outbound.to.reveal()));
    body["text"] = outbound.text.reveal();
    body["type"] = "sms";
    if (!receipts_.empty()) {
      body["url"] = receipts_;
      body["method"] = "POST";
    }
    if (redact_) body["log"] = false;
    net::Call call;
    call.origin = origin_;
    call.method = "POST";
    call.target = messages_;
    call.headers = {{"Authorization", authorization_}, {"Accept", "application/json"}};
    call.content_type = "application/json";
    call.body = json::serialize(body);
    const auto answer = co_await client_.send(std::move(call), deadline);
    net::Sent sent = answer ? judge(*answer, source) : sms::unanswered(answer.error(), notices_);
    metrics_.count(sent.delivery);
    co_return sent;
  }

  /// Plivo's list has no words, and nobody says how soon a queued text stands in it: neither a yes nor a no is certain.
  boost::asio::awaitable<std::optional<bool>> went_out(const net::Outbound&, store::Deadline) override { co_return std::nullopt; }

 private:
  net::Sent judge(const net::Answer& answer, std::string_view source) {
    const auto object = sms::read_object(answer.body);
    if (answer.status >= 200 && answer.status < 300) {
      const json::array* ids = object ? array_at(*object, "message_uuid") : nullptr;
      if (ids && !ids->empty() && ids->front().is_string()) return {Delivery::accepted, std::string(ids->front().get_string())};
      // Numbers that are none are left out of an answer that is else a success.
      const json::array* invalid = object ? array_at(*object, "invalid_number") : nullptr;
      if (!invalid || invalid->empty()) return {Delivery::accepted, {}};
      notices_.warn("a text was not taken: the number is not valid");
      return {Delivery::refused, {}};
    }
    const SendError error = send_error(answer.status, object ? sms::string_at(*object, "error") : std::string_view(), source);
    return sms::not_taken(notices_, error.delivery, error.reason, answer.status);
  }

  net::HttpClient& client_;
  const net::ChannelMetrics metrics_;
  const net::Origin origin_;
  const std::string messages_, authorization_, powerpack_, receipts_;
  const bool redact_;
  net::Notices notices_;
};

}  // namespace

std::unique_ptr<net::Channel> make_channel(const std::string& name, const PlivoConfig& config, net::HttpClient& client,
                                           const net::ChannelMetrics& metrics) {
  return std::make_unique<PlivoChannel>(name, config, client, metrics);
}

}  // namespace northstar::plivo
