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
    if (loaded) channels.push_back({entry.name, std::move(*loaded)});
    else faults.insert(faults.end(), loaded.error().begin(), loaded.error().end());
  };
  for (const auto& entry : config.channels) {
    if (entry.type == "twilio") take(entry, sms::parse_twilio(entry.settings, entry.name, file));
    else if (entry.type == "http") take(entry, sms::parse_http(entry.settings, entry.name, file));
    else faults.push_back(config.fault(entry.path + ".type", "there is no channel type \"" + entry.type + "\" (there is twilio, http)"));
  }
  if (!faults.empty()) return faults;
  return channels;
}

std::unique_ptr<net::Channel> sending_face(const ChannelConfig& channel, net::HttpClient& client, net::Metrics& metrics) {
  return std::visit(
      [&](const auto& settings) { return sms::make_channel(channel.name, settings, client, metrics.channel(channel.name)); },
      channel.settings);
}

void add_receiving_face(net::Router& router, const ChannelConfig& channel, net::Conversations& conversations,
                        net::Metrics& metrics) {
  std::visit(
      [&](const auto& settings) {
        sms::add_routes(router, channel.name, settings, conversations, metrics.channel(channel.name));
      },
      channel.settings);
}

}  // namespace northstar::app
