#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/store/sessions.h"

namespace northstar::net {

/// Where a call goes: scheme, host and port. Read once from configuration.
struct Origin {
  bool tls = true;
  std::string host;
  std::uint16_t port = 443;
  friend bool operator==(const Origin&, const Origin&) = default;
  friend auto operator<=>(const Origin&, const Origin&) = default;
};

struct Url {
  Origin origin;
  std::string target = "/";  ///< path and query as they go on the wire
};

/// Reads `https://host[:port][/path][?query]`. Plain `http` is read only for this machine itself or where `allow_plain`
/// says that the network in between is trusted: a password would cross it in the clear.
Result<Url> parse_url(std::string_view text, bool allow_plain = false);

/// For `Authorization: Basic`, in a vendor's base URL and elsewhere.
std::string base64(std::string_view bytes);

struct Call {
  Origin origin;
  std::string method = "GET";
  std::string target = "/";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string content_type;
  std::string body;
};

struct Answer {
  int status = 0;
  std::string body;
};

/// Why a call has no answer. The difference decides whether a text may be sent again.
struct NoAnswer {
  enum class Kind {
    not_sent,    ///< no connection, or it broke before the request was out: nobody acted on it
    unanswered,  ///< the request was out; whether it was acted on is not known
  } kind = Kind::not_sent;
  std::string text;  ///< for operators: the origin and the fault, never a body
};

/// An HTTP/1.1 client for one `io_context` that one thread runs. Keeps connections open for reuse; verifies
/// certificate and host name; speaks TLS 1.2 or newer; follows no redirect; reads at most 1 MiB of an answer.
class HttpClient {
 public:
  struct Options {
    std::string ca_file;                      ///< trusted beside the system's own certificates; empty: only those
    std::size_t connections = 64;             ///< open to one origin at a time; further calls are `not_sent`
    std::chrono::seconds reuse_within{15};    ///< an older idle connection may be closed at the far end just now
    std::size_t answer_limit = 1024 * 1024;
  };
  explicit HttpClient(boost::asio::io_context& io);
  HttpClient(boost::asio::io_context& io, Options options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  boost::asio::awaitable<Result<Answer, NoAnswer>> send(Call call, store::Deadline deadline);

 private:
  struct Core;
  std::shared_ptr<Core> core_;
};

}  // namespace northstar::net
