#include "gateway/app/channels.h"

#include <type_traits>

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
    else if (entry.type == "telnyx") take(entry, telnyx::parse_telnyx(entry.settings, entry.name, file));
    else if (entry.type == "bandwidth") take(entry, bandwidth::parse_bandwidth(entry.settings, entry.name, file));
    else if (entry.type == "vonage") take(entry, vonage::parse_vonage(entry.settings, entry.name, file));
    else if (entry.type == "plivo") take(entry, plivo::parse_plivo(entry.settings, entry.name, file));
    else if (entry.type == "kannel") take(entry, kannel::parse_kannel(entry.settings, entry.name, file));
    else if (entry.type == "smpp") take(entry, smpp::parse_smpp(entry.settings, entry.name, file));
    else if (entry.type == "http") take(entry, sms::parse_http(entry.settings, entry.name, file));
    else faults.push_back(config.fault(entry.path + ".type", "there is no channel type \"" + entry.type +
                                       "\" (there is twilio, telnyx, bandwidth, vonage, plivo, kannel, smpp, http)"));
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
  auto face = std::visit([&](const auto& config) -> std::unique_ptr<net::Channel> {
    if constexpr (std::is_same_v<std::decay_t<decltype(config)>, smpp::SmppConfig>) {
      return place.first ? make_channel(place.io, channel.name, config, place.conversations, metrics, receipts_of(metrics)) : nullptr;
    } else {
      return make_channel(channel.name, config, place.client, metrics);
    }
  }, channel.settings);
  if (!face) return nullptr;
  return std::make_unique<net::GuardedChannel>(channel.name, std::move(face), metrics.last_notice);
}

void add_receiving_face(net::Router& router, const ChannelConfig& channel, const ChannelPlace& place) {
  const auto metrics = place.metrics.channel(channel.name);
  std::visit([&](const auto& config) {
    using Settings = std::decay_t<decltype(config)>;
    if constexpr (std::is_same_v<Settings, smpp::SmppConfig>) {  // texts come by its own lines
    } else if constexpr (std::is_same_v<Settings, sms::GenericHttpConfig>) {
      add_routes(router, channel.name, config, place.conversations, metrics);
    } else if constexpr (std::is_same_v<Settings, plivo::PlivoConfig>) {
      add_routes(router, channel.name, config, place.conversations, place.client, metrics, receipts_of(metrics));
    } else {
      add_routes(router, channel.name, config, place.conversations, metrics, receipts_of(metrics));
    }
  }, channel.settings);
}

}  // namespace northstar::app
