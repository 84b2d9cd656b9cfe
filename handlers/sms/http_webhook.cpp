#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <optional>

#include "gateway/net/notices.h"
#include "handlers/sms/form.h"
#include "handlers/sms/http.h"
#include "handlers/sms/http_auth.h"
#include "handlers/sms/webhook.h"

namespace northstar::sms {
namespace {

namespace json = boost::json;

constexpr std::size_t kMessageIdMost = 200;

/// The fields of one request, wherever its format keeps them.
struct Text {
  std::string from, to, text, id;
  bool media = false;
};

/// A string or a whole number, as text; nothing for what is neither.
std::optional<std::string> scalar_at(const json::value& root, const std::string& pointer) {
  boost::system::error_code ec;
  const json::value* found = root.find_pointer(json::string_view(pointer.data(), pointer.size()), ec);
  if (!found) return std::nullopt;
  if (found->is_string()) return std::string(found->get_string().data(), found->get_string().size());
  if (found->is_int64()) return std::to_string(found->get_int64());
  if (found->is_uint64()) return std::to_string(found->get_uint64());
  return std::nullopt;
}

bool something_at(const json::value& root, const std::string& pointer) {
  boost::system::error_code ec;
  const json::value* found = pointer.empty() ? nullptr : root.find_pointer(json::string_view(pointer.data(), pointer.size()), ec);
  if (!found || found->is_null()) return false;
  if (found->is_array()) return !found->get_array().empty();
  if (found->is_object()) return !found->get_object().empty();
  if (found->is_string()) return !found->get_string().empty() && found->get_string() != "0";
  if (found->is_bool()) return found->get_bool();
  return !(found->is_int64() && found->get_int64() == 0);
}

std::optional<Text> read_json(const HttpReceive& receive, std::string_view body) {
  boost::system::error_code ec;
  const json::value root = json::parse(json::string_view(body.data(), body.size()), ec);
  if (ec) return std::nullopt;
  auto from = scalar_at(root, receive.from), text = scalar_at(root, receive.text), id = scalar_at(root, receive.id);
  auto to = receive.to.empty() ? std::optional<std::string>("") : scalar_at(root, receive.to);
  if (!from || !text || !id || !to) return std::nullopt;
  // A lone surrogate in an escape would come out as bytes that are no UTF-8.
  for (const auto* part : {&*from, &*text, &*id, &*to})
    if (!valid_utf8(*part)) return std::nullopt;
  return Text{std::move(*from), std::move(*to), std::move(*text), std::move(*id), something_at(root, receive.media)};
}

std::optional<Text> read_form(const HttpReceive& receive, std::string_view bytes) {
  Form form;
  if (!form.parse(bytes)) return std::nullopt;
  for (const std::string* name : {&receive.from, &receive.to, &receive.text, &receive.id})
    if (!name->empty() && (!form.find(*name) || form.twice(*name))) return std::nullopt;
  Text text{std::string(*form.find(receive.from)), {}, std::string(*form.find(receive.text)),
            std::string(*form.find(receive.id))};
  if (!receive.to.empty()) text.to = *form.find(receive.to);
  if (const std::string_view* media = receive.media.empty() ? nullptr : form.find(receive.media))
    text.media = !media->empty() && *media != "0";
  return text;
}

class HttpDoor final : public Door {
 public:
  HttpDoor(const std::string& name, const GenericHttpConfig& config, net::Conversations& conversations,
           const net::ChannelMetrics& metrics)
      : Door(name, conversations, metrics), receive_(config.receive), service_(config.service), notices_(name, metrics.last_notice) {
    if (receive_.secret.empty()) notices_.warn("no secret is configured, so every text is refused");
  }

  boost::asio::awaitable<net::Response> text(const net::Request& request) {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    if (!authentic(receive_, request, now)) {
      notices_.warn("a request did not show the right secret or signature");
      co_return refuse(receive_.secret.empty() ? net::Refusal::no_credential : net::Refusal::signature, 403);
    }
    std::optional<Text> text = receive_.json             ? read_json(receive_, request.body)
                               : receive_.method == "GET" ? read_form(receive_, request.query)
                                                          : read_form(receive_, request.body);
    if (!text || text->from.empty() || text->id.empty() || text->id.size() > kMessageIdMost) {
      notices_.warn("a request was no text: its format or its fields are not as configured");
      co_return refuse(net::Refusal::malformed, 400);
    }
    Incoming incoming{text->from, text->to, std::move(text->text), std::move(text->id), text->media};
    co_return co_await take(std::move(incoming), service_, !receive_.reply.empty(), request);
  }

 private:
  net::Response say(const net::Reply& reply) const override {
    net::Response response;
    response.status = receive_.status;
    response.content_type = receive_.content_type;
    if (reply.kind != net::Reply::Kind::text) {
      response.body = receive_.body;
      return response;
    }
    constexpr std::string_view kPlace = "{text}";
    std::string_view rest = receive_.reply;
    for (auto at = rest.find(kPlace); at != std::string_view::npos; at = rest.find(kPlace)) {
      response.body += rest.substr(0, at);
      append_escaped(response.body, reply.text.reveal(), receive_.escape);
      rest.remove_prefix(at + kPlace.size());
    }
    response.body += rest;
    return response;
  }

  const HttpReceive receive_;
  const std::string service_;
  net::Notices notices_;
};

}  // namespace

void add_routes(net::Router& router, const std::string& name, const GenericHttpConfig& config,
                net::Conversations& conversations, const net::ChannelMetrics& metrics) {
  auto door = std::make_shared<HttpDoor>(name, config, conversations, metrics);
  router.add(config.receive.method, config.receive.path, [door](const net::Request& request) { return door->text(request); });
}

}  // namespace northstar::sms
