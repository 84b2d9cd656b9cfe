#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <sstream>

#include "handlers/sms/twilio_signature.h"
#include "tests/unit/net/vendor_program.h"

namespace northstar::sms {
namespace {

/// What the vendor's own library signs, from a process of its own.
std::string signed_by_the_vendor(int count, unsigned seed) {
  return net::test::vendor_program("tests/integration/node/twilio_signatures.js", std::to_string(count) + " " + std::to_string(seed));
}

TEST(VendorLibrary, what_twilios_own_library_signs_is_accepted_and_any_change_is_not) {
  std::istringstream lines(signed_by_the_vendor(200, 20261124));
  int forms = 0, jsons = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto row = boost::json::parse(line).as_object();
    const auto field = [&](const char* name) { return std::string(row.at(name).as_string()); };
    const std::string query_bytes = field("query"), given = field("signature");
    const TwilioSignature::Query query{!query_bytes.empty(), query_bytes};
    const TwilioSignature right(field("token"), field("url")), wrong(field("token") + "x", field("url"));
    if (row.contains("json")) {
      ++jsons;
      EXPECT_TRUE(right.matches_body(query, field("json"), given)) << line;
      EXPECT_FALSE(right.matches_body(query, field("json") + " ", given)) << line;
      EXPECT_FALSE(wrong.matches_body(query, field("json"), given)) << line;
      continue;
    }
    ++forms;
    Form form;
    const std::string body = field("form");
    ASSERT_TRUE(form.parse(body)) << line;
    form.sort();
    EXPECT_TRUE(right.matches(query, form.fields(), given)) << line;
    EXPECT_FALSE(wrong.matches(query, form.fields(), given)) << line;
    Form more;
    const std::string longer = body + "&Added=1";
    ASSERT_TRUE(more.parse(longer));
    more.sort();
    EXPECT_FALSE(right.matches(query, more.fields(), given)) << line;
  }
  EXPECT_EQ(forms + jsons, 200);
  EXPECT_GT(jsons, 10);
}

}  // namespace
}  // namespace northstar::sms
