#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>

#include "handlers/telnyx/errors.h"
#include "handlers/telnyx/telnyx.h"
#include "tests/unit/net/loopback.h"
#include "tests/unit/net/stand_in.h"
#include "tests/unit/telnyx/key.h"

namespace northstar::telnyx {
namespace {

using namespace net::test;
using net::Delivery;
using testing::HasSubstr;
using testing::Not;

class TelnyxSend : public testing::Test {
 protected:
  ~TelnyxSend() override {
    loop.run([this] {
      channel.reset();
      client.reset();
    });
  }
  void connect(const std::string& base, bool receipts = true, std::string profile = {}) {
    const auto url = net::parse_url(base);
    TelnyxConfig config;
    config.public_url = "https://hooks.example.org/sms/main";
    config.api_key = "KEY-secret";
    config.api.origin = url->origin;
    config.receipts = receipts;
    config.messaging_profile_id = std::move(profile);
    channel = make_channel("main", config, *client, metrics.channel("main"));
  }
  net::Sent send(std::chrono::milliseconds patience = 2s) {
    return loop.wait(channel->send(outbound, std::chrono::steady_clock::now() + patience));
  }
  std::optional<bool> went_out() { return loop.wait(channel->went_out(outbound, std::chrono::steady_clock::now() + 2s)); }

  net::Metrics metrics;
  Loop loop;
  std::unique_ptr<net::HttpClient> client = std::make_unique<net::HttpClient>(loop.io);
  std::unique_ptr<net::Channel> channel;
  net::Outbound outbound{"entry", "55501", PhoneNumber("+16195550101"), MessageText("S\xC3\xAD \"no\"\n+ 100% \xF0\x9F\x98\x80"),
                         Instant(std::chrono::sys_days(std::chrono::year(2026) / 11 / 24)) + 23h + 5min + 10s + 700ms};
};

TEST_F(TelnyxSend, a_text_goes_out_as_it_is_with_our_key_and_a_way_for_receipts) {
  StandIn vendor([](const auto&) { return StandIn::Answer{200, R"({"data":{"id":"m-77","to":[{"status":"queued"}]}})"}; });
  connect(vendor.base());
  const net::Sent sent = send();
  EXPECT_EQ(sent.delivery, Delivery::accepted);
  EXPECT_EQ(sent.provider_message_id, "m-77");
  const auto seen = vendor.seen().at(0);
  EXPECT_THAT(seen.head, HasSubstr("POST /v2/messages HTTP/1.1\r\n"));
  EXPECT_THAT(seen.head, HasSubstr("Authorization: Bearer KEY-secret\r\n"));
  EXPECT_THAT(seen.head, HasSubstr("Content-Type: application/json\r\n"));
  const auto expected = boost::json::object{{"from", "55501"},
                                            {"to", "+16195550101"},
                                            {"text", outbound.text.reveal()},
                                            {"webhook_url", "https://hooks.example.org/sms/main/status"},
                                            {"use_profile_webhooks", true}};
  EXPECT_EQ(boost::json::parse(seen.body), boost::json::value(expected)) << seen.body;
  EXPECT_THAT(metrics.text(), HasSubstr("northstar_sends_total{channel=\"main\",outcome=\"accepted\"} 1"));
}

TEST_F(TelnyxSend, a_messaging_profile_is_said_beside_the_sender_and_no_receipt_is_asked_for_where_none_is_wanted) {
  StandIn vendor([](const auto&) { return StandIn::Answer{200, R"({"data":{"id":"m"}})"}; });
  connect(vendor.base(), false, "profile-1");
  send();
  const auto body = boost::json::parse(vendor.seen().at(0).body).as_object();
  EXPECT_EQ(body.at("from"), "55501");
  EXPECT_EQ(body.at("messaging_profile_id"), "profile-1");
  EXPECT_EQ(body.at("use_profile_webhooks"), false);
  EXPECT_FALSE(body.contains("webhook_url"));
}

std::string error(const std::string& code, const std::string& title = "x", const std::string& pointer = {}) {
  return R"({"errors":[{"code":")" + code + R"(","title":")" + title + R"(","detail":"y","source":{"pointer":")" + pointer + R"("}}]})";
}

TEST_F(TelnyxSend, each_answer_means_what_it_means_for_sending_again) {
  struct Row {
    int status;
    std::string body;
    Delivery delivery;
  };
  const std::string stop = "Blocked due to STOP message";
  for (const Row& row : {Row{200, R"({"data":{"id":"m"}})", Delivery::accepted},
                         Row{201, R"({"data":{"id":"m"}})", Delivery::accepted},
                         Row{200, "<html>a hotel's login page</html>", Delivery::unknown},
                         Row{200, R"({"data":{}})", Delivery::unknown},
                         Row{429, error("10011"), Delivery::throttled},
                         Row{429, "", Delivery::throttled},
                         Row{429, error("40333", "Messaging profile spend limit reached"), Delivery::misconfigured},
                         Row{400, error("40318"), Delivery::throttled},
                         Row{500, error("10007"), Delivery::failed},
                         Row{500, "", Delivery::failed},
                         Row{502, "<html>", Delivery::failed},
                         Row{503, "", Delivery::failed},
                         Row{504, "", Delivery::unknown},
                         Row{504, error("10007"), Delivery::unknown},
                         Row{500, error("10008"), Delivery::unknown},
                         Row{401, error("10009"), Delivery::misconfigured},
                         Row{401, "", Delivery::misconfigured},
                         Row{402, "", Delivery::misconfigured},
                         Row{403, error("10010"), Delivery::misconfigured},
                         Row{403, error("20100"), Delivery::misconfigured},
                         Row{404, error("10005"), Delivery::misconfigured},
                         Row{404, "", Delivery::misconfigured},
                         Row{301, "", Delivery::misconfigured},
                         Row{400, error("40300", stop), Delivery::opted_out},
                         Row{403, error("40300", stop), Delivery::opted_out},
                         Row{422, R"({"errors":[{"code":40300,"title":"x","detail":"Messages cannot be sent due to an existing block rule."}]})", Delivery::opted_out},
                         Row{422, R"({"errors":[{"code":"40300"}]})", Delivery::opted_out},
                         Row{400, error("40300", "The sender is on no messaging profile"), Delivery::misconfigured},
                         Row{400, error("40310"), Delivery::refused},
                         Row{400, error("40310", "x", "/to"), Delivery::refused},
                         Row{422, error("10002", "x", "/to"), Delivery::refused},
                         Row{422, error("10002", "x", "/from"), Delivery::misconfigured},
                         Row{422, error("99999", "x", "/messaging_profile_id"), Delivery::misconfigured},
                         Row{500, error("99999", "x", "/from"), Delivery::failed},
                         Row{400, error("40305"), Delivery::misconfigured},
                         Row{400, error("40312"), Delivery::misconfigured},
                         Row{400, error("40322"), Delivery::refused},
                         Row{400, error("40015"), Delivery::refused},
                         Row{400, error("99999"), Delivery::refused},
                         Row{422, "[]", Delivery::refused},
                         Row{400, R"({"errors":[]})", Delivery::refused},
                         Row{400, R"({"errors":["x"]})", Delivery::refused},
                         Row{400, R"({"errors":[{"code":-1}]})", Delivery::refused},
                         Row{408, "", Delivery::failed}}) {
    StandIn vendor([&row](const auto&) { return StandIn::Answer{row.status, row.body}; });
    connect(vendor.base());
    EXPECT_EQ(send().delivery, row.delivery) << row.status << " " << row.body;
    EXPECT_EQ(vendor.seen().size(), 1u) << "never repeated by itself";
  }
}

TEST_F(TelnyxSend, a_text_taken_but_not_answered_is_unknown_and_one_that_never_left_has_failed) {
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

constexpr const char* kUuid = "40385f64-5717-4562-b3fc-2c963f66afa6";
struct Record {
  std::string created = "2026-11-24T23:05:12.5Z", cld = "+16195550101", cli = "55501", direction = "outbound", uuid = kUuid;
};
std::string listed(const Record& record) {
  return R"({"record_type":"message_detail_record","uuid":")" + record.uuid + R"(","created_at":")" + record.created + R"(","cld":")" + record.cld +
         R"(","cli":")" + record.cli + R"(","direction":")" + record.direction + R"("})";
}
std::string page(const std::string& items) { return R"({"data":[)" + items + R"(],"meta":{"next":"https://evil.example/"}})"; }

TEST_F(TelnyxSend, a_text_of_unknown_outcome_is_looked_for_by_recipient_time_and_words) {
  const std::string same = boost::json::serialize(boost::json::object{{"data", {{"id", kUuid}, {"text", outbound.text.reveal()}}}});
  struct Case {
    std::string list, message;
    std::optional<bool> expected;
    std::size_t calls;
    const char* what;
  };
  for (const Case& row : {Case{page(listed({})), same, true, 2, "there"},
                          Case{page(listed({.created = "2026-11-24T23:05:09+00:00"})), same, true, 2, "within the clocks' difference"},
                          Case{page(listed({.created = "2026-11-24T23:05:01Z"})), same, std::nullopt, 1, "an earlier text of the same words"},
                          Case{page(listed({.created = "2026-11-24T23:05:12-06:00"})), same, std::nullopt, 1, "a time that is not in UTC"},
                          Case{page(listed({.created = "yesterday"})), same, std::nullopt, 1, "no time"},
                          Case{page(listed({.created = "2026-13-24T23:05:12Z"})), same, std::nullopt, 1, "no date"},
                          Case{page(listed({.cld = "+16195550102"})), same, std::nullopt, 1, "somebody else"},
                          Case{page(listed({.cli = "55502"})), same, std::nullopt, 1, "from another number"},
                          Case{page(listed({.direction = "inbound"})), same, std::nullopt, 1, "they wrote"},
                          Case{page(listed({.uuid = "../../v2/phone_numbers?aaaaaaaaaaaaaa"})), same, std::nullopt, 1, "an id that leads elsewhere"},
                          Case{page(listed({})), R"({"data":{"text":"other words"}})", std::nullopt, 2, "another text"},
                          Case{page(listed({})), "not json", std::nullopt, 2, "no JSON"},
                          Case{page(""), same, std::nullopt, 1, "none: it may still be queued"},
                          Case{page("7"), same, std::nullopt, 1, "no record"},
                          Case{"{}", same, std::nullopt, 1, "no list"},
                          Case{"not json", same, std::nullopt, 1, "no JSON at all"}}) {
    StandIn vendor([&row](const StandIn::Seen& seen) {
      return StandIn::Answer{200, seen.head.find("/v2/messages/") == std::string::npos ? row.list : row.message};
    });
    connect(vendor.base());
    EXPECT_EQ(went_out(), row.expected) << row.what;
    const auto seen = vendor.seen();
    ASSERT_EQ(seen.size(), row.calls) << row.what;
    EXPECT_THAT(seen[0].head, HasSubstr("GET /v2/detail_records?filter%5Brecord_type%5D=messaging&filter%5Bdirection%5D=outbound&filter%5Bcld%5D=%2B16195550101&"
                                        "filter%5Bcreated_at%5D%5Bgte%5D=2026-11-24&sort=-created_at&page%5Bsize%5D=50 HTTP/1.1\r\n"));
    if (row.calls > 1) EXPECT_THAT(seen[1].head, HasSubstr("GET /v2/messages/" + std::string(kUuid) + " HTTP/1.1\r\n"));
    for (const auto& one : seen) EXPECT_THAT(one.head, HasSubstr("Authorization: Bearer KEY-secret\r\n"));
  }
}

TEST_F(TelnyxSend, no_more_messages_are_looked_at_than_one_person_can_have_been_sent) {
  std::string items;
  for (int i = 0; i < 40; ++i) items += (i ? "," : "") + listed({});
  StandIn vendor([&](const StandIn::Seen& seen) {
    return StandIn::Answer{200, seen.head.find("/v2/messages/") == std::string::npos ? page(items) : R"({"data":{"text":"x"}})"};
  });
  connect(vendor.base());
  EXPECT_EQ(went_out(), std::nullopt);
  EXPECT_EQ(vendor.seen().size(), 11u);
}

TEST_F(TelnyxSend, a_vendor_that_cannot_be_asked_gives_no_answer) {
  for (const auto& answer : {StandIn::Answer{500, ""}, StandIn::Answer{401, ""}, StandIn::Answer{403, page(listed({}))}, StandIn::Answer{.drop = true}}) {
    StandIn vendor([answer](const auto&) { return answer; });
    connect(vendor.base());
    EXPECT_EQ(went_out(), std::nullopt);
    EXPECT_EQ(vendor.seen().size(), 1u);
  }
  const std::string same = boost::json::serialize(boost::json::object{{"data", {{"text", outbound.text.reveal()}, {"id", kUuid}}}});
  for (const auto& answer : {StandIn::Answer{404, same}, StandIn::Answer{.drop = true}}) {
    StandIn vendor([answer](const StandIn::Seen& seen) {
      return seen.head.find("/v2/messages/") == std::string::npos ? StandIn::Answer{200, page(listed({}))} : answer;
    });
    connect(vendor.base());
    EXPECT_EQ(went_out(), std::nullopt);
  }
}

TEST(TelnyxErrors, every_reason_is_told_in_words_and_only_spam_filters_count_as_filters) {
  std::vector<int> filters;
  for (const TelnyxError& one : kTelnyxErrors) {
    EXPECT_FALSE(one.reason.empty()) << one.code;
    if (one.filtered) filters.push_back(one.code);
    if (one.filtered) EXPECT_EQ(one.delivery, Delivery::refused) << one.code;
  }
  EXPECT_EQ(filters, (std::vector{40002, 40003, 40015, 40017, 40322}));
  EXPECT_EQ(known_error(0), nullptr);
  EXPECT_EQ(known_error(99999), nullptr);
}

TEST(TelnyxSettings, all_mistakes_are_named_at_once_with_their_lines) {
  const YAML::Node node = YAML::Load(
      "type: telnyx\n"
      "public_url: hooks.example.org\n"
      "public_key: c2hvcnQ=\n"
      "api_key: abc\n"
      "api_base: http://api.telnyx.com\n"
      "reply: inline\n"
      "receipts: maybe\n");
  const auto config = parse_telnyx(node, "main", "northstar.yaml");
  ASSERT_FALSE(bool(config));
  std::string all;
  for (const Fault& fault : config.error()) all += fault.to_string() + "\n";
  EXPECT_THAT(all, HasSubstr("northstar.yaml:2:13: channel main: public_url: "));
  EXPECT_THAT(all, HasSubstr("northstar.yaml:3:13: channel main: public_key: is not a public key of Telnyx: base64 of 32 bytes"));
  EXPECT_THAT(all, HasSubstr("northstar.yaml:4:10: channel main: api_key: secrets stay out of this file"));
  EXPECT_THAT(all, HasSubstr("northstar.yaml:5:11: channel main: api_base: http:// would send secrets"));
  EXPECT_THAT(all, HasSubstr("northstar.yaml:6:1: channel main: \"reply\" is not a setting"));
  EXPECT_THAT(all, HasSubstr("northstar.yaml:7:11: channel main: receipts: must be true or false"));
}

TEST(TelnyxSettings, the_key_comes_from_a_file_or_the_environment_and_all_may_be_left_out_but_the_address) {
  const std::string start = "public_url: https://a.example/sms/x\n", key = test::Key(7).public_key();
  ::setenv("NORTHSTAR_TEST_TELNYX", "from-env", 1);
  const auto env = parse_telnyx(YAML::Load(start + "public_key: " + key +
                                           "\napi_key_env: NORTHSTAR_TEST_TELNYX\nservice: \"55501\"\nmessaging_profile_id: p\nreceipts: false\n"
                                           "allow_plain_http: true\napi_base: http://10.0.0.1:8080/telnyx/\n"),
                                "x", "f.yaml");
  ASSERT_TRUE(bool(env));
  EXPECT_EQ(env->api_key, "from-env");
  EXPECT_EQ(env->public_key, key);
  EXPECT_EQ(env->service, "55501");
  EXPECT_EQ(env->messaging_profile_id, "p");
  EXPECT_FALSE(env->receipts);
  EXPECT_EQ(env->api.origin, (net::Origin{false, "10.0.0.1", 8080}));
  EXPECT_EQ(env->api.path, "/telnyx");
  const auto none = parse_telnyx(YAML::Load(start), "x", "f.yaml");
  ASSERT_TRUE(bool(none)) << "allowed, and then everything is refused";
  EXPECT_EQ(none->api.origin, (net::Origin{true, "api.telnyx.com", 443}));
  EXPECT_TRUE(none->receipts);
  EXPECT_TRUE(none->api_key.empty());
  EXPECT_FALSE(bool(parse_telnyx(YAML::Load(start + "api_key_env: NORTHSTAR_NO_SUCH\n"), "x", "f.yaml")));
  EXPECT_FALSE(bool(parse_telnyx(YAML::Load("type: telnyx\n"), "x", "f.yaml")));
}

}  // namespace
}  // namespace northstar::telnyx
