#include "handlers/sms/json_keys.h"
#include "handlers/sms/webhook.h"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

#include "gateway/net/notices.h"
#include "gateway/net/number.h"
#include "handlers/sms/escape.h"
#include "handlers/sms/form.h"
#include "handlers/vonage/errors.h"
#include "handlers/vonage/vonage.h"
#include "handlers/vonage/webhook_token.h"

namespace northstar::vonage {
namespace {

namespace json = boost::json;
using boost::asio::awaitable;
using net::Refusal;
using net::Request;
using net::Response;
using Status = net::Receipt::Status;
using sms::object_at;
using sms::string_at;

constexpr std::size_t kMessageIdMost = 64;   // Vonage's have 36 characters, the SMS API's 16
constexpr std::size_t kReferenceMost = 32;
constexpr int kPartsMost = 255;              // 3GPP TS 23.040 9.2.3.24.1: an octet

std::chrono::sys_seconds now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

/// How far along a text is, by either API's word.
Status status_of(std::string_view word) {
  if (word == "delivered" || word == "read") return Status::delivered;
  if (word == "undeliverable" || word == "expired") return Status::undelivered;
  if (word == "rejected" || word == "failed" || word == "deleted") return Status::failed;
  return Status::under_way;  // submitted, accepted, buffered, unknown
}

std::optional<int> small_number(std::string_view text) {
  int value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || text.size() > 3 || ec != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool has(const json::object& object, std::string_view key) { return object.contains(json::string_view(key.data(), key.size())); }

/// The receiving half of one Vonage channel. Its form serves one request after another: nothing waits between reading a
/// request and having made an Inbound of it.
class VonageDoor final : public sms::Door {
 public:
  VonageDoor(const std::string& name, const VonageConfig& config, net::Conversations& conversations,
             const net::ChannelMetrics& metrics, net::ReceiptSink receipts)
      : Door(name, conversations, metrics),
        account_{config.signature_secret, config.api_key, config.application_id},
        older_(config.signature == VonageConfig::Signature::older),
        hash_(config.hash),
        service_(config.service),
        receipts_(std::move(receipts)),
        notices_(name, metrics.last_notice) {
    if (account_.signature_secret.empty()) notices_.warn("no signature secret is configured, so every text is refused");
  }

  awaitable<Response> text(const Request& request) { return older_ ? older_text(request) : token_text(request); }

  awaitable<Response> status(const Request& request) {
    // We send by the Messages API whatever signs the texts that come in, and its receipts always come with a token.
    const bool token = !older_ || request.count("Authorization") > 0;
    co_return token ? token_status(request) : older_status(request);
  }

 private:
  awaitable<Response> token_text(const Request& request);
  awaitable<Response> older_text(const Request& request);
  Response token_status(const Request& request);
  Response older_status(const Request& request);

  Response say(const net::Reply&) const override;  // a reply always goes out by the API
  /// A refusal, or nothing when the body is what Vonage signed.
  std::optional<Response> verify_token(const Request& request);
  /// A refusal, or nothing when `form_` holds what Vonage signed.
  std::optional<Response> verify_older(const Request& request);
  bool json_into_form(std::string_view body);
  bool each_once() const;
  std::string_view value(std::string_view name) const;
  Response malformed(std::string_view why) {
    notices_.warn(why);
    return refuse(Refusal::malformed, 400);
  }
  Response misplaced() {
    notices_.warn("a receipt came to the address for texts: give Vonage the one that ends in /status for them");
    return say({});
  }
  Response hand_on(net::Receipt receipt);

  const Account account_;
  const bool older_;
  const Hash hash_;
  const std::string service_;
  net::ReceiptSink receipts_;
  net::Notices notices_;
  sms::Form form_;
  std::string json_form_;
};

/// What an operator can do about a token that does not count.
std::string_view advice(Verdict verdict) {
  switch (verdict) {
    case Verdict::genuine:
    case Verdict::unreadable: return "a request had no readable token";
    case Verdict::algorithm: return "a request's token was not signed with HS256";
    case Verdict::signature: return "a request's token had a wrong signature; if texts do not arrive, check the signature secret";
    case Verdict::claims: return "a request's token was not issued by Vonage for a webhook";
    case Verdict::stale: return "a request's token was too old or from the future; if texts do not arrive, check this machine's clock";
    case Verdict::other_account: return "a request's token was for another API key or application; check api_key and application_id";
    case Verdict::other_body: return "a request's body was not the one that its token is for; something between Vonage and us changes it";
  }
  return "a request had no right signature";
}

std::optional<Response> VonageDoor::verify_token(const Request& request) {
  if (account_.signature_secret.empty()) return refuse(Refusal::no_credential, 403);
  if (!net::is_media_type(request.header("Content-Type"), "application/json")) {
    notices_.warn("a request had a content type that this channel does not read");
    return refuse(Refusal::content_type, 415);
  }
  if (request.count("Authorization") != 1) {
    // Vonage says that it may post without a token now and then, and comes again with one after a 5xx.
    notices_.warn("a request had no token; if texts do not arrive, check that the number uses the Messages API");
    return refuse(Refusal::signature, 503);
  }
  const Verdict verdict = judge(sms::credentials(request.header("Authorization"), "Bearer"), request.body, account_, now());
  if (verdict == Verdict::genuine) return std::nullopt;
  notices_.warn(advice(verdict));
  return refuse(Refusal::signature, 403);
}

awaitable<Response> VonageDoor::token_text(const Request& request) {
  if (auto refused = verify_token(request)) co_return std::move(*refused);
  const auto message = sms::keys_once(request.body) ? sms::read_object(request.body) : std::nullopt;
  if (!message) co_return malformed("a signed request could not be read");
  if (object_at(*message, "message").size() > 0 && object_at(*message, "from").size() > 0)
    co_return malformed("a text came in the form of version 0.1: set the application's API version to v1");
  const std::string_view channel = string_at(*message, "channel"), kind = string_at(*message, "message_type");
  if (!channel.empty() && channel != "sms" && channel != "mms") {
    notices_.warn("a message of another channel than SMS and MMS was left alone");
    co_return say({});
  }
  if (has(*message, "status") && !has(*message, "text") && !has(*message, "message_type")) co_return misplaced();
  const std::string_view id = string_at(*message, "message_uuid");
  const std::string from = net::with_plus(string_at(*message, "from")), to = net::with_plus(string_at(*message, "to"));
  const json::value* words = message->if_contains("text");
  const bool spoken = words && words->is_string();
  // An SMS may come without its type (the description of the API does not ask for one): then it is a text if it has words.
  const bool is_text = kind == "text" || (kind.empty() && spoken);
  if (channel.empty() || id.empty() || id.size() > kMessageIdMost || from.empty() || to.empty() || (is_text && !spoken) ||
      (kind.empty() && (!spoken || has(*message, "message_type"))))
    co_return malformed("a signed request was no text: a field is missing");
  sms::Incoming incoming{from, to, is_text ? std::string(string_at(*message, "text")) : std::string(), std::string(id), !is_text};
  co_return co_await take(std::move(incoming), service_, false, request);
}

Response VonageDoor::token_status(const Request& request) {
  if (auto refused = verify_token(request)) return std::move(*refused);
  const auto told = sms::keys_once(request.body) ? sms::read_object(request.body) : std::nullopt;
  const std::string_view id = told ? string_at(*told, "message_uuid") : std::string_view(), word = told ? string_at(*told, "status") : "";
  if (id.empty() || id.size() > kMessageIdMost || word.empty()) return malformed("a signed receipt was not whole");
  int code = code_of(object_at(*told, "error"));
  if (const json::value* segments = object_at(*told, "sms").if_contains("segments"); code == 0 && segments && segments->is_array()) {
    // A long text can fail in one part only, and then the code may be with the part.
    for (const json::value& segment : segments->get_array())
      if (code == 0 && segment.is_object()) code = code_of({{"code", string_at(segment.get_object(), "error_code")}});
  }
  net::Receipt receipt;
  receipt.message_id = id;
  receipt.status = status_of(word);
  if (code > 0) receipt.error_code = std::to_string(code);
  receipt.filtered = filtered(code) && receipt.status != Status::delivered;
  if (code == kOptedOut) notices_.warn("Vonage holds an opt-out for a person whom we answered: switch its Opt-Out Assist off");
  return hand_on(std::move(receipt));
}

std::string_view VonageDoor::value(std::string_view name) const {
  const std::string_view* found = form_.find(name);
  return found ? *found : std::string_view();
}

/// A JSON object's plain values, as the form that the rest reads and the signature was made over.
bool VonageDoor::json_into_form(std::string_view body) {
  const auto object = sms::keys_once(body) ? sms::read_object(body) : std::nullopt;
  if (!object) return false;
  json_form_.clear();
  for (const auto& [key, item] : *object) {
    const std::string_view name(key.data(), key.size());
    if (item.is_string()) sms::append_pair(json_form_, name, {item.get_string().data(), item.get_string().size()});
    else if (item.is_int64()) sms::append_pair(json_form_, name, std::to_string(item.get_int64()));
    else if (item.is_bool()) sms::append_pair(json_form_, name, item.get_bool() ? "true" : "false");
    else return false;  // what was signed for it is anybody's guess
  }
  return form_.parse(json_form_);
}

bool VonageDoor::each_once() const {
  const auto fields = form_.fields();
  return std::ranges::adjacent_find(fields, {}, &sms::Field::name) == fields.end();
}

std::optional<Response> VonageDoor::verify_older(const Request& request) {
  if (account_.signature_secret.empty()) return refuse(Refusal::no_credential, 403);
  bool readable = false;
  const std::string_view type = request.header("Content-Type");
  // The scheme signs the decoded values, so a request must be read before it can be judged.
  if (request.method != "POST") {
    readable = form_.parse(request.query);
  } else if (net::is_media_type(type, "application/x-www-form-urlencoded")) {
    readable = form_.parse(request.body);
  } else if (net::is_media_type(type, "application/json")) {
    readable = json_into_form(request.body);
  } else {
    notices_.warn("a request had a content type that this channel does not read");
    return refuse(Refusal::content_type, 415);
  }
  form_.sort();
  if (!readable || !each_once()) return malformed("a request could not be read: broken encoding, or a field that is there twice");
  if (!signed_by(hash_, account_.signature_secret, form_.fields())) {
    notices_.warn("a request had no right signature; if texts do not arrive, check the signature secret and method");
    return refuse(Refusal::signature, 403);
  }
  if (!sms::fresh(value("timestamp"), kWindow, now())) {
    notices_.warn("a request's signature was too old or from the future; if texts do not arrive, check this machine's clock");
    return refuse(Refusal::signature, 403);
  }
  if (const auto* key = form_.find("api-key"); key && !sms::same_secret(*key, account_.api_key)) {
    notices_.warn("a request was for another API key; check api_key");
    return refuse(Refusal::signature, 403);
  }
  return std::nullopt;
}

awaitable<Response> VonageDoor::older_text(const Request& request) {
  if (auto refused = verify_older(request)) co_return std::move(*refused);
  if (form_.find("status") && !form_.find("text") && !form_.find("type")) co_return misplaced();
  const std::string_view id = value("messageId"), kind = value("type");
  const std::string from = net::with_plus(value("msisdn")), to = net::with_plus(value("to"));
  const bool media = kind != "text" && kind != "unicode";
  if (id.empty() || id.size() > kMessageIdMost || from.empty() || to.empty() || kind.empty() || (!media && !form_.find("text")))
    co_return malformed("a signed request was no text: a field is missing");

  const std::string_view reference = value("concat-ref");
  const auto total = small_number(value("concat-total")), number = small_number(value("concat-part"));
  const bool sound = !reference.empty() && reference.size() <= kReferenceMost && reference.find_first_of(" /") == std::string_view::npos &&
                     total && number && *total >= 2 && *total <= kPartsMost && *number >= 1 && *number <= *total;
  const bool in_parts = value("concat") == "true" && sound;  // part numbers that cannot be: the words are kept all the same
  if (in_parts && media && *number > 1) co_return say({});   // one picture, one answer
  sms::Incoming incoming{from, to, media ? std::string() : std::string(value("text")), std::string(id), media};
  if (!in_parts || media) co_return co_await take(std::move(incoming), service_, false, request);
  sms::PartOf place{"v" + std::string(reference) + "/" + std::to_string(*total), *number, *total, net::InboundPart::kUtf8};
  co_return co_await take_part(std::move(incoming), std::move(place), service_, false, request);
}

Response VonageDoor::older_status(const Request& request) {
  if (auto refused = verify_older(request)) return std::move(*refused);
  const std::string_view id = value("messageId"), word = value("status"), code = value("err-code");
  if (id.empty() || id.size() > kMessageIdMost || word.empty()) return malformed("a signed receipt was not whole");
  net::Receipt receipt;
  receipt.message_id = id;
  receipt.status = status_of(word);
  if (code != "0") receipt.error_code = sms::error_code(code);
  receipt.filtered = code == "6" && receipt.status != Status::delivered;  // "Anti-Spam Rejection"; the SMS API counts from 0
  return hand_on(std::move(receipt));
}

Response VonageDoor::hand_on(net::Receipt receipt) {
  receipt.channel = channel_;
  if (receipt.filtered) receipt.status = Status::undelivered;  // a carrier dropped it, whichever word Vonage has for that
  if (receipts_) receipts_(std::move(receipt));
  return say({});
}

/// 200 and nothing else: Vonage asks for just that status.
Response VonageDoor::say(const net::Reply&) const { return {}; }

}  // namespace

void add_routes(net::Router& router, const std::string& name, const VonageConfig& config,
                net::Conversations& conversations, const net::ChannelMetrics& metrics, net::ReceiptSink receipts) {
  auto door = std::make_shared<VonageDoor>(name, config, conversations, metrics, std::move(receipts));
  const bool older = config.signature == VonageConfig::Signature::older;
  for (const char* method : {"POST", "GET"}) {
    if (!older && std::string_view(method) == "GET") continue;
    router.add(method, "/sms/" + name, [door](const Request& request) { return door->text(request); });
    router.add(method, "/sms/" + name + "/status", [door](const Request& request) { return door->status(request); });
  }
}

}  // namespace northstar::vonage
