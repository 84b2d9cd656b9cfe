#include "gateway/net/request_parser.h"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace northstar::net {
namespace {

namespace http = boost::beast::http;
using boost::beast::string_view;
using boost::system::error_code;

struct Span {
  std::size_t at = 0;
  std::size_t size = 0;
};

/// What the parser keeps of a request: one arena of bytes, and where in it things are.
struct Parts {
  std::string arena;
  std::string body;
  Span method, target;
  std::vector<std::pair<Span, Span>> fields;
  mutable std::vector<Header> headers;
  int version = 11;
  int refused = 0;
  std::size_t hosts = 0, lengths = 0, codings = 0;
  bool header_done = false;
  bool expects_continue = false;

  void clear() {
    arena.clear();
    body.clear();
    fields.clear();
    headers.clear();
    version = 11;
    refused = 0;
    hosts = lengths = codings = 0;
    header_done = expects_continue = false;
  }
  Span keep(string_view bytes) {
    const Span span{arena.size(), bytes.size()};
    arena.append(bytes.data(), bytes.size());
    return span;
  }
  std::string_view view(Span span) const { return std::string_view(arena).substr(span.at, span.size); }
};

class Reader final : public http::basic_parser<true> {
 public:
  Reader(Parts& parts, std::size_t header_most, std::size_t body_most) : parts_(parts) {
    header_limit(static_cast<std::uint32_t>(header_most));
    body_limit(body_most);
    eager(true);
  }

 private:
  void refuse(int status, error_code& ec) {
    parts_.refused = status;
    ec = http::error::bad_field;
  }

  void on_request_impl(http::verb, string_view method, string_view target, int version, error_code& ec) override {
    parts_.method = parts_.keep(method);
    parts_.target = parts_.keep(target);
    parts_.version = version;
    if (version != 10 && version != 11) refuse(400, ec);
  }
  void on_response_impl(int, string_view, int, error_code&) override {}

  void on_field_impl(http::field field, string_view name, string_view value, error_code& ec) override {
    if (parts_.header_done) return;  // trailers are read over: nothing in them may pose as a header
    // A folded value was put together elsewhere or begins on another line. RFC 9112 section 5.2: refuse.
    const char* const name_end = name.data() + name.size();
    const bool in_place = value.empty() || (value.data() >= name_end && value.data() - name_end < kFoldedFrom);
    if (!in_place || (!value.empty() && std::memchr(name_end, '\n', static_cast<std::size_t>(value.data() - name_end))))
      return refuse(400, ec);
    switch (field) {
      case http::field::host: ++parts_.hosts; break;
      case http::field::content_length:
        // Beast lets equal repetitions and lists pass; a peer in front may count them otherwise.
        if (++parts_.lengths > 1 || value.find(',') != string_view::npos || value.empty()) return refuse(400, ec);
        break;
      case http::field::transfer_encoding:
        // Only exactly "chunked" has one meaning for everybody, and only in HTTP/1.1.
        if (++parts_.codings > 1 || parts_.version != 11 ||
            !equal_ignoring_case({value.data(), value.size()}, "chunked"))
          return refuse(400, ec);
        break;
      case http::field::expect:
        if (!equal_ignoring_case({value.data(), value.size()}, "100-continue")) return refuse(417, ec);
        parts_.expects_continue = true;
        break;
      default: break;
    }
    if (parts_.lengths > 0 && parts_.codings > 0) return refuse(400, ec);
    const Span kept_name = parts_.keep(name);
    parts_.fields.emplace_back(kept_name, parts_.keep(value));
  }

  void on_header_impl(error_code& ec) override {
    parts_.header_done = true;
    // RFC 9112 section 3.2: exactly one Host in HTTP/1.1.
    if (parts_.hosts > 1 || (parts_.hosts == 0 && parts_.version == 11)) refuse(400, ec);
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view bytes, error_code&) override {
    parts_.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, error_code&) override {
    parts_.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_finish_impl(error_code&) override {}

  /// Longer runs of blanks between colon and value are refused with the folded ones.
  static constexpr std::ptrdiff_t kFoldedFrom = 1024;
  Parts& parts_;
};

constexpr std::string_view kLastChunk = "0\r\n\r\n";
constexpr std::size_t kArenaFirst = 2048;  // holds an aggregator's headers without growing

}  // namespace

struct RequestParser::Grammar {
  std::size_t header_limit;
  std::size_t body_limit;
  Parts parts;
  std::optional<Reader> reader;
  State state = State::header;
  bool fresh = true;
  int status = 0;
};

RequestParser::RequestParser(std::size_t header_limit, std::size_t body_limit)
    : grammar_(std::make_unique<Grammar>(header_limit, body_limit)) {
  grammar_->parts.arena.reserve(kArenaFirst);
  grammar_->parts.fields.reserve(24);
  next();
}
RequestParser::~RequestParser() = default;

void RequestParser::next() {
  Grammar& g = *grammar_;
  g.parts.clear();
  g.reader.emplace(g.parts, g.header_limit, g.body_limit);
  g.state = State::header;
  g.fresh = true;
  g.status = 0;
}

std::size_t RequestParser::feed(std::string_view bytes) {
  Grammar& g = *grammar_;
  std::size_t used = 0;
  while (used < bytes.size() && (g.state == State::header || g.state == State::body)) {
    g.fresh = false;
    // Every rest of a chunked body has at least these bytes, and Beast 1.81 asserts that it sees them all at once.
    if (g.state == State::body && g.reader->chunked() && bytes.size() - used < kLastChunk.size()) break;
    error_code ec;
    const std::size_t n = g.reader->put(boost::asio::const_buffer(bytes.data() + used, bytes.size() - used), ec);
    used += n;
    if (ec == http::error::need_more) {
      if (g.reader->is_header_done()) g.state = State::body;
      break;
    }
    if (ec) {
      g.state = State::broken;
      g.status = g.parts.refused != 0                  ? g.parts.refused
                 : ec == http::error::body_limit       ? 413
                 : ec == http::error::header_limit     ? 431
                 : ec == http::error::buffer_overflow  ? 431
                                                       : 400;
      break;
    }
    if (g.reader->is_done()) g.state = State::done;
    else if (g.reader->is_header_done()) g.state = State::body;
    if (n == 0) break;
  }
  return used;
}

RequestParser::State RequestParser::state() const { return grammar_->state; }
bool RequestParser::fresh() const { return grammar_->fresh; }
int RequestParser::status() const { return grammar_->status; }
bool RequestParser::expects_continue() const { return grammar_->parts.expects_continue; }
bool RequestParser::keep_alive() const { return grammar_->reader->keep_alive(); }

bool RequestParser::http10() const { return grammar_->parts.version == 10; }

Request RequestParser::request() const {
  const Parts& parts = grammar_->parts;
  parts.headers.clear();
  for (const auto& [name, value] : parts.fields) parts.headers.push_back({parts.view(name), parts.view(value)});
  Request request;
  request.method = parts.view(parts.method);
  request.target = parts.view(parts.target);
  request.path = request.target;
  if (const auto mark = request.path.find('?'); mark != std::string_view::npos) {
    request.query = request.path.substr(mark + 1);
    request.path = request.path.substr(0, mark);
    request.has_query = true;
  }
  // RFC 9112 section 3.2.2: a server must understand the absolute form too.
  if (const auto scheme = request.path.find("://"); scheme != std::string_view::npos && !request.path.starts_with('/')) {
    const auto slash = request.path.find('/', scheme + 3);
    request.path = slash == std::string_view::npos ? std::string_view("/") : request.path.substr(slash);
  }
  request.headers = parts.headers;
  request.body = parts.body;
  return request;
}

}  // namespace northstar::net
