#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <algorithm>
#include <chrono>

#include "gateway/net/notices.h"
#include "handlers/bandwidth/bandwidth.h"
#include "handlers/bandwidth/errors.h"

namespace northstar::bandwidth {
namespace {

namespace json = boost::json;
using net::Delivery;
using Clock = std::chrono::steady_clock;

constexpr auto kRenewBefore = std::chrono::seconds(60);   // a token must outlive the call it goes with
constexpr auto kLifeUnsaid = std::chrono::seconds(300);   // where the answer does not say how long it is good
constexpr std::int64_t kLifeMost = 24 * 3600;
constexpr std::size_t kTokenMost = 8192;

struct Token {
  std::string value;
  std::chrono::seconds life{};
};

/// A token's answer (RFC 6749 section 5.1). It becomes part of a header, so it must be visible ASCII.
std::optional<Token> read_token(std::string_view body) {
  const auto object = sms::read_object(body);
  if (!object) return std::nullopt;
  const std::string_view value = sms::string_at(*object, "access_token");
  const std::string_view type = sms::string_at(*object, "token_type");
  if (value.empty() || value.size() > kTokenMost || (!type.empty() && !net::equal_ignoring_case(type, "Bearer")) ||
      !std::ranges::all_of(value, [](char c) { return c > ' ' && c <= '~'; }))
    return std::nullopt;
  const json::value* life = object->if_contains("expires_in");
  return Token{std::string(value), life && life->is_int64() && life->get_int64() > 0
                                       ? std::chrono::seconds(std::min(life->get_int64(), kLifeMost))
                                       : kLifeUnsaid};
}

/// Which of a 400's fields decides: one that we must mend before one that gives the person up.
SendError field_error(const json::object& answer, SendError otherwise) {
  const json::value* list = answer.if_contains("fieldErrors");
  if (!list || !list->is_array()) return otherwise;
  std::optional<SendError> found;
  for (const json::value& item : list->get_array()) {
    if (!item.is_object()) continue;
    std::string_view field = sms::string_at(item.get_object(), "fieldName");
    field = field.substr(0, field.find('['));
    const auto known = std::ranges::find(kFieldErrors, field, &FieldError::field);
    if (known != kFieldErrors.end() && (!found || known->error.delivery == Delivery::misconfigured)) found = known->error;
  }
  return found.value_or(otherwise);
}

class BandwidthChannel final : public net::Channel {
 public:
  BandwidthChannel(const std::string& name, const BandwidthConfig& config, net::HttpClient& client,
                   const net::ChannelMetrics& metrics)
      : client_(client), metrics_(metrics), config_(config), notices_(name, metrics.last_notice) {
    if (!config.api_user.empty())
      notices_.warn("api_user is an API User, which Bandwidth ends on 2 December 2026: make API Credentials and use client_id");
  }

  boost::asio::awaitable<net::Sent> send(const net::Outbound& outbound, store::Deadline deadline) override {
    net::Sent sent = co_await try_send(outbound, deadline);
    metrics_.count(sent.delivery);
    co_return sent;
  }

  boost::asio::awaitable<std::optional<bool>> went_out(const net::Outbound&, store::Deadline) override {
    // The list at GET /users/<account>/messages has numbers, times and lengths, but neither words nor our tag.
    co_return std::nullopt;
  }

 private:
  boost::asio::awaitable<net::Sent> try_send(const net::Outbound& outbound, store::Deadline deadline) {
    for (bool again = false;; again = true) {
      const bool kept = !token_.empty() && Clock::now() < token_until_;
      const auto authorization = co_await authorize(deadline);
      if (!authorization) co_return net::Sent{authorization.error(), {}};
      net::Call call;
      call.origin = config_.api.origin;
      call.method = "POST";
      call.target = config_.api.path + "/api/v2/users/" + config_.account_id + "/messages";
      call.headers = {{"Authorization", *authorization}, {"Accept", "application/json"}};
      call.content_type = "application/json; charset=utf-8";
      call.body = body(outbound);
      const auto answer = co_await client_.send(std::move(call), deadline);
      if (!answer) co_return sms::unanswered(answer.error(), notices_);
      if (answer->status == 401) token_.clear();
      // A token that was good a moment ago may have been withdrawn. 401 took nothing, so one more call cannot double.
      if (answer->status == 401 && kept && !again) continue;
      co_return judge(*answer);
    }
  }

  /// The `Authorization` header, or what it means for the text that there is none: it certainly did not go out.
  boost::asio::awaitable<Result<std::string, Delivery>> authorize(store::Deadline deadline) {
    const bool oauth = !config_.client_id.empty();
    const std::string& secret = oauth ? config_.client_secret : config_.api_password;
    if (secret.empty()) {
      notices_.warn("no secret for the API is configured, so nothing can be sent");
      co_return Delivery::misconfigured;
    }
    const std::string basic = "Basic " + net::base64((oauth ? config_.client_id : config_.api_user) + ":" + secret);
    if (!oauth) co_return basic;
    if (!token_.empty() && Clock::now() < token_until_) co_return "Bearer " + token_;

    net::Call call;
    call.origin = config_.token_url.origin;
    call.method = "POST";
    call.target = config_.token_url.target;
    call.headers = {{"Authorization", basic}, {"Accept", "application/json"}};
    call.content_type = "application/x-www-form-urlencoded";
    call.body = "grant_type=client_credentials";
    const auto answer = co_await client_.send(std::move(call), deadline);
    if (!answer) {
      notices_.warn(answer.error().text);
      co_return Delivery::failed;
    }
    if (answer->status == 429) {
      notices_.warn("no token for the API: too many calls at once");
      co_return Delivery::throttled;
    }
    if (answer->status >= 500) {
      notices_.warn("no token for the API: Bandwidth had a passing fault");
      co_return Delivery::failed;
    }
    const auto token = answer->status == 200 ? read_token(answer->body) : std::nullopt;
    if (!token) {
      notices_.warn("no token for the API: client_id and client_secret are not accepted, or token_url is not Bandwidth's");
      co_return Delivery::misconfigured;
    }
    token_ = token->value;
    token_until_ = Clock::now() + token->life - kRenewBefore;
    co_return "Bearer " + token_;
  }

  std::string body(const net::Outbound& outbound) const {
    json::object object;
    if (!config_.application_id.empty()) object["applicationId"] = config_.application_id;
    object["from"] = outbound.service;
    object["to"] = json::array{json::value(outbound.to.reveal())};
    object["text"] = outbound.text.reveal();
    object["tag"] = outbound.entry_id;
    return json::serialize(object);
  }

  net::Sent judge(const net::Answer& answer) {
    const json::object object = sms::read_object(answer.body).value_or(json::object());
    const std::string_view id = sms::string_at(object, "id");
    // Another success without an id may be somebody's page in between, and no promise.
    if (answer.status == 202 || (answer.status >= 200 && answer.status < 300 && !id.empty()))
      return {Delivery::accepted, std::string(id)};
    SendError error = send_error(answer.status);
    if (answer.status == 400) error = field_error(object, error);
    return sms::not_taken(notices_, error.delivery, error.reason, answer.status);
  }

  net::HttpClient& client_;
  const net::ChannelMetrics metrics_;
  const BandwidthConfig config_;
  net::Notices notices_;
  std::string token_;
  Clock::time_point token_until_{};
};

}  // namespace

std::unique_ptr<net::Channel> make_channel(const std::string& name, const BandwidthConfig& config, net::HttpClient& client,
                                           const net::ChannelMetrics& metrics) {
  return std::make_unique<BandwidthChannel>(name, config, client, metrics);
}

}  // namespace northstar::bandwidth
