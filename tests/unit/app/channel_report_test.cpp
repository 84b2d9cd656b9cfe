#include "gateway/app/channel_report.h"

#include <gmock/gmock.h>

namespace northstar::app {
namespace {

using testing::HasSubstr;
using testing::Not;

Config two_channels() {
  Config config;
  config.channels.resize(2);
  config.channels[0].name = "main";
  config.channels[0].type = "twilio";
  config.channels[1].name = "carrier";
  config.channels[1].type = "smpp";
  return config;
}

TEST(ChannelReport, says_how_each_channel_stands_in_the_order_of_the_settings) {
  const Config config = two_channels();
  net::Metrics metrics;
  const auto carrier = metrics.channel("carrier");
  carrier.received->Increment(3);
  carrier.count(net::Delivery::opted_out);
  carrier.count(net::Refusal::away);
  carrier.count(net::Receipt{.channel = "carrier", .message_id = "1", .status = net::Receipt::Status::delivered});
  net::Notices(std::string("carrier"), metrics.channel("carrier").last_notice).warn("the SMSC did not take a text");
  const auto json = channels_json(config, metrics, [](const std::string& name) { return name == "carrier" ? "1 of 2 binds stand" : ""; });
  const auto page = channels_page(config, json);
  ASSERT_TRUE(page);
  EXPECT_LT(page->find("main  (twilio)"), page->find("carrier  (smpp)"));
  const std::string of_carrier = page->substr(page->find("carrier  (smpp)"));
  EXPECT_THAT(of_carrier, HasSubstr("state     1 of 2 binds stand\n"));
  EXPECT_THAT(of_carrier, HasSubstr("3 texts"));
  EXPECT_THAT(of_carrier, HasSubstr("sends     opted out 1\n"));
  EXPECT_THAT(of_carrier, HasSubstr("refused   away 1\n"));
  EXPECT_THAT(of_carrier, HasSubstr("receipts  delivered 1\n"));
  EXPECT_THAT(of_carrier, HasSubstr("the SMSC did not take a text (0 seconds ago)"));
  const std::string of_main = page->substr(0, page->find("carrier  (smpp)"));
  EXPECT_THAT(of_main, HasSubstr("Advanced Opt-Out"));  // R17
  EXPECT_THAT(of_main, Not(HasSubstr("trouble")));
}

// R28, and rule 19 of what a reply may do
TEST(ChannelReport, reminds_of_bills_and_of_call_logs) {
  Config config = two_channels();
  EXPECT_THAT(*channels_page(config, ""), HasSubstr("message and data rates may apply"));
  config.programme.free_to_end_user = true;
  EXPECT_THAT(*channels_page(config, ""), HasSubstr("Is it in your contract"));
  EXPECT_THAT(*channels_page(config, ""), HasSubstr("FCC"));
}

TEST(ChannelReport, does_not_take_another_program_for_the_gateway) {
  for (const char* answer : {"<html>", "{}", "[1]", R"([{"type":"x"}])", R"([{"name":"main","received":"many"}])"}) {
    EXPECT_FALSE(channels_page(two_channels(), answer)) << answer;
  }
}

}  // namespace
}  // namespace northstar::app
