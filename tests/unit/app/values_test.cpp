#include "gateway/app/config/values.h"

#include <gmock/gmock.h>

namespace northstar::app {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(Duration, is_written_as_people_write_it) {
  const std::pair<std::string_view, Millis> kTable[] = {{"0", 0ms},       {"20s", 20s},   {"15m", 15min}, {"2h", 2h},
                                                        {"1h30m", 90min}, {"250ms", 250ms}, {"7d", 168h}};
  for (const auto& [text, value] : kTable) {
    const auto parsed = parse_duration(text);
    ASSERT_TRUE(parsed) << text << ": " << parsed.error().text;
    EXPECT_EQ(*parsed, value) << text;
    EXPECT_EQ(*parse_duration(to_string(value)), value) << "what is written is read again: " << to_string(value);
  }
}

TEST(Duration, that_is_none_is_refused_with_what_would_be_right) {
  const std::pair<std::string_view, std::string_view> kTable[] = {
      {"", "needs a time"},       {"15", "lacks its unit"},       {"m", "is no time"},          {"-5m", "is no time"},
      {"15 m", "has the unit"},   {"15min", "units are ms, s, m"}, {"99999999999999999d", "too long"}, {"1.5h", "has the unit"},
      {"99999999999999999999s", "is no time"}};
  for (const auto& [text, words] : kTable) {
    const auto parsed = parse_duration(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_THAT(parsed.error().text, HasSubstr(std::string(words))) << text;
  }
}

TEST(Endpoint, is_an_address_and_a_port) {
  for (const std::string_view text : {"127.0.0.1:8080", "[::1]:8080", "localhost:1", "gateway.example.org:65535"}) {
    const auto parsed = parse_endpoint(text);
    ASSERT_TRUE(parsed) << text << ": " << parsed.error().text;
    EXPECT_EQ(parsed->to_string(), text);
  }
  EXPECT_EQ(parse_endpoint("[::1]:8080")->host, "::1");
  EXPECT_TRUE(parse_endpoint("[::1]:8080")->loopback());
  EXPECT_FALSE(parse_endpoint("0.0.0.0:8080")->loopback());
}

TEST(Endpoint, that_cannot_be_is_refused_in_the_users_words) {
  const std::pair<std::string_view, std::string_view> kTable[] = {
      {"127.0.0.1:99999", "127.0.0.1:99999 has no such port; ports go from 1 to 65535"},
      {"127.0.0.1:0", "ports go from 1 to 65535"},
      {"127.0.0.1:99999999999", "ports go from 1 to 65535"},
      {"127.0.0.1", "lacks its port"},
      {"127.0.0.1:", "lacks its port"},
      {"127.0.0.1:http", "lacks its port"},
      {"127.0.0.256:80", "is no address"},
      {"127.0.1:80", "is no address"},
      {"::1:80", "goes in brackets"},
      {"[::g]:80", "inside the brackets"},
      {":80", "is no address"},
      {"a b:80", "is no address"}};
  for (const auto& [text, words] : kTable) {
    const auto parsed = parse_endpoint(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_THAT(parsed.error().text, HasSubstr(std::string(words))) << text;
  }
}

}  // namespace
}  // namespace northstar::app
