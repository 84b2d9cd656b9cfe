#include <gmock/gmock.h>
#include <poll.h>
#include <unistd.h>

#include <thread>

#include "gateway/app/commands/commands.h"

namespace northstar::app {
namespace {

struct Pipe {
  Pipe() {
    if (::pipe(ends) != 0) std::abort();
  }
  ~Pipe() {
    close_writing();
    ::close(ends[0]);
  }
  void write(std::string_view bytes) {
    ASSERT_EQ(::write(ends[1], bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  void close_writing() {
    if (ends[1] >= 0) ::close(ends[1]);
    ends[1] = -1;
  }
  std::string read(std::size_t least) {  // all of it, or at least so many bytes
    std::string out;
    char block[4096];
    while (out.size() < least) {
      const ssize_t got = ::read(ends[0], block, sizeof block);
      if (got <= 0) break;
      out.append(block, static_cast<std::size_t>(got));
    }
    return out;
  }
  int ends[2] = {-1, -1};
};

Result<std::string> shouted(std::string_view line) {
  if (line == "bad") return Error{Error::Kind::malformed, "this is \"bad\""};
  return std::string(line) + "!";
}

TEST(JsonLines, are_answered_in_order_with_a_fault_in_its_place) {
  Pipe in, out;
  in.write("one\r\n\nbad\nlast without an end");
  in.close_writing();
  EXPECT_EQ(pump_lines(shouted, in.ends[0], out.ends[1]), 1);
  out.close_writing();
  EXPECT_EQ(out.read(SIZE_MAX), "one!\n{\"line\":3,\"error\":\"this is \\\"bad\\\"\"}\nlast without an end!\n");
}

TEST(JsonLines, are_answered_at_once_for_whoever_waits_for_each) {
  Pipe in, out;
  int status = -1;
  std::thread pump([&] { status = pump_lines(shouted, in.ends[0], out.ends[1]); });
  in.write("one\ntw");
  EXPECT_EQ(out.read(5), "one!\n");
  in.write("o\n");
  EXPECT_EQ(out.read(5), "two!\n");
  in.close_writing();
  pump.join();
  EXPECT_EQ(status, 0);
}

TEST(JsonLines, longer_than_any_block_come_through_whole) {
  Pipe in, out;
  const std::string line(1'000'000, 'x');
  std::thread writer([&] {
    std::string_view rest = line;
    while (!rest.empty()) {
      const ssize_t sent = ::write(in.ends[1], rest.data(), rest.size());
      if (sent <= 0) break;
      rest.remove_prefix(static_cast<std::size_t>(sent));
    }
    in.close_writing();
  });
  std::thread pump([&] {
    EXPECT_EQ(pump_lines(shouted, in.ends[0], out.ends[1]), 0);
    out.close_writing();
  });
  EXPECT_EQ(out.read(SIZE_MAX), line + "!\n");
  writer.join();
  pump.join();
}

}  // namespace
}  // namespace northstar::app
