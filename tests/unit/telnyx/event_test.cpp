#include "handlers/telnyx/event.h"

#include <gtest/gtest.h>

namespace northstar::telnyx {
namespace {

using Kind = Event::Kind;

std::string event(const std::string& type, const std::string& payload) {
  return R"({"data":{"event_type":")" + type + R"(","id":"event-1","occurred_at":"2026-11-24T23:05:12.000+00:00","payload":{)" + payload +
         R"(},"record_type":"event"},"meta":{"attempt":1,"delivered_to":"https://hooks.example.org/sms/main"}})";
}
const std::string kId = R"("id":"m-1")", kFrom = R"("from":{"phone_number":"+16195550101","carrier":"","line_type":"Wireless"})",
                  kTo = R"("to":[{"phone_number":"55501","status":"webhook_delivered"}])", kText = R"("text":" S\u00ed \ud83d\ude00 ")",
                  kRest = R"("direction":"inbound","type":"SMS","media":[],"cc":[],"errors":[],"tags":[])";
std::string received(const std::string& id, const std::string& from, const std::string& to, const std::string& text, const std::string& rest) {
  return event("message.received", id + "," + from + "," + to + "," + text + "," + rest);
}

TEST(TelnyxEvent, a_text_is_read_as_it_was_written) {
  const Event text = read_event(received(kId, kFrom, kTo, kText, kRest));
  EXPECT_EQ(text.kind, Kind::text);
  EXPECT_EQ(text.id, "m-1") << "the message's own, which stays the same when the event comes again";
  EXPECT_EQ(text.from, "+16195550101");
  EXPECT_EQ(text.to, "55501");
  EXPECT_EQ(text.text, " S\xC3\xAD \xF0\x9F\x98\x80 ");
  EXPECT_FALSE(text.media);
  EXPECT_EQ(text.keyword, "");
  EXPECT_EQ(read_event(received(kId, kFrom, kTo, R"("text":"")", kRest)).kind, Kind::text) << "empty, but there";
  EXPECT_EQ(read_event(received(kId, kFrom, kTo, kText, R"("autoresponse_type":"STOP")")).keyword, "STOP");
}

// R43
TEST(TelnyxEvent, a_picture_comes_with_or_without_words) {
  const std::string picture = R"("direction":"inbound","type":"MMS","media":[{"url":"https://media.example/1","content_type":"image/jpeg"}])";
  const Event with = read_event(received(kId, kFrom, kTo, kText, picture));
  EXPECT_EQ(with.kind, Kind::text);
  EXPECT_TRUE(with.media);
  for (const char* text : {R"("text":null)", R"("subject":null)", R"("text":"")"}) {
    const Event without = read_event(received(kId, kFrom, kTo, text, picture));
    EXPECT_EQ(without.kind, Kind::text) << text;
    EXPECT_TRUE(without.media) << text;
    EXPECT_EQ(without.text, "") << text;
  }
  EXPECT_FALSE(read_event(received(kId, kFrom, kTo, kText, R"("media":null)")).media);
  EXPECT_TRUE(read_event(received(kId, kFrom, kTo, kText, R"("media":{"url":"x"})")).media) << "unlike any that we know: still no mere text";
}

TEST(TelnyxEvent, what_is_missing_of_another_shape_or_there_twice_is_malformed) {
  const std::string none = R"("none":1)";
  for (const std::string& body :
       {received(none, kFrom, kTo, kText, kRest), received(kId, none, kTo, kText, kRest), received(kId, kFrom, none, kText, kRest),
        received(kId, kFrom, kTo, none, kRest), received(R"("id":"")", kFrom, kTo, kText, kRest), received(R"("id":7)", kFrom, kTo, kText, kRest),
        received(R"("id":")" + std::string(65, 'm') + "\"", kFrom, kTo, kText, kRest), received(kId, R"("from":"+16195550101")", kTo, kText, kRest),
        received(kId, R"("from":{"phone_number":""})", kTo, kText, kRest), received(kId, R"("from":{"phone_number":null})", kTo, kText, kRest),
        received(kId, kFrom, R"("to":[])", kText, kRest), received(kId, kFrom, R"("to":"55501")", kText, kRest),
        received(kId, kFrom, R"("to":["55501"])", kText, kRest), received(kId, kFrom, kTo, R"("text":null)", kRest),
        received(kId, kFrom, kTo, R"("text":["x"])", kRest), received(kId, kFrom, kTo, R"("text":"\ud83d")", kRest),
        received(kId, kFrom + "," + kFrom, kTo, kText, kRest), received(kId, kFrom, kTo, kText + R"(,"t\u0065xt":"other")", kRest),
        received(kId, R"("from":{"phone_number":"+16195550101","phone_number":"+16195550102"})", kTo, kText, kRest),
        received(kId, kFrom, R"("to":[{"phone_number":"55501","phone_number":"55502"}])", kText, kRest), std::string(), std::string("[]"),
        std::string("null"), std::string("{}"), std::string("{\"data\":[]}"), std::string("{\"data\":{\"event_type\":7}}"),
        received(kId, kFrom, kTo, kText, kRest) + "}", received(kId, kFrom, kTo, kText, kRest).substr(0, 100), std::string("\xff{}"),
        std::string("{\"data\":{\"event_type\":\"message.received\"}}"), std::string(100, '[')})
    EXPECT_EQ(read_event(body).kind, Kind::malformed) << body;
}

TEST(TelnyxEvent, receipts_carry_the_recipients_status_and_the_first_errors_code) {
  const std::string to = R"("to":[{"phone_number":"+16195550101","status":"delivery_failed"}])";
  const Event receipt = read_event(event("message.finalized", kId + "," + to + R"(,"errors":[{"code":"40002","title":"Blocked as spam"},{"code":"1"}])"));
  EXPECT_EQ(receipt.kind, Kind::receipt);
  EXPECT_EQ(receipt.id, "m-1");
  EXPECT_EQ(receipt.status, "delivery_failed");
  EXPECT_EQ(receipt.code, "40002");
  EXPECT_EQ(read_event(event("message.finalized", kId + "," + to + R"(,"errors":[{"code":40002}])")).code, "40002");
  EXPECT_EQ(read_event(event("message.sent", kId + "," + to + R"(,"errors":[])")).code, "");
  EXPECT_EQ(read_event(event("message.sent", kId + "," + to)).kind, Kind::receipt);
  EXPECT_EQ(read_event(event("message.sent", kId)).kind, Kind::malformed);
  EXPECT_EQ(read_event(event("message.finalized", to)).kind, Kind::malformed);
}

TEST(TelnyxEvent, everything_else_is_none_of_our_business) {
  EXPECT_EQ(read_event(event("message.link_click", kId)).kind, Kind::other);
  EXPECT_EQ(read_event(event("call.initiated", "")).kind, Kind::other);
  EXPECT_EQ(read_event(event("10dlc.campaign.update", "")).kind, Kind::other);
  EXPECT_EQ(read_event(received(kId, kFrom, kTo, kText, R"("direction":"outbound","type":"SMS")")).kind, Kind::other) << "our own words";
  EXPECT_EQ(read_event(received(kId, kFrom, kTo, kText, R"("type":"RCS")")).kind, Kind::elsewhere);
  EXPECT_EQ(read_event(received(kId, kFrom, R"("to":"+16195550199")", R"("body":{})", R"("type":"WHATSAPP")")).kind, Kind::elsewhere);
  EXPECT_EQ(read_event(event("messaging-profile.spend-limit-reached", "")).kind, Kind::spend_limit);
}

}  // namespace
}  // namespace northstar::telnyx
