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
#include "handlers/vonage/older_signature.h"

/// SMS through Vonage: texts come in by a signed webhook, and go out by the Messages API. A reply cannot ride in the
/// webhook's answer.
///
/// Vonage posts a text again after 429, 5xx and silence (15 s): 5 s later, then at twice the distance each time up to
/// 15 minutes, for 24 hours. After any other answer that is not 200 it never comes again.
///
/// It knows no idempotency key: a text sent twice goes out twice. `client_ref` carries our own name of the text, which
/// comes back in receipts and in the Reports API, where went_out() looks for it.
namespace northstar::vonage {

struct VonageConfig {
  /// How webhooks are signed. Vonage has two APIs for texts and a number uses one of them; each signs in its own way.
  enum class Signature {
    token,  ///< Messages API: a JSON Web Token that covers the body by its hash
    older,  ///< SMS API: a `sig` parameter, made as `hash` says
  };
  std::string public_url;        ///< the webhook as Vonage knows it, without a query; receipts go to it + "/status"
  std::string api_key;
  std::string api_secret;        ///< sends (unless there is a private key) and the Reports API
  std::string application_id;    ///< when set, webhooks must name it
  std::string private_key;       ///< PEM; when set, sends are made in the application's name
  std::string signature_secret;  ///< empty: every request is refused
  Signature signature = Signature::token;
  Hash hash = Hash::sha256;      ///< for Signature::older
  sms::Api api;
  std::string service;           ///< the short code; empty: what the webhook says
  bool receipts = true;          ///< ask for delivery receipts at public_url + "/status"
};

/// Reads one entry of `channels:`. Keys: type, public_url, api_key, api_secret_file | api_secret_env, application_id,
/// private_key_file | private_key_env, signature_secret_file | signature_secret_env, signature, api_base, service,
/// receipts, allow_plain_http.
Loaded<VonageConfig> parse_vonage(const YAML::Node& channel, const std::string& name, const std::string& file);

/// The sending face. `client` must outlive it and belong to the same thread.
std::unique_ptr<net::Channel> make_channel(const std::string& name, const VonageConfig& config, net::HttpClient& client,
                                           const net::ChannelMetrics& metrics);

/// The receiving face: `POST /sms/<name>` and `POST /sms/<name>/status`, and GET for both with an older signature, which
/// the SMS API may put into a query. `conversations` must outlive the router.
void add_routes(net::Router& router, const std::string& name, const VonageConfig& config,
                net::Conversations& conversations, const net::ChannelMetrics& metrics, net::ReceiptSink receipts = {});

}  // namespace northstar::vonage
