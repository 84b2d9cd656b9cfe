// Any bytes on a connection, cut anywhere: the parser ends, keeps its limits, and reads the same whole or in two pieces.
#include <string>

#include "gateway/net/request_parser.h"
#include "tests/fuzz/fuzz.h"

namespace {

struct Read {
  std::string all;
  int status = 0;
  std::size_t used = 0;
};

using northstar::fuzz::require;
using northstar::net::RequestParser;

/// As a connection does it: what is not consumed is shown again together with what comes next.
Read read(std::string_view bytes, std::size_t cut) {
  RequestParser parser(1024, 4096);
  Read result;
  for (const std::size_t end : {cut, bytes.size()}) {
    for (std::size_t n = 1; n > 0 && result.used < end;) {
      n = parser.feed(bytes.substr(result.used, end - result.used));
      result.used += n;
      if (parser.state() == RequestParser::State::broken || parser.state() == RequestParser::State::done) break;
    }
  }
  if (parser.state() == RequestParser::State::broken) result.status = parser.status();
  if (parser.state() != RequestParser::State::done) return result;
  const auto request = parser.request();
  require(request.body.size() <= 4096, "a body keeps its limit");
  result.all.append(request.method).append("|").append(request.target).append("|").append(request.body);
  for (const auto& header : request.headers) {
    require(header.value.find('\n') == header.value.npos, "a header is one line");
    result.all.append("|").append(header.name).append(":").append(header.value);
  }
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data + 2), size - 2);
  const std::size_t cut = bytes.empty() ? 0 : (data[0] * 256u + data[1]) % (bytes.size() + 1);
  const Read whole = read(bytes, bytes.size()), pieces = read(bytes, cut);
  // Beast counts the request line into the header's limit only where it sees both at once: a header within a line of
  // the limit may pass or not, and either is safe.
  if (whole.status == 431 || pieces.status == 431) return 0;
  require(whole.all == pieces.all, "a request reads the same whole or in two pieces");
  return 0;
}
