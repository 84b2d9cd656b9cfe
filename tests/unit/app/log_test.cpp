#include "gateway/app/log.h"

#include <gtest/gtest.h>

namespace northstar::app {
namespace {

using namespace std::chrono_literals;
using namespace std::chrono;

TEST(Log, writes_one_json_object_a_line) {
  const Instant now = sys_days{2026y / March / 4d} + 5h + 6min + 7s + 8ms;
  EXPECT_EQ(log_line(now, Level::warn, "ready", {{"threads", 2}, {"late", true}, {"share", 0.5}, {"took", Millis(412)},
                                                 {"public", plain("127.0.0.1:8080")}, {"kind", "unix"}}),
            R"({"time":"2026-03-04T05:06:07.008Z","level":"warn","event":"ready","threads":2,"late":true,"share":0.5,)"
            R"("took":412,"public":"127.0.0.1:8080","kind":"unix"})");
}

TEST(Log, keeps_a_line_whole_whatever_a_file_name_holds) {
  EXPECT_EQ(log_line(Instant{}, Level::info, "file", {{"name", plain(std::string("a\"b\\c\nd\x01", 8))}}),
            R"({"time":"1970-01-01T00:00:00.000Z","level":"info","event":"file","name":"a\"b\\c\u000ad\u0001"})");
}

// That a text, a number or an unvouched string does not compile is asserted in the header itself (R71).

}  // namespace
}  // namespace northstar::app
