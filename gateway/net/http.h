#pragma once
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/store/sessions.h"

/// HTTP as handlers see it: a request of exact bytes in, a response of values out. No Beast, no sockets.
namespace northstar::net {

struct Header {
  std::string_view name;
  std::string_view value;
};

/// One request. All views stay valid until the handler's coroutine ends; copy what must live longer.
struct Request {
  std::string_view method;
  std::string_view target;          ///< exactly as sent, query included
  std::string_view path;            ///< the target up to its first '?'
  std::string_view query;           ///< after the first '?', exactly as sent
  bool has_query = false;           ///< "/x?" and "/x" are signed differently
  std::span<const Header> headers;  ///< in the order sent
  std::string_view body;            ///< raw bytes, transfer coding removed
  store::Deadline deadline{};       ///< made at receipt; hand it down to every wait

  /// The first header of that name in any case; empty when there is none.
  std::string_view header(std::string_view name) const;
  std::size_t count(std::string_view name) const;
};

/// One response. The server adds length, date, and the security headers of R66.
struct Response {
  int status = 200;
  std::string_view content_type;    ///< must outlive the response: a literal, or a part of the handler's configuration
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::function<void()> written;    ///< called once all bytes are on the socket; never when that failed
};

/// `text/plain` with a sentence for people. Never repeats anything that came in.
Response plain(int status, std::string_view sentence);
/// The sentence an error status gets when its handler has none of its own.
std::string_view sentence_for(int status);
std::string_view reason_phrase(int status);

bool equal_ignoring_case(std::string_view a, std::string_view b);
/// Whether a Content-Type is this media type, whatever its parameters (RFC 9110 section 8.3.1).
bool is_media_type(std::string_view content_type, std::string_view type);

/// A handler is called on its server's thread. It returns the coroutine of an object that outlives the server
/// (hold it by `shared_ptr` in the capture); the lambda itself must not be a coroutine.
using Handler = std::function<boost::asio::awaitable<Response>(const Request&)>;

/// Exact paths, exact methods. GET answers HEAD too. Filled before its server starts; one for each thread, because
/// handlers keep state without locks.
class Router {
 public:
  /// A second handler for the same method and path is a broken invariant and throws std::logic_error.
  void add(std::string method, std::string path, Handler handler);

  struct Found {
    const Handler* handler = nullptr;
    std::string allow;              ///< for 405: what the path does answer; empty when the path is unknown
  };
  Found find(std::string_view method, std::string_view path) const;

 private:
  struct Method {
    std::string name;
    Handler handler;
  };
  std::map<std::string, std::vector<Method>, std::less<>> paths_;
};

}  // namespace northstar::net
