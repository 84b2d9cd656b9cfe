#include <gmock/gmock.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <mutex>

#include "handlers/sms/escape.h"
#include "handlers/sms/twilio.h"
#include "tests/unit/net/listener.h"
#include "tests/unit/net/loopback.h"

namespace northstar::sms {
namespace {

using namespace net::test;
using testing::HasSubstr;
using testing::Not;
using Fields = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kToken = "token-of-the-test";
constexpr const char* kUrl = "https://hooks.example.org/sms/main";

std::string form(const Fields& fields) {
  std::string body;
  for (const auto& [name, value] : fields) append_pair(body, name, value);
  return body;
}
std::string sign(std::string data, Fields fields, const std::string& token = kToken) {
  std::ranges::sort(fields);
  for (const auto& [name, value] : fields) data += name + value;
  unsigned char digest[20];
  unsigned int size = 0;
  HMAC(EVP_sha1(), token.data(), static_cast<int>(token.size()), reinterpret_cast<const unsigned char*>(data.data()), data.size(),
       digest, &size);
  return net::base64({reinterpret_cast<const char*>(digest), size});
}
constexpr const char* kForm = "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n";
std::string request(const std::string& target, const Fields& fields, const std::string& signature) {
  return post(target, form(fields), std::string(kForm) + "X-Twilio-Signature: " + signature + "\r\n");
}
const Fields kText{{"MessageSid", "SM0001"}, {"From", "+16195550101"}, {"To", "55501"}, {"Body", " help \xF0\x9F\x98\x80 "}, {"NumMedia", "0"}};
Fields changed(const std::string& name, const std::string& value) {
  Fields fields = kText;
  for (auto& field : fields)
    if (field.first == name) return field.second = value, fields;
  fields.emplace_back(name, value);
  return fields;
}
Fields without(const std::string& name) {
  Fields fields = kText;
  std::erase_if(fields, [&](const auto& field) { return field.first == name; });
  return fields;
}

class TwilioWebhook : public testing::Test {
 protected:
  void serve(TwilioConfig config = standard()) {
    auto router = std::make_shared<net::Router>();
    add_routes(*router, "main", config, listener, metrics.channel("main"), [this](net::Receipt receipt) {
      const std::lock_guard lock(listener.mutex);
      receipts.push_back(std::move(receipt));
    });
    served.emplace(router);
    client.emplace(served->port);
  }
  static TwilioConfig standard() {
    TwilioConfig config;
    config.public_url = kUrl;
    config.account_sid = "AC0";
    config.auth_token = kToken;
    return config;
  }
  std::string ask(const std::string& bytes) {
    client->send(bytes);
    return client->response();
  }
  std::string text(const Fields& fields) { return ask(request("/sms/main", fields, sign(kUrl, fields))); }

  net::Metrics metrics;
  Listener listener;
  std::vector<net::Receipt> receipts;
  std::optional<Served> served;
  std::optional<Client> client;
};

TEST_F(TwilioWebhook, a_signed_text_reaches_the_conversations_as_it_was_written) {
  serve();
  const std::string response = text(kText);
  EXPECT_EQ(status_of(response), 200);
  EXPECT_EQ(body_of(response), R"(<?xml version="1.0" encoding="UTF-8"?><Response/>)");
  EXPECT_THAT(response, HasSubstr("\r\nContent-Type: text/xml; charset=utf-8\r\n"));
  ASSERT_EQ(listener.got.size(), 1u);
  const net::Inbound& inbound = listener.got[0];
  EXPECT_EQ(inbound.channel, "main");
  EXPECT_EQ(inbound.service, "55501");
  EXPECT_EQ(inbound.address.reveal(), "+16195550101");
  EXPECT_EQ(inbound.text.reveal(), " help \xF0\x9F\x98\x80 ");
  EXPECT_EQ(inbound.message_id, "SM0001");
  EXPECT_FALSE(inbound.media);
  EXPECT_TRUE(listener.was_inline);
  EXPECT_GT(listener.left, 3s);
  EXPECT_LE(listener.left, 5s);
}

TEST_F(TwilioWebhook, the_reply_rides_in_the_answer_escaped_and_is_struck_off_once_it_is_on_the_socket) {
  serve();
  listener.reply = {.kind = net::Reply::Kind::text, .text = MessageText("Caf\xC3\xA9 <1> & \"2\" 'yes' \xF0\x9F\x98\x80"), .entry_id = "entry-1"};
  EXPECT_EQ(body_of(text(kText)),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Message>Caf\xC3\xA9 &lt;1&gt; &amp; &quot;2&quot; "
            "&apos;yes&apos; \xF0\x9F\x98\x80</Message></Response>");
  text(changed("MessageSid", "SM0002"));  // its answer comes after the first one's striking
  const std::lock_guard lock(listener.mutex);
  EXPECT_THAT(listener.struck, testing::Contains("entry-1"));
  EXPECT_THAT(metrics.text(), HasSubstr("northstar_replies_inline_total{channel=\"main\"} 2"));
}

TEST_F(TwilioWebhook, a_reply_that_did_not_reach_the_socket_is_not_struck_off) {
  // The client resets its connection while the conversation still thinks.
  class Thinking final : public net::Conversations {
   public:
    boost::asio::awaitable<net::Reply> receive(net::Inbound, bool, store::Deadline) override {
      asked = true;
      boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, 300ms);
      co_await timer.async_wait(boost::asio::use_awaitable);
      co_return net::Reply{.kind = net::Reply::Kind::text, .text = MessageText("x"), .entry_id = "entry"};
    }
    boost::asio::awaitable<net::Reply> receive_part(net::InboundPart, bool, store::Deadline) override { co_return net::Reply{}; }
    void not_delivered(const net::Reply&) override {}
  void acknowledged(const net::Reply&) override {}
    void delivered(const net::Reply&) override { ++struck; }
    std::atomic<bool> asked{false};
    std::atomic<int> struck{0};
  } thinking;
  auto router = std::make_shared<net::Router>();
  add_routes(*router, "main", standard(), thinking, metrics.channel("main"));
  Served slow(router);
  {
    Client gone(slow.port);
    gone.send(request("/sms/main", kText, sign(kUrl, kText)));
    while (!thinking.asked) std::this_thread::sleep_for(1ms);
    gone.reset();
  }
  std::this_thread::sleep_for(600ms);
  EXPECT_EQ(thinking.struck, 0);
}

TEST_F(TwilioWebhook, wrong_missing_and_doubled_signatures_are_refused_and_nothing_gets_in) {
  serve();
  const std::string right = sign(kUrl, kText);
  for (const std::string& bytes :
       {request("/sms/main", kText, "AAAAAAAAAAAAAAAAAAAAAAAAAAA="), request("/sms/main", kText, ""),
        post("/sms/main", form(kText), kForm), request("/sms/main?x=1", kText, right), request("/sms/main?", kText, right),
        request("/sms/main", changed("Body", "other"), right), request("/sms/main", kText, sign(kUrl, kText, "other-token")),
        request("/sms/main", kText, sign("https://evil.example/sms/main", kText)),
        request("/sms/main/status", kText, right),
        post("/sms/main", form(kText), std::string(kForm) + "X-Twilio-Signature: " + right + "\r\nX-Twilio-Signature: " + right + "\r\n"),
        post("/sms/main", form(kText), std::string(kForm) + "X-Forwarded-Host: evil.example\r\nX-Twilio-Signature: " +
                                           sign("https://evil.example/sms/main", kText) + "\r\n")}) {
    Client fresh(served->port);
    fresh.send(bytes);
    EXPECT_EQ(status_of(fresh.response()), 403) << bytes;
  }
  EXPECT_TRUE(listener.got.empty());
  EXPECT_EQ(status_of(text(kText)), 200) << "and the right one still is accepted";
}

TEST_F(TwilioWebhook, signatures_with_port_with_query_and_with_odd_values_are_accepted) {
  serve();
  const Fields odd{{"MessageSid", "SM2"}, {"From", "+16195550101"}, {"To", "55501"}, {"Body", ""}, {"FromCity", "  "},
                   {"x", "\xC3\xB1"},     {"X", ""},                {"Tag", "b"},     {"Tag", "a"}};
  EXPECT_EQ(status_of(ask(request("/sms/main", odd, sign("https://hooks.example.org:443/sms/main", odd)))), 200);
  EXPECT_EQ(status_of(ask(request("/sms/main?a=%20b", odd, sign(std::string(kUrl) + "?a=%20b", odd)))), 200);
  EXPECT_EQ(listener.got.size(), 2u);
}

TEST_F(TwilioWebhook, without_a_token_everything_is_refused) {
  TwilioConfig config = standard();
  config.auth_token.clear();
  serve(config);
  EXPECT_EQ(status_of(ask(request("/sms/main", kText, sign(kUrl, kText, "")))), 403);
  EXPECT_TRUE(listener.got.empty());
  EXPECT_THAT(metrics.text(), HasSubstr("reason=\"no_credential\"} 1"));
}

TEST_F(TwilioWebhook, broken_encodings_missing_fields_and_other_content_get_4xx_without_echo) {
  serve();
  const auto raw = [&](std::string_view body, std::string_view type) {
    return ask(post("/sms/main", body, "Content-Type: " + std::string(type) + "\r\nX-Twilio-Signature: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n"));
  };
  EXPECT_EQ(status_of(raw("Body=%zzcanary", "application/x-www-form-urlencoded")), 400);
  EXPECT_EQ(status_of(raw("Body=%ffcanary", "application/x-www-form-urlencoded")), 400);
  EXPECT_EQ(status_of(raw("canary", "text/plain")), 415);
  EXPECT_EQ(status_of(raw("canary", "multipart/form-data; boundary=x")), 415);
  EXPECT_EQ(status_of(ask(post("/sms/main", "canary"))), 415);
  EXPECT_THAT(raw("Body=%zzcanary", "application/x-www-form-urlencoded"), Not(HasSubstr("canary")));
  for (const char* field : {"MessageSid", "From", "To", "Body"}) EXPECT_EQ(status_of(text(without(field))), 400) << field;
  for (const char* field : {"MessageSid", "From", "To"}) EXPECT_EQ(status_of(text(changed(field, ""))), 400) << field;
  EXPECT_EQ(status_of(text(changed("MessageSid", std::string(65, 'S')))), 400);
  Fields twice = kText;
  twice.emplace_back("From", "+16195550102");
  EXPECT_EQ(status_of(text(twice)), 400) << "whose text would it be?";
  EXPECT_EQ(status_of(ask("GET /sms/main HTTP/1.1\r\nHost: a\r\n\r\n")), 405);
  EXPECT_TRUE(listener.got.empty());
}

// R43
TEST_F(TwilioWebhook, media_contact_cards_and_locations_are_named_and_never_fetched) {
  serve();
  text(changed("NumMedia", "2"));
  text(changed("MediaUrl0", "https://api.example/media"));
  text(changed("Latitude", "1"));
  text(kText);
  ASSERT_EQ(listener.got.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(listener.got[i].media, i < 3) << i;
}

TEST_F(TwilioWebhook, names_and_short_codes_are_never_answered) {
  serve();
  listener.reply = {.kind = net::Reply::Kind::text, .text = MessageText("hello"), .entry_id = "e"};
  for (const char* from : {"MYBANK", "22000", "AMZN 2FA"}) {
    const std::string response = text(changed("From", from));
    EXPECT_EQ(status_of(response), 200) << from;
    EXPECT_THAT(body_of(response), HasSubstr("<Response/>")) << from;
  }
  EXPECT_TRUE(listener.got.empty());
}

TEST_F(TwilioWebhook, the_configured_short_code_is_the_service_and_reply_api_keeps_the_answer_empty) {
  TwilioConfig config = standard();
  config.service = "55599";
  config.reply_inline = false;
  serve(config);
  EXPECT_THAT(body_of(text(kText)), HasSubstr("<Response/>"));
  EXPECT_EQ(listener.got.at(0).service, "55599");
  EXPECT_FALSE(listener.was_inline);
}

// R90: the aggregator then tries again, or calls its fallback address.
TEST_F(TwilioWebhook, when_the_store_is_away_the_answer_is_an_honest_503) {
  serve();
  listener.reply.kind = net::Reply::Kind::away;
  const std::string response = text(kText);
  EXPECT_EQ(status_of(response), 503);
  EXPECT_THAT(response, HasSubstr("\r\nRetry-After: "));
  EXPECT_THAT(response, Not(HasSubstr("<Response")));
  EXPECT_TRUE(listener.struck.empty());
}

// R17
TEST_F(TwilioWebhook, a_text_that_the_vendors_keyword_handling_has_seen_is_still_handed_over) {
  serve();
  EXPECT_EQ(status_of(text(changed("OptOutType", "STOP"))), 200);
  EXPECT_EQ(listener.got.size(), 1u);
}

TEST_F(TwilioWebhook, a_json_body_gets_in_only_with_its_hash_signed) {
  serve();
  const std::string body = R"({"MessageSid":"SM9","From":"+16195550101","To":"55501","Body":"h\u00e9lp","NumMedia":0})";
  std::string hex;
  unsigned char digest[32];
  SHA256(reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest);
  for (const unsigned char byte : digest) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", byte);
    hex += two;
  }
  const auto json = [&](const std::string& query, const std::string& bytes, const std::string& signature) {
    return status_of(ask(post("/sms/main" + query, bytes, "Content-Type: application/json\r\nX-Twilio-Signature: " + signature + "\r\n")));
  };
  const std::string query = "?bodySHA256=" + hex, right = sign(kUrl + query, {});
  EXPECT_EQ(json(query, body, right), 200);
  EXPECT_EQ(listener.got.at(0).text.reveal(), "h\xC3\xA9lp");
  EXPECT_EQ(json(query, R"({"MessageSid":"SM9","From":"+16195550102","To":"55501","Body":"x"})", right), 403);
  EXPECT_EQ(json("", body, sign(kUrl, {})), 403) << "nothing covers the body";
  EXPECT_EQ(listener.got.size(), 1u);
}

// R26
TEST_F(TwilioWebhook, receipts_are_verified_against_their_own_address_and_read) {
  serve();
  const std::string url = std::string(kUrl) + "/status";
  const auto receipt = [&](const Fields& fields, const std::string& signed_url) {
    return status_of(ask(request("/sms/main/status", fields, sign(signed_url, fields))));
  };
  const Fields dropped{{"MessageSid", "SM1"}, {"MessageStatus", "undelivered"}, {"ErrorCode", "30007"}, {"To", "+16195550101"}};
  EXPECT_EQ(receipt(dropped, url), 204);
  EXPECT_EQ(receipt({{"MessageSid", "SM2"}, {"MessageStatus", "delivered"}}, url), 204);
  EXPECT_EQ(receipt({{"MessageSid", "SM3"}, {"MessageStatus", "sent"}, {"ErrorCode", "words"}}, url), 204);
  EXPECT_EQ(receipt(dropped, kUrl), 403) << "signed for another address";
  EXPECT_EQ(receipt({{"MessageSid", "SM4"}}, url), 400);
  const std::lock_guard lock(listener.mutex);
  ASSERT_EQ(receipts.size(), 3u);
  EXPECT_EQ(receipts[0].status, net::Receipt::Status::undelivered);
  EXPECT_TRUE(receipts[0].filtered);
  EXPECT_EQ(receipts[0].error_code, "30007");
  EXPECT_EQ(receipts[1].status, net::Receipt::Status::delivered);
  EXPECT_EQ(receipts[2].status, net::Receipt::Status::under_way);
  EXPECT_EQ(receipts[2].error_code, "");
}

}  // namespace
}  // namespace northstar::sms
