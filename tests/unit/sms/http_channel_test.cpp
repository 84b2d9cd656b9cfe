#include "handlers/sms/http.h"

#include <gmock/gmock.h>
#include <openssl/hmac.h>

#include <mutex>

#include "handlers/sms/form.h"
#include "handlers/sms/http_auth.h"
#include "tests/unit/net/listener.h"
#include "tests/unit/net/loopback.h"
#include "tests/unit/net/stand_in.h"

namespace northstar::sms {
namespace {

using namespace net::test;
using net::Delivery;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

GenericHttpConfig config(const std::string& yaml) {
  ::setenv("NORTHSTAR_TEST_SECRET", "s3cret", 1);
  auto read = parse_http(YAML::Load(yaml), "local", "northstar.yaml");
  if (!read) {
    std::string all;
    for (const Fault& fault : read.error()) all += fault.to_string() + "\n";
    throw std::runtime_error(all);
  }
  return *read;
}
std::string channel(const std::string& receive, const std::string& send = "{url: 'https://g.example/s', body: '{to}{text}'}") {
  return "{type: http, receive: " + receive + ", send: " + send + "}";
}
const std::string kJson =
    "{format: json, fields: {from: /data/from, to: /data/to, text: /data/0text, id: /data/id, media: /data/media}, "
    "authenticate: {type: hmac-sha256, header: X-Sig, prefix: 'v1=', timestamp_header: X-Time, window: 60, secret_env: NORTHSTAR_TEST_SECRET}, "
    "answer: {content_type: application/json, body: '{}', reply: '{\"say\":\"{text}\"}', escape: json}}";
const std::string kForm =
    "{fields: {from: src, to: dst, text: words, id: ref}, authenticate: {type: query, parameter: key, secret_env: NORTHSTAR_TEST_SECRET}}";

std::string hmac(const std::string& message, bool hex) {
  unsigned char digest[32];
  unsigned int size = 0;
  HMAC(EVP_sha256(), "s3cret", 6, reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest, &size);
  if (!hex) return net::base64({reinterpret_cast<const char*>(digest), size});
  std::string out;
  for (const unsigned char byte : digest) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", byte);
    out += two;
  }
  return out;
}
std::string now(int off = 0) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count() + off);
}

class HttpWebhook : public testing::Test {
 protected:
  void serve(const std::string& yaml) {
    auto router = std::make_shared<net::Router>();
    add_routes(*router, "local", config(yaml), listener, metrics.channel("local"));
    served.emplace(router);
    client.emplace(served->port);
  }
  std::string ask(const std::string& bytes) {
    client->send(bytes);
    std::string response = client->response();
    served->loop.run([] {});
    return response;
  }
  net::Metrics metrics;
  Listener listener;
  std::optional<Served> served;
  std::optional<Client> client;
};

const std::string kBody = R"({"data":{"from":"+16195550101","to":55501,"0text":"h\u00e9lp \ud83d\ude00","id":42,"media":[]}})";

TEST_F(HttpWebhook, a_signed_json_text_is_read_by_its_pointers_and_answered_by_its_template) {
  serve(channel(kJson));
  listener.reply = {.kind = net::Reply::Kind::text, .text = MessageText("say \"1\"\n"), .entry_id = "entry"};
  const std::string time = now();
  const std::string response = ask(post("/sms/local", kBody, "X-Time: " + time + "\r\nX-Sig: v1=" + hmac(time + "." + kBody, true) + "\r\n"));
  EXPECT_EQ(status_of(response), 200);
  EXPECT_EQ(body_of(response), R"({"say":"say \"1\"\n"})");
  EXPECT_THAT(response, HasSubstr("Content-Type: application/json\r\n"));
  ASSERT_EQ(listener.got.size(), 1u);
  EXPECT_EQ(listener.got[0].address.reveal(), "+16195550101");
  EXPECT_EQ(listener.got[0].service, "55501");
  EXPECT_EQ(listener.got[0].text.reveal(), "h\xC3\xA9lp \xF0\x9F\x98\x80");
  EXPECT_EQ(listener.got[0].message_id, "42");
  EXPECT_FALSE(listener.got[0].media);
  EXPECT_TRUE(listener.was_inline);
  EXPECT_THAT(listener.struck, ElementsAre("entry"));
}

TEST_F(HttpWebhook, old_future_changed_and_unsigned_texts_are_refused_and_nothing_gets_in) {
  serve(channel(kJson));
  const auto status = [&](const std::string& time, const std::string& signature, const std::string& body = kBody) {
    return status_of(ask(post("/sms/local", body, "X-Time: " + time + "\r\nX-Sig: " + signature + "\r\n")));
  };
  for (const int off : {-61, -3600, 62, 3600}) EXPECT_EQ(status(now(off), "v1=" + hmac(now(off) + "." + kBody, true)), 403) << off;
  EXPECT_EQ(status(now(), hmac(now() + "." + kBody, true)), 403) << "without its prefix";
  EXPECT_EQ(status(now(), "v1=" + hmac(kBody, true)), 403) << "the time is not signed";
  EXPECT_EQ(status(now(), "v1=" + hmac(now() + "." + kBody, true), kBody + " "), 403);
  EXPECT_EQ(status("", "v1=" + hmac("." + kBody, true)), 403);
  EXPECT_EQ(status(now() + "x", "v1=" + hmac(now() + "x." + kBody, true)), 403);
  EXPECT_EQ(status_of(ask(post("/sms/local", kBody))), 403);
  const std::string broken = R"({"data":{"from":"+16195550101"}})";
  EXPECT_EQ(status(now(), "v1=" + hmac(now() + "." + broken, true), broken), 400);
  const std::string noise = "{canary";
  EXPECT_EQ(status(now(), "v1=" + hmac(now() + "." + noise, true), noise), 400);
  EXPECT_TRUE(listener.got.empty());
}

TEST_F(HttpWebhook, a_form_with_a_secret_in_the_query_is_the_least_there_is) {
  serve(channel(kForm));
  const std::string body = "src=%2B16195550101&dst=55501&words=hola+%C3%B1&ref=m-1";
  EXPECT_EQ(status_of(ask(post("/sms/local?key=s3cret", body))), 200);
  for (const char* target : {"/sms/local", "/sms/local?key=", "/sms/local?key=s3cre", "/sms/local?key=s3crett", "/sms/local?key=s3cret&key=s3cret",
                             "/sms/local?KEY=s3cret", "/sms/local?key=%zz"})
    EXPECT_EQ(status_of(ask(post(target, body))), 403) << target;
  EXPECT_EQ(status_of(ask(post("/sms/local?key=s3cret", "src=%2B16195550101&dst=55501&ref=1"))), 400);
  EXPECT_EQ(status_of(ask(post("/sms/local?key=s3cret", body + "&src=x"))), 400);
  ASSERT_EQ(listener.got.size(), 1u);
  EXPECT_EQ(listener.got[0].text.reveal(), "hola \xC3\xB1");
  EXPECT_FALSE(listener.was_inline);
}

TEST_F(HttpWebhook, a_get_has_its_fields_in_the_query) {
  serve(channel("{method: GET, fields: {from: f, to: t, text: x, id: i}, authenticate: {type: bearer, secret_env: NORTHSTAR_TEST_SECRET}}"));
  const std::string start = "GET /sms/local?f=%2B16195550101&t=55501&x=hi&i=1 HTTP/1.1\r\nHost: a\r\n";
  EXPECT_EQ(status_of(ask(start + "Authorization: bEaReR s3cret\r\n\r\n")), 200);
  EXPECT_EQ(status_of(ask(start + "Authorization: Bearer s3cret2\r\n\r\n")), 403);
  EXPECT_EQ(status_of(ask(start + "Authorization: Bearer\r\n\r\n")), 403);
  EXPECT_EQ(status_of(ask(start + "\r\n")), 403);
  EXPECT_EQ(listener.got.size(), 1u);
}

TEST_F(HttpWebhook, basic_credentials_base64_signatures_media_and_503) {
  serve(channel("{path: /in, fields: {from: f, to: t, text: x, id: i, media: m}, authenticate: {type: basic, user: 'us:er', secret_env: NORTHSTAR_TEST_SECRET}}"));
  const std::string body = "f=%2B16195550101&t=55501&x=hi&i=1&m=2";
  const auto with = [&](const std::string& pair) { return post("/in", body, "Authorization: Basic " + net::base64(pair) + "\r\n"); };
  EXPECT_EQ(status_of(ask(with("us:er:s3cret"))), 200);
  EXPECT_TRUE(listener.got.at(0).media);
  EXPECT_EQ(status_of(ask(with("us:er:S3cret"))), 403);
  EXPECT_EQ(status_of(ask(with("user:s3cret"))), 403);
  listener.reply.kind = net::Reply::Kind::away;
  EXPECT_EQ(status_of(ask(with("us:er:s3cret"))), 503);
  HttpReceive receive;
  receive.auth = HttpReceive::Auth::hmac_sha256;
  receive.header = "X-S";
  receive.hex = false;
  receive.secret = "s3cret";
  const std::string signature = hmac("x", false);
  const net::Header header{"x-s", signature};
  net::Request request;
  request.headers = {&header, 1};
  request.body = "x";
  EXPECT_TRUE(authentic(receive, request, {}));
  receive.secret.clear();
  EXPECT_FALSE(authentic(receive, request, {})) << "no secret refuses everything";
}

class HttpSending : public testing::Test {
 protected:
  ~HttpSending() override {
    loop.run([this] {
      sender.reset();
      client.reset();
    });
  }
  net::Sent send(const std::string& yaml) {
    sender = make_channel("local", config(channel(kForm, yaml)), *client, metrics.channel("local"));
    return loop.wait(sender->send(outbound, std::chrono::steady_clock::now() + 500ms));
  }
  net::Metrics metrics;
  Loop loop;
  std::unique_ptr<net::HttpClient> client = std::make_unique<net::HttpClient>(loop.io);
  std::unique_ptr<net::Channel> sender;
  net::Outbound outbound{"entry-1", "55501", PhoneNumber("+16195550101"), MessageText("say \"{to}\" & <go>\n\xC3\xB1"), {}};
};

TEST_F(HttpSending, words_are_escaped_for_the_body_and_for_the_address_and_a_place_in_them_stays_words) {
  StandIn vendor([](const auto&) { return StandIn::Answer{202, R"({"messages":[{"id":"m-9"}]})"}; });
  const net::Sent sent = send("{url: '" + vendor.base() + R"(/v1/{id}?to={to}', body: '{"t":"{text}","n":"{to}","x":{"y":"{from}"}}', id: /messages/0/id, headers: {X-A: b}, )" +
                              "authenticate: {type: basic, user: u, secret_env: NORTHSTAR_TEST_SECRET}}");
  EXPECT_EQ(sent.delivery, Delivery::accepted);
  EXPECT_EQ(sent.provider_message_id, "m-9");
  const auto seen = vendor.seen().at(0);
  EXPECT_THAT(seen.head, HasSubstr("POST /v1/entry-1?to=%2B16195550101 HTTP/1.1\r\n"));
  EXPECT_THAT(seen.head, HasSubstr("Authorization: Basic " + net::base64("u:s3cret")));
  EXPECT_THAT(seen.head, HasSubstr("X-A: b\r\n"));
  EXPECT_EQ(seen.body, "{\"t\":\"say \\\"{to}\\\" & <go>\\n\xC3\xB1\",\"n\":\"+16195550101\",\"x\":{\"y\":\"55501\"}}");
}

TEST_F(HttpSending, a_form_and_a_get_are_ways_too) {
  StandIn vendor([](const auto&) { return StandIn::Answer{200, ""}; });
  send("{url: '" + vendor.base() + "/s', content_type: application/x-www-form-urlencoded, body: 'a={to}&b={text}'}");
  Form form;
  ASSERT_TRUE(form.parse(vendor.seen().at(0).body));
  EXPECT_EQ(*form.find("b"), outbound.text.reveal());
  send("{method: GET, url: '" + vendor.base() + "/cgi-bin/sendsms?to={to}&text={text}'}");
  EXPECT_THAT(vendor.seen().at(1).head, HasSubstr("GET /cgi-bin/sendsms?to=%2B16195550101&text=say%20%22%7Bto%7D%22%20%26"));
  EXPECT_EQ(vendor.seen().at(1).body, "");
}

struct Row {
  StandIn::Answer answer;
  Delivery delivery;
};
TEST_F(HttpSending, each_answer_means_what_the_description_or_else_http_says) {
  for (const Row& row : {Row{{200, "fine"}, Delivery::accepted}, Row{{200, "Number has OPTED OUT."}, Delivery::opted_out},
                         Row{{404, "x"}, Delivery::refused}, Row{{400, "spam"}, Delivery::refused}, Row{{409, ""}, Delivery::throttled},
                         Row{{429, ""}, Delivery::throttled}, Row{{500, ""}, Delivery::failed}, Row{{504, ""}, Delivery::unknown},
                         Row{{206, ""}, Delivery::unknown}, Row{{401, ""}, Delivery::misconfigured}, Row{{302, ""}, Delivery::misconfigured},
                         Row{{.hang = true}, Delivery::unknown}, Row{{.drop = true}, Delivery::unknown}}) {
    StandIn vendor([&row](const auto&) { return row.answer; });
    EXPECT_EQ(send("{url: '" + vendor.base() + "', body: '{to}{text}', opted_out: [opted out], refused: [404, spam], throttled: [409]}").delivery,
              row.delivery)
        << row.answer.status << row.answer.body;
  }
  EXPECT_EQ(send("{url: 'http://127.0.0.1:1', body: '{to}{text}'}").delivery, Delivery::failed);
  EXPECT_EQ(loop.wait(sender->went_out(outbound, std::chrono::steady_clock::now() + 1s)), std::nullopt);
}

TEST(HttpSettings, all_mistakes_are_named_at_once) {
  const auto read = parse_http(YAML::Load("type: http\n"
                                          "receive:\n"
                                          "  format: json\n"
                                          "  fields: { from: from, text: /t, id: /i, nonsense: x }\n"
                                          "  answer: { reply: 'no place', status: 500 }\n"
                                          "send:\n"
                                          "  url: https://{to}.example.org/\n"
                                          "  body: '{to}'\n"
                                          "  authenticate: { type: bearer, secret: abc }\n"
                                          "  success: [ok]\n"),
                               "local", "n.yaml");
  ASSERT_FALSE(bool(read));
  std::string all;
  for (const Fault& fault : read.error()) all += fault.to_string() + "\n";
  for (const char* part :
       {"n.yaml:4:19: channel local, receive, fields: from: in JSON a field is a pointer", "\"nonsense\" is not a setting",
        "fields: to: is missing, and so is the channel's service", "authenticate: is missing: without it anybody could write as anybody",
        "answer: reply: must have {text}", "n.yaml:5:40: channel local, receive, answer: status: must be a number from 200 to 299",
        "send: url: the host must not change", "send: body: nothing says {text}", "authenticate: secret: secrets stay out of this file",
        "send: success: must be a list of statuses"})
    EXPECT_THAT(all, HasSubstr(part)) << all;
  const auto empty = parse_http(YAML::Load("{type: http}"), "local", "n.yaml");
  ASSERT_FALSE(bool(empty));
  EXPECT_GE(empty.error().size(), 2u);
}

}  // namespace
}  // namespace northstar::sms
