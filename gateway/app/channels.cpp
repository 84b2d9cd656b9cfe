#include "gateway/app/channels.h"

#include "gateway/app/lifecycle/prepare.h"

namespace northstar::app {

Loaded<std::vector<ChannelConfig>> read_channels(const Config& config) {
  std::vector<ChannelConfig> channels;
  Faults faults;
  const std::string file = config.file().string();
  // The demo's own token, before its handler looks for it.
  if (auto made = make_demo_tokens(config); !made) faults.push_back(config.fault("store.state", made.error().text));
  const auto take = [&](const ChannelSettings& entry, auto loaded) {
    if (loaded) channels.push_back({entry.name, entry.setting("backup"), std::move(*loaded)});
    else faults.insert(faults.end(), loaded.error().begin(), loaded.error().end());
  };
  for (const auto& entry : config.channels) {
    if (entry.type == "twilio") take(entry, sms::parse_twilio(entry.settings, entry.name, file));
    else if (entry.type == "http") take(entry, sms::parse_http(entry.settings, entry.name, file));
    else if (entry.type == "smpp") take(entry, smpp::parse_smpp(entry.settings, entry.name, file));
    else faults.push_back(config.fault(entry.path + ".type", "there is no channel type \"" + entry.type + "\" (there is twilio, http, smpp)"));
  }
  for (const auto& entry : config.channels) {
    const std::string backup = entry.setting("backup");
    if (backup.empty()) continue;
    if (backup == entry.name) faults.push_back(config.fault(entry.path + ".backup", "a channel cannot take over for itself"));
    else if (!config.channel(backup)) faults.push_back(config.fault(entry.path + ".backup", "there is no channel \"" + backup + "\""));
  }
  if (!faults.empty()) return faults;
  return channels;
}

namespace {

/// What carriers say became of a text is counted.
net::ReceiptSink receipts_of(const net::ChannelMetrics& counters) {
  return [counters](const net::Receipt& receipt) { counters.count(receipt); };
}

}  // namespace

std::unique_ptr<net::GuardedChannel> sending_face(const ChannelConfig& channel, const ChannelPlace& place) {
  const auto metrics = place.metrics.channel(channel.name);
  std::unique_ptr<net::Channel> face;
  if (const auto* carrier = std::get_if<smpp::SmppConfig>(&channel.settings)) {
    if (!place.first) return nullptr;
    face = smpp::make_channel(place.io, channel.name, *carrier, place.conversations, metrics, receipts_of(metrics));
  } else if (const auto* twilio = std::get_if<sms::TwilioConfig>(&channel.settings)) {
    face = sms::make_channel(channel.name, *twilio, place.client, metrics);
  } else {
    face = sms::make_channel(channel.name, std::get<sms::GenericHttpConfig>(channel.settings), place.client, metrics);
  }
  return std::make_unique<net::GuardedChannel>(channel.name, std::move(face), metrics.last_notice);
}

void add_receiving_face(net::Router& router, const ChannelConfig& channel, net::Conversations& conversations,
                        net::Metrics& metrics) {
  const auto counters = metrics.channel(channel.name);
  if (const auto* twilio = std::get_if<sms::TwilioConfig>(&channel.settings)) sms::add_routes(router, channel.name, *twilio, conversations, counters, receipts_of(counters));
  if (const auto* http = std::get_if<sms::GenericHttpConfig>(&channel.settings)) sms::add_routes(router, channel.name, *http, conversations, counters);
}

}  // namespace northstar::app
