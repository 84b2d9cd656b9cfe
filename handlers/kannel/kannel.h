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

/// SMS through Kannel (1.4.5), the open gateway that an operator runs beside the short code's own line.
///
/// Texts come in as smsbox's `sms-service` calls us, at an address that the operator writes with Kannel's escapes:
///
///     post-url = "http://kannel:SECRET@127.0.0.1:8080/sms/local?id=%I&from=%p&to=%P&coding=%c&charset=%C&udh=%u"
///     get-url  = the same with "&text=%b" at its end: the words then stand in the address, and in every log of it
///
/// Kannel signs nothing. The secret comes as the password of that address, which smsbox sends in a header, or as the
/// parameter `secret`. The reply rides in our answer (or goes out by `sendsms`); an answer without words is silence.
///
/// smsbox takes 200 and 202 for success, and asks again after anything else, the same `id` each time, as often as its
/// `http-request-retry` says: from memory, so that a text is lost should smsbox end meanwhile. See README.md for the
/// settings without which a person gets an error text, half a reply, or garbage.
///
/// `sendsms` has no idempotency key and tells no id, and cannot be asked what went out. Receipts carry the outbox's own
/// entry id, in an address made for that text alone.
namespace northstar::kannel {

struct KannelConfig {
  std::string public_url;      ///< our webhook as Kannel reaches it, without query, name and password
  std::string secret;          ///< empty: every request is refused
  std::string user = "kannel"; ///< the name in front of the secret
  sms::Api api;                ///< where smsbox's `sendsms-port` is
  std::string username;        ///< of a `sendsms-user`
  std::string password;
  std::string smsc;            ///< the `smsc-id` to send by; empty: Kannel's own choice
  bool reply_inline = true;    ///< the reply rides in the answer
  std::string service;         ///< the short code; empty: what the text was sent to
  bool receipts = true;        ///< ask for delivery receipts at public_url + "/status"
};

/// Reads one entry of `channels:`. Keys: type, public_url, secret_file | secret_env, user, api_base, username,
/// password_file | password_env, smsc, reply, service, receipts, allow_plain_http.
Loaded<KannelConfig> parse_kannel(const YAML::Node& channel, const std::string& name, const std::string& file);

/// The sending face. `client` must outlive it and belong to the same thread.
std::unique_ptr<net::Channel> make_channel(const std::string& name, const KannelConfig& config, net::HttpClient& client,
                                           const net::ChannelMetrics& metrics);

/// The receiving face: GET and POST `/sms/<name>`, and GET `/sms/<name>/status`. `conversations` must outlive the router.
void add_routes(net::Router& router, const std::string& name, const KannelConfig& config,
                net::Conversations& conversations, const net::ChannelMetrics& metrics, net::ReceiptSink receipts = {});

}  // namespace northstar::kannel
