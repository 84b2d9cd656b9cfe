#include "gateway/app/phone/carrier.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/json.hpp>
#include <optional>
#include <random>
#include <thread>

#include "gateway/net/http.h"
#include "gateway/net/http_client.h"
#include "gateway/net/server.h"

namespace northstar::app {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

// An aggregator waits 15 s for a webhook's answer.
constexpr std::chrono::seconds kAnswer{15};

std::string random_hex(std::size_t digits) {
  static thread_local std::random_device entropy;
  std::string out;
  while (out.size() < digits) out += "0123456789abcdef"[entropy() % 16];
  return out;
}

std::string path_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t path = url.find('/', scheme == std::string_view::npos ? 0 : scheme + 3);
  return path == std::string_view::npos ? "/" : std::string(url.substr(path));
}

net::Response say(int status, const json::value& body) {
  net::Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = json::serialize(body);
  return response;
}

}  // namespace

/// The carrier's own thread: it calls the gateway, and answers it where the aggregator's REST API would. The API takes
/// messages, and tells which went to a number.
struct Carrier::Wire {
  struct Taken {
    std::string sid, to, from, body;
  };

  Wire(const Line& of, const Arrival& tell) : line(of), arrival(tell) {
    const std::string path = "/2010-04-01/Accounts/" + line.account_sid + "/Messages.json";
    router->add("POST", path, [this](const net::Request& request) { return take(request); });
    router->add("GET", path, [this](const net::Request& request) { return list(request); });
  }
  ~Wire() {
    guard.reset();
    io.stop();
    if (thread.joinable()) thread.join();
  }
  void start() {
    thread = std::thread([this] { io.run(); });
  }

  bool known(const net::Request& request) const {
    return request.header("Authorization") == "Basic " + net::base64(line.account_sid + ":" + line.token);
  }
  static json::object described(const Taken& taken) {
    return {{"sid", taken.sid}, {"to", taken.to}, {"from", taken.from}, {"body", taken.body}, {"status", "queued"},
            {"direction", "outbound-api"}, {"error_code", nullptr}};
  }

  asio::awaitable<net::Response> take(const net::Request& request) {
    if (!known(request)) co_return say(401, {{"code", 20003}, {"message", "Authenticate"}});
    Taken taken{"SM" + random_hex(32), "", "", ""};
    for (auto& [name, value] : decode_form(request.body)) {
      if (name == "To") taken.to = value;
      if (name == "From") taken.from = value;
      if (name == "Body") taken.body = value;
    }
    if (taken.to.empty() || taken.body.empty()) co_return say(400, {{"code", 21604}, {"message", "To and Body are required"}});
    all.push_back(taken);
    arrival(PhoneNumber(taken.to), MessageText(taken.body));
    co_return say(201, described(taken));
  }

  asio::awaitable<net::Response> list(const net::Request& request) {
    if (!known(request)) co_return say(401, {{"code", 20003}, {"message", "Authenticate"}});
    std::optional<std::string> to;
    for (auto& [name, value] : decode_form(request.query)) {
      if (name == "To") to = value;
    }
    json::array messages;
    for (const Taken& taken : all) {
      if (!to || *to == taken.to) messages.push_back(described(taken));
    }
    co_return say(200, {{"messages", std::move(messages)}, {"next_page_uri", nullptr}});
  }

  asio::awaitable<void> ask(net::Call call, Result<net::Answer>& out) {
    auto answer = co_await client.send(std::move(call), std::chrono::steady_clock::now() + kAnswer);
    if (answer) {
      out = *std::move(answer);
    } else {
      out = Error{Error::Kind::unavailable, answer.error().kind == net::NoAnswer::Kind::not_sent
                                                ? "nobody takes texts there; is the gateway running? (ops/run)"
                                                : "no answer came"};
    }
  }
  /// Blocks until the answer is there: `out` outlives the coroutine because we wait for it.
  Result<net::Answer> call(const Endpoint& to, net::Call call) {
    call.origin = {false, to.host, to.port};
    call.method = "POST";
    Result<net::Answer> out = Error{Error::Kind::failed, ""};
    asio::co_spawn(io, ask(std::move(call), out), asio::use_future).get();
    if (!out) return Error{out.error().kind, to.to_string() + ": " + out.error().text};
    return out;
  }

  const Line& line;
  const Arrival& arrival;
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard = asio::make_work_guard(io);
  net::HttpClient client{io};
  std::shared_ptr<net::Router> router = std::make_shared<net::Router>();
  net::Server server{io, router};
  std::vector<Taken> all;  // touched by the carrier's thread alone
  std::thread thread;
};

Carrier::Carrier(Line line, Arrival arrival) : line_(std::move(line)), arrival_(std::move(arrival)) {}
Carrier::~Carrier() = default;

Result<void> Carrier::open() {
  wire_ = std::make_unique<Wire>(line_, arrival_);
  Result<void> listening;
  if (line_.api) listening = wire_->server.listen(line_.api->host, line_.api->port);
  wire_->start();
  return listening;
}

Result<std::vector<std::string>> Carrier::deliver(const PhoneNumber& from, const MessageText& text) {
  const std::string sid = "SM" + random_hex(32);
  const Form form{{"ToCountry", "US"}, {"ToState", ""}, {"SmsMessageSid", sid}, {"NumMedia", "0"}, {"ToCity", ""},
                  {"FromZip", ""}, {"SmsSid", sid}, {"FromState", "CA"}, {"SmsStatus", "received"}, {"FromCity", ""},
                  {"Body", text.reveal()}, {"FromCountry", "US"}, {"To", line_.short_code}, {"ToZip", ""},
                  {"NumSegments", "1"}, {"MessageSid", sid}, {"AccountSid", line_.account_sid},
                  {"From", from.reveal()}, {"ApiVersion", "2010-04-01"}};
  net::Call call;
  call.target = path_of(line_.signed_url);
  call.content_type = "application/x-www-form-urlencoded; charset=UTF-8";
  call.headers.emplace_back("X-Twilio-Signature", sign_form(line_.token, line_.signed_url, form));
  call.body = encode_form(form);
  const auto answer = wire_->call(line_.gateway, std::move(call));
  if (!answer) return answer.error();
  if (answer->status == 403) {
    return Error{Error::Kind::refused,
                 "the gateway refuses our signature; was it started with the same configuration as this phone?"};
  }
  if (answer->status == 503) {
    return Error{Error::Kind::unavailable, "the gateway says 503: it is not ready, and an aggregator would try again"};
  }
  if (answer->status / 100 != 2) {
    return Error{Error::Kind::refused, "the gateway answers " + std::to_string(answer->status)};
  }
  if (answer->body.empty()) return std::vector<std::string>{};
  auto texts = texts_of_twiml(answer->body);
  if (!texts) return Error{Error::Kind::malformed, "the gateway's answer is no TwiML"};
  return *std::move(texts);
}

Result<void> Carrier::ahead(Millis by) {
  net::Call call;
  call.target = "/clock/ahead";
  call.content_type = "text/plain";
  call.body = std::to_string(std::chrono::ceil<std::chrono::seconds>(by).count());
  const auto answer = wire_->call(line_.operations, std::move(call));
  if (!answer) return answer.error();
  if (answer->status / 100 != 2) {
    return Error{Error::Kind::refused, "the gateway does not move its clock: " + answer->body};
  }
  return {};
}

}  // namespace northstar::app
