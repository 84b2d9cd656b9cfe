#include "handlers/bandwidth/basic.h"

#include <gtest/gtest.h>

#include <vector>

#include "gateway/net/http_client.h"

namespace northstar::bandwidth {
namespace {

const Credentials kOurs{"bandwidth", "pa:ss w\xC3\xB6rd"};

Admission asked_with(const std::vector<std::string>& values, const Credentials& ours = kOurs) {
  std::vector<net::Header> headers{{"Host", "a.example"}};
  for (const std::string& value : values) headers.push_back({"authorization", value});
  net::Request request;
  request.headers = headers;
  return admission(request, ours);
}
std::string basic(const std::string& pair, const std::string& scheme = "Basic") { return scheme + " " + net::base64(pair); }

TEST(BandwidthBasic, what_was_encoded_is_read_back_whatever_its_octets) {
  std::string password;
  for (int octet = 0; octet < 256; ++octet) {
    password += static_cast<char>(octet);
    EXPECT_EQ(read_basic(net::base64("u:" + password)), (Credentials{"u", password})) << octet;
  }
}

TEST(BandwidthBasic, the_first_colon_ends_the_user_and_the_password_may_hold_more) {
  EXPECT_EQ(read_basic(net::base64("user:pa:ss:")), (Credentials{"user", "pa:ss:"}));
  EXPECT_EQ(read_basic(net::base64(":")), (Credentials{"", ""}));
  EXPECT_EQ(read_basic(net::base64("user")), std::nullopt);
}

TEST(BandwidthBasic, only_canonical_base64_is_read) {
  ASSERT_EQ(read_basic("dTpwYQ=="), (Credentials{"u", "pa"}));
  for (const char* odd : {"", "=", "====", "dTpwYQ", "dTpwYQ=", "dTpwYQ===", "dTpwYR==", "dTpwYX==", "dTpw YQ==", "dTpwYQ== ", "dTpwYQ==\n",
                          "dTp=YQ==", "dTpw=Q==", "dTo-Xz8_", "dTpwYQ==dTpw", "d"})
    EXPECT_EQ(read_basic(odd), std::nullopt) << odd;
  EXPECT_EQ(read_basic("dTphYm="), std::nullopt);
  EXPECT_EQ(read_basic("dTphYmN="), std::nullopt) << "two unused bits are not zero";
  EXPECT_EQ(read_basic("dTphYmM="), (Credentials{"u", "abc"}));
}

TEST(BandwidthBasic, the_scheme_may_be_in_any_case_and_nothing_else_may_differ) {
  const std::string pair = kOurs.user + ":" + kOurs.password;
  for (const char* scheme : {"Basic", "basic", "BASIC", "bAsIc"})
    EXPECT_EQ(asked_with({basic(pair, scheme)}), Admission::granted) << scheme;
  EXPECT_EQ(asked_with({}), Admission::asked);
  for (const std::string& wrong :
       {basic("bandwidth:pa"), basic("Bandwidth:" + kOurs.password), basic("bandwidth:"), basic(":" + kOurs.password),
        basic(pair + " "), basic(pair, "Bearer"), basic(pair, "Basic2"), std::string("Basic"), std::string("Basic "),
        std::string(""), net::base64(pair)})
    EXPECT_EQ(asked_with({wrong}), Admission::refused) << wrong;
}

TEST(BandwidthBasic, two_headers_are_refused_even_when_both_are_right) {
  const std::string right = basic(kOurs.user + ":" + kOurs.password);
  EXPECT_EQ(asked_with({right, right}), Admission::refused);
}

TEST(BandwidthBasic, an_empty_password_of_ours_lets_nobody_in) {
  EXPECT_EQ(asked_with({basic("bandwidth:")}, {"bandwidth", ""}), Admission::refused);
}

}  // namespace
}  // namespace northstar::bandwidth
