#include "gateway/store/redis_url.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace northstar::store {

namespace {

constexpr std::string_view kForms =
    "write private, unix:PATH, redis://HOST:PORT or redis+cluster://HOST:PORT,HOST:PORT";

// Letters, digits and what stands between them in a host's name or an IPv6 address.
bool host_name(std::string_view host) {
  return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '.' || c == '_' || c == ':';
  });
}

bool read_endpoint(std::string_view text, Endpoint& out) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);  // an IPv6 address
  const std::string_view port = text.substr(colon + 1);
  const auto [end, fault] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  out.host = host;
  return host_name(host) && fault == std::errc{} &&
         end == port.data() + port.size() && out.port != 0;
}

}  // namespace

Result<RedisUrl> RedisUrl::parse(std::string_view url) {
  const auto refuse = [](const std::string& why) {
    return Error{Error::Kind::malformed, why + "; " + std::string(kForms)};
  };
  if (url == "private") return RedisUrl{};
  if (url.starts_with("unix:")) {
    std::string_view path = url.substr(5);
    if (path.starts_with("//")) path.remove_prefix(2);
    if (!path.starts_with('/')) return refuse("unix: needs the whole path of the socket, as in unix:/run/redis/redis.sock");
    if (path.size() > kSocketPathMax) return refuse("the path of a unix socket has at most 107 characters");
    return unix_socket(std::string(path));
  }
  // Not repeated: what stands before the @ is a secret.
  if (url.find('@') != std::string_view::npos) {
    return refuse("names a user or a password, which do not belong in a configuration; open a unix socket or a private "
                  "network to Redis instead");
  }
  if (url.starts_with("redis+sentinel://")) return refuse("redis+sentinel:// is not there yet; name the server itself");
  const bool cluster = url.starts_with("redis+cluster://");
  if (!cluster && !url.starts_with("redis://")) return refuse("\"" + std::string(url) + "\" is no kind of address that is known");
  std::string_view rest = url.substr(url.find("://") + 3);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  RedisUrl out{cluster ? Kind::cluster : Kind::single, {}};
  while (true) {
    const std::size_t comma = rest.find(',');
    Endpoint endpoint;
    if (!read_endpoint(rest.substr(0, comma), endpoint)) return refuse("a server is written HOST:PORT");
    out.endpoints.push_back(std::move(endpoint));
    if (comma == std::string_view::npos) break;
    rest = rest.substr(comma + 1);
  }
  if (!cluster && out.endpoints.size() > 1) return refuse("several servers need redis+cluster://");
  return out;
}

}  // namespace northstar::store
