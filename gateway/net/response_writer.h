#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "gateway/net/http.h"

namespace northstar::net {

/// The headers of R66, on every response. No page of ours may be kept, framed, sniffed, or told where it came from;
/// a handler that serves a page brings a policy of its own, which then replaces the one here.
std::string_view security_headers();

struct Framing {
  bool close = false;        ///< say `Connection: close`
  bool http10 = false;       ///< the peer speaks HTTP/1.0: keeping the connection must be said
  bool head = false;         ///< a HEAD request: the length is told, the body is not sent
};

/// Appends status line, headers and body to `out`. `date` is an IMF-fixdate. Header values with a line break are
/// dropped rather than sent: they would begin a second response.
void write_response(std::string& out, const Response& response, std::string_view date, Framing framing);

/// `Tue, 24 Nov 2026 23:23:58 GMT` (RFC 9110 section 5.6.7).
std::string http_date(std::chrono::sys_seconds when);

}  // namespace northstar::net
