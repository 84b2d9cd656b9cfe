#include <gmock/gmock.h>

#include "handlers/kannel/answers.h"
#include "handlers/kannel/kannel.h"
#include "handlers/kannel/status_address.h"
#include "tests/unit/net/loopback.h"
#include "tests/unit/net/stand_in.h"

namespace northstar::kannel {
namespace {

using namespace net::test;
using net::Delivery;
using testing::HasSubstr;
using testing::Not;

class KannelSend : public testing::Test {
 protected:
  ~KannelSend() override {
    loop.run([this] {
      channel.reset();
      client.reset();
    });
  }
  KannelConfig standard(const std::string& base) {
    KannelConfig config;
    config.public_url = "http://127.0.0.1:8080/sms/local";
    config.secret = "top-secret";
    config.api.origin = net::parse_url(base)->origin;
    config.username = "north";
    config.password = "star";
    return config;
  }
  void connect(const KannelConfig& config) { channel = make_channel("local", config, *client, metrics.channel("local")); }
  net::Sent send(std::chrono::milliseconds patience = 2s) {
    return loop.wait(channel->send(outbound, std::chrono::steady_clock::now() + patience));
  }
  net::Metrics metrics;
  Loop loop;
  std::unique_ptr<net::HttpClient> client = std::make_unique<net::HttpClient>(loop.io);
  std::unique_ptr<net::Channel> channel;
  net::Outbound outbound{"entry-1", "55501", PhoneNumber("+16195550101"), MessageText("S\xC3\xAD & no + 100%"), Instant{}};
};

TEST_F(KannelSend, a_text_goes_out_in_a_body_and_nothing_of_it_stands_in_the_address) {
  StandIn smsbox([](const auto&) { return StandIn::Answer{202, "0: Accepted for delivery"}; });
  connect(standard(smsbox.base()));
  const net::Sent sent = send();
  EXPECT_EQ(sent.delivery, Delivery::accepted);
  EXPECT_EQ(sent.provider_message_id, "entry-1") << "the id that receipts come with";
  const auto seen = smsbox.seen().at(0);
  EXPECT_THAT(seen.head, HasSubstr("POST /cgi-bin/sendsms HTTP/1.1\r\n"));
  EXPECT_THAT(seen.head, HasSubstr("\r\nX-Kannel-Username: north\r\n"));
  EXPECT_THAT(seen.head, HasSubstr("\r\nX-Kannel-Password: star\r\n"));
  EXPECT_THAT(seen.head, HasSubstr("\r\nX-Kannel-From: 55501\r\n"));
  EXPECT_THAT(seen.head, HasSubstr("\r\nX-Kannel-To: +16195550101\r\n"));
  EXPECT_THAT(seen.head, HasSubstr("\r\nX-Kannel-Coding: 2\r\n")) << "an accented i has no place in GSM 7-bit";
  EXPECT_THAT(seen.head, HasSubstr("\r\nX-Kannel-DLR-Mask: 19\r\n"));
  EXPECT_THAT(seen.head, HasSubstr("\r\nX-Kannel-DLR-Url: http://127.0.0.1:8080/sms/local/status?id=entry-1&proof=" +
                                   status_proof("top-secret", "entry-1") + "&type=%d&error=%#smpp#dlr_err#\r\n"));
  EXPECT_THAT(seen.head, HasSubstr("\r\nContent-Type: text/plain; charset=UTF-8\r\n"));
  EXPECT_THAT(seen.head, Not(HasSubstr("top-secret")));
  EXPECT_THAT(seen.head, Not(HasSubstr("X-Kannel-SMSC")));
  EXPECT_EQ(seen.body, outbound.text.reveal());
  EXPECT_THAT(metrics.text(), HasSubstr("northstar_sends_total{channel=\"local\",outcome=\"accepted\"} 1"));
}

TEST_F(KannelSend, settings_choose_the_path_the_smsc_and_whether_receipts_are_asked_for) {
  StandIn smsbox([](const auto&) { return StandIn::Answer{202, "3: Queued for later delivery"}; });
  auto config = standard(smsbox.base());
  config.api.path = "/gw";
  config.smsc = "carrier-a";
  config.receipts = false;
  outbound.text = MessageText("\xC2\xBFNecesita ayuda, se\xC3\xB1ora?");
  connect(config);
  EXPECT_EQ(send().delivery, Delivery::accepted);
  const auto seen = smsbox.seen().at(0);
  EXPECT_THAT(seen.head, HasSubstr("POST /gw/cgi-bin/sendsms HTTP/1.1\r\n"));
  EXPECT_THAT(seen.head, HasSubstr("\r\nX-Kannel-SMSC: carrier-a\r\n"));
  EXPECT_THAT(seen.head, HasSubstr("\r\nX-Kannel-Coding: 0\r\n")) << "this Spanish fits";
  EXPECT_THAT(seen.head, Not(HasSubstr("X-Kannel-DLR")));
}

TEST_F(KannelSend, without_a_secret_no_receipt_could_be_believed_so_none_is_asked_for) {
  StandIn smsbox([](const auto&) { return StandIn::Answer{202, ""}; });
  auto config = standard(smsbox.base());
  config.secret.clear();
  connect(config);
  send();
  EXPECT_THAT(smsbox.seen().at(0).head, Not(HasSubstr("X-Kannel-DLR")));
}

struct Row {
  int status;
  const char* body;
  Delivery delivery;
};
TEST_F(KannelSend, each_answer_means_what_it_means_for_sending_again) {
  // The words of smsbox 1.4.5; what it really says to such requests is tried in tests/integration/kannel.test.mjs.
  for (const Row& row : {Row{202, "0: Accepted for delivery", Delivery::accepted}, Row{202, "3: Queued for later delivery", Delivery::accepted},
                         Row{202, "Sent. Message splits: 2", Delivery::accepted}, Row{202, "", Delivery::accepted},
                         Row{403, "Authorization failed for sendsms", Delivery::misconfigured},
                         Row{403, "Not routable. Do not try again.", Delivery::misconfigured}, Row{403, "", Delivery::misconfigured},
                         Row{400, "Number(s) has/have been denied by white- and/or black-lists.", Delivery::refused},
                         Row{400, "Sender missing and no global set, rejected", Delivery::misconfigured},
                         Row{400, "Missing receiver(s) number(s), rejected", Delivery::refused},
                         Row{400, "Empty receiver number not allowed, rejected", Delivery::refused},
                         Row{400, "DLR-URL field misformed, rejected", Delivery::misconfigured},
                         Row{400, "Invalid content-type", Delivery::misconfigured}, Row{400, "Charset or body misformed, rejected", Delivery::refused},
                         Row{415, "Unsupported content-type, rejected", Delivery::misconfigured}, Row{400, "new words", Delivery::refused},
                         Row{404, "Unknown request.", Delivery::misconfigured}, Row{404, "", Delivery::misconfigured},
                         Row{500, "Sending failed.", Delivery::failed}, Row{502, "<html>", Delivery::failed},
                         Row{503, "Temporal failure, try again later.", Delivery::throttled}, Row{503, "", Delivery::failed},
                         Row{429, "", Delivery::throttled}, Row{504, "", Delivery::unknown}, Row{301, "", Delivery::misconfigured},
                         Row{200, "0: Accepted for delivery", Delivery::unknown}, Row{200, "Authorization failed for sendsms", Delivery::unknown}}) {
    StandIn smsbox([&row](const auto&) { return StandIn::Answer{row.status, row.body}; });
    connect(standard(smsbox.base()));
    const net::Sent sent = send();
    EXPECT_EQ(sent.delivery, row.delivery) << row.status << " " << row.body;
    EXPECT_EQ(sent.provider_message_id.empty(), row.delivery != Delivery::accepted);
    EXPECT_EQ(smsbox.seen().size(), 1u) << "never repeated by itself";
  }
}

TEST_F(KannelSend, a_text_taken_but_not_answered_is_unknown_and_kannel_cannot_be_asked) {
  for (const auto& answer : {StandIn::Answer{.hang = true}, StandIn::Answer{.drop = true}}) {
    StandIn smsbox([answer](const auto&) { return answer; });
    connect(standard(smsbox.base()));
    EXPECT_EQ(send(400ms).delivery, Delivery::unknown);
    EXPECT_EQ(loop.wait(channel->went_out(outbound, std::chrono::steady_clock::now() + 1s)), std::nullopt);
    EXPECT_EQ(smsbox.seen().size(), 1u);
  }
  std::string gone;
  {
    StandIn smsbox([](const auto&) { return StandIn::Answer{}; });
    gone = smsbox.base();
  }
  connect(standard(gone));
  EXPECT_EQ(send().delivery, Delivery::failed);
}

TEST(KannelAnswers, every_reason_is_told_in_words) {
  for (const SendAnswer& one : kRefusals) EXPECT_FALSE(one.reason.empty()) << one.begins;
  EXPECT_FALSE(refusal(418, "short and stout").reason.empty());
}

TEST(KannelSettings, all_mistakes_are_named_at_once_with_their_lines) {
  ::setenv("NORTHSTAR_TEST_KANNEL", "per%cent", 1);
  const YAML::Node node = YAML::Load(
      "type: kannel\n"
      "public_url: hooks.example.org\n"
      "usernam: north\n"
      "password: abc\n"
      "api_base: http://kannel.example.org:13013\n"
      "reply: maybe\n"
      "secret_env: NORTHSTAR_TEST_KANNEL\n"
      "user: a:b\n"
      "smsc: \"a\\nb\"\n");
  const auto config = parse_kannel(node, "local", "northstar.yaml");
  ASSERT_FALSE(bool(config));
  std::string all;
  for (const Fault& fault : config.error()) all += fault.to_string() + "\n";
  EXPECT_THAT(all, HasSubstr("northstar.yaml:2:13: channel local: public_url: "));
  EXPECT_THAT(all, HasSubstr("northstar.yaml:3:1: channel local: \"usernam\" is not a setting"));
  EXPECT_THAT(all, HasSubstr("channel local: username: is missing"));
  EXPECT_THAT(all, HasSubstr("northstar.yaml:4:11: channel local: password: secrets stay out of this file"));
  EXPECT_THAT(all, HasSubstr("northstar.yaml:5:11: channel local: api_base: http:// would send secrets"));
  EXPECT_THAT(all, HasSubstr("northstar.yaml:6:8: channel local: reply: must be inline or api"));
  EXPECT_THAT(all, HasSubstr("channel local: secret: write it with letters"));
  EXPECT_THAT(all, HasSubstr("northstar.yaml:8:7: channel local: user: write it with letters"));
  EXPECT_THAT(all, HasSubstr("northstar.yaml:9:7: channel local: smsc: has a character that cannot"));
  EXPECT_THAT(all, Not(HasSubstr("per%cent")));
}

TEST(KannelSettings, little_has_to_be_said_and_secrets_come_from_the_environment) {
  ::setenv("NORTHSTAR_TEST_KANNEL", "abc-1", 1);
  const auto config = parse_kannel(YAML::Load("type: kannel\n"
                                              "public_url: http://127.0.0.1:8080/sms/local\n"
                                              "username: north\n"
                                              "password_env: NORTHSTAR_TEST_KANNEL\n"
                                              "secret_env: NORTHSTAR_TEST_KANNEL\n"),
                                   "local", "f.yaml");
  ASSERT_TRUE(bool(config));
  EXPECT_EQ(config->secret, "abc-1");
  EXPECT_EQ(config->password, "abc-1");
  EXPECT_EQ(config->user, "kannel");
  EXPECT_EQ(config->api.origin, (net::Origin{false, "127.0.0.1", 13013}));
  EXPECT_TRUE(config->reply_inline);
  EXPECT_TRUE(config->receipts);
  const auto none = parse_kannel(YAML::Load("public_url: http://127.0.0.1/sms/x\nusername: n\n"), "x", "f.yaml");
  ASSERT_TRUE(bool(none)) << "allowed, and then everything is refused";
  EXPECT_TRUE(none->secret.empty());
}

}  // namespace
}  // namespace northstar::kannel
