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
#include "handlers/plivo/nonces.h"
#include "handlers/sms/vendor.h"

/// SMS through Plivo: texts come in by a webhook, and go out by the REST API.
///
/// Plivo signs the webhook's address and a nonce, not what is in it: whoever has one signed request could put other
/// words under it. What stands against that here:
///   - read_back: before a text is handed over, Plivo's API is asked whether it knows a text of that id, inbound, from
///     that number to ours, and not long ago. The API does not tell the words, so those are never proved.
///   - path_secret: a part of the address that nobody can guess. One of the two is required, both is better.
///   - a nonce is good for one text only; the recent ones are kept.
/// There is no list of allowed senders: the gateway never looks at a peer's address (R72).
///
/// Plivo waits 8 s for an answer; on an error it posts again after 60, 120 and 240 s, then no more. It has no fallback
/// address for texts, no idempotency key, and no reference of ours that it would give back.
namespace northstar::plivo {

struct PlivoConfig {
  std::string public_url;       ///< the webhook as Plivo knows it, without a query and without the path secret
  std::string auth_id;
  std::string auth_token;       ///< empty: every request is refused
  sms::Api api;
  std::string service;          ///< the short code; empty: the webhook's own To
  std::string powerpack_uuid;   ///< sends go out through this pool when set
  bool receipts = true;         ///< ask for delivery receipts at the webhook's address + "/status"
  bool read_back = true;        ///< ask the API about a text before it is handed over
  std::string path_secret;      ///< the last part of the webhook's path; empty: none
  bool redact = true;           ///< Plivo keeps neither words nor whole numbers of what we send
  /// Shared by the copies of one configuration, and so by all threads of this process.
  std::shared_ptr<Nonces> nonces = std::make_shared<Nonces>();
};

/// Reads one entry of `channels:`. Keys: type, public_url, auth_id, auth_token_file | auth_token_env, api_base, reply
/// (only api), service, powerpack_uuid, receipts, read_back, path_secret_file | path_secret_env, redact, allow_plain_http.
Loaded<PlivoConfig> parse_plivo(const YAML::Node& channel, const std::string& name, const std::string& file);

/// The sending face. `client` must outlive it and belong to the same thread.
///
/// `went_out` is not known: Plivo's list has no words, and nobody says how soon a queued text stands in it.
std::unique_ptr<net::Channel> make_channel(const std::string& name, const PlivoConfig& config, net::HttpClient& client,
                                           const net::ChannelMetrics& metrics);

/// The receiving face: `POST /sms/<name>` and `POST /sms/<name>/status`; with a path secret, `/sms/<name>/<secret>` and
/// `/sms/<name>/<secret>/status` in their place. `conversations` and `client` must outlive the router; `client` belongs to
/// the router's thread.
void add_routes(net::Router& router, const std::string& name, const PlivoConfig& config, net::Conversations& conversations,
                net::HttpClient& client, const net::ChannelMetrics& metrics, net::ReceiptSink receipts = {});

}  // namespace northstar::plivo
