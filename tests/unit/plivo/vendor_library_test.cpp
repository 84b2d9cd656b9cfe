#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <sstream>

#include "handlers/plivo/signature.h"
#include "tests/unit/net/vendor_program.h"

namespace northstar::plivo {
namespace {

/// Rows that the vendor's own library has judged, from a process of its own.
std::string judged_by_the_vendor(int count, unsigned seed) {
  return net::test::vendor_program("tests/unit/plivo/signatures.js", std::to_string(count) + " " + std::to_string(seed));
}

TEST(VendorLibrary, what_plivos_own_library_accepts_we_accept_and_what_it_refuses_we_refuse) {
  std::istringstream lines(judged_by_the_vendor(200, 20261125));
  int right = 0, wrong = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto row = boost::json::parse(line).as_object();
    const auto field = [&](const char* name) { return std::string(row.at(name).as_string()); };
    const std::string token = field("token"), url = field("url"), nonce = field("nonce"), signature = field("signature");
    const bool accepted = row.at("accepted").as_bool();
    EXPECT_EQ(Signature(token, url).matches(nonce, signature), accepted) << line;
    ++(accepted ? right : wrong);
    if (!accepted) continue;
    EXPECT_FALSE(Signature(token + "x", url).matches(nonce, signature)) << line;
    EXPECT_FALSE(Signature(token, url + "x").matches(nonce, signature)) << line;
    EXPECT_FALSE(Signature(token, url).matches(nonce + "0", signature)) << line;
    EXPECT_FALSE(Signature(token, url).matches("0" + nonce, signature)) << line;
    EXPECT_FALSE(Signature(token, url).matches(nonce, signature + " ")) << line;
  }
  EXPECT_EQ(right, 400);
  EXPECT_EQ(wrong, 200);
}

}  // namespace
}  // namespace northstar::plivo
