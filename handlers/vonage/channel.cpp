#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <optional>
#include <utility>

#include "gateway/net/notices.h"
#include "gateway/net/number.h"
#include "handlers/sms/escape.h"
#include "handlers/vonage/application_token.h"
#include "handlers/vonage/errors.h"
#include "handlers/vonage/vonage.h"

namespace northstar::vonage {
namespace {

namespace json = boost::json;
using net::Delivery;
using std::chrono::system_clock;

constexpr std::size_t kClientRefMost = 100;
constexpr int kPagesMost = 10;                         // one person's texts of one day fit many times over
constexpr auto kClockSlack = std::chrono::seconds(2);  // Vonage's times have whole seconds, and clocks differ
constexpr auto kReportMost = std::chrono::hours(24);   // a report spans a day at most

/// `2026-11-24T23:05:08Z`
std::string utc(Instant time) {
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - days));
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", int(date.year()), unsigned(date.month()), unsigned(date.day()),
                int(clock.hours().count()), int(clock.minutes().count()), int(clock.seconds().count()));
  return text;
}

/// What one page of a report says about a text.
struct Page {
  bool readable = false;
  bool found = false;
  std::string cursor, iv;  ///< of the next page; empty behind the last
};

/// The value of `name` in a link's query, as it was written.
std::string_view in_query(std::string_view link, std::string_view name) {
  for (auto at = link.find('?'); at != std::string_view::npos; at = link.find('&', at + 1)) {
    std::string_view pair = link.substr(at + 1);
    pair = pair.substr(0, pair.find('&'));
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') return pair.substr(name.size() + 1);
  }
  return {};
}

Page read_page(std::string_view body, std::string_view entry_id) {
  Page page;
  const auto report = sms::read_object(body);
  const json::value* records = report ? report->if_contains("records") : nullptr;
  if (!records || !records->is_array() || sms::string_at(*report, "request_status") != "SUCCESS") return page;
  page.readable = true;
  page.found = std::ranges::any_of(records->get_array(), [&](const json::value& record) {
    return record.is_object() && sms::string_at(record.get_object(), "client_ref") == entry_id;
  });
  // Only what tells the pages apart is taken from the link, never where it leads: our credentials go to one host.
  const std::string_view next = sms::string_at(sms::object_at(sms::object_at(*report, "_links"), "next"), "href");
  page.cursor = in_query(next, "cursor");
  page.iv = in_query(next, "iv");
  return page;
}

class VonageChannel final : public net::Channel {
 public:
  VonageChannel(const std::string& name, const VonageConfig& config, net::HttpClient& client, const net::ChannelMetrics& metrics)
      : client_(client),
        metrics_(metrics),
        api_(config.api),
        api_key_(config.api_key),
        basic_(config.api_secret.empty() ? std::string() : "Basic " + net::base64(config.api_key + ":" + config.api_secret)),
        receipts_(config.receipts ? config.public_url + "/status" : std::string()),
        notices_(name, metrics.last_notice) {
    if (config.private_key.empty()) return;
    if (auto token = ApplicationToken::from(config.private_key, config.application_id)) token_.emplace(std::move(*token));
    else notices_.warn("the application's private key cannot be used, so nothing is sent");
    by_application_ = true;
  }

  boost::asio::awaitable<net::Sent> send(const net::Outbound& outbound, store::Deadline deadline) override {
    net::Sent sent;
    std::string authorization = authorize();
    if (authorization.empty()) {
      notices_.warn("a text was not sent: no API secret and no private key is configured");
      sent.delivery = Delivery::misconfigured;
    } else {
      net::Call call = begin("POST", "/v1/messages", std::move(authorization));
      call.content_type = "application/json";
      call.body = write(outbound);
      const auto answer = co_await client_.send(std::move(call), deadline);
      sent = answer ? judge(*answer) : sms::unanswered(answer.error(), notices_);
    }
    metrics_.count(sent.delivery);
    co_return sent;
  }

  /// A text in the Reports API went out. One that is not there may only be late, for Vonage does not say how soon a text
  /// is in its reports: then nothing is known.
  boost::asio::awaitable<std::optional<bool>> went_out(const net::Outbound& outbound, store::Deadline deadline) override {
    if (basic_.empty() || outbound.entry_id.empty() || outbound.entry_id.size() > kClientRefMost) co_return std::nullopt;
    const Instant now = std::chrono::floor<std::chrono::milliseconds>(system_clock::now());
    const Instant from = outbound.made - kClockSlack;
    std::string target = "/v2/reports/records?account_id=";
    sms::append_form(target, api_key_);
    target += "&product=MESSAGES&direction=outbound&date_start=";
    sms::append_form(target, utc(from));
    if (now - from > kReportMost) {
      target += "&date_end=";
      sms::append_form(target, utc(from + kReportMost));
    }
    target += "&to=";
    sms::append_form(target, net::without_plus(outbound.to.reveal()));
    std::string next;
    for (int i = 0; i < kPagesMost; ++i) {
      const auto answer = co_await client_.send(begin("GET", target + next, basic_), deadline);
      if (!answer || answer->status != 200) co_return std::nullopt;
      const Page page = read_page(answer->body, outbound.entry_id);
      if (page.found) co_return true;
      if (!page.readable || page.cursor.empty()) co_return std::nullopt;
      next = "&cursor=" + page.cursor + (page.iv.empty() ? std::string() : "&iv=" + page.iv);
    }
    co_return std::nullopt;
  }

 private:
  std::string authorize() {
    if (!by_application_) return basic_;
    const std::string token = token_ ? token_->at(std::chrono::floor<std::chrono::seconds>(system_clock::now())) : std::string();
    return token.empty() ? std::string() : "Bearer " + token;
  }

  net::Call begin(std::string method, const std::string& target, std::string authorization) const {
    net::Call call;
    call.origin = api_.origin;
    call.method = std::move(method);
    call.target = api_.path + target;
    call.headers = {{"Authorization", std::move(authorization)}, {"Accept", "application/json"}};
    return call;
  }

  std::string write(const net::Outbound& outbound) const {
    const auto text = [](std::string_view from) { return json::string(from.data(), from.size()); };
    json::object body{{"message_type", "text"},
                      {"channel", "sms"},
                      {"to", text(net::without_plus(outbound.to.reveal()))},
                      {"from", text(net::without_plus(outbound.service))},
                      {"text", text(outbound.text.reveal())}};
    if (!outbound.entry_id.empty() && outbound.entry_id.size() <= kClientRefMost) body["client_ref"] = text(outbound.entry_id);
    if (!receipts_.empty()) {
      body["webhook_url"] = text(receipts_);
      body["webhook_version"] = "v1";  // an application may still be on v0.1, whose receipts are written otherwise
    }
    return json::serialize(body);
  }

  net::Sent judge(const net::Answer& answer) {
    const auto object = sms::read_object(answer.body);
    if (answer.status >= 200 && answer.status < 300)
      return {Delivery::accepted, object ? std::string(sms::string_at(*object, "message_uuid")) : std::string()};
    const VonageError error = vonage_error(answer.status, object ? code_of(*object) : 0);
    return sms::not_taken(notices_, error.delivery, error.reason, answer.status, error.code);
  }

  net::HttpClient& client_;
  const net::ChannelMetrics metrics_;
  const sms::Api api_;
  const std::string api_key_, basic_, receipts_;
  net::Notices notices_;
  bool by_application_ = false;
  std::optional<ApplicationToken> token_;
};

}  // namespace

std::unique_ptr<net::Channel> make_channel(const std::string& name, const VonageConfig& config, net::HttpClient& client,
                                           const net::ChannelMetrics& metrics) {
  return std::make_unique<VonageChannel>(name, config, client, metrics);
}

}  // namespace northstar::vonage
