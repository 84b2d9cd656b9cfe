#include <gmock/gmock.h>

#include <boost/json/parse.hpp>

#include "handlers/plivo/plivo.h"
#include "tests/unit/net/loopback.h"
#include "tests/unit/net/stand_in.h"

namespace northstar::plivo {
namespace {

using namespace net::test;
using net::Delivery;
using testing::HasSubstr;
using testing::Not;

class PlivoSend : public testing::Test {
 protected:
  ~PlivoSend() override {
    loop.run([this] {
      channel.reset();
      client.reset();
    });
  }
  void connect(const std::string& base, const std::function<void(PlivoConfig&)>& change = {}) {
    const auto url = net::parse_url(base);
    PlivoConfig config;
    config.public_url = "https://hooks.example.org/sms/main";
    config.auth_id = "MA123";
    config.auth_token = "secret";
    config.api.origin = url->origin;
    if (change) change(config);
    loop.run([&] { channel = make_channel("main", config, *client, metrics.channel("main")); });
  }
  net::Sent send(std::chrono::milliseconds patience = 2s) {
    return loop.wait(channel->send(outbound, std::chrono::steady_clock::now() + patience));
  }
  std::optional<bool> went_out() { return loop.wait(channel->went_out(outbound, std::chrono::steady_clock::now() + 2s)); }

  net::Metrics metrics;
  Loop loop;
  std::unique_ptr<net::HttpClient> client = std::make_unique<net::HttpClient>(loop.io);
  std::unique_ptr<net::Channel> channel;
  net::Outbound outbound{"entry", "55501", PhoneNumber("+16195550101"), MessageText("S\xC3\xAD \"quoted\" & <1>\n"),
                         Instant(std::chrono::sys_days(std::chrono::year(2026) / 11 / 24)) + 23h + 5min + 10s + 700ms};
};
constexpr const char* kTaken = R"({"api_id":"a","message":"message(s) queued","message_uuid":["db3ce55a-7f1d"]})";

TEST_F(PlivoSend, a_text_goes_out_as_it_is_with_our_credentials_and_a_way_for_receipts) {
  StandIn vendor([](const auto&) { return StandIn::Answer{202, kTaken}; });
  connect(vendor.base());
  const net::Sent sent = send();
  EXPECT_EQ(sent.delivery, Delivery::accepted);
  EXPECT_EQ(sent.provider_message_id, "db3ce55a-7f1d");
  const auto seen = vendor.seen().at(0);
  EXPECT_THAT(seen.head, HasSubstr("POST /v1/Account/MA123/Message/ HTTP/1.1\r\n"));
  EXPECT_THAT(seen.head, HasSubstr("Authorization: Basic " + net::base64("MA123:secret") + "\r\n"));
  EXPECT_THAT(seen.head, HasSubstr("Content-Type: application/json\r\n"));
  const auto body = boost::json::parse(seen.body).as_object();
  EXPECT_EQ(body, boost::json::parse(R"({"src":"55501","dst":"16195550101","text":"S\u00ed \"quoted\" & <1>\n","type":"sms",
      "url":"https://hooks.example.org/sms/main/status","method":"POST","log":false})").as_object());
  EXPECT_THAT(metrics.text(), HasSubstr("northstar_sends_total{channel=\"main\",outcome=\"accepted\"} 1"));
}

TEST_F(PlivoSend, a_powerpack_takes_the_place_of_the_number_and_each_setting_is_kept) {
  StandIn vendor([](const auto&) { return StandIn::Answer{202, kTaken}; });
  connect(vendor.base(), [](PlivoConfig& config) {
    config.powerpack_uuid = "pp-1";
    config.path_secret = "0123456789abcdef";
    config.redact = false;
  });
  send();
  auto body = boost::json::parse(vendor.seen().at(0).body).as_object();
  EXPECT_FALSE(body.contains("src"));
  EXPECT_FALSE(body.contains("log"));
  EXPECT_EQ(body.at("powerpack_uuid").as_string(), "pp-1");
  EXPECT_EQ(body.at("url").as_string(), "https://hooks.example.org/sms/main/0123456789abcdef/status");
  connect(vendor.base(), [](PlivoConfig& config) {
    config.receipts = false;
    config.api.path = "/proxy";
  });
  outbound.service = "+18005550100";
  send();
  body = boost::json::parse(vendor.seen().at(1).body).as_object();
  EXPECT_THAT(vendor.seen().at(1).head, HasSubstr("POST /proxy/v1/Account/MA123/Message/ "));
  EXPECT_FALSE(body.contains("url"));
  EXPECT_FALSE(body.contains("method"));
  EXPECT_EQ(body.at("src").as_string(), "18005550100");
}

struct Row {
  int status;
  const char* body;
  Delivery delivery;
};
TEST_F(PlivoSend, each_answer_means_what_it_means_for_sending_again) {
  for (const Row& row : {Row{202, kTaken, Delivery::accepted}, Row{202, "not json", Delivery::accepted},
                         Row{202, R"({"message_uuid":[],"invalid_number":["16195550101"]})", Delivery::refused},
                         Row{202, R"({"message_uuid":["u"],"invalid_number":["1"]})", Delivery::accepted},
                         Row{202, R"({"message_uuid":[7]})", Delivery::accepted},
                         Row{400, R"({"error":"'16195550101' is not a valid phone number."})", Delivery::refused},
                         Row{400, R"({"error":"'55501' is not a valid phone number."})", Delivery::misconfigured},
                         Row{400, R"({"error":"Insufficient Credit"})", Delivery::misconfigured},
                         Row{400, R"({"error":{"text":["x"]}})", Delivery::refused}, Row{400, "[]", Delivery::refused},
                         Row{401, R"({"error":"authentication_failed"})", Delivery::misconfigured}, Row{403, "", Delivery::misconfigured},
                         Row{404, R"({"error":"not found"})", Delivery::misconfigured}, Row{301, "", Delivery::misconfigured},
                         Row{429, R"({"error":"too many requests"})", Delivery::throttled}, Row{429, "", Delivery::throttled},
                         Row{500, "", Delivery::failed}, Row{502, "<html>", Delivery::failed}, Row{504, "", Delivery::unknown}}) {
    StandIn vendor([&row](const auto&) { return StandIn::Answer{row.status, row.body}; });
    connect(vendor.base());
    EXPECT_EQ(send().delivery, row.delivery) << row.status << " " << row.body;
    EXPECT_EQ(vendor.seen().size(), 1u) << "never repeated by itself";
  }
}

TEST_F(PlivoSend, a_text_taken_but_not_answered_is_unknown_and_one_that_never_left_has_failed) {
  for (const auto& answer : {StandIn::Answer{.hang = true}, StandIn::Answer{.drop = true}}) {
    StandIn vendor([answer](const auto&) { return answer; });
    connect(vendor.base());
    EXPECT_EQ(send(400ms).delivery, Delivery::unknown);
  }
  std::string gone;
  {
    StandIn vendor([](const auto&) { return StandIn::Answer{}; });
    gone = vendor.base();
  }
  connect(gone);
  EXPECT_EQ(send().delivery, Delivery::failed);
}

TEST_F(PlivoSend, nobody_can_say_whether_a_text_of_unknown_outcome_went_out) {
  StandIn vendor([](const auto&) { return StandIn::Answer{200, R"({"meta":{"next":null},"objects":[]})"}; });
  connect(vendor.base());
  EXPECT_EQ(went_out(), std::nullopt);
  EXPECT_TRUE(vendor.seen().empty()) << "its list would say no of a text that is still queued";
}

}  // namespace
}  // namespace northstar::plivo
