#include "handlers/sms/http_auth.h"

#include "handlers/sms/form.h"
#include "handlers/sms/vendor.h"

namespace northstar::sms {
namespace {

bool signature_right(const HttpReceive& receive, const net::Request& request, std::chrono::sys_seconds now) {
  std::string message;
  if (!receive.timestamp_header.empty()) {
    const std::string_view timestamp = request.header(receive.timestamp_header);
    if (request.count(receive.timestamp_header) != 1 || !fresh(timestamp, receive.window, now)) return false;
    message.append(timestamp).append(".");
  }
  message += request.body;
  const std::string digest = hmac_sha256(receive.secret, message);
  std::string given(request.header(receive.header));
  if (request.count(receive.header) != 1) return false;
  if (receive.hex)
    for (std::size_t i = receive.prefix.size(); i < given.size(); ++i)
      if (given[i] >= 'A' && given[i] <= 'F') given[i] = static_cast<char>(given[i] + 32);
  return same_secret(given, receive.prefix + (receive.hex ? hex(digest) : net::base64(digest)));
}

}  // namespace

bool authentic(const HttpReceive& receive, const net::Request& request, std::chrono::sys_seconds now) {
  if (receive.secret.empty()) return false;
  switch (receive.auth) {
    case HttpReceive::Auth::hmac_sha256: return signature_right(receive, request, now);
    case HttpReceive::Auth::bearer: return same_secret(credentials(request.header("Authorization"), "Bearer"), receive.secret);
    case HttpReceive::Auth::basic:
      return same_secret(credentials(request.header("Authorization"), "Basic"), net::base64(receive.user + ":" + receive.secret));
    case HttpReceive::Auth::query: {
      Form query;
      const std::string_view* given = query.parse(request.query) ? query.find(receive.parameter) : nullptr;
      return given && !query.twice(receive.parameter) && same_secret(*given, receive.secret);
    }
  }
  return false;
}

}  // namespace northstar::sms
