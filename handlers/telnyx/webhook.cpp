#include <charconv>

#include "gateway/net/notices.h"
#include "handlers/sms/webhook.h"
#include "handlers/telnyx/errors.h"
#include "handlers/telnyx/event.h"
#include "handlers/telnyx/signature.h"
#include "handlers/telnyx/telnyx.h"

namespace northstar::telnyx {
namespace {

constexpr std::string_view kSignature = "telnyx-signature-ed25519";
constexpr std::string_view kTimestamp = "telnyx-timestamp";

net::Receipt::Status read_status(std::string_view status) {
  using Status = net::Receipt::Status;
  if (status == "delivered") return Status::delivered;
  if (status == "delivery_failed" || status == "expired") return Status::undelivered;
  if (status == "sending_failed") return Status::failed;
  return Status::under_way;  // `delivery_unconfirmed` too: the carrier never said, and the text may well be there
}

bool filtered(std::string_view code) {
  int number = 0;
  std::from_chars(code.data(), code.data() + code.size(), number);
  const TelnyxError* known = known_error(number);
  return known && known->filtered;
}

/// The receiving half of one Telnyx channel.
class TelnyxDoor final : public sms::Door {
 public:
  TelnyxDoor(const std::string& name, const TelnyxConfig& config, net::Conversations& conversations,
             const net::ChannelMetrics& metrics, net::ReceiptSink receipts)
      : Door(name, conversations, metrics),
        signature_(config.public_key),
        configured_(signature_.configured() && !config.api_key.empty()),
        service_(config.service),
        receipts_(std::move(receipts)),
        notices_(name, metrics.last_notice) {
    if (!configured_) notices_.warn("no public key or no API key is configured, so every text is refused");
  }

  boost::asio::awaitable<net::Response> event(const net::Request& request);

 private:
  net::Response say(const net::Reply&) const override;
  /// A refusal, or nothing when Telnyx signed these bytes just now.
  std::optional<net::Response> verify(const net::Request& request);
  void receipt(const Event& event);

  TelnyxSignature signature_;
  bool configured_;
  std::string service_;
  net::ReceiptSink receipts_;
  net::Notices notices_;
  bool keyword_handling_told_ = false;
};

std::optional<net::Response> TelnyxDoor::verify(const net::Request& request) {
  if (!configured_) return refuse(net::Refusal::no_credential, 403);
  if (!net::is_media_type(request.header("Content-Type"), "application/json")) {
    notices_.warn("a request had a content type that this channel does not read");
    return refuse(net::Refusal::content_type, 415);
  }
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  if (request.count(kSignature) != 1 || request.count(kTimestamp) != 1 ||
      !signature_.matches(request.header(kTimestamp), request.body, request.header(kSignature), now)) {
    notices_.warn("a request had no right signature; if texts do not arrive, check public_key and this machine's clock");
    return refuse(net::Refusal::signature, 403);
  }
  return std::nullopt;
}

boost::asio::awaitable<net::Response> TelnyxDoor::event(const net::Request& request) {
  if (auto refused = verify(request)) co_return std::move(*refused);
  Event event = read_event(request.body);
  switch (event.kind) {
    case Event::Kind::malformed:
      notices_.warn("a signed request was no event of Telnyx's API v2: a field is missing or there twice");
      co_return refuse(net::Refusal::malformed, 400);
    case Event::Kind::spend_limit:
      notices_.warn("the messaging profile's daily spend limit is reached: no text goes out until midnight UTC");
      co_return say({});
    case Event::Kind::elsewhere:
      notices_.warn("a message came by RCS or WhatsApp, which this channel cannot answer; take them off the messaging profile");
      co_return say({});
    case Event::Kind::other:
      co_return say({});
    case Event::Kind::receipt:
      receipt(event);
      co_return say({});
    case Event::Kind::text:
      break;
  }
  if (!keyword_handling_told_ && !event.keyword.empty()) {
    keyword_handling_told_ = true;
    // R17: what Telnyx answers by itself, people get two answers to; and after STOP it blocks all that we send.
    notices_.warn("Telnyx answered a keyword by itself; see this channel's page on START, STOP and HELP");
  }
  sms::Incoming incoming{event.from, event.to, std::move(event.text), std::move(event.id), event.media};
  co_return co_await take(std::move(incoming), service_, false, request);
}

void TelnyxDoor::receipt(const Event& event) {
  if (!receipts_) return;
  const std::string code = sms::error_code(event.code);
  receipts_({.channel = channel_,
             .message_id = event.id,
             .status = read_status(event.status),
             .error_code = code,
             .filtered = filtered(code)});
}

/// Whatever there is to say goes out by the API.
net::Response TelnyxDoor::say(const net::Reply&) const {
  net::Response response;
  response.content_type = "application/json";
  response.body = "{}";
  return response;
}

}  // namespace

void add_routes(net::Router& router, const std::string& name, const TelnyxConfig& config,
                net::Conversations& conversations, const net::ChannelMetrics& metrics, net::ReceiptSink receipts) {
  auto door = std::make_shared<TelnyxDoor>(name, config, conversations, metrics, std::move(receipts));
  // Telnyx signs no address and falls back from a send's own URL to the profile's: both routes take every event.
  router.add("POST", "/sms/" + name, [door](const net::Request& request) { return door->event(request); });
  router.add("POST", "/sms/" + name + "/status", [door](const net::Request& request) { return door->event(request); });
}

}  // namespace northstar::telnyx
