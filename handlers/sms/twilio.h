#pragma once
#include <yaml-cpp/yaml.h>

#include <memory>
#include <string>

#include "gateway/base/result.h"
#include "gateway/net/channel.h"
#include "gateway/net/http.h"
#include "gateway/net/http_client.h"
#include "gateway/net/metrics.h"
#include "gateway/net/receipt.h"
#include "handlers/sms/vendor.h"

/// SMS through Twilio: texts come in by a signed webhook, and go out in its answer or by the REST API.
///
/// Twilio posts a text once. On an error or a timeout (15 s) it tries the fallback URL, and again only where the
/// webhook URL asks for it (`#rc=3&rp=all`): set both in Twilio's console.
namespace northstar::sms {

struct TwilioConfig {
  std::string public_url;            ///< the webhook as Twilio knows it, without a query: it is what the signature covers
  std::string account_sid;
  std::string auth_token;            ///< empty: every request is refused
  Api api;
  bool reply_inline = true;          ///< the reply rides in the webhook's answer
  std::string service;               ///< the short code; empty: the webhook's own To
  std::string messaging_service_sid; ///< sends go out through this pool when set
  bool receipts = true;              ///< ask for delivery receipts at public_url + "/status"
};

/// Reads one entry of `channels:`. Keys: type, public_url, account_sid, auth_token_file | auth_token_env, api_base,
/// reply, service, messaging_service_sid, receipts, allow_plain_http.
Loaded<TwilioConfig> parse_twilio(const YAML::Node& channel, const std::string& name, const std::string& file);

/// The sending face. `client` must outlive it and belong to the same thread.
std::unique_ptr<net::Channel> make_channel(const std::string& name, const TwilioConfig& config, net::HttpClient& client,
                                           const net::ChannelMetrics& metrics);

/// The receiving face: `POST /sms/<name>` and `POST /sms/<name>/status`. `conversations` must outlive the router.
void add_routes(net::Router& router, const std::string& name, const TwilioConfig& config,
                net::Conversations& conversations, const net::ChannelMetrics& metrics, net::ReceiptSink receipts = {});

}  // namespace northstar::sms
