#include <utility>

#include "gateway/net/notices.h"
#include "gateway/reply/segments.h"
#include "handlers/kannel/incoming.h"
#include "handlers/kannel/kannel.h"
#include "handlers/kannel/query.h"
#include "handlers/kannel/status_address.h"
#include "handlers/sms/webhook.h"

namespace northstar::kannel {
namespace {

constexpr std::size_t kMessageIdMost = 64;  // a UUID has 36 characters, an entry id fewer
constexpr std::string_view kPlainText = "text/plain; charset=UTF-8";

/// One request as smsbox made it.
struct Asked {
  Query query;
  std::string text;  ///< octets
  std::string_view value(std::string_view name) const {
    const std::string* found = query.find(name);
    return found ? std::string_view(*found) : std::string_view();
  }
};

class KannelDoor final : public sms::Door {
 public:
  KannelDoor(const std::string& name, const KannelConfig& config, net::Conversations& conversations,
             const net::ChannelMetrics& metrics, net::ReceiptSink receipts)
      : Door(name, conversations, metrics),
        config_(config),
        basic_(net::base64(config.user + ":" + config.secret)),
        receipts_(std::move(receipts)),
        notices_(name, metrics.last_notice) {
    if (config_.secret.empty()) notices_.warn("no secret is configured, so every text is refused");
  }

  boost::asio::awaitable<net::Response> text(const net::Request& request);
  boost::asio::awaitable<net::Response> status(const net::Request& request);

 private:
  net::Response say(const net::Reply& reply) const override;
  bool authentic(const net::Request& request) const;
  /// A refusal, or what was asked.
  std::optional<net::Response> read(const net::Request& request, Asked& asked);

  const KannelConfig config_;
  const std::string basic_;
  net::ReceiptSink receipts_;
  net::Notices notices_;
};

bool KannelDoor::authentic(const net::Request& request) const {
  if (request.count("Authorization") > 0)
    return request.count("Authorization") == 1 && sms::same_secret(sms::credentials(request.header("Authorization"), "Basic"), basic_);
  const auto given = only(request.query, "secret");
  return given && sms::same_secret(*given, config_.secret);
}

std::optional<net::Response> KannelDoor::read(const net::Request& request, Asked& asked) {
  if (config_.secret.empty()) return refuse(net::Refusal::no_credential, 403);
  if (!authentic(request)) {
    notices_.warn("a request had no right secret; if texts do not arrive, look at the sms-service's address");
    return refuse(net::Refusal::signature, 403);
  }
  auto query = Query::parse(request.query);
  if (!query) {
    notices_.warn("a request could not be read: broken encoding");
    return refuse(net::Refusal::malformed, 400);
  }
  asked.query = std::move(*query);
  if (request.method != "POST") {
    asked.text = asked.value("text");
    return std::nullopt;
  }
  const std::string_view type = request.header("Content-Type");
  // post-xml says its texts in another way.
  if (!net::is_media_type(type, "text/plain") && !net::is_media_type(type, "application/octet-stream")) {
    notices_.warn("a request had a content type that this channel does not read: use post-url or get-url");
    return refuse(net::Refusal::content_type, 415);
  }
  asked.text = request.body;
  return std::nullopt;
}

boost::asio::awaitable<net::Response> KannelDoor::text(const net::Request& request) {
  Asked asked;
  if (auto refused = read(request, asked)) co_return std::move(*refused);
  const std::string_view id = asked.value("id"), from = asked.value("from"), to = asked.value("to");
  bool whole = !id.empty() && id.size() <= kMessageIdMost && !from.empty() && !to.empty();
  whole = whole && (asked.query.find("text") != nullptr) != (request.method == "POST");
  for (const char* name : {"id", "from", "to", "text", "coding", "charset", "udh"}) whole = whole && !asked.query.twice(name);
  if (!whole) {
    notices_.warn("a request was no text: id, from, to or text is missing or there twice; look at the sms-service's address");
    co_return refuse(net::Refusal::malformed, 400);
  }
  const auto charset = charset_of(asked.value("charset"), asked.value("coding"));
  if (!charset) {
    notices_.warn("a text was in a charset that this channel does not read: take alt-charset out of the sms-service");
    co_return refuse(net::Refusal::content_type, 415);
  }
  const sms::UserDataHeader header = read_header(asked.value("udh"));
  const bool media = *charset == Charset::binary || header.port_addressed;
  sms::Incoming incoming{from, to, {}, std::string(id), media};
  if (media) {
    // A contact card has several parts; one answer to it is enough.
    if (header.number > 1) co_return say({});
    co_return co_await take(std::move(incoming), config_.service, config_.reply_inline, request);
  }
  if (header.total > 1) {
    // bearerbox leaves parts apart with `sms-combine-concatenated-mo = false`, and after its own patience (half an hour). A
    // character may lie across two parts of UTF-16; of the others each part is whole.
    const bool utf16 = *charset == Charset::utf16;
    incoming.text = utf16 ? std::move(asked.text) : to_utf8(asked.text, *charset);
    sms::PartOf place{sms::part_set(header.wide, header.reference, header.total), header.number, header.total,
                      utf16 ? net::InboundPart::kUcs2 : net::InboundPart::kUtf8};
    co_return co_await take_part(std::move(incoming), std::move(place), config_.service, config_.reply_inline, request);
  }
  incoming.text = to_utf8(asked.text, *charset);
  co_return co_await take(std::move(incoming), config_.service, config_.reply_inline, request);
}

boost::asio::awaitable<net::Response> KannelDoor::status(const net::Request& request) {
  if (config_.secret.empty()) co_return refuse(net::Refusal::no_credential, 403);
  const auto id = only(request.query, "id"), proof = only(request.query, "proof");
  if (!id || !proof || id->empty() || id->size() > kMessageIdMost || !sms::same_secret(*proof, status_proof(config_.secret, *id))) {
    notices_.warn("a receipt had no right proof");
    co_return refuse(net::Refusal::signature, 403);
  }
  using Status = net::Receipt::Status;
  const auto type = only(request.query, "type");
  const auto status = !type                             ? std::nullopt
                      : *type == "1"                    ? std::optional(Status::delivered)
                      : *type == "2"                    ? std::optional(Status::undelivered)
                      : *type == "16"                   ? std::optional(Status::failed)
                      : *type == "4" || *type == "8" || *type == "32" ? std::optional(Status::under_way)
                                                        : std::nullopt;
  if (!status) {
    notices_.warn("a receipt did not say what became of its text");
    co_return refuse(net::Refusal::malformed, 400);
  }
  net::Receipt receipt;
  receipt.channel = channel_;
  receipt.message_id = *id;
  receipt.status = *status;
  receipt.error_code = network_error(only(request.query, "error").value_or(std::string()));
  if (receipts_) receipts_(std::move(receipt));
  co_return say({});  // smsbox takes 204 for a failure, and would ask again
}

net::Response KannelDoor::say(const net::Reply& reply) const {
  net::Response response;
  response.content_type = kPlainText;
  if (reply.kind != net::Reply::Kind::text) return response;
  response.body = reply.text.reveal();
  response.headers.emplace_back("X-Kannel-Coding", reply::first_beyond_gsm(response.body).empty() ? "0" : "2");
  if (config_.receipts && !reply.entry_id.empty()) {
    response.headers.emplace_back("X-Kannel-DLR-Mask", kReceiptMask);
    response.headers.emplace_back("X-Kannel-DLR-Url", status_address(config_.public_url, config_.secret, reply.entry_id));
  }
  return response;
}

}  // namespace

void add_routes(net::Router& router, const std::string& name, const KannelConfig& config,
                net::Conversations& conversations, const net::ChannelMetrics& metrics, net::ReceiptSink receipts) {
  auto door = std::make_shared<KannelDoor>(name, config, conversations, metrics, std::move(receipts));
  for (const char* method : {"GET", "POST"})
    router.add(method, "/sms/" + name, [door](const net::Request& request) { return door->text(request); });
  router.add("GET", "/sms/" + name + "/status", [door](const net::Request& request) { return door->status(request); });
}

}  // namespace northstar::kannel
