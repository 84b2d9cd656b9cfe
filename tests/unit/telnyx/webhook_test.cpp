#include <gmock/gmock.h>

#include <mutex>

#include "handlers/telnyx/telnyx.h"
#include "tests/unit/net/listener.h"
#include "tests/unit/net/loopback.h"
#include "tests/unit/telnyx/key.h"

namespace northstar::telnyx {
namespace {

using namespace net::test;
using test::Key;
using test::seconds_from_now;
using testing::HasSubstr;
using testing::Not;
using Status = net::Receipt::Status;

std::string text_event(const std::string& from = "+16195550101", const std::string& more = {}) {
  return R"({"data":{"event_type":"message.received","id":"e-1","payload":{"direction":"inbound","type":"SMS","id":"m-1","from":{"phone_number":")" +
         from + R"("},"to":[{"phone_number":"55501"}],"text":" help \ud83d\ude00 ","media":[])" + more + R"(},"record_type":"event"}})";
}
std::string receipt_event(const std::string& status, const std::string& code = {}, const std::string& type = "message.finalized") {
  const std::string errors = code.empty() ? "[]" : R"([{"code":")" + code + R"(","title":"x"}])";
  return R"({"data":{"event_type":")" + type + R"(","payload":{"id":"out-1","direction":"outbound","to":[{"phone_number":"+16195550101","status":")" +
         status + R"("}],"errors":)" + errors + "}}}";
}

class TelnyxWebhook : public testing::Test {
 protected:
  void serve(const TelnyxConfig& config) {
    auto router = std::make_shared<net::Router>();
    add_routes(*router, "main", config, listener, metrics.channel("main"), [this](net::Receipt receipt) {
      const std::lock_guard lock(listener.mutex);
      receipts.push_back(std::move(receipt));
    });
    served.emplace(router);
    client.emplace(served->port);
  }
  void serve() { serve(standard()); }
  TelnyxConfig standard() const {
    TelnyxConfig config;
    config.public_url = "https://hooks.example.org/sms/main";
    config.public_key = key.public_key();
    config.api_key = "KEY";
    return config;
  }
  std::string headers(const std::string& signature, const std::string& time) const {
    return "Content-Type: application/json; charset=utf-8\r\nTelnyx-Signature-Ed25519: " + signature + "\r\nTELNYX-TIMESTAMP: " + time + "\r\n";
  }
  std::string signed_post(const std::string& body, const std::string& target = "/sms/main") const {
    const std::string now = seconds_from_now(0);
    return post(target, body, headers(key.sign(now, body), now));
  }
  std::string ask(const std::string& bytes) {
    client->send(bytes);
    return client->response();
  }
  int status(const std::string& body, const std::string& target = "/sms/main") { return status_of(ask(signed_post(body, target))); }

  const Key key{7};
  net::Metrics metrics;
  Listener listener;
  std::vector<net::Receipt> receipts;
  std::optional<Served> served;
  std::optional<Client> client;
};

TEST_F(TelnyxWebhook, a_signed_text_reaches_the_conversations_as_it_was_written_and_the_reply_goes_by_the_api) {
  serve();
  listener.reply = {.kind = net::Reply::Kind::text, .text = MessageText("canary"), .entry_id = "e"};
  const std::string response = ask(signed_post(text_event()));
  EXPECT_EQ(status_of(response), 200);
  EXPECT_EQ(body_of(response), "{}");
  ASSERT_EQ(listener.got.size(), 1u);
  const net::Inbound& inbound = listener.got[0];
  EXPECT_EQ(inbound.channel, "main");
  EXPECT_EQ(inbound.service, "55501");
  EXPECT_EQ(inbound.address.reveal(), "+16195550101");
  EXPECT_EQ(inbound.text.reveal(), " help \xF0\x9F\x98\x80 ");
  EXPECT_EQ(inbound.message_id, "m-1");
  EXPECT_FALSE(inbound.media);
  EXPECT_FALSE(listener.was_inline);
  EXPECT_GT(listener.left, 3s);
  EXPECT_TRUE(receipts.empty());
}

TEST_F(TelnyxWebhook, wrong_missing_stale_and_doubled_signatures_are_refused_and_nothing_gets_in) {
  serve();
  const std::string body = text_event(), now = seconds_from_now(0), right = key.sign(now, body);
  const std::string old = seconds_from_now(-310), early = seconds_from_now(310), type = "Content-Type: application/json\r\n";
  const std::string good_signature = "telnyx-signature-ed25519: " + right + "\r\n", good_time = "telnyx-timestamp: " + now + "\r\n";
  for (const std::string& bytes :
       {post("/sms/main", body, headers(Key(8).sign(now, body), now)), post("/sms/main", body + " ", headers(right, now)),
        post("/sms/main", body, headers("", now)), post("/sms/main", body, headers(right, "")), post("/sms/main", body, type),
        post("/sms/main", body, type + good_signature), post("/sms/main", body, type + good_time),
        post("/sms/main", body, headers(key.sign(old, body), old)), post("/sms/main", body, headers(key.sign(early, body), early)),
        post("/sms/main", body, headers(right, old)), post("/sms/main", body, headers(right, now) + good_signature),
        post("/sms/main", body, headers(right, now) + good_time), post("/sms/main/status", body, headers(Key(8).sign(now, body), now)),
        post("/sms/main", "", headers(right, now)), post("/sms/main", "{broken canary", headers(right, now))}) {
    Client fresh(served->port);
    fresh.send(bytes);
    const std::string response = fresh.response();
    EXPECT_EQ(status_of(response), 403) << bytes;
    EXPECT_THAT(response, Not(HasSubstr("canary")));
  }
  EXPECT_TRUE(listener.got.empty());
  EXPECT_TRUE(receipts.empty());
  EXPECT_THAT(metrics.text(), HasSubstr("reason=\"signature\"} 15"));
  EXPECT_EQ(status(body), 200) << "and the right one still is accepted";
}

TEST_F(TelnyxWebhook, without_a_public_key_or_without_a_way_to_answer_everything_is_refused) {
  for (const bool no_public_key : {true, false}) {
    TelnyxConfig config = standard();
    (no_public_key ? config.public_key : config.api_key).clear();
    serve(config);
    EXPECT_EQ(status(text_event()), 403);
    EXPECT_EQ(status(receipt_event("delivered"), "/sms/main/status"), 403);
    EXPECT_EQ(status_of(ask(post("/sms/main", "canary", "Content-Type: text/plain\r\n"))), 403);
  }
  EXPECT_TRUE(listener.got.empty());
  EXPECT_TRUE(receipts.empty());
  EXPECT_THAT(metrics.text(), HasSubstr("reason=\"no_credential\"} 6"));
}

TEST_F(TelnyxWebhook, malformed_events_and_other_content_get_4xx_without_echo) {
  serve();
  const std::string now = seconds_from_now(0), body = text_event();
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""})
    EXPECT_EQ(status_of(ask(post("/sms/main", body, "Content-Type: " + std::string(type) + "\r\ntelnyx-signature-ed25519: " + key.sign(now, body) +
                                                       "\r\ntelnyx-timestamp: " + now + "\r\n"))),
              415)
        << type;
  EXPECT_EQ(status_of(ask(post("/sms/main", body))), 415);
  for (const std::string& broken : {std::string("canary"), std::string("{\"canary\":"), std::string("{}"), std::string("[]"), text_event(""),
                                    text_event("+16195550101", R"(,"id":"m-2")"), receipt_event("")}) {
    const std::string response = ask(signed_post(broken));
    EXPECT_EQ(status_of(response), 400) << broken;
    EXPECT_THAT(response, Not(HasSubstr("canary")));
  }
  EXPECT_EQ(status_of(ask("GET /sms/main HTTP/1.1\r\nHost: a\r\n\r\n")), 405);
  EXPECT_TRUE(listener.got.empty());
}

// R43
TEST_F(TelnyxWebhook, pictures_are_named_and_never_fetched) {
  serve();
  EXPECT_EQ(status(R"({"data":{"event_type":"message.received","payload":{"type":"MMS","id":"m-2","from":{"phone_number":"+16195550101"},)"
                   R"("to":[{"phone_number":"55501"}],"text":null,"media":[{"url":"https://media.example/1"}]}}})"),
            200);
  ASSERT_EQ(listener.got.size(), 1u);
  EXPECT_TRUE(listener.got[0].media);
}

TEST_F(TelnyxWebhook, names_and_short_codes_are_never_answered) {
  serve();
  for (const char* from : {"MYBANK", "22000", "AMZN 2FA"}) EXPECT_EQ(status(text_event(from)), 200) << from;
  EXPECT_TRUE(listener.got.empty());
  EXPECT_THAT(metrics.text(), HasSubstr("northstar_texts_not_answered_total{channel=\"main\"} 3"));
}

TEST_F(TelnyxWebhook, the_configured_short_code_is_the_service) {
  TelnyxConfig config = standard();
  config.service = "55599";
  serve(config);
  EXPECT_EQ(status(text_event()), 200);
  EXPECT_EQ(listener.got.at(0).service, "55599");
}

// R90: Telnyx then tries again, and after that its failover URL.
TEST_F(TelnyxWebhook, when_the_store_is_away_the_answer_is_an_honest_503) {
  serve();
  listener.reply.kind = net::Reply::Kind::away;
  const std::string response = ask(signed_post(text_event()));
  EXPECT_EQ(status_of(response), 503);
  EXPECT_THAT(response, HasSubstr("\r\nRetry-After: "));
}

// R17
TEST_F(TelnyxWebhook, a_text_that_telnyx_has_answered_as_a_keyword_is_still_handed_over) {
  serve();
  EXPECT_EQ(status(text_event("+16195550101", R"(,"autoresponse_type":"STOP")")), 200);
  EXPECT_EQ(listener.got.size(), 1u);
}

TEST_F(TelnyxWebhook, our_own_echoes_and_other_events_are_taken_and_nothing_is_done) {
  serve();
  for (const std::string& body :
       {std::string(R"({"data":{"event_type":"call.initiated","payload":{}}})"), std::string(R"({"data":{"event_type":"message.link_click"}})"),
        std::string(R"({"data":{"event_type":"messaging-profile.spend-limit-reached","payload":{}}})"),
        std::string(R"({"data":{"event_type":"message.received","payload":{"direction":"outbound","id":"m","from":{"phone_number":"+16195550101"},)"
                    R"("to":[{"phone_number":"+16195550102"}],"text":"x"}}})"),
        std::string(R"({"data":{"event_type":"message.received","payload":{"type":"RCS","id":"m"}}})")})
    EXPECT_EQ(status(body), 200) << body;
  EXPECT_TRUE(listener.got.empty());
  EXPECT_TRUE(receipts.empty());
}

// R26
TEST_F(TelnyxWebhook, receipts_are_read_at_either_address) {
  serve();
  struct Row {
    const char *status, *code;
    Status expected;
    bool filtered;
    const char* kept;
  };
  const Row rows[]{{"delivered", "", Status::delivered, false, ""},
                   {"delivery_failed", "40008", Status::undelivered, false, "40008"},
                   {"delivery_failed", "40002", Status::undelivered, true, "40002"},
                   {"delivery_failed", "40003", Status::undelivered, true, "40003"},
                   {"sending_failed", "40015", Status::failed, true, "40015"},
                   {"sending_failed", "40017", Status::failed, true, "40017"},
                   {"sending_failed", "40300", Status::failed, false, "40300"},
                   {"expired", "40005", Status::undelivered, false, "40005"},
                   {"delivery_unconfirmed", "", Status::under_way, false, ""},
                   {"queued", "", Status::under_way, false, ""},
                   {"sending", "", Status::under_way, false, ""},
                   {"sent", "", Status::under_way, false, ""},
                   {"new-word", "40002x", Status::under_way, false, ""}};
  std::size_t i = 0;
  for (const Row& row : rows) EXPECT_EQ(status(receipt_event(row.status, row.code), i++ % 2 == 0 ? "/sms/main/status" : "/sms/main"), 200) << row.status;
  EXPECT_EQ(status(receipt_event("sent", "", "message.sent"), "/sms/main/status"), 200);
  const std::lock_guard lock(listener.mutex);
  ASSERT_EQ(receipts.size(), std::size(rows) + 1);
  for (i = 0; i < std::size(rows); ++i) {
    EXPECT_EQ(receipts[i].status, rows[i].expected) << rows[i].status;
    EXPECT_EQ(receipts[i].error_code, rows[i].kept) << rows[i].code;
    EXPECT_EQ(receipts[i].filtered, rows[i].filtered) << rows[i].code;
    EXPECT_EQ(receipts[i].channel, "main");
    EXPECT_EQ(receipts[i].message_id, "out-1");
  }
  EXPECT_TRUE(listener.got.empty());
}

TEST_F(TelnyxWebhook, receipts_that_nobody_wants_are_taken_all_the_same) {
  auto router = std::make_shared<net::Router>();
  add_routes(*router, "main", standard(), listener, metrics.channel("main"));
  served.emplace(router);
  client.emplace(served->port);
  EXPECT_EQ(status(receipt_event("delivered"), "/sms/main/status"), 200);
}

}  // namespace
}  // namespace northstar::telnyx
