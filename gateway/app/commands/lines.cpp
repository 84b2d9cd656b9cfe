#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstdio>
#include <string>

#include "gateway/app/commands/commands.h"

namespace northstar::app {
namespace {

constexpr std::size_t kBlock = 256 * 1024;

bool write_all(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(to, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

void print(const Faults& faults) {
  for (const Fault& fault : faults) std::fprintf(stderr, "%s\n", fault.to_string().c_str());
  std::fprintf(stderr, faults.size() == 1 ? "1 fault.\n" : "%zu faults.\n", faults.size());
}

int pump_lines(const std::function<Result<std::string>(std::string_view line)>& answer, int in, int to) {
  std::string pending, out;
  std::size_t begin = 0, number = 0;
  int status = 0;
  const auto take = [&](std::string_view line) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) return;
    if (auto said = answer(line)) {
      out += *said;
    } else {
      out += boost::json::serialize(boost::json::object{{"line", number}, {"error", said.error().text}});
      status = 1;
    }
    out += '\n';
  };
  while (true) {
    const std::size_t had = pending.size();
    pending.resize(had + kBlock);
    ssize_t got = 0;
    do {
      got = ::read(in, pending.data() + had, kBlock);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
      std::perror("standard input");
      return 1;
    }
    pending.resize(had + static_cast<std::size_t>(got));
    for (std::size_t end = pending.find('\n', had); end != std::string::npos; end = pending.find('\n', begin)) {
      take(std::string_view(pending).substr(begin, end - begin));
      begin = end + 1;
    }
    if (got == 0) take(std::string_view(pending).substr(begin));
    pending.erase(0, begin);
    begin = 0;
    if (!write_all(to, out)) return 1;  // whoever read our answers has gone
    out.clear();
    if (got == 0) return status;
  }
}

}  // namespace northstar::app
