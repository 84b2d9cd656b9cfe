#pragma once
#include <yaml-cpp/yaml.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/net/channel.h"
#include "gateway/net/http.h"
#include "gateway/net/http_client.h"
#include "gateway/net/metrics.h"
#include "handlers/sms/escape.h"

/// SMS through any gateway that speaks HTTP, described in YAML (`type: http`).
///
///     channels:
///       local:
///         type: http
///         service: "55501"                       # the number written to, where requests do not say it
///         receive:
///           method: POST                         # or GET: fields are then in the query
///           path: /sms/local                     # this is also the default
///           format: json                         # form (default) or json
///           fields: { from: /data/from, to: /data/to, text: /data/text, id: /data/id, media: /data/media }
///           authenticate:
///             type: hmac-sha256                  # basic, bearer, query
///             header: X-Signature                # what it is in
///             encoding: hex                      # or base64
///             prefix: "sha256="                  # in front of it
///             timestamp_header: X-Timestamp      # then "<timestamp>.<body>" is what is signed
///             window: 300                        # seconds that a timestamp may be off, either way
///             secret_file: secrets/local         # or secret_env
///           answer: { status: 200, content_type: application/json, body: "{}", reply: '{"text":"{text}"}', escape: json }
///         send:
///           method: POST
///           url: https://gateway.example.org/messages
///           content_type: application/json
///           body: '{"to":"{to}","from":"{from}","text":"{text}","reference":"{id}"}'
///           escape: json
///           headers: { X-Tenant: help }
///           authenticate: { type: bearer, secret_file: secrets/local-send }   # basic (with user), header (with header)
///           success: [200, 201, 202]
///           id: /messages/0/id
///           opted_out: ["opted out"]             # a status, or words found in the answer, in any case
///           refused: [404, "unknown number"]
///           throttled: [429]
///
/// A field is a name in a form and a query, and a JSON pointer (RFC 6901) in JSON. A channel without authentication is
/// not possible: anybody could then write as anybody.
namespace northstar::sms {

struct HttpReceive {
  std::string method = "POST";
  std::string path;
  bool json = false;
  std::string from, to, text, id, media;  ///< `to` and `media` may be empty

  enum class Auth { hmac_sha256, basic, bearer, query } auth = Auth::query;
  std::string header, prefix, timestamp_header, user, parameter;
  bool hex = true;
  std::chrono::seconds window{300};
  std::string secret;                     ///< empty: every request is refused

  int status = 200;
  std::string content_type, body;
  std::string reply;                      ///< with {text} in it; empty: replies go out by `send`
  Escape escape = Escape::none;
};

/// An answer's status, or words in its body.
struct Pattern {
  int status = 0;
  std::string words;
};

struct HttpSend {
  std::string method = "POST";
  net::Url url;
  std::string url_template;               ///< the target with {to} {from} {text} {id}, filled in form-escaped
  std::string content_type, body;
  Escape escape = Escape::json;
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<int> success{200, 201, 202};
  std::string id;
  std::vector<Pattern> opted_out, refused, throttled;
};

struct GenericHttpConfig {
  std::string service;
  HttpReceive receive;
  HttpSend send;
};

Loaded<GenericHttpConfig> parse_http(const YAML::Node& channel, const std::string& name, const std::string& file);

/// The sending face. `client` must outlive it and belong to the same thread.
std::unique_ptr<net::Channel> make_channel(const std::string& name, const GenericHttpConfig& config,
                                           net::HttpClient& client, const net::ChannelMetrics& metrics);

/// The receiving face. `conversations` must outlive the router.
void add_routes(net::Router& router, const std::string& name, const GenericHttpConfig& config,
                net::Conversations& conversations, const net::ChannelMetrics& metrics);

}  // namespace northstar::sms
