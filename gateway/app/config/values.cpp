#include "gateway/app/config/values.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>
#include <optional>

namespace northstar::app {
namespace {

Error wrong(std::string text) { return Error{Error::Kind::malformed, std::move(text)}; }

struct Unit {
  std::string_view name;
  std::int64_t millis;
};
constexpr std::array<Unit, 5> kUnits{{{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

std::optional<std::int64_t> millis_of(std::string_view unit) {
  for (const Unit& known : kUnits) {
    if (known.name == unit) return known.millis;
  }
  return std::nullopt;
}

bool host_name(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  return std::ranges::all_of(host, [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '.' || c == '_'; });
}

}  // namespace

Result<Millis> parse_duration(std::string_view text) {
  const std::string as_written = "\"" + std::string(text) + "\"";
  if (text == "0") return Millis{0};
  std::string_view rest = text;
  std::int64_t total = 0;
  if (rest.empty()) return wrong("needs a time such as 20s, 15m or 2h");
  while (!rest.empty()) {
    std::int64_t count = 0;
    const auto [end, fault] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
    if (fault != std::errc{} || count < 0) return wrong(as_written + " is no time; write 20s, 15m or 2h");
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    const std::size_t letters =
        std::min(rest.size(), static_cast<std::size_t>(std::ranges::find_if(rest, [](unsigned char c) {
                                                         return std::isdigit(c) != 0;
                                                       }) - rest.begin()));
    if (letters == 0) return wrong(as_written + " lacks its unit; write " + std::to_string(count) + "s, m or h");
    const auto unit = millis_of(rest.substr(0, letters));
    if (!unit) {
      return wrong(as_written + " has the unit \"" + std::string(rest.substr(0, letters)) +
                   "\"; units are ms, s, m, h and d");
    }
    if (count > (std::numeric_limits<std::int64_t>::max() - total) / *unit) return wrong(as_written + " is too long");
    total += count * *unit;
    rest.remove_prefix(letters);
  }
  return Millis{total};
}

std::string to_string(Millis duration) {
  if (duration.count() == 0) return "0s";
  std::string out;
  std::int64_t rest = duration.count();
  for (const Unit& unit : kUnits) {
    if (rest >= unit.millis) {
      out += std::to_string(rest / unit.millis) + std::string(unit.name);
      rest %= unit.millis;
    }
  }
  return out;
}

std::string Endpoint::to_string() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

bool Endpoint::loopback() const { return host == "localhost" || host == "::1" || host.starts_with("127."); }

Result<Endpoint> parse_endpoint(std::string_view text) {
  const std::string as_written(text);
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong(as_written + " lacks its port; write it as 127.0.0.1:8080");
  std::string_view host = text.substr(0, colon);
  const std::string_view port_text = text.substr(colon + 1);

  Endpoint endpoint;
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    in6_addr address{};
    if (inet_pton(AF_INET6, std::string(host).c_str(), &address) != 1) {
      return wrong(as_written + " is no address; inside the brackets goes an IPv6 address such as [::1]:8080");
    }
  } else if (host.find(':') != std::string_view::npos) {
    return wrong(as_written + " is no address; an IPv6 address goes in brackets, as in [::1]:8080");
  } else if (std::ranges::all_of(host, [](unsigned char c) { return std::isdigit(c) || c == '.'; })) {
    in_addr address{};
    if (inet_pton(AF_INET, std::string(host).c_str(), &address) != 1) {
      return wrong(as_written + " is no address; write four numbers up to 255 and a port, as in 127.0.0.1:8080");
    }
  } else if (!host_name(host)) {
    return wrong(as_written + " is no address; write it as 127.0.0.1:8080");
  }
  endpoint.host = host;

  std::uint32_t port = 0;
  const auto [end, fault] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  const bool digits = !port_text.empty() && end == port_text.data() + port_text.size();
  if (fault == std::errc::result_out_of_range || (digits && (port < 1 || port > 65535))) {
    return wrong(as_written + " has no such port; ports go from 1 to 65535");
  }
  if (!digits) return wrong(as_written + " lacks its port; write it as " + std::string(text.substr(0, colon)) + ":8080");
  endpoint.port = static_cast<std::uint16_t>(port);
  return endpoint;
}

}  // namespace northstar::app
