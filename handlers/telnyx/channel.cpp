#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdio>
#include <vector>

#include "gateway/net/notices.h"
#include "handlers/sms/escape.h"
#include "handlers/telnyx/errors.h"
#include "handlers/telnyx/telnyx.h"

namespace northstar::telnyx {
namespace {

namespace json = boost::json;
using net::Delivery;
using sms::object_at;
using sms::string_at;

constexpr std::string_view kMessages = "/v2/messages";
constexpr int kPageSize = 50;                          // the most that a page of detail records may hold
constexpr std::size_t kCandidatesMost = 10;            // one person's texts since one of them was made
constexpr auto kClockSlack = std::chrono::seconds(2);  // their clock and ours

/// `2026-11-24T23:05:12.345Z`, or `+00:00` in place of the Z. Nothing when it is not a time in UTC.
std::optional<Instant> read_time(std::string_view text) {
  const std::string copy(text);
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, end = 0;
  if (std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &year, &month, &day, &hour, &minute, &second, &end) != 6) return std::nullopt;
  std::string_view rest = text.substr(static_cast<std::size_t>(end));
  if (rest.starts_with('.')) rest.remove_prefix(std::min(rest.find_first_not_of("0123456789", 1), rest.size()));
  if (rest != "Z" && rest != "+00:00") return std::nullopt;
  return sms::utc_time(year, month, day, hour, minute, second);
}

/// It becomes part of a path.
bool is_message_id(std::string_view id) {
  return id.size() == 36 && std::ranges::all_of(id, [](unsigned char c) { return std::isxdigit(c) || c == '-'; });
}

/// The messages in a page of detail records that can be this text, by recipient, sender and time.
std::vector<std::string> candidates(std::string_view body, const net::Outbound& outbound) {
  std::vector<std::string> ids;
  const auto root = sms::read_object(body);
  const json::value* list = root ? root->if_contains("data") : nullptr;
  if (!list || !list->is_array()) return ids;
  const Instant since = outbound.made - kClockSlack;
  for (const json::value& item : list->get_array()) {
    if (!item.is_object()) continue;
    const json::object& record = item.get_object();
    const auto created = read_time(string_at(record, "created_at"));
    if (!created || *created < since || string_at(record, "direction") != "outbound") continue;
    if (string_at(record, "cld") != outbound.to.reveal() || string_at(record, "cli") != outbound.service) continue;
    if (const std::string_view id = string_at(record, "uuid"); is_message_id(id) && ids.size() < kCandidatesMost) ids.emplace_back(id);
  }
  return ids;
}

int number_of(const json::value* code) {
  int number = 0;
  if (code && code->is_int64() && code->get_int64() > 0 && code->get_int64() < 1'000'000) number = static_cast<int>(code->get_int64());
  if (code && code->is_string()) std::from_chars(code->get_string().data(), code->get_string().data() + code->get_string().size(), number);
  return number;
}

Complaint read_complaint(const json::object& answer) {
  Complaint complaint;
  const json::value* errors = answer.if_contains("errors");
  if (!errors || !errors->is_array() || errors->get_array().empty() || !errors->get_array().front().is_object()) return complaint;
  const json::object& error = errors->get_array().front().get_object();
  complaint.code = number_of(error.if_contains("code"));
  const std::string_view field = string_at(object_at(error, "source"), "pointer");
  complaint.about_us = field == "/from" || field == "/messaging_profile_id" || field == "/webhook_url";
  std::string words(string_at(error, "title"));
  words.append(" ").append(string_at(error, "detail"));
  std::ranges::transform(words, words.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  complaint.says_stop = words == " " || words.find("stop") != std::string::npos || words.find("block rule") != std::string::npos;
  return complaint;
}

class TelnyxChannel final : public net::Channel {
 public:
  TelnyxChannel(const std::string& name, const TelnyxConfig& config, net::HttpClient& client, const net::ChannelMetrics& metrics)
      : client_(client),
        metrics_(metrics),
        api_(config.api),
        authorization_("Bearer " + config.api_key),
        profile_(config.messaging_profile_id),
        receipts_(config.receipts ? config.public_url + "/status" : std::string()),
        notices_(name, metrics.last_notice) {}

  boost::asio::awaitable<net::Sent> send(const net::Outbound& outbound, store::Deadline deadline) override {
    json::object text{{"from", outbound.service}, {"to", outbound.to.reveal()}, {"text", outbound.text.reveal()}};
    if (!profile_.empty()) text["messaging_profile_id"] = profile_;
    if (!receipts_.empty()) text["webhook_url"] = receipts_;
    text["use_profile_webhooks"] = !receipts_.empty();  // tried when ours fails; and no receipt at all where none is wanted
    net::Call call = begin("POST", std::string(kMessages));
    call.content_type = "application/json";
    call.body = json::serialize(text);
    const auto answer = co_await client_.send(std::move(call), deadline);
    net::Sent sent = answer ? judge(*answer) : sms::unanswered(answer.error(), notices_);
    metrics_.count(sent.delivery);
    co_return sent;
  }

  boost::asio::awaitable<std::optional<bool>> went_out(const net::Outbound& outbound, store::Deadline deadline) override {
    const auto answer = co_await client_.send(begin("GET", records(outbound)), deadline);
    if (!answer || answer->status != 200) co_return std::nullopt;
    for (const std::string& id : candidates(answer->body, outbound)) {
      const auto message = co_await client_.send(begin("GET", std::string(kMessages) + "/" + id), deadline);
      if (!message) co_return std::nullopt;
      const auto root = sms::read_object(message->body);
      if (message->status == 200 && root && string_at(object_at(*root, "data"), "text") == outbound.text.reveal()) co_return true;
    }
    co_return std::nullopt;  // a text that is still queued at Telnyx is in no record, so this is no "no"
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

  std::string records(const net::Outbound& outbound) const {
    const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(outbound.made - kClockSlack));
    char day[16];
    std::snprintf(day, sizeof day, "%04d-%02u-%02u", int(date.year()), unsigned(date.month()), unsigned(date.day()));
    std::string query;
    sms::append_pair(query, "filter[record_type]", "messaging");
    sms::append_pair(query, "filter[direction]", "outbound");
    sms::append_pair(query, "filter[cld]", outbound.to.reveal());
    sms::append_pair(query, "filter[created_at][gte]", day);
    sms::append_pair(query, "sort", "-created_at");
    sms::append_pair(query, "page[size]", std::to_string(kPageSize));
    return "/v2/detail_records?" + query;
  }

  net::Sent judge(const net::Answer& answer) {
    const json::object object = sms::read_object(answer.body).value_or(json::object());
    if (answer.status >= 200 && answer.status < 300)
      if (const std::string_view id = string_at(object_at(object, "data"), "id"); !id.empty()) return {Delivery::accepted, std::string(id)};
    const TelnyxError error = telnyx_error(answer.status, read_complaint(object));
    return sms::not_taken(notices_, error.delivery, error.reason, answer.status, error.code);
  }

  net::HttpClient& client_;
  const net::ChannelMetrics metrics_;
  const sms::Api api_;
  const std::string authorization_, profile_, receipts_;
  net::Notices notices_;
};

}  // namespace

std::unique_ptr<net::Channel> make_channel(const std::string& name, const TelnyxConfig& config, net::HttpClient& client,
                                           const net::ChannelMetrics& metrics) {
  return std::make_unique<TelnyxChannel>(name, config, client, metrics);
}

}  // namespace northstar::telnyx
