#include <gmock/gmock.h>

#include <mutex>

#include "handlers/kannel/kannel.h"
#include "handlers/kannel/status_address.h"
#include "tests/unit/net/listener.h"
#include "tests/unit/net/loopback.h"

namespace northstar::kannel {
namespace {

using namespace net::test;
using namespace std::string_literals;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSecret = "secret-of-the-test";

class KannelWebhook : public testing::Test {
 protected:
  static KannelConfig standard() {
    KannelConfig config;
    config.public_url = "http://127.0.0.1:8080/sms/local";
    config.secret = kSecret;
    config.username = "north";
    return config;
  }
  void serve(const KannelConfig& config = standard()) {
    auto router = std::make_shared<net::Router>();
    add_routes(*router, "local", config, listener, metrics.channel("local"), [this](net::Receipt receipt) {
      const std::lock_guard lock(listener.mutex);
      receipts.push_back(std::move(receipt));
    });
    served.emplace(router);
  }
  std::string ask(const std::string& bytes) {
    Client fresh(served->port);
    fresh.send(bytes);
    return fresh.response();
  }
  static std::string basic(const std::string& user = "kannel", const std::string& secret = kSecret) {
    return "Authorization: Basic " + net::base64(user + ":" + secret) + "\r\n";
  }
  std::string get(const std::string& query, const std::string& headers = basic()) {
    return ask("GET /sms/local?" + query + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n");
  }
  std::string text(const std::string& words, const std::string& id = "u1") {
    return get("id=" + id + "&from=%2B16195550101&to=55501&coding=0&charset=UTF-8&udh=&text=" + words);
  }
  std::string posted(const std::string& query, const std::string& body, const std::string& type = "text/plain; charset=\"UTF-8\"") {
    return ask(post("/sms/local?" + query, body, basic() + "Content-Type: " + type + "\r\n"));
  }
  std::string receipt(const std::string& id, const std::string& rest) {
    return ask("GET /sms/local/status?id=" + id + "&proof=" + status_proof(kSecret, id) + rest + " HTTP/1.1\r\nHost: a\r\n\r\n");
  }

  net::Metrics metrics;
  Listener listener;
  std::vector<net::Receipt> receipts;
  std::optional<Served> served;
};

constexpr const char* kFrom = "id=u1&from=%2B16195550101&to=55501";

TEST_F(KannelWebhook, a_text_reaches_the_conversations_as_it_was_written) {
  serve();
  const std::string response = text("+help++%F0%9F%98%80+");
  EXPECT_EQ(status_of(response), 200);
  EXPECT_EQ(body_of(response), "") << "no words, no text: smsbox has omit-empty";
  EXPECT_THAT(response, HasSubstr("\r\nContent-Type: text/plain; charset=UTF-8\r\n")) << "without a type it would go out as data";
  ASSERT_EQ(listener.got.size(), 1u);
  const net::Inbound& inbound = listener.got[0];
  EXPECT_EQ(inbound.channel, "local");
  EXPECT_EQ(inbound.service, "55501");
  EXPECT_EQ(inbound.address.reveal(), "+16195550101");
  EXPECT_EQ(inbound.text.reveal(), " help  \xF0\x9F\x98\x80 ");
  EXPECT_EQ(inbound.message_id, "u1");
  EXPECT_FALSE(inbound.media);
  EXPECT_TRUE(listener.was_inline);
}

TEST_F(KannelWebhook, a_posted_text_comes_in_the_body) {
  serve();
  EXPECT_EQ(status_of(posted(kFrom + "&coding=0&charset=UTF-8"s, "se\xC3\xB1or & 100%+")), 200);
  EXPECT_EQ(status_of(posted(kFrom + "&coding=2&charset=UTF-16BE"s, "\0h\xD8\x3D\xDE\x4F"s, "text/plain; charset=\"UTF-16BE\"")), 200);
  EXPECT_EQ(status_of(posted(kFrom + "&coding=0&charset="s, "")), 200) << "an empty text is a text";
  ASSERT_EQ(listener.got.size(), 3u);
  EXPECT_EQ(listener.got[0].text.reveal(), "se\xC3\xB1or & 100%+");
  EXPECT_EQ(listener.got[1].text.reveal(), "h\xF0\x9F\x99\x8F");
  EXPECT_EQ(listener.got[2].text.reveal(), "");
}

TEST_F(KannelWebhook, utf16_and_windows_texts_are_read_in_the_address_too) {
  serve();
  EXPECT_EQ(status_of(get(kFrom + "&coding=2&charset=UTF-16BE&text=%00h%00%ED%D8%3D%DEO"s)), 200);
  EXPECT_EQ(status_of(get(kFrom + "&coding=0&charset=WINDOWS-1252&text=%F1"s)), 200);
  EXPECT_EQ(status_of(get(kFrom + "&coding=0&charset=UTF-8&text=a%FFb"s)), 200) << "half a text is better than none";
  ASSERT_EQ(listener.got.size(), 3u);
  EXPECT_EQ(listener.got[0].text.reveal(), "h\xC3\xAD\xF0\x9F\x99\x8F");
  EXPECT_EQ(listener.got[1].text.reveal(), "\xC3\xB1");
  EXPECT_EQ(listener.got[2].text.reveal(), "a\xEF\xBF\xBD" "b");
}

TEST_F(KannelWebhook, the_reply_rides_in_the_answer_and_is_struck_off_once_it_is_on_the_socket) {
  serve();
  listener.reply = {.kind = net::Reply::Kind::text, .text = MessageText("OK to text? <1> & 'yes'"), .entry_id = "entry-1"};
  const std::string response = text("hi");
  EXPECT_EQ(body_of(response), "OK to text? <1> & 'yes'");
  EXPECT_THAT(response, HasSubstr("\r\nX-Kannel-Coding: 0\r\n"));
  EXPECT_THAT(response, HasSubstr("\r\nX-Kannel-DLR-Mask: 19\r\n"));
  EXPECT_THAT(response, HasSubstr("\r\nX-Kannel-DLR-Url: http://127.0.0.1:8080/sms/local/status?id=entry-1&proof=" +
                                  status_proof(kSecret, "entry-1") + "&type=%d&error=%#smpp#dlr_err#\r\n"));
  EXPECT_THAT(response, Not(HasSubstr(kSecret)));
  for (int i = 0; i < 200; ++i) {
    const std::lock_guard lock(listener.mutex);
    if (!listener.struck.empty()) break;
    std::this_thread::sleep_for(5ms);
  }
  const std::lock_guard lock(listener.mutex);
  EXPECT_THAT(listener.struck, testing::ElementsAre("entry-1"));
  EXPECT_THAT(metrics.text(), HasSubstr("northstar_replies_inline_total{channel=\"local\"} 1"));
}

TEST_F(KannelWebhook, a_reply_beyond_gsm_7_bit_says_so_or_kannel_would_write_question_marks) {
  serve();
  for (const auto& [words, coding] : {std::pair{"\xC2\xBFQu\xC3\xA9 necesita? \xC3\xB1", "0"}, std::pair{"S\xC3\xAD", "2"}, std::pair{"\xF0\x9F\x99\x8F", "2"}}) {
    listener.reply = {.kind = net::Reply::Kind::text, .text = MessageText(words), .entry_id = ""};
    const std::string response = text("hi");
    EXPECT_THAT(response, HasSubstr("\r\nX-Kannel-Coding: "s + coding + "\r\n")) << words;
    EXPECT_THAT(response, Not(HasSubstr("X-Kannel-DLR"))) << "an answer given again has no receipts of its own";
    EXPECT_EQ(body_of(response), words);
  }
}

TEST_F(KannelWebhook, settings_choose_the_service_the_way_of_replies_and_no_receipts) {
  auto config = standard();
  config.service = "55599";
  config.reply_inline = false;
  serve(config);
  text("hi");
  EXPECT_EQ(listener.got.at(0).service, "55599");
  EXPECT_FALSE(listener.was_inline);
  config.receipts = false;
  serve(config);
  listener.reply = {.kind = net::Reply::Kind::text, .text = MessageText("x"), .entry_id = "e"};
  EXPECT_THAT(text("hi"), Not(HasSubstr("X-Kannel-DLR")));
}

TEST_F(KannelWebhook, the_secret_comes_in_a_header_or_in_the_address_and_nothing_gets_in_without_it) {
  serve();
  const std::string fields = kFrom + "&coding=0&charset=UTF-8&text=hi"s;
  for (const auto& [query, headers] : {std::pair{fields, ""s},
                                       {fields, basic("kannel", "wrong")},
                                       {fields, basic("other")},
                                       {fields, basic("kannel", "")},
                                       {fields, basic() + basic()},
                                       {fields, "Authorization: Bearer "s + kSecret + "\r\n"},
                                       {fields, "Authorization: " + net::base64("kannel:"s + kSecret) + "\r\n"},
                                       {fields + "&secret=wrong", ""s},
                                       {fields + "&secret=", ""s},
                                       {fields + "&secret="s + kSecret + "x", ""s},
                                       {fields + "&secret="s + kSecret + "&secret="s + kSecret, ""s},
                                       {fields + "&secret="s + kSecret, basic("kannel", "wrong")},
                                       {fields + "&text=%zz", ""s}})
    EXPECT_EQ(status_of(get(query, headers)), 403) << query << headers;
  EXPECT_EQ(status_of(ask(post("/sms/local?" + fields, "hi", "Content-Type: text/plain\r\n"))), 403);
  EXPECT_TRUE(listener.got.empty());
  EXPECT_EQ(status_of(get(fields + "&secret="s + kSecret, "")), 200);
  EXPECT_EQ(status_of(get(fields)), 200);
  EXPECT_EQ(listener.got.size(), 2u);
}

TEST_F(KannelWebhook, without_a_secret_everything_is_refused) {
  auto config = standard();
  config.secret.clear();
  serve(config);
  EXPECT_EQ(status_of(get(kFrom + "&text=hi&secret="s, "")), 403);
  EXPECT_EQ(status_of(get(kFrom + "&text=hi"s, basic("kannel", ""))), 403);
  EXPECT_EQ(status_of(ask("GET /sms/local/status?id=e&proof=" + status_proof("", "e") + "&type=1 HTTP/1.1\r\nHost: a\r\n\r\n")), 403);
  EXPECT_TRUE(listener.got.empty());
  EXPECT_TRUE(receipts.empty());
  EXPECT_THAT(metrics.text(), HasSubstr("reason=\"no_credential\"} 3"));
}

TEST_F(KannelWebhook, broken_requests_get_4xx_without_echo) {
  serve();
  const std::string good = kFrom + "&coding=0&charset=UTF-8&udh=&text=hi"s;
  for (const std::string& query :
       {"from=%2B16195550101&to=55501&text=canary"s, "id=&from=%2B16195550101&to=55501&text=canary"s, "id=u1&to=55501&text=canary"s,
        "id=u1&from=%2B16195550101&text=canary"s, std::string(kFrom), good + "&text=canary", good + "&from=%2B16195550102",
        good + "&id=u2", good + "&to=1", good + "&coding=2", good + "&charset=x", good + "&udh=", good + "&x=%zz",
        "id=" + std::string(65, 'u') + "&from=%2B16195550101&to=55501&text=x"}) {
    const std::string response = get(query);
    EXPECT_EQ(status_of(response), 400) << query;
    EXPECT_THAT(response, Not(HasSubstr("canary")));
  }
  EXPECT_EQ(status_of(get(kFrom + "&coding=0&charset=KOI8-R&text=x"s)), 415);
  EXPECT_EQ(status_of(posted(kFrom, "<xml/>", "text/xml")), 415);
  EXPECT_EQ(status_of(posted(kFrom, "a=b", "application/x-www-form-urlencoded")), 415);
  EXPECT_EQ(status_of(posted(kFrom + "&text=both"s, "both")), 400) << "which of the two was written?";
  EXPECT_EQ(status_of(ask("PUT /sms/local HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")), 405);
  EXPECT_TRUE(listener.got.empty());
}

// R43
TEST_F(KannelWebhook, binary_messages_and_contact_cards_are_named_unread_and_answered_once) {
  serve();
  EXPECT_EQ(status_of(get(kFrom + "&coding=1&charset=8-BIT&text=%00%FF"s)), 200);
  EXPECT_EQ(status_of(get(kFrom + "&coding=0&charset=UTF-8&udh=%06%05%04%23%F4%00%00&text=BEGIN:VCARD"s)), 200);
  EXPECT_EQ(status_of(get(kFrom + "&coding=0&charset=UTF-8&udh=%0B%05%04%23%F4%00%00%00%03%01%02%02&text=END:VCARD"s)), 200);
  ASSERT_EQ(listener.got.size(), 2u);
  for (const auto& inbound : listener.got) {
    EXPECT_TRUE(inbound.media);
    EXPECT_EQ(inbound.text.reveal(), "");
  }
  EXPECT_TRUE(listener.parts.empty());
}

TEST_F(KannelWebhook, parts_that_bearerbox_left_apart_are_joined_by_the_conversations) {
  serve();
  EXPECT_EQ(status_of(get(kFrom + "&coding=0&charset=UTF-8&udh=%05%00%03%2A%02%01&text=i+need+shel"s)), 200);
  EXPECT_EQ(status_of(get(kFrom + "&coding=2&charset=UTF-16BE&udh=%06%08%04%01%2A%03%02&text=%D8%3D"s)), 200);
  EXPECT_EQ(status_of(get(kFrom + "&coding=0&charset=WINDOWS-1252&udh=%05%00%03%2A%02%02&text=%F1"s)), 200);
  EXPECT_TRUE(listener.got.empty());
  ASSERT_EQ(listener.parts.size(), 3u);
  EXPECT_EQ(listener.parts[0].set, "n42/2");
  EXPECT_EQ(listener.parts[0].number, 1);
  EXPECT_EQ(listener.parts[0].total, 2);
  EXPECT_EQ(listener.parts[0].alphabet, 4);
  EXPECT_EQ(listener.parts[0].octets.reveal(), "i need shel");
  EXPECT_EQ(listener.parts[0].of.address.reveal(), "+16195550101");
  EXPECT_EQ(listener.parts[0].of.service, "55501");
  EXPECT_EQ(listener.parts[0].of.channel, "local");
  EXPECT_EQ(listener.parts[1].set, "w298/3");
  EXPECT_EQ(listener.parts[1].alphabet, 5);
  EXPECT_EQ(listener.parts[1].octets.reveal(), "\xD8\x3D") << "its other half is in the next part";
  EXPECT_EQ(listener.parts[2].alphabet, 4);
  EXPECT_EQ(listener.parts[2].octets.reveal(), "\xC3\xB1");
  listener.reply = {.kind = net::Reply::Kind::text, .text = MessageText("ok"), .entry_id = "e9"};
  EXPECT_EQ(body_of(get(kFrom + "&coding=0&charset=UTF-8&udh=%05%00%03%2A%02%02&text=ter"s)), "ok");
  listener.reply.kind = net::Reply::Kind::away;
  EXPECT_EQ(status_of(get(kFrom + "&coding=0&charset=UTF-8&udh=%05%00%03%2A%02%02&text=ter"s)), 503);
  EXPECT_EQ(status_of(get("id=u1&from=BANK&to=55501&coding=0&charset=UTF-8&udh=%05%00%03%2A%02%02&text=x")), 200);
  EXPECT_EQ(listener.parts.size(), 5u) << "names are not answered";
}

TEST_F(KannelWebhook, names_and_short_codes_are_never_answered) {
  serve();
  listener.reply = {.kind = net::Reply::Kind::text, .text = MessageText("hello"), .entry_id = "e"};
  for (const char* from : {"MYBANK", "22000", "AMZN+2FA"}) {
    const std::string response = get("id=u1&from="s + from + "&to=55501&coding=0&charset=UTF-8&text=hi");
    EXPECT_EQ(status_of(response), 200) << from;
    EXPECT_EQ(body_of(response), "") << from;
  }
  EXPECT_TRUE(listener.got.empty());
}

// R90: smsbox then asks again.
TEST_F(KannelWebhook, when_the_store_is_away_the_answer_is_an_honest_503) {
  serve();
  listener.reply.kind = net::Reply::Kind::away;
  EXPECT_EQ(status_of(text("hi")), 503);
  EXPECT_TRUE(listener.struck.empty());
}

// R26
TEST_F(KannelWebhook, receipts_are_believed_by_their_own_proof_alone) {
  serve();
  EXPECT_EQ(status_of(receipt("e1", "&type=1&error=")), 200) << "smsbox takes 204 for a failure";
  EXPECT_EQ(status_of(receipt("e2", "&type=2&error=%03%00%22")), 200);
  EXPECT_EQ(status_of(receipt("e3", "&type=16&error=NACK")), 200);
  EXPECT_EQ(status_of(receipt("e4", "&type=4")), 200);
  EXPECT_EQ(status_of(receipt("e5", "&type=8&error=")), 200);
  {
    const std::lock_guard lock(listener.mutex);
    ASSERT_EQ(receipts.size(), 5u);
    using Status = net::Receipt::Status;
    const Status expected[] = {Status::delivered, Status::undelivered, Status::failed, Status::under_way, Status::under_way};
    const char* codes[] = {"", "34", "", "", ""};
    for (std::size_t i = 0; i < 5; ++i) {
      EXPECT_EQ(receipts[i].channel, "local");
      EXPECT_EQ(receipts[i].message_id, "e" + std::to_string(i + 1));
      EXPECT_EQ(receipts[i].status, expected[i]) << i;
      EXPECT_EQ(receipts[i].error_code, codes[i]) << i;
      EXPECT_FALSE(receipts[i].filtered);
    }
  }
  const auto raw = [&](const std::string& query) {
    return status_of(ask("GET /sms/local/status?" + query + " HTTP/1.1\r\nHost: a\r\n" + basic() + "\r\n"));
  };
  const std::string proof = status_proof(kSecret, "e1");
  EXPECT_EQ(raw("id=e2&proof=" + proof + "&type=1"), 403) << "made for another text";
  EXPECT_EQ(raw("id=e1&type=1"), 403);
  EXPECT_EQ(raw("id=e1&proof=&type=1"), 403);
  EXPECT_EQ(raw("id=e1&id=e1&proof=" + proof + "&type=1"), 403);
  EXPECT_EQ(raw("id=e1&proof=" + status_proof("other", "e1") + "&type=1"), 403);
  EXPECT_EQ(raw("id=e1&secret="s + kSecret + "&type=1"), 403);
  for (const char* type : {"", "&type=", "&type=3", "&type=x", "&type=1&type=2"}) EXPECT_EQ(raw("id=e1&proof=" + proof + type), 400) << type;
  EXPECT_EQ(receipts.size(), 5u);
}

}  // namespace
}  // namespace northstar::kannel
