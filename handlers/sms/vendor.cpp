#include "handlers/sms/vendor.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <charconv>

#include "gateway/net/http.h"
#include "handlers/sms/form.h"

namespace northstar::sms {
namespace {

namespace json = boost::json;
using net::Delivery;

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

bool all_utf8(const json::value& value) {
  if (value.is_string()) return valid_utf8({value.get_string().data(), value.get_string().size()});
  if (value.is_array()) return std::ranges::all_of(value.get_array(), all_utf8);
  if (!value.is_object()) return true;
  return std::ranges::all_of(value.get_object(), [](const auto& pair) {
    return valid_utf8({pair.key().data(), pair.key().size()}) && all_utf8(pair.value());
  });
}

Api read_api(net::Settings& settings, std::string_view otherwise, bool allow_plain) {
  Api api;
  const std::string base = settings.text("api_base", otherwise);
  if (const auto url = net::parse_url(base, allow_plain); !url) {
    settings.fault("api_base", url.error().text);
  } else {
    api = {url->origin, url->target};
    while (api.path.ends_with('/')) api.path.pop_back();
    if (api.path.find('?') != std::string::npos) settings.fault("api_base", "must have no query");
  }
  return api;
}

std::string read_public_url(net::Settings& settings) {
  std::string address = settings.required("public_url");
  if (!address.empty()) {
    // Vendors sign what they called; the path in front of a proxy may be any, so the scheme alone is not judged here.
    if (const auto url = net::parse_url(address, true); !url)
      settings.fault("public_url", url.error().text);
    else if (address.find('?') != std::string::npos)
      settings.fault("public_url", "leave the query out: what is sent after the ? is added as it came");
  }
  return address;
}

std::optional<json::object> read_object(std::string_view body) {
  boost::system::error_code ec;
  json::value value = json::parse(json::string_view(body.data(), body.size()), ec);
  if (ec || !value.is_object() || !all_utf8(value)) return std::nullopt;
  return std::move(value.get_object());
}

std::string_view string_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(json::string_view(key.data(), key.size()));
  return value && value->is_string() ? std::string_view(value->get_string().data(), value->get_string().size()) : std::string_view();
}

const json::object& object_at(const json::object& object, std::string_view key) {
  static const json::object kNone;
  const json::value* value = object.if_contains(json::string_view(key.data(), key.size()));
  return value && value->is_object() ? value->get_object() : kNone;
}

std::optional<Instant> utc_time(int year, int month, int day, int hour, int minute, int second) {
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return std::nullopt;
  return Instant(std::chrono::sys_days(date).time_since_epoch()) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

Delivery delivery_of(int status) {
  if (status == 429) return Delivery::throttled;
  if (status == 401 || status == 403 || (status >= 300 && status < 400) || status == 404 || status == 405 || status == 415)
    return Delivery::misconfigured;
  if (status == 504 || status < 300) return Delivery::unknown;
  if (status >= 500 || status == 408 || status == 409 || status == 425) return Delivery::failed;
  return Delivery::refused;
}

net::Sent unanswered(const net::NoAnswer& failure, net::Notices& notices) {
  notices.warn(failure.text);
  return {failure.kind == net::NoAnswer::Kind::not_sent ? Delivery::failed : Delivery::unknown, {}};
}

net::Sent not_taken(net::Notices& notices, Delivery delivery, std::string_view reason, int status, int code) {
  notices.warn("a text was not taken: " + std::string(reason) + " (" + std::to_string(status) +
               (code != 0 ? ", code " + std::to_string(code) : std::string()) + ")");
  return {delivery, {}};
}

bool same_secret(std::string_view a, std::string_view b) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> x, y;
  SHA256(bytes(a), a.size(), x.data());
  SHA256(bytes(b), b.size(), y.data());
  return CRYPTO_memcmp(x.data(), y.data(), x.size()) == 0;
}

std::string hmac_sha256(std::string_view key, std::string_view message) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes(message), message.size(),
       reinterpret_cast<unsigned char*>(digest.data()), &size);
  return digest;
}

std::string hex(std::string_view from) {
  std::string out;
  for (const char c : from) {
    const auto byte = static_cast<unsigned char>(c);
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
  return out;
}

std::string_view credentials(std::string_view header, std::string_view scheme) {
  if (header.size() <= scheme.size() || header[scheme.size()] != ' ') return {};
  if (!net::equal_ignoring_case(header.substr(0, scheme.size()), scheme)) return {};
  header.remove_prefix(scheme.size());
  while (header.starts_with(' ')) header.remove_prefix(1);
  return header;
}

bool fresh(std::string_view timestamp, std::chrono::seconds window, std::chrono::sys_seconds now) {
  long long seconds = 0;
  const auto [end, ec] = std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), seconds);
  if (timestamp.empty() || timestamp.size() > 12 || timestamp.front() == '-' || ec != std::errc() ||
      end != timestamp.data() + timestamp.size())
    return false;
  const long long off = now.time_since_epoch().count() - seconds;
  return off <= window.count() && off >= -window.count();
}

std::string error_code(std::string_view code) {
  if (code.size() > 8 || code.find_first_not_of("0123456789") != std::string_view::npos) return {};
  return std::string(code);
}

}  // namespace northstar::sms
