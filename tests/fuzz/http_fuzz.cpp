// Any body as a text from an aggregator that is described in YAML, as JSON and as a form, with and without the right
// secret: only what shows it comes in, what comes in is fit to be stored, and a reply in JSON carries the same words.
#include <boost/json/parse.hpp>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

#include "gateway/net/metrics.h"
#include "handlers/sms/http.h"
#include "tests/fuzz/webhook.h"

namespace {

using namespace northstar;

const std::string kSend = ", send: {url: 'https://a.example/s', body: '{to}{text}'}}";
const std::string kAnswer =
    ", answer: {content_type: application/json, body: '{}', reply: '{\"say\":\"{text}\"}', escape: json}";
const std::string kFields = "fields: {from: src, to: dst, text: words, id: ref, media: pictures}";

void add(net::Router& router, net::Conversations& conversations, net::Metrics& metrics, const std::string& name,
         const std::string& receive) {
  const auto config = sms::parse_http(YAML::Load("{type: http, receive: {" + receive + kAnswer + "}" + kSend), name, "x.yaml");
  if (!config) throw std::logic_error(config.error().front().to_string());
  sms::add_routes(router, name, *config, conversations, metrics.channel(name));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  spdlog::set_level(spdlog::level::off);
  static fuzz::Echo echo;
  static net::Metrics metrics;
  static const net::Router& router = []() -> const net::Router& {
    ::setenv("NORTHSTAR_FUZZ_SECRET", "a secret of the fuzzer's own", 1);
    const std::string secret = "secret_env: NORTHSTAR_FUZZ_SECRET}";
    static net::Router made;
    add(made, echo, metrics, "json",
        "format: json, fields: {from: /data/from, to: /data/to, text: /data/0text, id: /data/id, media: /data/media}, "
        "authenticate: {type: bearer, " + secret);
    add(made, echo, metrics, "form", kFields + ", authenticate: {type: bearer, " + secret);
    add(made, echo, metrics, "get", "method: GET, " + kFields + ", authenticate: {type: bearer, " + secret);
    add(made, echo, metrics, "signed",
        kFields + ", authenticate: {type: hmac-sha256, header: X-Sig, prefix: 'v1=', timestamp_header: X-Time, " + secret);
    return made;
  }();

  std::string_view bytes = fuzz::bytes_of(data, size);
  const std::uint8_t choice = fuzz::take_choice(bytes) % 4;
  echo.got.reset();
  if (choice == 3) {
    const std::string_view given = bytes.substr(0, 67), time = bytes.substr(given.size(), 10);
    const std::string_view body = bytes.substr(given.size() + time.size());
    const auto response = fuzz::ask(router, "POST", "/sms/signed", "", body, {{"X-Sig", given}, {"X-Time", time}});
    fuzz::require(!echo.got && response.status == 403, "nothing unsigned comes in");
    return 0;
  }
  constexpr std::string_view kPaths[] = {"/sms/json", "/sms/form", "/sms/get"};
  const auto response = fuzz::ask(router, choice == 2 ? "GET" : "POST", kPaths[choice], choice == 2 ? bytes : "",
                                  choice == 2 ? "" : bytes, {{"Authorization", "Bearer a secret of the fuzzer's own"}});
  fuzz::require(response.status == 200 || response.status == 400, "the answer is one that was configured");
  if (!echo.got) return 0;
  const auto said = boost::json::parse(response.body);
  fuzz::require(said.at("say").as_string() == echo.got->text.reveal(), "a reply in JSON carries the same words");
  return 0;
}
