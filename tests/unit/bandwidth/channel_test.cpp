#include <gmock/gmock.h>
#include <stdlib.h>

#include <boost/json/parse.hpp>

#include "handlers/bandwidth/bandwidth.h"
#include "tests/unit/net/loopback.h"
#include "tests/unit/net/stand_in.h"

namespace northstar::bandwidth {
namespace {

using namespace net::test;
using net::Delivery;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kToken = R"({"access_token":"tok.en-1","token_type":"bearer","expires_in":3600})";

bool asks_token(const StandIn::Seen& seen) { return seen.head.starts_with("POST /api/v1/oauth2/token "); }

class BandwidthSend : public testing::Test {
 protected:
  ~BandwidthSend() override { forget(); }
  void forget() {
    loop.run([this] {
      channel.reset();
      client.reset();
    });
  }
  void connect(BandwidthConfig config) {
    loop.run([&] { channel = make_channel("main", config, *client, metrics.channel("main")); });
  }
  static BandwidthConfig legacy(const std::string& base) {
    BandwidthConfig config;
    config.account_id = "5500001";
    config.application_id = "app-1";
    config.api_user = "api";
    config.api_password = "secret";
    config.api.origin = net::parse_url(base)->origin;
    return config;
  }
  static BandwidthConfig oauth(const std::string& base) {
    BandwidthConfig config = legacy(base);
    config.api_user.clear();
    config.api_password.clear();
    config.client_id = "CLI-1";
    config.client_secret = "s:3";
    config.token_url = *net::parse_url(base + "/api/v1/oauth2/token");
    return config;
  }
  net::Sent send(std::chrono::milliseconds patience = 2s) {
    return loop.wait(channel->send(outbound, std::chrono::steady_clock::now() + patience));
  }
  net::Metrics metrics;
  Loop loop;
  std::unique_ptr<net::HttpClient> client = std::make_unique<net::HttpClient>(loop.io);
  std::unique_ptr<net::Channel> channel;
  net::Outbound outbound{"entry-7", "55501", PhoneNumber("+16195550101"), MessageText("S\xC3\xAD & \"no\" \\ 100%\n"), Instant{}};
};

TEST_F(BandwidthSend, a_text_goes_out_as_it_is_with_our_application_and_our_reference) {
  StandIn vendor([](const auto&) { return StandIn::Answer{202, R"({"id":"1476","owner":"55501","direction":"out","tag":"entry-7"})"}; });
  connect(legacy(vendor.base()));
  const net::Sent sent = send();
  EXPECT_EQ(sent.delivery, Delivery::accepted);
  EXPECT_EQ(sent.provider_message_id, "1476");
  const auto seen = vendor.seen().at(0);
  EXPECT_THAT(seen.head, HasSubstr("POST /api/v2/users/5500001/messages HTTP/1.1\r\n"));
  EXPECT_THAT(seen.head, HasSubstr("Authorization: Basic " + net::base64("api:secret") + "\r\n"));
  EXPECT_THAT(seen.head, HasSubstr("Content-Type: application/json; charset=utf-8\r\n"));
  const auto body = boost::json::parse(seen.body).as_object();
  EXPECT_EQ(body.size(), 5u);
  EXPECT_EQ(body.at("applicationId"), "app-1");
  EXPECT_EQ(body.at("from"), "55501");
  ASSERT_EQ(body.at("to").as_array().size(), 1u);
  EXPECT_EQ(body.at("to").as_array()[0], "+16195550101");
  EXPECT_EQ(std::string(body.at("text").as_string()), outbound.text.reveal());
  EXPECT_EQ(body.at("tag"), "entry-7");
  EXPECT_THAT(metrics.text(), HasSubstr("northstar_sends_total{channel=\"main\",outcome=\"accepted\"} 1"));
}

struct Row {
  int status;
  const char* body;
  Delivery delivery;
};
TEST_F(BandwidthSend, each_answer_means_what_it_means_for_sending_again) {
  const char* to = R"({"type":"request-validation","description":"x","fieldErrors":[{"fieldName":"to[0]","description":"x"}]})";
  const char* from = R"({"type":"request-validation","description":"x","fieldErrors":[{"fieldName":"from","description":"x"}]})";
  const char* both =
      R"({"type":"request-validation","fieldErrors":[{"fieldName":"to"},{"fieldName":"applicationId"},{"fieldName":"text"}]})";
  for (const Row& row :
       {Row{202, R"({"id":"1"})", Delivery::accepted},
        Row{202, "", Delivery::accepted},
        Row{200, R"({"id":"1"})", Delivery::accepted},
        Row{200, "<html>", Delivery::unknown},
        Row{204, "", Delivery::unknown},
        Row{400, to, Delivery::refused},
        Row{400, from, Delivery::misconfigured},
        Row{400, both, Delivery::misconfigured},
        Row{400, R"({"fieldErrors":[{"fieldName":"text"}]})", Delivery::refused},
        Row{400, R"({"fieldErrors":[{"fieldName":"tag"}]})", Delivery::misconfigured},
        Row{400, R"({"fieldErrors":[{"fieldName":"other"},7]})", Delivery::refused},
        Row{400, R"({"fieldErrors":7})", Delivery::refused},
        Row{400, R"({"type":"request-validation","description":"x"})", Delivery::refused},
        Row{400, "[]", Delivery::refused},
        Row{401, R"({"type":"unauthorized","description":"Authentication Failed"})", Delivery::misconfigured},
        Row{403, R"({"type":"forbidden","description":"Access Denied"})", Delivery::misconfigured},
        Row{404, "", Delivery::misconfigured},
        Row{405, "", Delivery::misconfigured},
        Row{406, "", Delivery::misconfigured},
        Row{413, "", Delivery::refused},
        Row{415, R"({"type":"unsupported-content-type"})", Delivery::misconfigured},
        Row{429, R"({"type":"max-message-queue-size-exceeded"})", Delivery::throttled},
        Row{429, "", Delivery::throttled},
        Row{301, "", Delivery::misconfigured},
        Row{408, "", Delivery::failed},
        Row{500, "", Delivery::failed},
        Row{502, "<html>", Delivery::failed},
        Row{503, "", Delivery::failed},
        Row{504, "", Delivery::unknown}}) {
    StandIn vendor([&row](const auto&) { return StandIn::Answer{row.status, row.body}; });
    connect(legacy(vendor.base()));
    EXPECT_EQ(send().delivery, row.delivery) << row.status << " " << row.body;
    EXPECT_EQ(vendor.seen().size(), 1u) << "never repeated by itself";
  }
}

TEST_F(BandwidthSend, a_text_taken_but_not_answered_is_unknown_and_one_that_never_left_has_failed) {
  for (const auto& answer : {StandIn::Answer{.hang = true}, StandIn::Answer{.drop = true}}) {
    StandIn vendor([answer](const auto&) { return answer; });
    connect(legacy(vendor.base()));
    EXPECT_EQ(send(400ms).delivery, Delivery::unknown);
  }
  std::string gone;
  {
    StandIn vendor([](const auto&) { return StandIn::Answer{}; });
    gone = vendor.base();
  }
  connect(legacy(gone));
  EXPECT_EQ(send().delivery, Delivery::failed);
}

TEST_F(BandwidthSend, whether_a_text_went_out_is_not_asked_because_no_answer_could_tell) {
  StandIn vendor([](const auto&) { return StandIn::Answer{200, R"({"totalCount":0,"messages":[]})"}; });
  connect(legacy(vendor.base()));
  EXPECT_EQ(loop.wait(channel->went_out(outbound, std::chrono::steady_clock::now() + 2s)), std::nullopt);
  EXPECT_EQ(vendor.seen().size(), 0u);
}

TEST_F(BandwidthSend, a_clients_id_and_secret_are_changed_for_a_token_that_serves_many_texts) {
  StandIn vendor([](const auto& seen) { return asks_token(seen) ? StandIn::Answer{200, kToken} : StandIn::Answer{202, R"({"id":"1"})"}; });
  connect(oauth(vendor.base()));
  EXPECT_EQ(send().delivery, Delivery::accepted);
  EXPECT_EQ(send().delivery, Delivery::accepted);
  const auto seen = vendor.seen();
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_TRUE(asks_token(seen[0]));
  EXPECT_THAT(seen[0].head, HasSubstr("Authorization: Basic " + net::base64("CLI-1:s:3") + "\r\n"));
  EXPECT_THAT(seen[0].head, HasSubstr("Content-Type: application/x-www-form-urlencoded\r\n"));
  EXPECT_EQ(seen[0].body, "grant_type=client_credentials");
  for (const std::size_t i : {1, 2}) EXPECT_THAT(seen[i].head, HasSubstr("Authorization: Bearer tok.en-1\r\n"));
}

TEST_F(BandwidthSend, a_token_near_its_end_is_not_used_again) {
  StandIn vendor([](const auto& seen) {
    return asks_token(seen) ? StandIn::Answer{200, R"({"access_token":"t","expires_in":60})"} : StandIn::Answer{202, R"({"id":"1"})"};
  });
  connect(oauth(vendor.base()));
  send();
  send();
  EXPECT_EQ(vendor.seen().size(), 4u);
}

TEST_F(BandwidthSend, a_token_that_was_withdrawn_is_replaced_once_and_the_text_goes_out_once) {
  int tokens = 0;
  StandIn vendor([&](const StandIn::Seen& seen) {
    if (asks_token(seen)) return StandIn::Answer{200, R"({"access_token":"t)" + std::to_string(++tokens) + R"(","expires_in":3600})"};
    return seen.head.find("Bearer t1\r\n") != std::string::npos && tokens == 1 && vendor.seen().size() > 2
               ? StandIn::Answer{401, ""}
               : StandIn::Answer{202, R"({"id":"1"})"};
  });
  connect(oauth(vendor.base()));
  EXPECT_EQ(send().delivery, Delivery::accepted);
  EXPECT_EQ(send().delivery, Delivery::accepted);
  const auto seen = vendor.seen();
  ASSERT_EQ(seen.size(), 5u) << "token, text; refused text, token, text";
  EXPECT_THAT(seen[4].head, HasSubstr("Authorization: Bearer t2\r\n"));
}

TEST_F(BandwidthSend, a_fresh_token_that_is_refused_is_a_fault_of_ours_and_not_tried_for_ever) {
  StandIn vendor([](const auto& seen) { return asks_token(seen) ? StandIn::Answer{200, kToken} : StandIn::Answer{401, ""}; });
  connect(oauth(vendor.base()));
  EXPECT_EQ(send().delivery, Delivery::misconfigured);
  EXPECT_EQ(vendor.seen().size(), 2u);
  EXPECT_EQ(send().delivery, Delivery::misconfigured);
  EXPECT_EQ(vendor.seen().size(), 4u) << "the refused token is not kept";
}

TEST_F(BandwidthSend, without_a_token_no_text_leaves_and_the_reason_decides_what_follows) {
  const std::string huge = R"({"access_token":")" + std::string(8193, 't') + R"("})";
  for (const Row& row :
       {Row{400, R"({"error":"invalid_client"})", Delivery::misconfigured}, Row{401, "", Delivery::misconfigured},
        Row{403, "", Delivery::misconfigured}, Row{302, kToken, Delivery::misconfigured},
        Row{429, "", Delivery::throttled}, Row{500, "", Delivery::failed}, Row{504, "", Delivery::failed},
        Row{200, "not json", Delivery::misconfigured}, Row{200, "{}", Delivery::misconfigured},
        Row{200, R"({"access_token":"a b"})", Delivery::misconfigured},
        Row{200, R"({"access_token":"a\r\nX-Evil: 1"})", Delivery::misconfigured},
        Row{200, huge.c_str(), Delivery::misconfigured},
        Row{200, R"({"access_token":"a","token_type":"mac"})", Delivery::misconfigured}}) {
    StandIn vendor([&row](const auto&) { return StandIn::Answer{row.status, row.body}; });
    connect(oauth(vendor.base()));
    EXPECT_EQ(send().delivery, row.delivery) << row.status << " " << row.body;
    EXPECT_EQ(vendor.seen().size(), 1u) << row.body;
  }
  StandIn silent([](const auto&) { return StandIn::Answer{.hang = true}; });
  connect(oauth(silent.base()));
  EXPECT_EQ(send(400ms).delivery, Delivery::failed) << "only the token went unanswered: the text certainly did not go out";
}

TEST_F(BandwidthSend, without_a_secret_nothing_is_even_tried) {
  StandIn vendor([](const auto&) { return StandIn::Answer{202, R"({"id":"1"})"}; });
  BandwidthConfig config = legacy(vendor.base());
  config.api_password.clear();
  connect(config);
  EXPECT_EQ(send().delivery, Delivery::misconfigured);
  config = oauth(vendor.base());
  config.client_secret.clear();
  connect(config);
  EXPECT_EQ(send().delivery, Delivery::misconfigured);
  EXPECT_EQ(vendor.seen().size(), 0u);
}

std::string faults(const std::string& yaml) {
  const auto config = parse_bandwidth(YAML::Load(yaml), "main", "northstar.yaml");
  std::string all;
  if (!config)
    for (const Fault& fault : config.error()) all += fault.to_string() + "\n";
  return all;
}

TEST(BandwidthSettings, secrets_come_from_the_environment_or_a_file_and_the_rest_has_sensible_values) {
  ::setenv("NORTHSTAR_TEST_CALLBACK", kToken, 1);
  ::setenv("NORTHSTAR_TEST_CLIENT", "client-secret", 1);
  const std::string start = "type: bandwidth\ncallback_user: bandwidth\naccount_id: \"5500001\"\napplication_id: app-1\n";
  const auto config = parse_bandwidth(YAML::Load(start + "callback_password_env: NORTHSTAR_TEST_CALLBACK\nclient_id: CLI-1\n"
                                                         "client_secret_env: NORTHSTAR_TEST_CLIENT\nservice: \"55501\"\nreceipts: false\n"),
                                      "main", "f.yaml");
  ASSERT_TRUE(bool(config));
  EXPECT_EQ(config->callback_user, "bandwidth");
  EXPECT_EQ(config->callback_password, kToken);
  EXPECT_EQ(config->account_id, "5500001");
  EXPECT_EQ(config->application_id, "app-1");
  EXPECT_EQ(config->client_secret, "client-secret");
  EXPECT_EQ(config->api.origin, (net::Origin{true, "messaging.bandwidth.com", 443}));
  EXPECT_EQ(config->token_url.origin, (net::Origin{true, "api.bandwidth.com", 443}));
  EXPECT_EQ(config->token_url.target, "/api/v1/oauth2/token");
  EXPECT_EQ(config->service, "55501");
  EXPECT_FALSE(config->receipts);
  const auto older = parse_bandwidth(YAML::Load(start + "api_user: api\napi_password_env: NORTHSTAR_TEST_CLIENT\n"), "main", "f.yaml");
  ASSERT_TRUE(bool(older)) << "without a callback_password all is refused, and that is allowed";
  EXPECT_EQ(older->api_password, "client-secret");
  EXPECT_TRUE(older->callback_password.empty());
  EXPECT_TRUE(older->receipts);
}

TEST(BandwidthSettings, every_fault_names_its_key) {
  const std::string all = faults(
      "type: bandwidth\ncallback_user: \"a:b\"\ncallback_password: in-the-open\naccount_id: 55/01\napi_base: http://api.example\n"
      "token_url: http://api.example/token\nanything: 1\n");
  EXPECT_THAT(all, HasSubstr("channel main: callback_user: must have no colon"));
  EXPECT_THAT(all, HasSubstr("channel main: callback_password: secrets stay out of this file"));
  EXPECT_THAT(all, HasSubstr("channel main: account_id: "));
  EXPECT_THAT(all, HasSubstr("channel main: application_id: is missing"));
  EXPECT_THAT(all, HasSubstr("channel main: client_id: give client_id"));
  EXPECT_THAT(all, HasSubstr("channel main: api_base: "));
  EXPECT_THAT(all, HasSubstr("channel main: token_url: "));
  EXPECT_THAT(all, HasSubstr("\"anything\" is not a setting"));
  EXPECT_THAT(faults("callback_user: a\naccount_id: 1\napplication_id: b\nclient_id: c\napi_user: d\n"),
              HasSubstr("api_user: give client_id"));
}

}  // namespace
}  // namespace northstar::bandwidth
