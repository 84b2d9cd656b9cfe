#include <boost/json/parse.hpp>

#include "gateway/net/notices.h"
#include "handlers/sms/escape.h"
#include "handlers/sms/form.h"
#include "handlers/sms/twilio.h"
#include "handlers/sms/twilio_signature.h"
#include "handlers/sms/webhook.h"

namespace northstar::sms {
namespace {

constexpr std::size_t kMessageIdMost = 64;  // Twilio's have 34 characters
constexpr std::string_view kXml = "text/xml; charset=utf-8";
constexpr std::string_view kEmptyAnswer = R"(<?xml version="1.0" encoding="UTF-8"?><Response/>)";

/// The receiving half of one Twilio channel. Its buffers serve one request after another: nothing waits between
/// reading a request and having made an Inbound of it.
class TwilioDoor final : public Door {
 public:
  TwilioDoor(const std::string& name, const TwilioConfig& config, net::Conversations& conversations,
             const net::ChannelMetrics& metrics, net::ReceiptSink receipts)
      : Door(name, conversations, metrics),
        text_signature_(config.auth_token, config.public_url),
        status_signature_(config.auth_token, config.public_url + "/status"),
        configured_(!config.auth_token.empty()),
        inline_(config.reply_inline),
        service_(config.service),
        receipts_(std::move(receipts)),
        notices_(name, metrics.last_notice) {
    if (!configured_) notices_.warn("no auth token is configured, so every text is refused");
  }

  boost::asio::awaitable<net::Response> text(const net::Request& request);
  boost::asio::awaitable<net::Response> status(const net::Request& request);

 private:
  net::Response say(const net::Reply& reply) const override;
  /// A refusal, or nothing when `form_` holds what Twilio signed.
  std::optional<net::Response> verify(const net::Request& request, const TwilioSignature& signature);
  bool json_into_form(std::string_view body);
  std::string_view value(std::string_view name) const;
  bool has_media() const;

  TwilioSignature text_signature_, status_signature_;
  bool configured_;
  bool inline_;
  std::string service_;
  net::ReceiptSink receipts_;
  net::Notices notices_;
  Form form_;
  std::string json_form_;
  bool keyword_handling_told_ = false;
};

std::string_view TwilioDoor::value(std::string_view name) const {
  const std::string_view* found = form_.find(name);
  return found ? *found : std::string_view();
}

bool TwilioDoor::has_media() const {
  const std::string_view count = value("NumMedia");
  return (!count.empty() && count != "0") || form_.find("MediaUrl0") || form_.find("Latitude");
}

/// A JSON object's strings and numbers, as the form that the rest reads.
bool TwilioDoor::json_into_form(std::string_view body) {
  boost::system::error_code ec;
  const auto value = boost::json::parse(boost::json::string_view(body.data(), body.size()), ec);
  if (ec || !value.is_object()) return false;
  json_form_.clear();
  for (const auto& [key, item] : value.get_object()) {
    const std::string_view name(key.data(), key.size());
    if (item.is_string()) append_pair(json_form_, name, {item.get_string().data(), item.get_string().size()});
    else if (item.is_int64()) append_pair(json_form_, name, std::to_string(item.get_int64()));
  }
  return form_.parse(json_form_);
}

std::optional<net::Response> TwilioDoor::verify(const net::Request& request, const TwilioSignature& signature) {
  if (!configured_) return refuse(net::Refusal::no_credential, 403);
  const std::string_view type = request.header("Content-Type");
  const bool json = net::is_media_type(type, "application/json");
  if (!json && !net::is_media_type(type, "application/x-www-form-urlencoded")) {
    notices_.warn("a request had a content type that this channel does not read");
    return refuse(net::Refusal::content_type, 415);
  }
  const TwilioSignature::Query query{request.has_query, request.query};
  const std::string_view given = request.header("X-Twilio-Signature");
  bool genuine = request.count("X-Twilio-Signature") == 1;
  bool readable = true;
  if (json) {
    genuine = genuine && signature.matches_body(query, request.body, given);
    readable = !genuine || json_into_form(request.body);
  } else {
    // The scheme signs the decoded values, so a form must be read before it can be judged.
    readable = form_.parse(request.body);
    form_.sort();
    genuine = genuine && readable && signature.matches(query, form_.fields(), given);
  }
  if (!readable) {
    notices_.warn("a request could not be read: broken encoding");
    return refuse(net::Refusal::malformed, 400);
  }
  if (!genuine) {
    notices_.warn("a request had no right signature; if texts do not arrive, check public_url and the auth token");
    return refuse(net::Refusal::signature, 403);
  }
  return std::nullopt;
}

boost::asio::awaitable<net::Response> TwilioDoor::text(const net::Request& request) {
  if (auto refused = verify(request, text_signature_)) co_return std::move(*refused);
  const std::string_view id = value("MessageSid"), from = value("From"), to = value("To");
  const bool whole = !id.empty() && id.size() <= kMessageIdMost && !from.empty() && !to.empty() && form_.find("Body");
  if (!whole || form_.twice("MessageSid") || form_.twice("From") || form_.twice("To") || form_.twice("Body")) {
    notices_.warn("a signed request was no text: a field is missing or there twice");
    co_return refuse(net::Refusal::malformed, 400);
  }
  if (!keyword_handling_told_ && form_.find("OptOutType")) {
    keyword_handling_told_ = true;
    // R17: with it on, Twilio answers by itself and may keep texts from people who wrote "stop him".
    notices_.warn("Twilio's own keyword handling (Advanced Opt-Out) is on; switch it off, or people get two answers");
  }
  Incoming incoming{from, to, std::string(value("Body")), std::string(id), has_media()};
  co_return co_await take(std::move(incoming), service_, inline_, request);
}

boost::asio::awaitable<net::Response> TwilioDoor::status(const net::Request& request) {
  if (auto refused = verify(request, status_signature_)) co_return std::move(*refused);
  const std::string_view id = value("MessageSid"), status = value("MessageStatus"), code = value("ErrorCode");
  if (id.empty() || id.size() > kMessageIdMost || status.empty()) {
    notices_.warn("a signed receipt was not whole");
    co_return refuse(net::Refusal::malformed, 400);
  }
  net::Receipt receipt;
  receipt.channel = channel_;
  receipt.message_id = id;
  using Status = net::Receipt::Status;
  receipt.status = status == "delivered" || status == "read" ? Status::delivered
                   : status == "undelivered"                 ? Status::undelivered
                   : status == "failed" || status == "canceled" ? Status::failed
                                                             : Status::under_way;
  receipt.error_code = error_code(code);
  receipt.filtered = code == "30007";
  if (receipts_) receipts_(std::move(receipt));
  net::Response response;
  response.status = 204;
  co_return response;
}

net::Response TwilioDoor::say(const net::Reply& reply) const {
  net::Response response;
  response.content_type = kXml;
  if (reply.kind != net::Reply::Kind::text) {
    response.body = kEmptyAnswer;
    return response;
  }
  response.body.reserve(reply.text.reveal().size() + 128);
  response.body = R"(<?xml version="1.0" encoding="UTF-8"?><Response><Message>)";
  append_xml(response.body, reply.text.reveal());
  response.body += "</Message></Response>";
  return response;
}

}  // namespace

void add_routes(net::Router& router, const std::string& name, const TwilioConfig& config,
                net::Conversations& conversations, const net::ChannelMetrics& metrics, net::ReceiptSink receipts) {
  auto door = std::make_shared<TwilioDoor>(name, config, conversations, metrics, std::move(receipts));
  router.add("POST", "/sms/" + name, [door](const net::Request& request) { return door->text(request); });
  router.add("POST", "/sms/" + name + "/status", [door](const net::Request& request) { return door->status(request); });
}

}  // namespace northstar::sms
