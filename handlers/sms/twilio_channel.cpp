#include <boost/json/parse.hpp>

#include <cstdio>
#include <ctime>

#include "gateway/net/notices.h"
#include "handlers/sms/escape.h"
#include "handlers/sms/twilio.h"
#include "handlers/sms/twilio_errors.h"

namespace northstar::sms {
namespace {

namespace json = boost::json;
using net::Delivery;

constexpr int kPageSize = 100;
constexpr int kPagesMost = 10;                           // one person's texts of one day fit many times over
constexpr auto kClockSlack = std::chrono::seconds(2);    // Twilio's times have whole seconds, and clocks differ
constexpr std::string_view kTrialPrefix = "Sent from your Twilio trial account - ";

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const auto from = text.find_first_not_of(kBlank);
  return from == std::string_view::npos ? std::string_view() : text.substr(from, text.find_last_not_of(kBlank) - from + 1);
}

/// `Tue, 24 Nov 2026 23:23:58 +0000` (RFC 2822), Twilio's form. Nothing when it is not one in UTC.
std::optional<Instant> read_time(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::string copy(text);
  char month_name[4] = {}, zone[6] = {};
  int day = 0, year = 0, hour = 0, minute = 0, second = 0;
  if (std::sscanf(copy.c_str(), "%*3s, %d %3s %d %d:%d:%d %5s", &day, month_name, &year, &hour, &minute, &second, zone) != 7)
    return std::nullopt;
  const auto month = std::ranges::find(kMonths, std::string_view(month_name));
  if (month == kMonths.end() || (std::string_view(zone) != "+0000" && std::string_view(zone) != "GMT")) return std::nullopt;
  return utc_time(year, static_cast<int>(month - kMonths.begin()) + 1, day, hour, minute, second);
}

/// What one page of Twilio's list says about a text.
struct Page {
  bool readable = false;
  bool found = false;
  bool reaches_back = false;  ///< it ends before the text was made: older pages cannot hold it
  std::string next;
};

Page read_page(std::string_view body, const net::Outbound& outbound) {
  Page page;
  boost::system::error_code ec;
  const auto value = json::parse(json::string_view(body.data(), body.size()), ec);
  const json::value* list = !ec && value.is_object() ? value.get_object().if_contains("messages") : nullptr;
  if (!list || !list->is_array()) return page;
  page.readable = true;
  page.next = string_at(value.get_object(), "next_page_uri");
  const Instant since = std::chrono::floor<std::chrono::seconds>(outbound.made) - kClockSlack;
  const std::string_view wanted = trimmed(outbound.text.reveal());
  std::size_t older = 0, dated = 0;
  for (const json::value& item : list->get_array()) {
    if (!item.is_object()) continue;
    const json::object& message = item.get_object();
    const auto created = read_time(string_at(message, "date_created"));
    if (created) ++dated;
    if (created && *created < since) {
      ++older;
      continue;
    }
    if (!string_at(message, "direction").starts_with("outbound") || string_at(message, "status") == "canceled") continue;
    const std::string_view text = trimmed(string_at(message, "body"));
    if (text == wanted || (text.starts_with(kTrialPrefix) && trimmed(text.substr(kTrialPrefix.size())) == wanted))
      page.found = true;
  }
  page.reaches_back = dated > 0 && older == dated;
  return page;
}

class TwilioChannel final : public net::Channel {
 public:
  TwilioChannel(const std::string& name, const TwilioConfig& config, net::HttpClient& client,
                const net::ChannelMetrics& metrics)
      : client_(client),
        metrics_(metrics),
        api_(config.api),
        messages_("/2010-04-01/Accounts/" + config.account_sid + "/Messages.json"),
        authorization_("Basic " + net::base64(config.account_sid + ":" + config.auth_token)),
        messaging_service_(config.messaging_service_sid),
        receipts_(config.receipts ? config.public_url + "/status" : std::string()),
        notices_(name, metrics.last_notice) {}

  boost::asio::awaitable<net::Sent> send(const net::Outbound& outbound, store::Deadline deadline) override {
    net::Call call = begin("POST", messages_);
    call.content_type = "application/x-www-form-urlencoded";
    append_pair(call.body, "To", outbound.to.reveal());
    if (messaging_service_.empty()) append_pair(call.body, "From", outbound.service);
    else append_pair(call.body, "MessagingServiceSid", messaging_service_);
    append_pair(call.body, "Body", outbound.text.reveal());
    if (!receipts_.empty()) append_pair(call.body, "StatusCallback", receipts_);
    const auto answer = co_await client_.send(std::move(call), deadline);
    net::Sent sent = answer ? judge(*answer) : unanswered(answer.error(), notices_);
    metrics_.count(sent.delivery);
    co_return sent;
  }

  boost::asio::awaitable<std::optional<bool>> went_out(const net::Outbound& outbound, store::Deadline deadline) override {
    // By recipient alone: a text still queued has no DateSent, and a filter on it would hide just the one in doubt.
    std::string target = messages_ + "?PageSize=" + std::to_string(kPageSize) + "&To=";
    append_form(target, outbound.to.reveal());
    for (int i = 0; i < kPagesMost; ++i) {
      const auto answer = co_await client_.send(begin("GET", target), deadline);
      if (!answer || answer->status != 200) co_return std::nullopt;
      const Page page = read_page(answer->body, outbound);
      if (!page.readable) co_return std::nullopt;
      if (page.found) co_return true;
      if (page.next.empty() || page.reaches_back) co_return false;
      if (!page.next.starts_with('/')) co_return std::nullopt;  // only ever the same host gets our credentials
      target = page.next;
    }
    co_return std::nullopt;
  }

 private:
  net::Call begin(std::string method, const std::string& target) const {
    net::Call call;
    call.origin = api_.origin;
    call.method = std::move(method);
    call.target = api_.path + target;
    call.headers = {{"Authorization", authorization_}, {"Accept", "application/json"}};
    return call;
  }

  net::Sent judge(const net::Answer& answer) {
    boost::system::error_code ec;
    const auto value = json::parse(answer.body, ec);
    const json::object* object = !ec && value.is_object() ? &value.get_object() : nullptr;
    if (answer.status >= 200 && answer.status < 300)
      return {Delivery::accepted, object ? std::string(string_at(*object, "sid")) : std::string()};
    const json::value* code = object ? object->if_contains("code") : nullptr;
    const TwilioError error = twilio_error(answer.status, code && code->is_int64() ? static_cast<int>(code->get_int64()) : 0);
    return not_taken(notices_, error.delivery, error.reason, answer.status, error.code);
  }

  net::HttpClient& client_;
  const net::ChannelMetrics metrics_;
  const Api api_;
  const std::string messages_, authorization_, messaging_service_, receipts_;
  net::Notices notices_;
};

}  // namespace

std::unique_ptr<net::Channel> make_channel(const std::string& name, const TwilioConfig& config, net::HttpClient& client,
                                           const net::ChannelMetrics& metrics) {
  return std::make_unique<TwilioChannel>(name, config, client, metrics);
}

}  // namespace northstar::sms
