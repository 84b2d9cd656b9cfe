#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>

#include "gateway/net/notices.h"
#include "handlers/sms/http.h"
#include "handlers/sms/vendor.h"

namespace northstar::sms {
namespace {

namespace json = boost::json;
using net::Delivery;

/// Fills {to} {from} {text} {id}; one pass, so that words which look like a place stay words.
std::string fill(std::string_view form, const net::Outbound& outbound, Escape escape) {
  std::string out;
  out.reserve(form.size() + outbound.text.reveal().size() + 64);
  while (!form.empty()) {
    const auto open = form.find('{');
    out += form.substr(0, open);
    if (open == std::string_view::npos) break;
    form.remove_prefix(open);
    const std::pair<std::string_view, std::string_view> places[] = {{"{to}", outbound.to.reveal()},
                                                                    {"{from}", outbound.service},
                                                                    {"{text}", outbound.text.reveal()},
                                                                    {"{id}", outbound.entry_id}};
    const auto* place = std::ranges::find_if(places, [&](const auto& known) { return form.starts_with(known.first); });
    if (place == std::end(places)) {
      out += '{';
      form.remove_prefix(1);
      continue;
    }
    append_escaped(out, place->second, escape);
    form.remove_prefix(place->first.size());
  }
  return out;
}

bool holds(std::string_view text, std::string_view words) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return !std::ranges::search(text, words, {}, lower, lower).empty();
}

bool fits(const std::vector<Pattern>& patterns, const net::Answer& answer) {
  return std::ranges::any_of(patterns, [&](const Pattern& pattern) {
    return pattern.status != 0 ? pattern.status == answer.status : holds(answer.body, pattern.words);
  });
}

class HttpChannel final : public net::Channel {
 public:
  HttpChannel(const std::string& name, const GenericHttpConfig& config, net::HttpClient& client,
              const net::ChannelMetrics& metrics)
      : client_(client), metrics_(metrics), send_(config.send), notices_(name, metrics.last_notice) {}

  boost::asio::awaitable<net::Sent> send(const net::Outbound& outbound, store::Deadline deadline) override {
    net::Call call;
    call.origin = send_.url.origin;
    call.method = send_.method;
    call.target = fill(send_.url_template, outbound, Escape::form);
    call.headers = send_.headers;
    if (send_.method != "GET") {
      call.content_type = send_.content_type;
      call.body = fill(send_.body, outbound, send_.escape);
    }
    const auto answer = co_await client_.send(std::move(call), deadline);
    const net::Sent sent = answer ? judge(*answer) : unanswered(answer.error(), notices_);
    metrics_.count(sent.delivery);
    co_return sent;
  }

  /// A gateway that is only described cannot be asked.
  boost::asio::awaitable<std::optional<bool>> went_out(const net::Outbound&, store::Deadline) override {
    co_return std::nullopt;
  }

 private:
  /// The configured words come first: some gateways say "opted out" with a 200.
  net::Sent judge(const net::Answer& answer) {
    net::Sent sent;
    const int status = answer.status;
    if (fits(send_.opted_out, answer)) sent.delivery = Delivery::opted_out;
    else if (fits(send_.refused, answer)) sent.delivery = Delivery::refused;
    else if (fits(send_.throttled, answer)) sent.delivery = Delivery::throttled;
    else if (std::ranges::find(send_.success, status) != send_.success.end()) return {Delivery::accepted, id_in(answer.body)};
    else sent.delivery = delivery_of(status);
    notices_.warn("a text was not taken: the gateway answered " + std::to_string(status) + " (" +
                  net::kDeliveries[static_cast<std::size_t>(sent.delivery)] + ")");
    return sent;
  }

  std::string id_in(std::string_view body) const {
    if (send_.id.empty()) return {};
    boost::system::error_code ec;
    const json::value root = json::parse(json::string_view(body.data(), body.size()), ec);
    if (ec) return {};
    const json::value* found = root.find_pointer(json::string_view(send_.id.data(), send_.id.size()), ec);
    if (!found) return {};
    if (found->is_string()) return std::string(found->get_string().data(), found->get_string().size());
    return found->is_int64() ? std::to_string(found->get_int64()) : std::string();
  }

  net::HttpClient& client_;
  const net::ChannelMetrics metrics_;
  const HttpSend send_;
  net::Notices notices_;
};

}  // namespace

std::unique_ptr<net::Channel> make_channel(const std::string& name, const GenericHttpConfig& config,
                                           net::HttpClient& client, const net::ChannelMetrics& metrics) {
  return std::make_unique<HttpChannel>(name, config, client, metrics);
}

}  // namespace northstar::sms
