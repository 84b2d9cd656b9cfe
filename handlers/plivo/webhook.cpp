#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>

#include "gateway/net/notices.h"
#include "gateway/net/number.h"
#include "handlers/plivo/address.h"
#include "handlers/plivo/errors.h"
#include "handlers/plivo/plivo.h"
#include "handlers/plivo/record.h"
#include "handlers/plivo/signature.h"
#include "handlers/sms/form.h"
#include "handlers/sms/webhook.h"

namespace northstar::plivo {
namespace {

using net::Refusal;
using sms::Form;
using namespace std::chrono_literals;

constexpr std::size_t kMessageIdMost = 64;  // Plivo's have 36 characters
constexpr std::string_view kXml = "application/xml; charset=utf-8";
constexpr std::string_view kEmptyAnswer = R"(<?xml version="1.0" encoding="UTF-8"?><Response></Response>)";
constexpr auto kForTheStore = 1500ms;       // of the answer's time, what the read-back leaves for the conversation
constexpr std::array kAskAgainAfter{300ms, 900ms};  // Plivo's record may come to be just behind its webhook
constexpr auto kOldestText = std::chrono::hours(72);  // well within the time for which ids are remembered

/// It becomes a part of the API's path.
bool is_message_id(std::string_view id) {
  return !id.empty() && id.size() <= kMessageIdMost && std::ranges::all_of(id, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  });
}

std::string_view value(const Form& form, std::string_view name) {
  const std::string_view* found = form.find(name);
  return found ? *found : std::string_view();
}

/// Parts of one text as one string that no other parts make.
std::string joined(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) out.append(std::to_string(part.size())).append(":").append(part);
  return out;
}

class PlivoDoor final : public sms::Door {
 public:
  PlivoDoor(const std::string& name, const PlivoConfig& config, net::Conversations& conversations, net::HttpClient& client,
            const net::ChannelMetrics& metrics, net::ReceiptSink receipts)
      : Door(name, conversations, metrics),
        text_signature_(config.auth_token, webhook_url(config)),
        status_signature_(config.auth_token, webhook_url(config) + "/status"),
        configured_(!config.auth_token.empty()),
        read_back_(config.read_back),
        service_(config.service),
        origin_(config.api.origin),
        messages_(messages_path(config)),
        authorization_(authorization(config)),
        nonces_(config.nonces),
        client_(client),
        receipts_(std::move(receipts)),
        notices_(name, metrics.last_notice) {
    if (!configured_) notices_.warn("no auth token is configured, so every text is refused");
  }

  boost::asio::awaitable<net::Response> text(const net::Request& request);
  boost::asio::awaitable<net::Response> status(const net::Request& request);

 private:
  enum class Known { yes, otherwise, not_now };

  net::Response say(const net::Reply& reply) const override;
  /// A refusal, or nothing when `form` holds what came with a right signature.
  std::optional<net::Response> verify(const net::Request& request, const Signature& signature, Form& form);
  /// Whether the nonce is fit for what came under it.
  bool fresh(const net::Request& request, const std::string& content);
  boost::asio::awaitable<Known> known_to_plivo(std::string id, std::string from, std::string to, store::Deadline deadline);
  Known judge(const net::Answer& answer, std::string_view id, std::string_view from, std::string_view to);

  const Signature text_signature_, status_signature_;
  const bool configured_, read_back_;
  const std::string service_;
  const net::Origin origin_;
  const std::string messages_, authorization_;
  const std::shared_ptr<Nonces> nonces_;
  net::HttpClient& client_;
  net::ReceiptSink receipts_;
  net::Notices notices_;
};

std::optional<net::Response> PlivoDoor::verify(const net::Request& request, const Signature& signature, Form& form) {
  if (!configured_) return refuse(Refusal::no_credential, 403);
  if (!net::is_media_type(request.header("Content-Type"), "application/x-www-form-urlencoded")) {
    notices_.warn("a request had a content type that this channel does not read");
    return refuse(Refusal::content_type, 415);
  }
  // The first is made with the token of the account or subaccount that owns the number, the second always with the main
  // account's: ours may be either.
  bool genuine = false, doubled = request.count("X-Plivo-Signature-V2-Nonce") != 1;
  for (const std::string_view name : {"X-Plivo-Signature-V2", "X-Plivo-Signature-Ma-V2"}) {
    doubled = doubled || request.count(name) > 1;
    const bool right = signature.matches(request.header("X-Plivo-Signature-V2-Nonce"), request.header(name));
    genuine = genuine || right;
  }
  if (!genuine || doubled) {
    notices_.warn("a request had no right signature; if texts do not arrive, check public_url, the path secret and the auth token");
    return refuse(Refusal::signature, 403);
  }
  if (!form.parse(request.body)) {
    notices_.warn("a request could not be read: broken encoding");
    return refuse(Refusal::malformed, 400);
  }
  return std::nullopt;
}

bool PlivoDoor::fresh(const net::Request& request, const std::string& content) {
  const bool fit = nonces_->may_carry(request.header("X-Plivo-Signature-V2-Nonce"), content);
  if (!fit) notices_.warn("a signed request came again with something else in it, and was refused");
  return fit;
}

boost::asio::awaitable<net::Response> PlivoDoor::text(const net::Request& request) {
  Form form;  // of this coroutine: others come in while this one waits for the API
  if (auto refused = verify(request, text_signature_, form)) co_return std::move(*refused);
  const std::string_view type = value(form, "Type");
  if (!type.empty() && type != "sms" && type != "mms") {
    notices_.warn("a message that is neither SMS nor MMS was left alone");
    co_return say({});
  }
  const bool mms = type == "mms";
  const std::string_view words = mms && form.find("Body") ? "Body" : "Text";
  const std::string_view id = value(form, "MessageUUID"), from = value(form, "From"), to = value(form, "To");
  bool whole = is_message_id(id) && !from.empty() && !to.empty() && (mms || form.find(words));
  for (const std::string_view name : {std::string_view("MessageUUID"), std::string_view("From"), std::string_view("To"),
                                      std::string_view("Type"), std::string_view("Text"), std::string_view("Body")})
    whole = whole && !form.twice(name);
  if (!whole) {
    notices_.warn("a signed request was no text: a field is missing or there twice");
    co_return refuse(Refusal::malformed, 400);
  }
  const std::string_view count = value(form, "MediaCount");
  const bool media = mms || (!count.empty() && count != "0") || form.find("Media0") || form.find("Media1");
  if (!fresh(request, joined({"text", id, from, to, value(form, words), media ? "1" : "0"}))) co_return refuse(Refusal::signature, 403);
  if (read_back_) {
    const Known known = co_await known_to_plivo(std::string(id), std::string(from), std::string(to), request.deadline - kForTheStore);
    if (known == Known::not_now) {
      metrics_.count(Refusal::away);
      co_return sms::away();
    }
    if (known == Known::otherwise) co_return refuse(Refusal::signature, 403);
  }
  const std::string sender = net::with_plus(from), receiver = net::with_plus(to);
  sms::Incoming incoming{sender, receiver, std::string(value(form, words)), std::string(id), media};
  co_return co_await take(std::move(incoming), service_, false, request);
}

boost::asio::awaitable<PlivoDoor::Known> PlivoDoor::known_to_plivo(std::string id, std::string from, std::string to,
                                                                   store::Deadline deadline) {
  for (std::size_t asked = 0;; ++asked) {
    net::Call call;
    call.origin = origin_;
    call.target = messages_ + id + "/";
    call.headers = {{"Authorization", authorization_}, {"Accept", "application/json"}};
    const auto answer = co_await client_.send(std::move(call), deadline);
    if (!answer) {
      notices_.warn(answer.error().text);
      co_return Known::not_now;
    }
    if (answer->status != 404) co_return judge(*answer, id, from, to);
    if (asked == kAskAgainAfter.size() || std::chrono::steady_clock::now() + kAskAgainAfter[asked] >= deadline) break;
    boost::asio::steady_timer pause(co_await boost::asio::this_coro::executor, kAskAgainAfter[asked]);
    co_await pause.async_wait(boost::asio::use_awaitable);
  }
  // Either somebody made it up, or the record is late: Plivo posts a real one again in a minute.
  notices_.warn("Plivo's API does not know a text that came in; it was not handed over");
  co_return Known::not_now;
}

PlivoDoor::Known PlivoDoor::judge(const net::Answer& answer, std::string_view id, std::string_view from, std::string_view to) {
  const auto object = answer.status == 200 ? sms::read_object(answer.body) : std::nullopt;
  if (!object) {
    notices_.warn(answer.status == 401 || answer.status == 403
                      ? "Plivo's API does not accept our auth id and token, so no text can be read back: none gets in"
                  : answer.status == 429 ? "Plivo's API is asked too often, so texts wait; have the account's limit raised"
                                         : "Plivo's API could not say whether a text is real, so it waits");
    return Known::not_now;
  }
  const Record record = read_record(*object);
  const bool real = (record.id.empty() || record.id == id) && record.direction == "inbound" && may_be_number(record.from, from) &&
                    same_number(record.to, to);
  const Instant now = std::chrono::floor<Millis>(std::chrono::system_clock::now());
  const bool old = record.time && *record.time + kOldestText < now;
  if (real && !old) return Known::yes;
  notices_.warn(real ? "a text from days ago came again, and was refused"
                     : "a text was not the one that Plivo's API knows by its id, and was refused");
  return Known::otherwise;
}

boost::asio::awaitable<net::Response> PlivoDoor::status(const net::Request& request) {
  Form form;
  if (auto refused = verify(request, status_signature_, form)) co_return std::move(*refused);
  const std::string_view id = value(form, "MessageUUID"), status = value(form, "Status"), code = value(form, "ErrorCode");
  if (!is_message_id(id) || status.empty() || form.twice("MessageUUID") || form.twice("Status") || form.twice("ErrorCode")) {
    notices_.warn("a signed receipt was not whole");
    co_return refuse(Refusal::malformed, 400);
  }
  if (!fresh(request, joined({"status", id, status, code}))) co_return refuse(Refusal::signature, 403);
  net::Receipt receipt;
  receipt.channel = channel_;
  receipt.message_id = id;
  using Status = net::Receipt::Status;
  receipt.status = status == "delivered" || status == "read"           ? Status::delivered
                   : status == "undelivered" || status == "rejected" ? Status::undelivered
                   : status == "failed"                                ? Status::failed
                                                                       : Status::under_way;
  receipt.error_code = sms::error_code(code);
  int number = 0;
  std::from_chars(receipt.error_code.data(), receipt.error_code.data() + receipt.error_code.size(), number);
  if (number == 0) receipt.error_code.clear();  // "000" is Plivo's word for none
  receipt.filtered = number == kSpamDetected;
  const auto known = std::ranges::lower_bound(kReceiptCodes, number, {}, &ReceiptCode::code);
  if (known != kReceiptCodes.end() && known->code == number) notices_.warn(known->told);
  if (receipts_) receipts_(std::move(receipt));
  net::Response response;
  response.status = 204;
  co_return response;
}

net::Response PlivoDoor::say(const net::Reply&) const {
  net::Response response;  // the reply itself goes out by the API: only there Plivo says whether it was taken
  response.content_type = kXml;
  response.body = kEmptyAnswer;
  return response;
}

}  // namespace

void add_routes(net::Router& router, const std::string& name, const PlivoConfig& config, net::Conversations& conversations,
                net::HttpClient& client, const net::ChannelMetrics& metrics, net::ReceiptSink receipts) {
  auto door = std::make_shared<PlivoDoor>(name, config, conversations, client, metrics, std::move(receipts));
  const std::string path = "/sms/" + name + (config.path_secret.empty() ? std::string() : "/" + config.path_secret);
  router.add("POST", path, [door](const net::Request& request) { return door->text(request); });
  router.add("POST", path + "/status", [door](const net::Request& request) { return door->status(request); });
}

}  // namespace northstar::plivo
