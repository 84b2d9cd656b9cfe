#include "gateway/app/channel_report.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

namespace northstar::app {
namespace {

namespace json = boost::json;

std::int64_t value(const prometheus::Counter* counter) { return static_cast<std::int64_t>(counter->Value()); }

/// Those that are not nought.
template <std::size_t N>
json::object values(const std::array<const char*, N>& names, const std::array<prometheus::Counter*, N>& counters) {
  json::object out;
  for (std::size_t i = 0; i < N; ++i)
    if (const auto count = value(counters[i])) out[names[i]] = count;
  return out;
}

/// R17: whose keyword handling must be off, and where.
std::string_view keywords(std::string_view type) {
  if (type == "twilio")
    return "In Twilio's console, keep Advanced Opt-Out off for this messaging service, and ask Twilio to leave STOP and HELP to you.";
  if (type == "telnyx")
    return "On a short code Telnyx answers STOP itself and blocks the person until START. It cannot be switched off: see handlers/telnyx/README.md.";
  if (type == "bandwidth") return "On short codes Bandwidth does nothing with keywords: there is nothing to switch off.";
  if (type == "vonage") return "Ask Vonage to leave Opt-Out Assist off for this number.";
  if (type == "plivo") return "Ask Plivo's support to keep DND off for this short code.";
  if (type == "kannel") return "Give Kannel no sms-service and no list for STOP or HELP, and ask the carrier behind it the same.";
  if (type == "smpp") return "Ask the carrier that nothing of theirs answers STOP or HELP on this number.";
  return "Ask whoever runs it that nothing of theirs answers STOP or HELP on this number.";
}

std::string listed(const json::object& counts, std::string_view none) {
  std::string out;
  for (const auto& [name, count] : counts) {
    std::string words(name);
    std::ranges::replace(words, '_', ' ');
    out += (out.empty() ? "" : ", ") + words + " " + std::to_string(count.as_int64());
  }
  return out.empty() ? std::string(none) : out;
}

std::string ago(std::int64_t seconds) {
  if (seconds < 120) return std::to_string(seconds) + " seconds ago";
  if (seconds < 7200) return std::to_string(seconds / 60) + " minutes ago";
  return std::to_string(seconds / 3600) + " hours ago";
}

}  // namespace

std::string channels_json(const Config& config, net::Metrics& metrics, const std::function<std::string(const std::string&)>& state) {
  json::array all;
  for (const ChannelSettings& entry : config.channels) {
    const net::ChannelMetrics of = metrics.channel(entry.name);
    json::object channel{{"name", entry.name}, {"type", entry.type}};
    if (auto words = state(entry.name); !words.empty()) channel["state"] = std::move(words);
    channel["received"] = value(of.received);
    channel["replied_inline"] = value(of.replied_inline);
    channel["not_answered"] = value(of.not_answered);
    channel["sent"] = values(net::kDeliveries, of.sent);
    channel["refused"] = values(net::kRefusals, of.refused);
    channel["receipts"] = values(net::kReceipts, of.receipts);
    if (const auto told = of.last_notice->get()) {
      const auto passed = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - told->at);
      channel["trouble"] = {{"sentence", told->sentence}, {"seconds_ago", passed.count()}};
    }
    all.push_back(std::move(channel));
  }
  return json::serialize(all);
}

Result<std::string> channels_page(const Config& config, std::string_view text) {
  json::error_code error;
  const json::value parsed = text.empty() ? json::value(json::array()) : json::parse(json::string_view(text.data(), text.size()), error);
  if (error || !parsed.is_array()) return Error{Error::Kind::refused, "what answered is no gateway of this release"};
  std::string page;
  try {
    for (const ChannelSettings& entry : config.channels) {
      page += entry.name + "  (" + entry.type + ")\n";
      for (const json::value& each : parsed.as_array()) {
        const json::object& channel = each.as_object();
        if (channel.at("name").as_string() != json::string_view(entry.name)) continue;
        if (const auto* state = channel.if_contains("state")) page += "  state     " + std::string(state->as_string()) + "\n";
        page += "  in        " + std::to_string(channel.at("received").as_int64()) + " texts, " +
                std::to_string(channel.at("replied_inline").as_int64()) + " replies in the answer, " +
                std::to_string(channel.at("not_answered").as_int64()) + " from senders that get no reply\n";
        page += "  refused   " + listed(channel.at("refused").as_object(), "nothing") + "\n";
        page += "  sends     " + listed(channel.at("sent").as_object(), "none") + "\n";
        page += "  receipts  " + listed(channel.at("receipts").as_object(), "none") + "\n";
        if (const auto* trouble = channel.if_contains("trouble")) {
          page += "  trouble   " + std::string(trouble->as_object().at("sentence").as_string()) + " (" +
                  ago(trouble->as_object().at("seconds_ago").as_int64()) + ")\n";
        }
      }
      page += "  keywords  " + std::string(keywords(entry.type)) + "\n\n";
    }
  } catch (const std::exception&) {
    return Error{Error::Kind::refused, "what answered is no gateway of this release"};
  }
  page += config.programme.free_to_end_user
              ? "Your settings say that texts are free to the person (FTEU), and HELP says so. Is it in your contract for each number?\n"
              : "HELP says that message and data rates may apply. A free-to-end-user number (FTEU) keeps texts off the person's bill:\n"
                "ask whoever leases you the number, then set programme.free_to_end_user.\n";
  page += "Ask the FCC to list the number among covered hotlines (Safe Connections Act): carriers then leave it out of call logs.\n";
  return page;
}

}  // namespace northstar::app
