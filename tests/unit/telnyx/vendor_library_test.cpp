#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <map>
#include <sstream>

#include "handlers/telnyx/signature.h"
#include "tests/unit/net/vendor_program.h"

namespace northstar::telnyx {
namespace {

/// Requests signed and judged by a process of its own, with the vendor's library.
std::string judged_by_the_vendor(int count, unsigned seed) {
  return net::test::vendor_program("tests/unit/telnyx/requests.js", std::to_string(count) + " " + std::to_string(seed));
}

TEST(VendorLibrary, telnyxs_own_library_and_we_say_the_same_of_every_request) {
  constexpr int kRequests = 150;
  std::istringstream lines(judged_by_the_vendor(kRequests, 20261125));
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  std::map<std::string, int> rows;
  for (std::string line; std::getline(lines, line);) {
    const auto row = boost::json::parse(line).as_object();
    const auto field = [&](const char* name) { return std::string(row.at(name).as_string()); };
    const std::string spoiled = field("spoiled");
    ++rows[spoiled];
    const bool ours = TelnyxSignature(field("public_key")).matches(field("timestamp"), field("body"), field("signature"), now);
    EXPECT_EQ(ours, row.at("vendor").as_bool()) << line;
    EXPECT_EQ(ours, spoiled == "none") << line;
  }
  EXPECT_EQ(rows.size(), 13u);
  for (const auto& [spoiled, count] : rows) EXPECT_EQ(count, kRequests) << spoiled;
}

}  // namespace
}  // namespace northstar::telnyx
