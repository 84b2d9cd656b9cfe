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

/// SMS through Telnyx (API v2): texts and receipts come in by one signed webhook, and texts go out by the REST API only.
///
/// Telnyx gives a webhook 2 seconds, tries a URL up to three times, then the failover URL: set that one too. The
/// signature covers the time and the body, never the address, so either route takes either kind of event.
///
/// A send has no idempotency key and no reference of ours: `Idempotency-Key` counts only where the reference of an
/// endpoint names it, and `/v2/messages` does not. What helps after a lost answer is a look into the account's detail
/// records by recipient and time, and into each message found for its words. That can say "it went out"; it can never
/// say "it did not", because a text still queued there is in no record.
namespace northstar::telnyx {

struct TelnyxConfig {
  std::string public_url;            ///< the webhook as Telnyx knows it: receipts are asked for at public_url + "/status"
  std::string public_key;            ///< the account's, base64 of 32 bytes, no secret; empty: every request is refused
  std::string api_key;               ///< empty: every request is refused, for a text taken here could not be answered
  sms::Api api;
  std::string service;               ///< the short code; empty: the webhook's own `to`
  std::string messaging_profile_id;  ///< said with each send when set; the sender stays the number written to
  bool receipts = true;              ///< ask for delivery receipts
};

/// Reads one entry of `channels:`. Keys: type, public_url, public_key, api_key_file | api_key_env, api_base, service,
/// messaging_profile_id, receipts, allow_plain_http.
Loaded<TelnyxConfig> parse_telnyx(const YAML::Node& channel, const std::string& name, const std::string& file);

/// The sending face. `client` must outlive it and belong to the same thread.
std::unique_ptr<net::Channel> make_channel(const std::string& name, const TelnyxConfig& config, net::HttpClient& client,
                                           const net::ChannelMetrics& metrics);

/// The receiving face: `POST /sms/<name>` and `POST /sms/<name>/status`. `conversations` must outlive the router.
void add_routes(net::Router& router, const std::string& name, const TelnyxConfig& config,
                net::Conversations& conversations, const net::ChannelMetrics& metrics, net::ReceiptSink receipts = {});

}  // namespace northstar::telnyx
