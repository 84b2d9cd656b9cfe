#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "tests/unit/vonage/door.h"
#include "tests/unit/vonage/signing.h"

namespace northstar::vonage {
namespace {

namespace json = boost::json;
using namespace net::test;
using namespace test;
using testing::HasSubstr;
using testing::Not;

const json::object kText{{"channel", "sms"},
                         {"message_uuid", "aaaaaaaa-0001"},
                         {"to", "55501"},
                         {"from", "16195550101"},
                         {"timestamp", "2026-11-24T23:05:08Z"},
                         {"message_type", "text"},
                         {"text", " help \xF0\x9F\x98\x80 "},
                         {"sms", {{"num_messages", "1"}, {"keyword", "HELP"}}}};

json::object changed(json::object message, const char* key, json::value value) {
  message[key] = std::move(value);
  return message;
}
json::object without(json::object message, const char* key) {
  message.erase(key);
  return message;
}
std::string token_for(std::string_view body, long long iat = seconds_now(), const std::string& secret = "the-signature-secret") {
  return hs256(kHeader,
               json::serialize(json::object{{"iss", "Vonage"},
                                            {"iat", iat},
                                            {"jti", "j"},
                                            {"api_key", "a1b2c3d4"},
                                            {"application_id", "app-1"},
                                            {"payload_hash", sha256(body)}}),
               secret);
}
std::string request(std::string_view body, const std::string& token, const std::string& target = "/sms/main",
                    const std::string& type = "application/json") {
  return post(target, body, "Content-Type: " + type + "\r\nAuthorization: Bearer " + token + "\r\n");
}

class VonageWebhook : public test::Door {
 protected:
  std::string raw(const std::string& body, const std::string& target = "/sms/main") { return ask(request(body, token_for(body), target)); }
  int text(const json::object& message) { return net::test::status_of(raw(json::serialize(message))); }
  int receipt(const json::object& told) { return net::test::status_of(raw(json::serialize(told), "/sms/main/status")); }
};

TEST_F(VonageWebhook, a_signed_text_reaches_the_conversations_as_it_was_written) {
  serve(standard());
  const std::string response = raw(json::serialize(kText));
  EXPECT_EQ(net::test::status_of(response), 200);
  EXPECT_EQ(body_of(response), "");
  ASSERT_EQ(listener.got.size(), 1u);
  const net::Inbound& inbound = listener.got[0];
  EXPECT_EQ(inbound.channel, "main");
  EXPECT_EQ(inbound.service, "55501");
  EXPECT_EQ(inbound.address.reveal(), "+16195550101");
  EXPECT_EQ(inbound.text.reveal(), " help \xF0\x9F\x98\x80 ");
  EXPECT_EQ(inbound.message_id, "aaaaaaaa-0001");
  EXPECT_FALSE(inbound.media);
  EXPECT_FALSE(inbound.known_until_acknowledged);
  EXPECT_FALSE(listener.was_inline);
  EXPECT_GT(listener.left, 3s);
}

TEST_F(VonageWebhook, a_reply_never_rides_in_the_answer) {
  serve(standard());
  listener.reply = {.kind = net::Reply::Kind::text, .text = MessageText("hello"), .entry_id = "entry-1"};
  EXPECT_THAT(raw(json::serialize(kText)), Not(HasSubstr("hello")));
}

// Vonage writes E.164 without a plus: read as if dialled in the United States, other countries' numbers would be names.
TEST_F(VonageWebhook, numbers_of_every_country_are_phones_and_keep_their_country) {
  serve(standard());
  for (const char* from : {"447700900123", "525512345678", "819012345678", "16195550101", "+16195550101"})
    EXPECT_EQ(text(changed(changed(kText, "from", from), "to", "18885550100")), 200);
  ASSERT_EQ(listener.got.size(), 5u);
  EXPECT_EQ(listener.got[0].address.reveal(), "+447700900123");
  EXPECT_EQ(listener.got[1].address.reveal(), "+525512345678");
  EXPECT_EQ(listener.got[2].address.reveal(), "+819012345678");
  EXPECT_EQ(listener.got[3].address.reveal(), "+16195550101");
  EXPECT_EQ(listener.got[4].address.reveal(), "+16195550101");
  EXPECT_EQ(listener.got[0].service, "+18885550100");
}

TEST_F(VonageWebhook, wrong_missing_stale_and_doubled_tokens_are_refused_and_nothing_gets_in) {
  VonageConfig config = standard();
  config.application_id = "app-1";
  serve(config);
  const std::string body = json::serialize(kText), right = token_for(body);
  const std::string json_type = "Content-Type: application/json\r\n";
  const long long now = seconds_now();
  std::string cut = right;
  cut.pop_back();
  const std::string other_application =
      hs256(kHeader,
            json::serialize(json::object{
                {"iss", "Vonage"}, {"iat", now}, {"api_key", "a1b2c3d4"}, {"application_id", "app-2"}, {"payload_hash", sha256(body)}}),
            kSecret);
  const std::string unsigned_token =
      to_base64url(R"({"alg":"none"})") + right.substr(right.find('.'), right.rfind('.') + 1 - right.find('.'));
  for (const std::string& bytes :
       {request(body, cut), request(body, ""), request(body + " ", right), request(body, token_for(body, now - 400)),
        request(body, token_for(body, now + 400)), request(body, token_for(body, now, "another-secret")), request(body, other_application),
        request(body, unsigned_token), post("/sms/main", body, json_type),
        post("/sms/main", body, json_type + "Authorization: Basic " + right + "\r\n"),
        post("/sms/main", body, json_type + "Authorization: " + right + "\r\n"),
        post("/sms/main", body, json_type + "Authorization: Bearer " + right + "\r\nAuthorization: Bearer " + right + "\r\n"),
        post("/sms/main?token=" + right, body, json_type), request(json::serialize(changed(kText, "text", "other")), right),
        request(json::serialize(json::object{{"message_uuid", "a"}, {"status", "delivered"}}), right, "/sms/main/status")}) {
    Client fresh(served->port);
    fresh.send(bytes);
    // Without a token Vonage is to come again with one; whatever has a wrong one is refused for good.
    const bool tokenless = bytes.find("Authorization:") == std::string::npos || bytes.find("Authorization:") != bytes.rfind("Authorization:");
    EXPECT_EQ(net::test::status_of(fresh.response()), tokenless ? 503 : 403) << bytes;
  }
  EXPECT_TRUE(listener.got.empty());
  EXPECT_TRUE(receipts.empty());
  EXPECT_THAT(metrics.text(), HasSubstr("reason=\"signature\"} 15"));
  EXPECT_EQ(net::test::status_of(ask(request(body, right))), 200) << "and the right one still is accepted";
  EXPECT_EQ(net::test::status_of(
                ask(post("/sms/main", body, "content-type: application/json; charset=utf-8\r\nauthorization: bearer " + right + "\r\n"))),
            200);
}

TEST_F(VonageWebhook, without_a_secret_everything_is_refused) {
  VonageConfig config = standard();
  config.signature_secret.clear();
  serve(config);
  const std::string body = json::serialize(kText);
  EXPECT_EQ(net::test::status_of(ask(request(body, token_for(body, seconds_now(), "")))), 403);
  EXPECT_EQ(net::test::status_of(ask(request(body, token_for(body, seconds_now(), ""), "/sms/main/status"))), 403);
  EXPECT_TRUE(listener.got.empty());
  EXPECT_THAT(metrics.text(), HasSubstr("reason=\"no_credential\"} 2"));
}

TEST_F(VonageWebhook, other_content_is_415_and_broken_or_half_messages_are_400_without_echo) {
  serve(standard());
  const std::string body = json::serialize(kText);
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "application/jsonp"})
    EXPECT_EQ(net::test::status_of(ask(request(body, token_for(body), "/sms/main", type))), 415) << type;
  EXPECT_EQ(net::test::status_of(ask(post("/sms/main", body))), 415);
  for (const std::string& broken : {std::string("canary"), std::string(), std::string("[]"), std::string("{\"text\":\"canary"), body + "x",
                                    std::string(R"({"text":"canary \ud800"})"), std::string("{\"text\":\"\xFF\"}")}) {
    const std::string response = raw(broken);
    EXPECT_EQ(net::test::status_of(response), 400) << broken;
    EXPECT_THAT(response, Not(HasSubstr("canary")));
  }
  for (const char* field : {"message_uuid", "from", "to", "text", "channel"})
    EXPECT_EQ(text(without(kText, field)), 400) << field;
  for (const char* field : {"message_uuid", "from", "to", "channel", "message_type"}) {
    EXPECT_EQ(text(changed(kText, field, "")), 400) << field;
    EXPECT_EQ(text(changed(kText, field, 5)), 400) << field;
    EXPECT_EQ(text(changed(kText, field, nullptr)), 400) << field;
  }
  EXPECT_EQ(text(changed(kText, "text", nullptr)), 400);
  EXPECT_EQ(text(changed(kText, "message_uuid", std::string(65, 'a').c_str())), 400);
  EXPECT_EQ(text(without(without(kText, "message_type"), "text")), 400);
  std::string twice = body;
  twice.insert(1, R"("from":"16195550199",)");
  EXPECT_EQ(net::test::status_of(raw(twice)), 400) << "whose text would it be?";
  EXPECT_EQ(
      net::test::status_of(raw(R"({"message_uuid":"a","to":{"type":"sms","number":"55501"},"from":{"type":"sms","number":"16195550101"},)"
                               R"("message":{"content":{"type":"text","text":"help"}}})")),
      400)
      << "version 0.1";
  EXPECT_EQ(net::test::status_of(ask("GET /sms/main HTTP/1.1\r\nHost: a\r\n\r\n")), 405);
  EXPECT_TRUE(listener.got.empty());
  EXPECT_EQ(text(changed(kText, "text", "")), 200) << "an empty text is a text";
  EXPECT_EQ(text(without(kText, "message_type")), 200) << "an SMS may come without its type";
  ASSERT_EQ(listener.got.size(), 2u);
  EXPECT_FALSE(listener.got[1].media);
}

// R43
TEST_F(VonageWebhook, media_contact_cards_and_locations_are_named_and_never_fetched) {
  serve(standard());
  for (const char* kind : {"image", "vcard", "audio", "video", "file", "location", "unsupported", "content"})
    EXPECT_EQ(text(changed(changed(without(kText, "text"), "message_type", kind), "channel", "mms")), 200) << kind;
  EXPECT_EQ(text(changed(kText, "message_type", "image")), 200);
  EXPECT_EQ(text(changed(kText, "channel", "mms")), 200);
  ASSERT_EQ(listener.got.size(), 10u);
  for (std::size_t i = 0; i < 9; ++i) {
    EXPECT_TRUE(listener.got[i].media) << i;
    EXPECT_TRUE(listener.got[i].text.empty()) << i;
  }
  EXPECT_FALSE(listener.got[9].media) << "words that came as MMS are words";
}

TEST_F(VonageWebhook, other_channels_names_and_short_codes_are_left_alone) {
  serve(standard());
  listener.reply = {.kind = net::Reply::Kind::text, .text = MessageText("hello"), .entry_id = "e"};
  for (const char* channel : {"whatsapp", "rcs", "messenger", "viber_service"})
    EXPECT_EQ(text(changed(kText, "channel", channel)), 200) << channel;
  for (const char* from : {"MYBANK", "22000", "AMZN 2FA", "12345678"})
    EXPECT_EQ(text(changed(kText, "from", from)), 200) << from;
  EXPECT_TRUE(listener.got.empty());
  EXPECT_THAT(metrics.text(), HasSubstr("northstar_texts_not_answered_total{channel=\"main\"} 4"));
}

TEST_F(VonageWebhook, the_configured_short_code_is_the_service) {
  VonageConfig config = standard();
  config.service = "55599";
  serve(config);
  text(kText);
  EXPECT_EQ(listener.got.at(0).service, "55599");
}

// R90: Vonage then tries again for a day.
TEST_F(VonageWebhook, when_the_store_is_away_the_answer_is_an_honest_503) {
  serve(standard());
  listener.reply.kind = net::Reply::Kind::away;
  const std::string response = raw(json::serialize(kText));
  EXPECT_EQ(net::test::status_of(response), 503);
  EXPECT_THAT(response, HasSubstr("\r\nRetry-After: "));
  EXPECT_TRUE(listener.struck.empty());
}

// R26
TEST_F(VonageWebhook, receipts_say_what_became_of_a_text) {
  serve(standard());
  using Status = net::Receipt::Status;
  const auto told = [](const char* status, json::value error = nullptr) {
    json::object out{{"message_uuid", "u"}, {"channel", "sms"}, {"to", "16195550101"},
                     {"from", "55501"},     {"status", status}, {"client_ref", "entry"}};
    if (!error.is_null()) out["error"] = std::move(error);
    return out;
  };
  const auto error = [](const char* code) {
    return json::value{
        {"type", std::string("https://developer.vonage.com/api-errors/messages#") + code}, {"title", code}, {"detail", "words"}};
  };
  struct Row {
    json::object told;
    Status status;
    const char* code;
    bool filtered;
  };
  const std::vector<Row> rows{
      {told("submitted"), Status::under_way, "", false},
      {told("delivered"), Status::delivered, "", false},
      {told("read"), Status::delivered, "", false},
      {told("undeliverable", error("1260")), Status::undelivered, "1260", false},
      {told("rejected", error("1120")), Status::failed, "1120", false},
      {told("rejected", error("1210")), Status::undelivered, "1210", true},
      {told("undeliverable", error("1282")), Status::undelivered, "1282", true},
      {told("rejected", error("1240")), Status::failed, "1240", false},
      {told("submitted", error("1220")), Status::under_way, "1220", false},
      {told("rejected", json::value{{"title", 1210}}), Status::undelivered, "1210", true},
      {told("rejected", json::value{{"code", 1210}, {"reason", "words"}}), Status::undelivered, "1210", true},
      {told("rejected", json::value{{"title", "words"}}), Status::failed, "", false},
      {told("rejected", json::value{{"title", "1234567"}}), Status::failed, "", false},
      {told("delivered", error("1210")), Status::delivered, "1210", false},
      {changed(told("rejected"), "sms", {{"segments", {{{"status", "delivered"}}, {{"status", "rejected"}, {"error_code", "1210"}}}}}),
       Status::undelivered, "1210", true},
      {told("something new"), Status::under_way, "", false}};
  for (const Row& row : rows)
    EXPECT_EQ(receipt(row.told), 200);
  const std::lock_guard lock(listener.mutex);
  ASSERT_EQ(receipts.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(receipts[i].channel, "main");
    EXPECT_EQ(receipts[i].message_id, "u");
    EXPECT_EQ(receipts[i].status, rows[i].status) << json::serialize(rows[i].told);
    EXPECT_EQ(receipts[i].error_code, rows[i].code) << json::serialize(rows[i].told);
    EXPECT_EQ(receipts[i].filtered, rows[i].filtered) << json::serialize(rows[i].told);
  }
  EXPECT_TRUE(listener.got.empty());
}

TEST_F(VonageWebhook, a_receipt_at_the_address_for_texts_is_no_text) {
  serve(standard());
  json::object told{{"message_uuid", "u"}, {"channel", "sms"}, {"to", "16195550101"}, {"from", "55501"}, {"status", "delivered"}};
  EXPECT_EQ(text(told), 200);
  EXPECT_TRUE(listener.got.empty());
  EXPECT_EQ(text(changed(kText, "status", "odd")), 200) << "and a text with one more word is a text";
  EXPECT_EQ(listener.got.size(), 1u);
}

TEST_F(VonageWebhook, half_receipts_are_malformed) {
  serve(standard());
  const json::object whole{{"message_uuid", "u"}, {"status", "delivered"}};
  for (const char* field : {"message_uuid", "status"}) {
    EXPECT_EQ(receipt(without(whole, field)), 400);
    EXPECT_EQ(receipt(changed(whole, field, 1)), 400);
  }
  EXPECT_EQ(net::test::status_of(raw("no json", "/sms/main/status")), 400);
  EXPECT_EQ(net::test::status_of(raw(R"({"message_uuid":"u","status":"delivered","status":"rejected"})", "/sms/main/status")), 400);
  EXPECT_EQ(receipt(changed(whole, "message_uuid", std::string(65, 'u').c_str())), 400);
  EXPECT_TRUE(receipts.empty());
}

}  // namespace
}  // namespace northstar::vonage
