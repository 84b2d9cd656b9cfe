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

/// SMS through Bandwidth (Messaging API v2): texts and receipts come in as arrays of events, replies go out by the API.
///
/// In: HTTP Basic with a user and a password of our own choosing. Bandwidth calls without them first and comes back with
/// them only after 401 and `WWW-Authenticate`; it repeats whatever got no 2xx for 24 hours, and waits 10 s for an answer.
/// Nothing signs the body: whoever has the password can write anything, so the address must be https.
///
/// Out: Bandwidth has no idempotency key. Our entry's id goes along as `tag` and comes back in every receipt, but a second
/// call with the same tag is a second text. Its list of messages holds neither words nor tags, so that it cannot say
/// whether one text of ours went out: `went_out` has no answer.
namespace northstar::bandwidth {

struct BandwidthConfig {
  std::string callback_user, callback_password;  ///< an empty password: every request is refused
  std::string account_id;
  std::string application_id;                    ///< goes with every text; events for another are refused; empty: any
  sms::Api api;
  net::Url token_url;                            ///< where a client's id and secret are changed for a token
  std::string client_id, client_secret;          ///< "API Credentials" (OAuth 2.0); the token lives about an hour
  std::string api_user, api_password;            ///< the older "API User", by Basic: Bandwidth ends it on 2 December 2026
  std::string service;                           ///< the short code; empty: the number that the event is about
  bool receipts = true;                          ///< pass receipts on; without it they are only acknowledged
};

/// Reads one entry of `channels:`. Keys: type, callback_user, callback_password_file | callback_password_env, account_id,
/// application_id, client_id with client_secret_file | client_secret_env, or api_user with api_password_file |
/// api_password_env, token_url, api_base, service, receipts, allow_plain_http.
Loaded<BandwidthConfig> parse_bandwidth(const YAML::Node& channel, const std::string& name, const std::string& file);

/// The sending face. `client` must outlive it and belong to the same thread.
std::unique_ptr<net::Channel> make_channel(const std::string& name, const BandwidthConfig& config, net::HttpClient& client,
                                           const net::ChannelMetrics& metrics);

/// The receiving face: `POST /sms/<name>` and `POST /sms/<name>/status` take texts and receipts alike, for the console
/// lets an operator send both to one address or to two. `conversations` must outlive the router.
void add_routes(net::Router& router, const std::string& name, const BandwidthConfig& config,
                net::Conversations& conversations, const net::ChannelMetrics& metrics, net::ReceiptSink receipts = {});

}  // namespace northstar::bandwidth
