#pragma once
#include <cstddef>
#include <memory>
#include <string_view>

#include "gateway/net/http.h"

namespace northstar::net {

/// HTTP/1.1 requests out of bytes, one at a time, without I/O. Beast's grammar, made stricter where two readers of the
/// same bytes could disagree about where a request ends (RFC 9112 section 11.2). Keeps its memory from one request
/// to the next, so that a warm connection allocates nothing here.
class RequestParser {
 public:
  RequestParser(std::size_t header_limit, std::size_t body_limit);
  ~RequestParser();

  enum class State { header, body, done, broken };

  /// Takes bytes from the front of `bytes` (contiguous, everything not yet consumed) and says how many. Stops at
  /// the end of one request: what follows belongs to the next.
  std::size_t feed(std::string_view bytes);
  State state() const;
  /// Nothing of a request has come yet.
  bool fresh() const;
  /// Why it is broken: 400, 413, 417 or 431. The connection cannot be used further.
  int status() const;
  /// The client waits for leave to send its body (RFC 9110 section 10.1.1).
  bool expects_continue() const;
  /// When done: method, target and headers; valid until `next()`.
  Request request() const;
  bool keep_alive() const;
  bool http10() const;
  /// Ready for the next request.
  void next();

 private:
  struct Grammar;
  std::unique_ptr<Grammar> grammar_;
};

}  // namespace northstar::net
