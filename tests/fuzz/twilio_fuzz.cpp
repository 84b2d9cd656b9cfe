// Any body as a text or a receipt from Twilio, rightly signed and not: only what is signed comes in, what comes in is
// fit to be stored, and what is said back is one XML text.
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <string>

#include "gateway/net/metrics.h"
#include "handlers/sms/twilio.h"
#include "tests/fuzz/webhook.h"

namespace {

using namespace northstar;

constexpr char kToken[] = "a token of the fuzzer's own";
constexpr char kUrl[] = "https://a.example/sms/main";

std::string signature_of(const std::string& message) {
  std::array<unsigned char, 20> digest{};
  unsigned size = 0;
  HMAC(EVP_sha1(), kToken, sizeof kToken - 1, reinterpret_cast<const unsigned char*>(message.data()), message.size(),
       digest.data(), &size);
  std::array<unsigned char, 29> text{};
  EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(size));
  return reinterpret_cast<const char*>(text.data());
}

std::string signature_of_form(std::string_view path_end, std::string_view body) {
  sms::Form form;
  if (!form.parse(body)) return signature_of(kUrl);
  form.sort();
  std::string message = std::string(kUrl) + std::string(path_end);
  const sms::Field* before = nullptr;
  for (const sms::Field& field : form.fields()) {
    if (!before || field != *before) message.append(field.name).append(field.value);
    before = &field;
  }
  return signature_of(message);
}

std::string query_of(std::string_view body) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest.data());
  std::string query = "bodySHA256=";
  for (const unsigned char byte : digest) {
    query += "0123456789abcdef"[byte >> 4];
    query += "0123456789abcdef"[byte & 15];
  }
  return query;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  spdlog::set_level(spdlog::level::off);
  static fuzz::Echo echo;
  static net::Metrics metrics;
  static const net::Router& router = [] () -> const net::Router& {
    static net::Router made;
    sms::TwilioConfig config;
    config.public_url = kUrl;
    config.auth_token = kToken;
    sms::add_routes(made, "main", config, echo, metrics.channel("main"));
    return made;
  }();

  std::string_view body = fuzz::bytes_of(data, size);
  const std::uint8_t choice = fuzz::take_choice(body);
  const bool json = choice & 1, honest = !(choice & 2), receipt = choice & 4;
  std::string given;
  if (!honest) {
    given = body.substr(0, 28);
    body.remove_prefix(given.size());
  }
  const std::string_view end = receipt ? "/status" : "";
  const std::string query = json ? query_of(body) : "";
  if (honest) given = json ? signature_of(kUrl + std::string(end) + "?" + query) : signature_of_form(end, body);

  echo.got.reset();
  const auto response = fuzz::ask(router, "POST", "/sms/main" + std::string(end), query, body,
                                  {{"Content-Type", json ? "application/json" : "application/x-www-form-urlencoded"},
                                   {"X-Twilio-Signature", given}});
  if (!honest) {
    fuzz::require(!echo.got && (response.status == 403 || response.status == 400), "nothing unsigned comes in");
    return 0;
  }
  fuzz::require(response.status == 200 || response.status == 204 || response.status == 400 || response.status == 403,
                "the answer is one of those that Twilio understands");
  if (!echo.got) return 0;
  constexpr std::string_view kBegin = "<Message>", kEnd = "</Message></Response>";
  const auto begin = response.body.find(kBegin);
  fuzz::require(begin != std::string::npos && response.body.ends_with(kEnd), "a text is said in a Message");
  const std::string_view said = std::string_view(response.body).substr(begin + kBegin.size());
  fuzz::require(said.substr(0, said.size() - kEnd.size()).find_first_of("<>") == std::string_view::npos,
                "no word of theirs becomes an element");
  return 0;
}
