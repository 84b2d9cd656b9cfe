#include "handlers/sms/http_auth.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <array>
#include <charconv>

#include "handlers/sms/form.h"

namespace northstar::sms {
namespace {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

/// Equal, without telling by its time where two strings differ or how long the secret is.
bool equal(std::string_view a, std::string_view b) {
  Digest x, y;
  SHA256(bytes(a), a.size(), x.data());
  SHA256(bytes(b), b.size(), y.data());
  return CRYPTO_memcmp(x.data(), y.data(), x.size()) == 0;
}

/// After the scheme's name, which may be in any case (RFC 9110 section 11.1).
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
  if (timestamp.empty() || timestamp.size() > 12 || ec != std::errc() || end != timestamp.data() + timestamp.size()) return false;
  const long long off = now.time_since_epoch().count() - seconds;
  return off <= window.count() && off >= -window.count();
}

std::string encoded(const Digest& digest, bool hex) {
  if (!hex) return net::base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
  std::string out;
  for (const unsigned char byte : digest) {
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
  return out;
}

bool signature_right(const HttpReceive& receive, const net::Request& request, std::chrono::sys_seconds now) {
  std::string message;
  if (!receive.timestamp_header.empty()) {
    const std::string_view timestamp = request.header(receive.timestamp_header);
    if (request.count(receive.timestamp_header) != 1 || !fresh(timestamp, receive.window, now)) return false;
    message.append(timestamp).append(".");
  }
  message += request.body;
  Digest digest;
  unsigned int size = 0;
  HMAC(EVP_sha256(), receive.secret.data(), static_cast<int>(receive.secret.size()), bytes(message), message.size(),
       digest.data(), &size);
  std::string given(request.header(receive.header));
  if (request.count(receive.header) != 1) return false;
  if (receive.hex)
    for (std::size_t i = receive.prefix.size(); i < given.size(); ++i)
      if (given[i] >= 'A' && given[i] <= 'F') given[i] = static_cast<char>(given[i] + 32);
  return equal(given, receive.prefix + encoded(digest, receive.hex));
}

}  // namespace

bool authentic(const HttpReceive& receive, const net::Request& request, std::chrono::sys_seconds now) {
  if (receive.secret.empty()) return false;
  switch (receive.auth) {
    case HttpReceive::Auth::hmac_sha256: return signature_right(receive, request, now);
    case HttpReceive::Auth::bearer: return equal(credentials(request.header("Authorization"), "Bearer"), receive.secret);
    case HttpReceive::Auth::basic:
      return equal(credentials(request.header("Authorization"), "Basic"), net::base64(receive.user + ":" + receive.secret));
    case HttpReceive::Auth::query: {
      Form query;
      const std::string_view* given = query.parse(request.query) ? query.find(receive.parameter) : nullptr;
      return given && !query.twice(receive.parameter) && equal(*given, receive.secret);
    }
  }
  return false;
}

}  // namespace northstar::sms
