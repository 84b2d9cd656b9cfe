#include <gmock/gmock.h>

#include "handlers/sms/form.h"
#include "handlers/sms/twilio.h"
#include "handlers/sms/twilio_errors.h"
#include "tests/unit/net/loopback.h"
#include "tests/unit/net/stand_in.h"

namespace northstar::sms {
namespace {

using namespace net::test;
using net::Delivery;
using testing::HasSubstr;

class TwilioSend : public testing::Test {
 protected:
  ~TwilioSend() override {
    loop.run([this] {
      channel.reset();
      client.reset();
    });
  }
  void connect(const std::string& base, std::string pool = {}) {
    const auto url = net::parse_url(base);
    TwilioConfig config;
    config.public_url = "https://hooks.example.org/sms/main";
    config.account_sid = "AC123";
    config.auth_token = "secret";
    config.api.origin = url->origin;
    config.messaging_service_sid = std::move(pool);
    channel = make_channel("main", config, *client, metrics.channel("main"));
  }
  net::Sent send(std::chrono::milliseconds patience = 2s) {
    return loop.wait(channel->send(outbound, std::chrono::steady_clock::now() + patience));
  }
  std::optional<bool> went_out() {
    return loop.wait(channel->went_out(outbound, std::chrono::steady_clock::now() + 2s));
  }
  net::Metrics metrics;
  Loop loop;
  std::unique_ptr<net::HttpClient> client = std::make_unique<net::HttpClient>(loop.io);
  std::unique_ptr<net::Channel> channel;
  net::Outbound outbound{"entry", "55501", PhoneNumber("+16195550101"), MessageText("S\xC3\xAD & no + 100%"),
                         Instant(std::chrono::sys_days(std::chrono::year(2026) / 11 / 24)) + 23h + 5min + 10s + 700ms};
};

TEST_F(TwilioSend, a_text_goes_out_as_it_is_with_our_credentials_and_a_way_for_receipts) {
  StandIn vendor([](const auto&) { return StandIn::Answer{201, R"({"sid":"SM77","status":"queued"})"}; });
  connect(vendor.base());
  const net::Sent sent = send();
  EXPECT_EQ(sent.delivery, Delivery::accepted);
  EXPECT_EQ(sent.provider_message_id, "SM77");
  const auto seen = vendor.seen().at(0);
  EXPECT_THAT(seen.head, HasSubstr("POST /2010-04-01/Accounts/AC123/Messages.json HTTP/1.1\r\n"));
  EXPECT_THAT(seen.head, HasSubstr("Authorization: Basic " + net::base64("AC123:secret") + "\r\n"));
  EXPECT_THAT(seen.head, HasSubstr("Content-Type: application/x-www-form-urlencoded\r\n"));
  Form form;
  ASSERT_TRUE(form.parse(seen.body));
  EXPECT_EQ(*form.find("To"), "+16195550101");
  EXPECT_EQ(*form.find("From"), "55501");
  EXPECT_EQ(*form.find("Body"), outbound.text.reveal());
  EXPECT_EQ(*form.find("StatusCallback"), "https://hooks.example.org/sms/main/status");
  EXPECT_THAT(metrics.text(), HasSubstr("northstar_sends_total{channel=\"main\",outcome=\"accepted\"} 1"));
}

TEST_F(TwilioSend, a_messaging_service_takes_the_place_of_the_number) {
  StandIn vendor([](const auto&) { return StandIn::Answer{201, "{}"}; });
  connect(vendor.base(), "MG1");
  send();
  Form form;
  ASSERT_TRUE(form.parse(vendor.seen().at(0).body));
  EXPECT_EQ(form.find("From"), nullptr);
  EXPECT_EQ(*form.find("MessagingServiceSid"), "MG1");
}

struct Row {
  int status;
  const char* body;
  Delivery delivery;
};
TEST_F(TwilioSend, each_answer_means_what_it_means_for_sending_again) {
  for (const Row& row : {Row{200, R"({"sid":"SM1"})", Delivery::accepted}, Row{201, "not json", Delivery::accepted},
                         Row{429, R"({"code":20429})", Delivery::throttled}, Row{429, "", Delivery::throttled},
                         Row{400, R"({"code":21611})", Delivery::throttled}, Row{500, "", Delivery::failed},
                         Row{502, "<html>", Delivery::failed}, Row{503, R"({"code":20503})", Delivery::failed},
                         Row{504, "", Delivery::unknown}, Row{401, R"({"code":20003})", Delivery::misconfigured},
                         Row{403, "", Delivery::misconfigured}, Row{404, R"({"code":20404})", Delivery::misconfigured},
                         Row{301, "", Delivery::misconfigured}, Row{400, R"({"code":21610})", Delivery::opted_out},
                         Row{400, R"({"code":21211})", Delivery::refused}, Row{400, R"({"code":21614})", Delivery::refused},
                         Row{400, R"({"code":21408})", Delivery::refused}, Row{400, R"({"code":21606})", Delivery::misconfigured},
                         Row{400, R"({"code":99999})", Delivery::refused}, Row{400, R"({"code":"21610"})", Delivery::refused},
                         Row{400, "[]", Delivery::refused}}) {
    StandIn vendor([&row](const auto&) { return StandIn::Answer{row.status, row.body}; });
    connect(vendor.base());
    EXPECT_EQ(send().delivery, row.delivery) << row.status << " " << row.body;
    EXPECT_EQ(vendor.seen().size(), 1u) << "never repeated by itself";
  }
}

TEST_F(TwilioSend, a_text_taken_but_not_answered_is_unknown_and_one_that_never_left_has_failed) {
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

std::string listed(const std::string& body, const std::string& created, const std::string& direction = "outbound-api",
                   const std::string& status = "sent") {
  return R"({"body":")" + body + R"(","date_created":")" + created + R"(","date_sent":null,"direction":")" + direction +
         R"(","status":")" + status + R"("})";
}
std::string page(const std::string& items, const std::string& next = "null") {
  return R"({"messages":[)" + items + R"(],"next_page_uri":)" + next + "}";
}

TEST_F(TwilioSend, a_text_of_unknown_outcome_is_looked_for_by_recipient_words_and_time) {
  const std::string text = "S\xC3\xAD & no + 100%", now = "Tue, 24 Nov 2026 23:05:12 +0000";
  struct Case {
    std::string answer;
    std::optional<bool> expected;
    const char* what;
  };
  for (const Case& row :
       {Case{page(listed(text, now)), true, "sent by the API"},
        Case{page(listed(text, now, "outbound-reply")), true, "sent in a webhook's answer"},
        Case{page(listed("S\\u00ed & no + 100%", now)), true, "escaped JSON"},
        Case{page(listed("Sent from your Twilio trial account - " + text, now)), true, "a trial account"},
        Case{page(listed(text, "Tue, 24 Nov 2026 23:05:09 +0000")), true, "within the clocks' difference"},
        Case{page(listed(text, now, "inbound")), false, "they wrote the same words"},
        Case{page(listed(text, now, "outbound-api", "canceled")), false, "cancelled"},
        Case{page(listed("other words", now)), false, "another text"},
        Case{page(listed(text, "Tue, 24 Nov 2026 23:05:01 +0000")), false, "an earlier text of the same words"},
        Case{page(""), false, "none"},
        Case{"{}", std::nullopt, "no list"},
        Case{"not json", std::nullopt, "no JSON"},
        Case{page(listed("x", now), R"("https://evil.example/")"), std::nullopt, "a page elsewhere"}}) {
    StandIn vendor([&row](const auto&) { return StandIn::Answer{200, row.answer}; });
    connect(vendor.base());
    EXPECT_EQ(went_out(), row.expected) << row.what;
    EXPECT_THAT(vendor.seen().at(0).head, HasSubstr("GET /2010-04-01/Accounts/AC123/Messages.json?"));
    EXPECT_THAT(vendor.seen().at(0).head, HasSubstr("To=%2B16195550101"));
  }
}

TEST_F(TwilioSend, the_search_follows_pages_until_they_are_older_than_the_text) {
  const std::string now = "Tue, 24 Nov 2026 23:06:00 +0000", old = "Mon, 23 Nov 2026 01:00:00 +0000";
  for (const bool there : {true, false}) {
    StandIn vendor([&](const StandIn::Seen& seen) {
      if (seen.head.find("Page=2") != std::string::npos) return StandIn::Answer{200, page(listed("x", old), R"("/2010-04-01/x.json?Page=3")")};
      if (seen.head.find("Page=1") != std::string::npos)
        return StandIn::Answer{200, page(listed(there ? outbound.text.reveal() : "y", now), R"("/2010-04-01/x.json?Page=2")")};
      return StandIn::Answer{200, page(listed("x", now), R"("/2010-04-01/x.json?Page=1")")};
    });
    connect(vendor.base());
    EXPECT_EQ(went_out(), there);
    EXPECT_EQ(vendor.seen().size(), there ? 2u : 3u);
  }
}

TEST_F(TwilioSend, a_vendor_that_cannot_be_asked_gives_no_answer) {
  for (const auto& answer : {StandIn::Answer{500, ""}, StandIn::Answer{401, ""}, StandIn::Answer{.drop = true}}) {
    StandIn vendor([answer](const auto&) { return answer; });
    connect(vendor.base());
    EXPECT_EQ(went_out(), std::nullopt);
  }
}

TEST(TwilioErrors, every_reason_is_told_in_words) {
  for (const TwilioError& error : kTwilioErrors) EXPECT_FALSE(error.reason.empty()) << error.code;
  EXPECT_EQ(twilio_error(400, 21610).delivery, Delivery::opted_out);
}

TEST(TwilioSettings, all_mistakes_are_named_at_once_with_their_lines) {
  const YAML::Node node = YAML::Load(
      "type: twilio\n"
      "public_url: hooks.example.org\n"
      "acount_sid: AC1\n"
      "auth_token: abc\n"
      "api_base: http://api.twilio.com\n"
      "reply: maybe\n"
      "reply: api\n");
  const auto config = parse_twilio(node, "main", "northstar.yaml");
  ASSERT_FALSE(bool(config));
  std::string all;
  for (const Fault& fault : config.error()) all += fault.to_string() + "\n";
  EXPECT_THAT(all, HasSubstr("northstar.yaml:2:13: channel main: public_url: "));
  EXPECT_THAT(all, HasSubstr("northstar.yaml:3:1: channel main: \"acount_sid\" is not a setting"));
  EXPECT_THAT(all, HasSubstr("channel main: account_sid: is missing"));
  EXPECT_THAT(all, HasSubstr("northstar.yaml:4:13: channel main: auth_token: secrets stay out of this file"));
  EXPECT_THAT(all, HasSubstr("northstar.yaml:5:11: channel main: api_base: http:// would send secrets"));
  EXPECT_THAT(all, HasSubstr("northstar.yaml:6:8: channel main: reply: must be inline or api"));
  EXPECT_THAT(all, HasSubstr("northstar.yaml:7:1: channel main: \"reply\" is written twice"));
}

TEST(TwilioSettings, secrets_come_from_a_file_or_the_environment_and_their_absence_is_a_fault) {
  const std::string start = "public_url: https://a.example/sms/x\naccount_sid: AC1\n";
  ::setenv("NORTHSTAR_TEST_TOKEN", "from-env", 1);
  const auto env = parse_twilio(YAML::Load(start + "auth_token_env: NORTHSTAR_TEST_TOKEN\n"), "x", "f.yaml");
  ASSERT_TRUE(bool(env));
  EXPECT_EQ(env->auth_token, "from-env");
  EXPECT_TRUE(env->reply_inline);
  EXPECT_EQ(env->api.origin, (net::Origin{true, "api.twilio.com", 443}));
  const std::string path = testing::TempDir() + "northstar-token";
  if (FILE* file = std::fopen(path.c_str(), "w")) {
    std::fputs("from-file\n", file);
    std::fclose(file);
  }
  const auto file = parse_twilio(YAML::Load(start + "auth_token_file: " + path + "\n"), "x", "f.yaml");
  ASSERT_TRUE(bool(file));
  EXPECT_EQ(file->auth_token, "from-file");
  EXPECT_FALSE(bool(parse_twilio(YAML::Load(start + "auth_token_env: NORTHSTAR_NO_SUCH\n"), "x", "f.yaml")));
  EXPECT_FALSE(bool(parse_twilio(YAML::Load(start + "auth_token_file: /no/such/file\n"), "x", "f.yaml")));
  const auto none = parse_twilio(YAML::Load(start), "x", "f.yaml");
  ASSERT_TRUE(bool(none)) << "allowed, and then everything is refused";
  EXPECT_TRUE(none->auth_token.empty());
}

}  // namespace
}  // namespace northstar::sms
