#include <charconv>
#include <utility>
#include <vector>

#include "gateway/net/notices.h"
#include "handlers/bandwidth/bandwidth.h"
#include "handlers/bandwidth/basic.h"
#include "handlers/bandwidth/errors.h"
#include "handlers/bandwidth/events.h"
#include "handlers/sms/webhook.h"

namespace northstar::bandwidth {
namespace {

/// The receiving half of one Bandwidth channel.
class BandwidthDoor final : public sms::Door {
 public:
  BandwidthDoor(const std::string& name, const BandwidthConfig& config, net::Conversations& conversations,
                const net::ChannelMetrics& metrics, net::ReceiptSink receipts)
      : Door(name, conversations, metrics),
        ours_{config.callback_user, config.callback_password},
        application_id_(config.application_id),
        service_(config.service),
        receipts_(config.receipts ? std::move(receipts) : net::ReceiptSink()),
        notices_(name, metrics.last_notice) {
    if (ours_.password.empty()) notices_.warn("no callback_password is configured, so every text is refused");
  }

  boost::asio::awaitable<net::Response> callback(const net::Request& request);

 private:
  net::Response say(const net::Reply&) const override { return {}; }
  std::optional<net::Response> verify(const net::Request& request);
  void hand_on(const Event& event);

  const Credentials ours_;
  const std::string application_id_, service_;
  const net::ReceiptSink receipts_;
  net::Notices notices_;
};

std::optional<net::Response> BandwidthDoor::verify(const net::Request& request) {
  if (ours_.password.empty()) return refuse(net::Refusal::no_credential, 403);
  const Admission admitted = admission(request, ours_);
  if (admitted != Admission::granted) {
    // 401 with the challenge in both cases. Without it Bandwidth's first call, which has no credentials, is its last and the
    // text is lost. A wrong password gets it too: Bandwidth repeats for 24 hours, and a password mended by then saves the text.
    net::Response challenge = net::plain(401, net::sentence_for(401));
    challenge.headers.emplace_back("WWW-Authenticate", R"(Basic realm="northstar", charset="UTF-8")");
    if (admitted == Admission::refused) {  // the first call is no refusal: every text begins with it
      notices_.warn("a request had a wrong user or password; if texts do not arrive, compare callback_user and callback_password");
      metrics_.count(net::Refusal::signature);
    }
    return challenge;
  }
  if (!net::is_media_type(request.header("Content-Type"), "application/json")) {
    notices_.warn("a request had a content type that this channel does not read");
    return refuse(net::Refusal::content_type, 415);
  }
  return std::nullopt;
}

void BandwidthDoor::hand_on(const Event& event) {
  int code = 0;
  std::from_chars(event.error_code.data(), event.error_code.data() + event.error_code.size(), code);
  if (const Failure* known = failure(code); known && event.status != net::Receipt::Status::delivered)
    notices_.warn("a text did not arrive: " + std::string(known->reason) + " (code " + std::to_string(known->code) + ")");
  if (!receipts_) return;
  net::Receipt receipt;
  receipt.channel = channel_;
  receipt.message_id = event.id;
  receipt.status = event.status;
  receipt.error_code = event.error_code;
  receipt.filtered = event.filtered;
  receipts_(std::move(receipt));
}

boost::asio::awaitable<net::Response> BandwidthDoor::callback(const net::Request& request) {
  if (auto refused = verify(request)) co_return std::move(*refused);
  const auto events = read_events(request.body, application_id_);
  if (!events) {
    notices_.warn("a request could not be read: it is no JSON array");
    co_return refuse(net::Refusal::malformed, 400);
  }
  bool taken = false, malformed = false, elsewhere = false;
  std::vector<std::function<void()>> written;
  for (const Event& event : *events) {
    if (event.kind == Event::Kind::text) {
      sms::Incoming incoming{event.from, event.to, event.text, event.id, event.media};
      net::Response answer = co_await take(std::move(incoming), service_, false, request);
      // Bandwidth then posts the whole array again; the texts taken by now are known by their ids. Those behind this one
      // wait for it, or a person's words would be read in another order.
      if (answer.status != 200) co_return answer;
      if (answer.written) written.push_back(std::move(answer.written));
      taken = true;
    } else if (event.kind == Event::Kind::receipt) {
      hand_on(event);
      taken = true;
    } else if (event.kind == Event::Kind::elsewhere) {
      elsewhere = true;
      metrics_.count(net::Refusal::signature);
      notices_.warn("an event was for another application; if texts do not arrive, compare application_id");
    } else if (event.kind == Event::Kind::malformed) {
      malformed = true;
      metrics_.count(net::Refusal::malformed);
      notices_.warn("an event was not whole: a field is missing or there twice");
    }
  }
  // A bad element beside good ones is left behind with 200: it never gets better, and the others would come for 24 hours.
  if (!taken && elsewhere) co_return net::plain(403, net::sentence_for(403));
  if (!taken && malformed) co_return net::plain(400, net::sentence_for(400));
  net::Response response;
  if (!written.empty())
    response.written = [written = std::move(written)] {
      for (const auto& tell : written) tell();
    };
  co_return response;
}

}  // namespace

void add_routes(net::Router& router, const std::string& name, const BandwidthConfig& config,
                net::Conversations& conversations, const net::ChannelMetrics& metrics, net::ReceiptSink receipts) {
  auto door = std::make_shared<BandwidthDoor>(name, config, conversations, metrics, std::move(receipts));
  for (const char* end : {"", "/status"})
    router.add("POST", "/sms/" + name + end, [door](const net::Request& request) { return door->callback(request); });
}

}  // namespace northstar::bandwidth
