#include "gateway/app/phone/carrier.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <map>
#include <mutex>
#include <openssl/evp.h>
#include <random>
#include <thread>

namespace northstar::app {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace json = boost::json;
using asio::ip::tcp;
using asio::use_awaitable;

// An aggregator waits 15 s for a webhook's answer.
constexpr std::chrono::seconds kAnswer{15};

std::string random_hex(std::size_t digits) {
  static thread_local std::random_device entropy;
  std::string out;
  while (out.size() < digits) out += "0123456789abcdef"[entropy() % 16];
  return out;
}

std::string base64(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  out.resize(static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                                      reinterpret_cast<const unsigned char*>(bytes.data()),
                                                      static_cast<int>(bytes.size()))));
  return out;
}

struct Answer {
  unsigned status = 0;
  std::string body;
};

Result<Answer> post(const Endpoint& to, const std::string& target, const std::string& type, std::string body,
                    const std::string& signature) {
  asio::io_context context;
  beast::tcp_stream stream(context);
  Result<Answer> result = Error{Error::Kind::timed_out, "no answer within 15 seconds"};
  http::request<http::string_body> request{http::verb::post, target, 11, std::move(body)};
  request.set(http::field::host, to.to_string());
  request.set(http::field::content_type, type);
  request.set(http::field::user_agent, "TwilioProxy/1.1");
  if (!signature.empty()) request.set("X-Twilio-Signature", signature);
  request.keep_alive(false);
  request.prepare_payload();

  const auto talk = [](beast::tcp_stream& wire, const Endpoint& where, http::request<http::string_body>& ask,
                       Result<Answer>& out) -> asio::awaitable<void> {
    try {
      tcp::resolver resolver(wire.get_executor());
      const auto found = co_await resolver.async_resolve(where.host, std::to_string(where.port), use_awaitable);
      wire.expires_after(kAnswer);
      co_await wire.async_connect(found, use_awaitable);
      co_await http::async_write(wire, ask, use_awaitable);
      beast::flat_buffer buffer;
      http::response<http::string_body> response;
      co_await http::async_read(wire, buffer, response, use_awaitable);
      out = Answer{response.result_int(), std::move(response.body())};
    } catch (const boost::system::system_error& fault) {  // Asio's edge: everything that a network can do
      out = Error{Error::Kind::unavailable, fault.code() == asio::error::connection_refused
                                                ? "nobody listens there; is the gateway running? (ops/run)"
                                                : fault.code().message()};
    }
  };
  asio::co_spawn(context, talk(stream, to, request, result), asio::detached);
  context.run();
  return result;
}

std::string path_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t path = url.find('/', scheme == std::string_view::npos ? 0 : scheme + 3);
  return path == std::string_view::npos ? "/" : std::string(url.substr(path));
}

}  // namespace

/// The stand-in for the aggregator's REST API: takes messages, and tells which went to a number.
struct Carrier::Api {
  struct Taken {
    std::string sid, to, from, body;
  };

  explicit Api(const Line& of, const Arrival& tell) : line(of), arrival(tell), acceptor(context) {}

  asio::awaitable<void> accept() {
    while (true) {
      beast::tcp_stream stream(co_await acceptor.async_accept(use_awaitable));
      asio::co_spawn(context, serve(std::move(stream)), asio::detached);
    }
  }

  asio::awaitable<void> serve(beast::tcp_stream stream) {
    try {
      beast::flat_buffer buffer;
      while (true) {
        http::request<http::string_body> request;
        stream.expires_after(std::chrono::minutes(5));
        co_await http::async_read(stream, buffer, request, use_awaitable);
        http::response<http::string_body> response = answer(request);
        response.keep_alive(request.keep_alive());
        response.set(http::field::content_type, "application/json");
        response.prepare_payload();
        co_await http::async_write(stream, response, use_awaitable);
        if (!request.keep_alive()) co_return;
      }
    } catch (const boost::system::system_error&) {
      // The gateway hung up, as it may between two requests.
    }
  }

  http::response<http::string_body> answer(const http::request<http::string_body>& request) {
    const auto say = [&](http::status status, const json::value& body) {
      return http::response<http::string_body>{status, request.version(), json::serialize(body)};
    };
    if (request[http::field::authorization] != "Basic " + base64(line.account_sid + ":" + line.token)) {
      return say(http::status::unauthorized, {{"code", 20003}, {"message", "Authenticate"}});
    }
    const std::string_view target(request.target().data(), request.target().size());
    const std::size_t question = std::min(target.find('?'), target.size());
    if (target.substr(0, question) != "/2010-04-01/Accounts/" + line.account_sid + "/Messages.json") {
      return say(http::status::not_found, {{"code", 20404}, {"message", "The requested resource was not found"}});
    }
    if (request.method() == http::verb::get) {
      const Form query = decode_form(target.substr(std::min(question + 1, target.size())));
      return say(http::status::ok, {{"messages", list(query)}, {"next_page_uri", nullptr}});
    }
    Taken taken{"SM" + random_hex(32), "", "", ""};
    for (auto& [name, value] : decode_form(request.body())) {
      if (name == "To") taken.to = value;
      if (name == "From") taken.from = value;
      if (name == "Body") taken.body = value;
    }
    if (taken.to.empty() || taken.body.empty()) {
      return say(http::status::bad_request, {{"code", 21604}, {"message", "A 'To' phone number is required"}});
    }
    {
      const std::lock_guard lock(mutex);
      all.push_back(taken);
    }
    arrival(PhoneNumber(taken.to), MessageText(taken.body));
    return say(http::status::created, described(taken));
  }

  static json::object described(const Taken& taken) {
    return {{"sid", taken.sid}, {"to", taken.to}, {"from", taken.from}, {"body", taken.body}, {"status", "queued"},
            {"direction", "outbound-api"}, {"error_code", nullptr}};
  }

  json::array list(const Form& query) {
    json::array out;
    const std::lock_guard lock(mutex);
    for (const Taken& taken : all) {
      bool asked = true;
      for (const auto& [name, value] : query) {
        if (name == "To" && value != taken.to) asked = false;
      }
      if (asked) out.push_back(described(taken));
    }
    return out;
  }

  const Line& line;
  const Arrival& arrival;
  asio::io_context context{1};
  tcp::acceptor acceptor;
  std::thread thread;
  std::mutex mutex;
  std::vector<Taken> all;
};

Carrier::Carrier(Line line, Arrival arrival) : line_(std::move(line)), arrival_(std::move(arrival)) {}

Carrier::~Carrier() {
  if (api_ && api_->thread.joinable()) {
    api_->context.stop();
    api_->thread.join();
  }
}

Result<void> Carrier::open() {
  if (!line_.api) return {};
  auto api = std::make_unique<Api>(line_, arrival_);
  try {
    tcp::resolver resolver(api->context);
    const tcp::endpoint at = *resolver.resolve(line_.api->host, std::to_string(line_.api->port)).begin();
    api->acceptor.open(at.protocol());
    api->acceptor.set_option(asio::socket_base::reuse_address(true));
    api->acceptor.bind(at);
    api->acceptor.listen();
  } catch (const boost::system::system_error& fault) {
    return Error{Error::Kind::unavailable, line_.api->to_string() + ": " + fault.code().message()};
  }
  api_ = std::move(api);
  asio::co_spawn(api_->context, api_->accept(), asio::detached);
  api_->thread = std::thread([this] { api_->context.run(); });
  return {};
}

Result<std::vector<std::string>> Carrier::deliver(const PhoneNumber& from, const MessageText& text) {
  const std::string sid = "SM" + random_hex(32);
  const Form form{{"ToCountry", "US"}, {"ToState", ""}, {"SmsMessageSid", sid}, {"NumMedia", "0"}, {"ToCity", ""},
                  {"FromZip", ""}, {"SmsSid", sid}, {"FromState", "CA"}, {"SmsStatus", "received"}, {"FromCity", ""},
                  {"Body", text.reveal()}, {"FromCountry", "US"}, {"To", line_.short_code}, {"ToZip", ""},
                  {"NumSegments", "1"}, {"MessageSid", sid}, {"AccountSid", line_.account_sid},
                  {"From", from.reveal()}, {"ApiVersion", "2010-04-01"}};
  auto answer = post(line_.gateway, path_of(line_.signed_url), "application/x-www-form-urlencoded; charset=UTF-8",
                     encode_form(form), sign_form(line_.token, line_.signed_url, form));
  if (!answer) return Error{answer.error().kind, line_.gateway.to_string() + ": " + answer.error().text};
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
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(by);
  auto answer = post(line_.operations, "/clock/ahead", "text/plain", std::to_string(seconds.count()), "");
  if (!answer) return Error{answer.error().kind, line_.operations.to_string() + ": " + answer.error().text};
  if (answer->status / 100 != 2) {
    return Error{Error::Kind::refused, "the gateway does not move its clock (" + std::to_string(answer->status) + ")"};
  }
  return {};
}

}  // namespace northstar::app
