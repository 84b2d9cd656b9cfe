#pragma once
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "gateway/app/config/config.h"
#include "gateway/net/breaker.h"
#include "gateway/net/http.h"
#include "handlers/bandwidth/bandwidth.h"
#include "handlers/kannel/kannel.h"
#include "handlers/plivo/plivo.h"
#include "handlers/smpp/smpp.h"
#include "handlers/sms/http.h"
#include "handlers/sms/twilio.h"
#include "handlers/telnyx/telnyx.h"
#include "handlers/vonage/vonage.h"

namespace northstar::app {

/// One entry of `channels:`, read by its handler. A new kind of channel is one more alternative here.
struct ChannelConfig {
  std::string name;
  std::string backup;  ///< the channel by which texts go out while this one is away; empty: they wait
  std::variant<sms::TwilioConfig, telnyx::TelnyxConfig, bandwidth::BandwidthConfig, vonage::VonageConfig, plivo::PlivoConfig,
               kannel::KannelConfig, smpp::SmppConfig, sms::GenericHttpConfig>
      settings;
};

/// Reads every channel; all faults of all of them at once. Reads the secrets, too, and makes the demo's own where it is
/// not there yet.
Loaded<std::vector<ChannelConfig>> read_channels(const Config& config);

/// What a channel is made with: one thread's loop, its client, its talks.
struct ChannelPlace {
  boost::asio::io_context& io;
  net::HttpClient& client;
  net::Conversations& conversations;
  net::Metrics& metrics;
  bool first;  ///< the thread that keeps the lines that stay open: each exists once
};
/// Nothing where the channel lives on the first thread alone.
std::unique_ptr<net::GuardedChannel> sending_face(const ChannelConfig& channel, const ChannelPlace& place);
void add_receiving_face(net::Router& router, const ChannelConfig& channel, const ChannelPlace& place);

}  // namespace northstar::app
