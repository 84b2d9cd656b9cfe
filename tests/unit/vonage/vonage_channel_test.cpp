#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <cstdlib>
#include <fstream>

#include "handlers/vonage/errors.h"
#include "handlers/vonage/vonage.h"
#include "tests/unit/net/loopback.h"
#include "tests/unit/net/stand_in.h"
#include "tests/unit/vonage/signing.h"

namespace northstar::vonage {
namespace {

using namespace net::test;
using net::Delivery;
using testing::HasSubstr;
using testing::Not;

class VonageSend : public testing::Test {
 protected:
  ~VonageSend() override {
    loop.run([this] {
      channel.reset();
      client.reset();
    });
  }
  static VonageConfig standard(const std::string& base) {
    VonageConfig config;
    config.public_url = "https://hooks.example.org/sms/main";
    config.api_key = "a1b2c3d4";
    config.api_secret = "api:secret";
    config.signature_secret = "x";
    config.api.origin = net::parse_url(base)->origin;
    return config;
  }
  void connect(const VonageConfig& config) { channel = make_channel("main", config, *client, metrics.channel("main")); }
  net::Sent send(std::chrono::milliseconds patience = 2s) {
    return loop.wait(channel->send(outbound, std::chrono::steady_clock::now() + patience));
  }
  std::optional<bool> went_out() { return loop.wait(channel->went_out(outbound, std::chrono::steady_clock::now() + 2s)); }

  net::Metrics metrics;
  Loop loop;
  std::unique_ptr<net::HttpClient> client = std::make_unique<net::HttpClient>(loop.io);
  std::unique_ptr<net::Channel> channel;
  net::Outbound outbound{"entry-7", "55501", PhoneNumber("+16195550101"), MessageText("S\xC3\xAD & \"no\" \xF0\x9F\x98\x80"),
                         std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())};
};

TEST_F(VonageSend, a_text_goes_out_as_it_is_with_our_credentials_our_reference_and_a_way_for_receipts) {
  StandIn vendor([](const auto&) { return StandIn::Answer{202, R"({"message_uuid":"u-77"})"}; });
  connect(standard(vendor.base()));
  const net::Sent sent = send();
  EXPECT_EQ(sent.delivery, Delivery::accepted);
  EXPECT_EQ(sent.provider_message_id, "u-77");
  const auto seen = vendor.seen().at(0);
  EXPECT_THAT(seen.head, HasSubstr("POST /v1/messages HTTP/1.1\r\n"));
  EXPECT_THAT(seen.head, HasSubstr("Authorization: Basic " + net::base64("a1b2c3d4:api:secret") + "\r\n"));
  EXPECT_THAT(seen.head, HasSubstr("Content-Type: application/json\r\n"));
  const boost::json::object expected{{"message_type", "text"},
                                     {"channel", "sms"},
                                     {"to", "16195550101"},
                                     {"from", "55501"},
                                     {"text", outbound.text.reveal()},
                                     {"client_ref", "entry-7"},
                                     {"webhook_url", "https://hooks.example.org/sms/main/status"},
                                     {"webhook_version", "v1"}};
  EXPECT_EQ(boost::json::parse(seen.body), boost::json::value(expected));
  EXPECT_THAT(metrics.text(), HasSubstr("northstar_sends_total{channel=\"main\",outcome=\"accepted\"} 1"));
}

TEST_F(VonageSend, numbers_go_without_their_plus_and_what_is_not_wanted_is_left_out) {
  StandIn vendor([](const auto&) { return StandIn::Answer{202, "{}"}; });
  VonageConfig config = standard(vendor.base());
  config.receipts = false;
  config.api.path = "/proxy";
  connect(config);
  outbound.service = "+18885550100";
  outbound.entry_id = std::string(101, 'e');
  EXPECT_EQ(send().delivery, Delivery::accepted);
  EXPECT_THAT(vendor.seen().at(0).head, HasSubstr("POST /proxy/v1/messages HTTP/1.1\r\n"));
  const auto body = boost::json::parse(vendor.seen().at(0).body).as_object();
  EXPECT_EQ(body.at("from"), "18885550100");
  for (const char* key : {"client_ref", "webhook_url", "webhook_version"})
    EXPECT_FALSE(body.contains(key)) << key;
}

TEST_F(VonageSend, with_a_private_key_a_text_goes_out_in_the_applications_name) {
  StandIn vendor([](const auto&) { return StandIn::Answer{202, "{}"}; });
  VonageConfig config = standard(vendor.base());
  config.application_id = "app-1";
  config.private_key = vonage::test::rsa().pem();
  connect(config);
  EXPECT_EQ(send().delivery, Delivery::accepted);
  const std::string head = vendor.seen().at(0).head;
  const auto at = head.find("Authorization: Bearer ");
  ASSERT_NE(at, std::string::npos);
  const std::string token = head.substr(at + 22, head.find('\r', at) - at - 22);
  const auto dot = token.find('.'), last = token.rfind('.');
  EXPECT_EQ(boost::json::parse(*from_base64url(token.substr(0, dot))).as_object().at("alg"), "RS256");
  EXPECT_EQ(boost::json::parse(*from_base64url(token.substr(dot + 1, last - dot - 1))).as_object().at("application_id"), "app-1");
  EXPECT_THAT(head, Not(HasSubstr("Basic")));
}

TEST_F(VonageSend, without_a_credential_nothing_is_even_tried) {
  StandIn vendor([](const auto&) { return StandIn::Answer{202, "{}"}; });
  VonageConfig config = standard(vendor.base());
  config.api_secret.clear();
  connect(config);
  EXPECT_EQ(send().delivery, Delivery::misconfigured);
  config.api_secret = "s";
  config.private_key = "no key";
  connect(config);
  EXPECT_EQ(send().delivery, Delivery::misconfigured) << "the application's name was asked for: not sent in the account's";
  EXPECT_TRUE(vendor.seen().empty());
}

std::string problem(const std::string& code, const std::string& title = "words") {
  return R"({"type":"https://developer.vonage.com/api-errors/messages#)" + code + R"(","title":")" + title +
         R"(","detail":"d","instance":"i"})";
}
struct Row {
  int status;
  std::string body;
  Delivery delivery;
};
TEST_F(VonageSend, each_answer_means_what_it_means_for_sending_again) {
  for (const Row& row :
       {Row{202, R"({"message_uuid":"u"})", Delivery::accepted},
        Row{200, "not json", Delivery::accepted},
        Row{429, problem("1000"), Delivery::throttled},
        Row{429, "", Delivery::throttled},
        Row{422, problem("1241"), Delivery::throttled},
        Row{422, problem("1460"), Delivery::throttled},
        Row{500, "", Delivery::failed},
        Row{500, problem("1030"), Delivery::failed},
        Row{502, "<html>", Delivery::failed},
        Row{503, "", Delivery::failed},
        Row{504, "", Delivery::unknown},
        Row{504, problem("unknown"), Delivery::unknown},
        Row{401, R"({"type":"https://developer.vonage.com/api-errors/#unathorized","title":"t"})", Delivery::misconfigured},
        Row{402, R"({"type":"https://developer.vonage.com/api-errors#low-balance","title":"Low balance"})", Delivery::misconfigured},
        Row{403, "", Delivery::misconfigured},
        Row{404, "", Delivery::misconfigured},
        Row{301, "", Delivery::misconfigured},
        Row{422, problem("1240"), Delivery::opted_out},
        Row{422, problem("1170"), Delivery::refused},
        Row{422, problem("1430"), Delivery::refused},
        Row{422, problem("1210"), Delivery::refused},
        Row{422, problem("1300"), Delivery::refused},
        Row{422, problem("1050"), Delivery::refused},
        Row{422, problem("110", "Invalid recipient"), Delivery::refused},
        Row{422, problem("1120", "Invalid sender"), Delivery::misconfigured},
        Row{422, problem("1420"), Delivery::misconfigured},
        Row{422, problem("1130"), Delivery::refused},
        Row{422, problem("1320"), Delivery::unknown},
        Row{422, R"({"title":"1240"})", Delivery::opted_out},
        Row{422, R"({"title":1240})", Delivery::opted_out},
        Row{422, R"({"code":1240})", Delivery::opted_out},
        Row{422, R"({"title":"12401240"})", Delivery::refused},
        Row{422, R"({"title":"x1240"})", Delivery::refused},
        Row{422, problem("99999"), Delivery::refused},
        Row{422, "[]", Delivery::refused},
        Row{400, "", Delivery::refused}}) {
    StandIn vendor([&row](const auto&) { return StandIn::Answer{row.status, row.body}; });
    connect(standard(vendor.base()));
    EXPECT_EQ(send().delivery, row.delivery) << row.status << " " << row.body;
    EXPECT_EQ(vendor.seen().size(), 1u) << "never repeated by itself";
  }
}

TEST_F(VonageSend, a_text_taken_but_not_answered_is_unknown_and_one_that_never_left_has_failed) {
  for (const auto& answer : {StandIn::Answer{.hang = true}, StandIn::Answer{.drop = true}}) {
    StandIn vendor([answer](const auto&) { return answer; });
    connect(standard(vendor.base()));
    EXPECT_EQ(send(400ms).delivery, Delivery::unknown);
  }
  std::string gone;
  {
    StandIn vendor([](const auto&) { return StandIn::Answer{}; });
    gone = vendor.base();
  }
  connect(standard(gone));
  EXPECT_EQ(send().delivery, Delivery::failed);
}

std::string report(const std::string& records, const std::string& next = {}, const std::string& status = "SUCCESS") {
  return R"({"request_status":")" + status + R"(","records":[)" + records + R"(],"_links":{"self":{"href":"x"})" +
         (next.empty() ? std::string() : R"(,"next":{"href":")" + next + R"("})") + "}}";
}
std::string record(const std::string& reference, const std::string& status = "delivered") {
  return R"({"message_id":"u","client_ref":)" + reference + R"(,"direction":"outbound","status":")" + status + R"("})";
}

TEST_F(VonageSend, a_text_of_unknown_outcome_is_looked_for_by_our_reference) {
  struct Case {
    std::string answer;
    std::optional<bool> expected;
    const char* what;
  };
  for (const Case& row :
       {Case{report(record(R"("entry-6")") + "," + record(R"("entry-7")")), true, "there"},
        Case{report(record(R"("entry-7")", "rejected")), true, "taken, and then rejected"},
        Case{report(record(R"("entry-70")") + "," + record("null") + ",5"), std::nullopt, "others: it may still come"},
        Case{report(""), std::nullopt, "none yet"}, Case{report(record(R"("entry-7")"), {}, "FAILED"), std::nullopt, "no report"},
        Case{R"({"request_status":"SUCCESS"})", std::nullopt, "no records"}, Case{"not json", std::nullopt, "no JSON"}}) {
    StandIn vendor([&row](const auto&) { return StandIn::Answer{200, row.answer}; });
    connect(standard(vendor.base()));
    EXPECT_EQ(went_out(), row.expected) << row.what;
    const std::string head = vendor.seen().at(0).head;
    EXPECT_THAT(head, HasSubstr("GET /v2/reports/records?account_id=a1b2c3d4&product=MESSAGES&direction=outbound&date_start=20"));
    EXPECT_THAT(head, HasSubstr("&to=16195550101 HTTP/1.1\r\n"));
    EXPECT_THAT(head, HasSubstr("Authorization: Basic "));
    EXPECT_THAT(head, Not(HasSubstr("date_end")));
  }
}

TEST_F(VonageSend, an_older_text_is_looked_for_within_its_own_day) {
  StandIn vendor([](const auto&) { return StandIn::Answer{200, report("")}; });
  connect(standard(vendor.base()));
  outbound.made = Instant(std::chrono::sys_days(std::chrono::year(2026) / 3 / 1)) + 4h + 5min + 6s + 700ms;
  went_out();
  EXPECT_THAT(vendor.seen().at(0).head, HasSubstr("&date_start=2026-03-01T04%3A05%3A04Z&date_end=2026-03-02T04%3A05%3A04Z&to="));
}

TEST_F(VonageSend, the_search_turns_pages_and_never_follows_a_link_elsewhere) {
  StandIn elsewhere([](const auto&) { return StandIn::Answer{200, report(record(R"("entry-7")"))}; });
  for (const bool there : {true, false}) {
    StandIn vendor([&](const StandIn::Seen& seen) {
      if (seen.head.find("&cursor=c1&iv=v%2B1") == std::string::npos)
        return StandIn::Answer{200, report(record(R"("x")"), elsewhere.base() + "/v2/reports/records?product=MESSAGES&iv=v%2B1&cursor=c1")};
      return StandIn::Answer{200, report(record(there ? R"("entry-7")" : R"("y")"))};
    });
    connect(standard(vendor.base()));
    EXPECT_EQ(went_out(), there ? std::optional(true) : std::nullopt);
    EXPECT_EQ(vendor.seen().size(), 2u);
  }
  EXPECT_TRUE(elsewhere.seen().empty());
  StandIn endless([](const auto&) { return StandIn::Answer{200, report("", "/x?cursor=c")}; });
  connect(standard(endless.base()));
  EXPECT_EQ(went_out(), std::nullopt);
  EXPECT_EQ(endless.seen().size(), 10u);
}

TEST_F(VonageSend, a_vendor_that_cannot_be_asked_gives_no_answer) {
  for (const auto& answer : {StandIn::Answer{500, ""}, StandIn::Answer{401, ""}, StandIn::Answer{403, report(record(R"("entry-7")"))},
                             StandIn::Answer{.drop = true}}) {
    StandIn vendor([answer](const auto&) { return answer; });
    connect(standard(vendor.base()));
    EXPECT_EQ(went_out(), std::nullopt);
  }
  StandIn vendor([](const auto&) { return StandIn::Answer{200, report(record(R"("entry-7")"))}; });
  VonageConfig config = standard(vendor.base());
  config.api_secret.clear();
  connect(config);
  EXPECT_EQ(went_out(), std::nullopt) << "reports know no application tokens";
  EXPECT_TRUE(vendor.seen().empty());
}

TEST(VonageErrors, every_reason_is_told_in_words_and_only_one_code_is_an_opt_out) {
  for (const VonageError& error : kErrors) {
    EXPECT_FALSE(error.reason.empty()) << error.code;
    EXPECT_EQ(error.delivery == Delivery::opted_out, error.code == 1240) << error.code;
    EXPECT_NE(error.delivery, Delivery::accepted) << error.code;
  }
}

std::string faults_of(const std::string& yaml) {
  const auto config = parse_vonage(YAML::Load(yaml), "main", "northstar.yaml");
  std::string all;
  if (!config)
    for (const Fault& fault : config.error())
      all += fault.to_string() + "\n";
  return all;
}

TEST(VonageSettings, all_mistakes_are_named_at_once_with_their_lines) {
  const std::string all = faults_of(
      "type: vonage\n"
      "public_url: hooks.example.org\n"
      "apikey: a\n"
      "api_secret: abc\n"
      "api_base: http://api.nexmo.com\n"
      "signature: md4\n"
      "signature_secret: abc\n"
      "private_key: abc\n");
  EXPECT_THAT(all, HasSubstr("northstar.yaml:2:13: channel main: public_url: "));
  EXPECT_THAT(all, HasSubstr("northstar.yaml:3:1: channel main: \"apikey\" is not a setting"));
  EXPECT_THAT(all, HasSubstr("channel main: api_key: is missing"));
  EXPECT_THAT(all, HasSubstr("northstar.yaml:4:13: channel main: api_secret: secrets stay out of this file"));
  EXPECT_THAT(all, HasSubstr("northstar.yaml:5:11: channel main: api_base: http:// would send secrets"));
  EXPECT_THAT(all, HasSubstr("northstar.yaml:6:12: channel main: signature: must be "));
  EXPECT_THAT(all, HasSubstr("northstar.yaml:7:19: channel main: signature_secret: secrets stay out of this file"));
  EXPECT_THAT(all, HasSubstr("northstar.yaml:8:14: channel main: private_key: secrets stay out of this file"));
}

TEST(VonageSettings, a_private_key_is_tried_when_it_is_read) {
  const std::string start = "public_url: https://a.example/sms/x\napi_key: a1b2c3d4\n",
                    path = testing::TempDir() + "northstar-vonage-app.pem";
  std::ofstream(path) << vonage::test::rsa().pem();
  EXPECT_EQ(faults_of(start + "application_id: app-1\nprivate_key_file: " + path + "\n"), "");
  EXPECT_THAT(faults_of(start + "private_key_file: " + path + "\n"), HasSubstr("private_key_file: needs application_id beside it"));
  std::ofstream(path) << "no key";
  EXPECT_THAT(faults_of(start + "application_id: app-1\nprivate_key_file: " + path + "\n"),
              HasSubstr("private_key_file: is no private key"));
  EXPECT_THAT(faults_of("public_url: https://a.example/sms/x\napi_key: 'a:b'\n"), HasSubstr("api_key: is the account's short name"));
}

TEST(VonageSettings, secrets_come_from_a_file_or_the_environment_and_the_signature_is_jwt_unless_said) {
  const std::string start = "type: vonage\npublic_url: https://a.example/sms/x\napi_key: a1b2c3d4\n";
  ::setenv("NORTHSTAR_TEST_VONAGE", "from-env", 1);
  const auto config = parse_vonage(
      YAML::Load(start +
                 "api_secret_env: NORTHSTAR_TEST_VONAGE\nsignature_secret_env: NORTHSTAR_TEST_VONAGE\nservice: '55501'\nreceipts: false\n"),
      "x", "f.yaml");
  ASSERT_TRUE(bool(config));
  EXPECT_EQ(config->api_secret, "from-env");
  EXPECT_EQ(config->signature_secret, "from-env");
  EXPECT_EQ(config->service, "55501");
  EXPECT_FALSE(config->receipts);
  EXPECT_EQ(config->api.origin, (net::Origin{true, "api.nexmo.com", 443}));
  EXPECT_EQ(config->signature, VonageConfig::Signature::token);
  const auto bare = parse_vonage(YAML::Load(start), "x", "f.yaml");
  ASSERT_TRUE(bool(bare)) << "allowed, and then everything is refused";
  EXPECT_TRUE(bare->signature_secret.empty());
  EXPECT_TRUE(bare->receipts);
  using enum Hash;
  const std::vector<std::pair<const char*, Hash>> methods{
      {"md5hash", md5hash}, {"md5", md5}, {"sha1", sha1}, {"sha256", sha256}, {"sha512", sha512}};
  for (const auto& [word, hash] : methods) {
    const auto older = parse_vonage(YAML::Load(start + "signature: " + word + "\n"), "x", "f.yaml");
    ASSERT_TRUE(bool(older));
    EXPECT_EQ(older->signature, VonageConfig::Signature::older);
    EXPECT_EQ(older->hash, hash) << word;
  }
  const auto token = parse_vonage(YAML::Load(start + "signature: jwt\n"), "x", "f.yaml");
  ASSERT_TRUE(bool(token));
  EXPECT_EQ(token->signature, VonageConfig::Signature::token);
}

}  // namespace
}  // namespace northstar::vonage
