#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <openssl/evp.h>

#include "gateway/net/http_client.h"

namespace northstar::net {
namespace {

bool this_machine(const std::string& host) {
  if (host == "localhost") return true;
  boost::system::error_code ec;
  const auto address = boost::asio::ip::make_address(host, ec);
  return !ec && address.is_loopback();
}

}  // namespace

Result<Url> parse_url(std::string_view text, bool allow_plain) {
  const auto read = boost::urls::parse_uri(boost::core::string_view(text.data(), text.size()));
  if (!read || !read->has_authority() || read->encoded_host().empty())
    return Error{Error::Kind::malformed, "this is not an address like https://api.example.org"};
  if (read->has_userinfo()) return Error{Error::Kind::malformed, "leave user and password out of the address"};
  if (read->has_fragment()) return Error{Error::Kind::malformed, "leave the part after # out of the address"};
  Url url;
  const std::string scheme = read->scheme();
  if (scheme != "https" && scheme != "http")
    return Error{Error::Kind::malformed, "an address begins with https:// (or http:// on this machine)"};
  url.origin.tls = scheme == "https";
  url.origin.host = read->host_address();
  if (!url.origin.tls && !allow_plain && !this_machine(url.origin.host))
    return Error{Error::Kind::refused, "http:// would send secrets and people's words in the clear; use https://"};
  url.origin.port = url.origin.tls ? 443 : 80;
  if (read->has_port() && !read->port().empty()) {
    if (read->port_number() == 0) return Error{Error::Kind::malformed, "the port must be from 1 to 65535"};
    url.origin.port = read->port_number();
  }
  const std::string path(read->encoded_path().data(), read->encoded_path().size());
  // Boost.URL 1.81 reads "127.0.0.1.example.org" as the address 127.0.0.1 and a path that begins with a dot.
  if (!path.empty() && path.front() != '/')
    return Error{Error::Kind::malformed, "a host name cannot begin with an IP address"};
  url.target = path.empty() ? "/" : path;
  if (read->has_query()) url.target.append("?").append(read->encoded_query().data(), read->encoded_query().size());
  return url;
}

std::string base64(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

}  // namespace northstar::net
