#include <charconv>

#include "gateway/net/settings.h"
#include "handlers/sms/http.h"

namespace northstar::sms {
namespace {

Escape escape_of(net::Settings& settings, Escape otherwise) {
  return static_cast<Escape>(settings.one_of("escape", {"none", "xml", "json", "form"}, static_cast<std::size_t>(otherwise)));
}

bool is_pointer(const std::string& text) { return text.empty() || text.front() == '/'; }

bool sendable(const std::string& text) { return text.find_first_of(std::string("\r\n\0", 3)) == std::string::npos; }

void read_authentication(net::Settings& all, const std::string& file, const std::string& what, HttpReceive& receive, Faults& faults) {
  if (!all.has("authenticate")) {
    all.fault("authenticate", "is missing: without it anybody could write as anybody");
    return;
  }
  net::Settings settings(all.map("authenticate"), file, what + ", authenticate", faults);
  receive.auth = static_cast<HttpReceive::Auth>(settings.one_of("type", {"hmac-sha256", "basic", "bearer", "query"}, 3));
  if (!settings.has("type")) settings.fault("type", "is missing");
  receive.secret = settings.secret("secret");
  switch (receive.auth) {
    case HttpReceive::Auth::hmac_sha256:
      receive.header = settings.required("header");
      receive.prefix = settings.text("prefix");
      receive.hex = settings.one_of("encoding", {"hex", "base64"}, 0) == 0;
      receive.timestamp_header = settings.text("timestamp_header");
      receive.window = std::chrono::seconds(settings.number("window", 300, 1, 3600));
      if (receive.method == "GET") settings.fault("type", "a signature covers the body, and GET has none: use POST");
      break;
    case HttpReceive::Auth::basic: receive.user = settings.required("user"); break;
    case HttpReceive::Auth::bearer: break;
    case HttpReceive::Auth::query: receive.parameter = settings.required("parameter"); break;
  }
  settings.finish();
}

void read_receive(net::Settings& all, const std::string& name, const std::string& file, GenericHttpConfig& config, Faults& faults) {
  const std::string what = "channel " + name + ", receive";
  if (!all.has("receive")) all.fault("receive", "is missing");
  net::Settings settings(all.map("receive"), file, what, faults);
  HttpReceive& receive = config.receive;
  receive.method = settings.one_of("method", {"POST", "GET"}, 0) == 0 ? "POST" : "GET";
  receive.path = settings.text("path", "/sms/" + name);
  if (receive.path.empty() || receive.path.front() != '/' || receive.path.find_first_of("?# ") != std::string::npos)
    settings.fault("path", "must begin with / and have no query");
  receive.json = settings.one_of("format", {"form", "json"}, 0) == 1;
  if (receive.json && receive.method == "GET") settings.fault("format", "GET has its fields in the query: leave this out");

  net::Settings fields(settings.map("fields"), file, what + ", fields", faults);
  receive.from = fields.required("from");
  receive.text = fields.required("text");
  receive.id = fields.required("id");
  receive.to = fields.text("to");
  receive.media = fields.text("media");
  if (receive.to.empty() && config.service.empty()) fields.fault("to", "is missing, and so is the channel's service");
  if (receive.json)
    for (const auto& [key, value] : {std::pair{"from", receive.from}, {"text", receive.text}, {"id", receive.id},
                                     {"to", receive.to}, {"media", receive.media}})
      if (!is_pointer(value)) fields.fault(key, "in JSON a field is a pointer such as /message/from");
  fields.finish();

  read_authentication(settings, file, what, receive, faults);

  net::Settings answer(settings.map("answer"), file, what + ", answer", faults);
  receive.status = answer.number("status", 200, 200, 299);
  receive.content_type = answer.text("content_type", "text/plain; charset=utf-8");
  receive.body = answer.text("body");
  receive.reply = answer.text("reply");
  receive.escape = escape_of(answer, Escape::none);
  if (!sendable(receive.content_type)) answer.fault("content_type", "must be one line");
  if (!receive.reply.empty() && receive.reply.find("{text}") == std::string::npos)
    answer.fault("reply", "must have {text} where the reply goes");
  answer.finish();
  settings.finish();
}

std::vector<Pattern> patterns(net::Settings& settings, std::string_view key) {
  std::vector<Pattern> out;
  for (const std::string& item : settings.list(key)) {
    Pattern pattern;
    const auto [end, ec] = std::from_chars(item.data(), item.data() + item.size(), pattern.status);
    if (ec != std::errc() || end != item.data() + item.size() || pattern.status < 100 || pattern.status > 599)
      pattern = {0, item};
    if (item.empty()) settings.fault(key, "each entry must be a status or some words");
    else out.push_back(std::move(pattern));
  }
  return out;
}

void read_send_authentication(net::Settings& all, const std::string& file, const std::string& what, HttpSend& send, Faults& faults) {
  if (!all.has("authenticate")) return;
  net::Settings settings(all.map("authenticate"), file, what + ", authenticate", faults);
  if (!settings.has("type")) settings.fault("type", "is missing");
  const std::size_t type = settings.one_of("type", {"basic", "bearer", "header"}, 1);
  const std::string secret = settings.secret("secret");
  if (secret.empty() && !settings.has("secret_file") && !settings.has("secret_env") && !settings.has("secret"))
    settings.fault("secret_file", "is missing");
  if (!sendable(secret)) settings.fault("secret_file", "a secret must be one line");
  if (type == 0) send.headers.emplace_back("Authorization", "Basic " + net::base64(settings.required("user") + ":" + secret));
  else if (type == 1) send.headers.emplace_back("Authorization", "Bearer " + secret);
  else send.headers.emplace_back(settings.required("header"), secret);
  settings.finish();
}

void read_send(net::Settings& all, const std::string& name, const std::string& file, bool allow_plain, GenericHttpConfig& config,
               Faults& faults) {
  const std::string what = "channel " + name + ", send";
  if (!all.has("send")) all.fault("send", "is missing");
  net::Settings settings(all.map("send"), file, what, faults);
  HttpSend& send = config.send;
  send.method = settings.one_of("method", {"POST", "GET", "PUT"}, 0) == 0 ? "POST" : settings.text("method");
  // Braces are no part of an address: read it with the places filled in, keep it with them open.
  const std::string address = settings.required("url");
  std::string filled = address;
  for (const std::string place : {"{to}", "{from}", "{text}", "{id}"})
    for (std::size_t i; (i = filled.find(place)) != std::string::npos;) filled.replace(i, place.size(), "0");
  if (auto url = net::parse_url(filled, allow_plain); !url) {
    if (!address.empty()) settings.fault("url", url.error().text);
  } else {
    send.url = *url;
    const auto rest = address.find_first_of("/?", address.find("://") + 3);
    if (address.substr(0, rest).find('{') != std::string::npos)
      settings.fault("url", "the host must not change from text to text");
    send.url_template = rest == std::string::npos ? "/" : (address[rest] == '?' ? "/" : "") + address.substr(rest);
  }
  send.content_type = settings.text("content_type", send.method == "GET" ? "" : "application/json");
  send.body = settings.text("body");
  send.escape = escape_of(settings, send.content_type.starts_with("application/x-www-form-urlencoded") ? Escape::form
                                    : send.content_type.find("xml") != std::string::npos               ? Escape::xml
                                                                                                       : Escape::json);
  if ((send.body + send.url_template).find("{to}") == std::string::npos) settings.fault("body", "nothing says {to}");
  if ((send.body + send.url_template).find("{text}") == std::string::npos) settings.fault("body", "nothing says {text}");
  for (auto& [header, value] : settings.pairs("headers")) {
    if (!sendable(header) || !sendable(value)) settings.fault("headers", "each must be one line");
    send.headers.emplace_back(header, value);
  }
  read_send_authentication(settings, file, what, send, faults);
  if (settings.has("success")) {
    send.success.clear();
    for (const Pattern& pattern : patterns(settings, "success")) {
      if (pattern.status == 0) settings.fault("success", "must be a list of statuses");
      else send.success.push_back(pattern.status);
    }
  }
  send.id = settings.text("id");
  if (!is_pointer(send.id)) settings.fault("id", "must be a JSON pointer such as /messages/0/id");
  send.opted_out = patterns(settings, "opted_out");
  send.refused = patterns(settings, "refused");
  send.throttled = patterns(settings, "throttled");
  settings.finish();
}

}  // namespace

Loaded<GenericHttpConfig> parse_http(const YAML::Node& channel, const std::string& name, const std::string& file) {
  Faults faults;
  net::Settings settings(channel, file, "channel " + name, faults);
  GenericHttpConfig config;
  settings.common();
  const bool allow_plain = settings.boolean("allow_plain_http", false);
  config.service = settings.text("service");
  read_receive(settings, name, file, config, faults);
  read_send(settings, name, file, allow_plain, config, faults);
  settings.finish();
  if (!faults.empty()) return faults;
  return config;
}

}  // namespace northstar::sms
