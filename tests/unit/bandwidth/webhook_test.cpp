#include <gmock/gmock.h>
#include <stdlib.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "gateway/net/http_client.h"
#include "handlers/bandwidth/bandwidth.h"
#include "tests/unit/net/loopback.h"

namespace northstar::bandwidth {
namespace {

using namespace net::test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kApplication = "93de2206-9669-4e07-948d-329f4b722ee2";
constexpr const char* kPassword = "pa:ss w\xC3\xB6rd";
constexpr const char* kJson = "Content-Type: application/json; charset=utf-8\r\n";

/// What stands behind the door: it keeps what it is given, and is away from the text `away_from` on.
class Listener final : public net::Conversations {
 public:
  boost::asio::awaitable<net::Reply> receive(net::Inbound inbound, bool inline_reply, store::Deadline) override {
    const std::lock_guard lock(mutex);
    was_inline = was_inline || inline_reply;
    if (got.size() >= away_from) {
      ++turned_away;
      co_return net::Reply{.kind = net::Reply::Kind::away};
    }
    net::Reply reply{.kind = net::Reply::Kind::empty, .seen = inbound.message_id};
    got.push_back(std::move(inbound));
    co_return reply;
  }
  boost::asio::awaitable<net::Reply> receive_part(net::InboundPart, bool, store::Deadline) override { co_return net::Reply{}; }
  void not_delivered(const net::Reply&) override {}
  void acknowledged(const net::Reply&) override {}
  void delivered(const net::Reply& reply) override {
    const std::lock_guard lock(mutex);
    told.push_back(reply.seen);
  }
  std::vector<std::string> ids() {
    const std::lock_guard lock(mutex);
    std::vector<std::string> out;
    for (const auto& inbound : got) out.push_back(inbound.message_id);
    return out;
  }
  std::mutex mutex;
  std::size_t away_from = 1000;
  int turned_away = 0;
  std::vector<net::Inbound> got;
  std::vector<std::string> told;
  bool was_inline = false;
};

std::string text(const std::string& id, const std::string& words = "help", const std::string& from = "+16195550101") {
  return R"({"type":"message-received","time":"2026-11-24T23:05:10Z","description":"Incoming message received","to":"55501",)"
         R"("message":{"id":")" + id + R"(","owner":"55501","applicationId":")" + kApplication +
         R"(","time":"2026-11-24T23:05:10Z","segmentCount":1,"direction":"in","to":["55501"],"from":")" + from + R"(","text":")" + words +
         R"("}})";
}
std::string receipt(const std::string& id, const std::string& type, const std::string& more = "") {
  return R"({"type":")" + type + R"(","time":"2026-11-24T23:05:10Z","description":"x","to":"+16195550101",)" + more +
         R"("message":{"id":")" + id + R"(","owner":"55501","applicationId":")" + kApplication +
         R"(","direction":"out","to":["+16195550101"],"from":"55501","text":"","tag":"entry"}})";
}
std::string authorization(const std::string& user = "bandwidth", const std::string& password = kPassword) {
  return "Authorization: Basic " + net::base64(user + ":" + password) + "\r\n";
}

class BandwidthWebhook : public testing::Test {
 protected:
  void serve(BandwidthConfig config = standard()) {
    auto router = std::make_shared<net::Router>();
    add_routes(*router, "main", config, listener, metrics.channel("main"), [this](net::Receipt receipt) {
      const std::lock_guard lock(listener.mutex);
      receipts.push_back(std::move(receipt));
    });
    served.emplace(router);
    client.emplace(served->port);
  }
  static BandwidthConfig standard() {
    BandwidthConfig config;
    config.callback_user = "bandwidth";
    config.callback_password = kPassword;
    config.account_id = "5500001";
    config.application_id = kApplication;
    return config;
  }
  std::string ask(const std::string& bytes) {
    client->send(bytes);
    return client->response();
  }
  std::string callback(const std::string& body, const std::string& target = "/sms/main") {
    return ask(post(target, body, kJson + authorization()));
  }
  std::string count(const std::string& reason) {
    const std::string all = metrics.text(), label = "reason=\"" + reason + "\"} ";
    const auto at = all.find(label);
    return at == std::string::npos ? "none" : all.substr(at + label.size(), all.find('\n', at) - at - label.size());
  }

  net::Metrics metrics;
  Listener listener;
  std::vector<net::Receipt> receipts;
  std::optional<Served> served;
  std::optional<Client> client;
};

TEST_F(BandwidthWebhook, a_text_with_our_credentials_reaches_the_conversations_as_it_was_written) {
  serve();
  const std::string response = callback("[" + text("m1", " S\\u00ed ") + "]");
  EXPECT_EQ(status_of(response), 200);
  EXPECT_EQ(body_of(response), "");
  ASSERT_EQ(listener.got.size(), 1u);
  const net::Inbound& inbound = listener.got[0];
  EXPECT_EQ(inbound.channel, "main");
  EXPECT_EQ(inbound.service, "55501");
  EXPECT_EQ(inbound.address.reveal(), "+16195550101");
  EXPECT_EQ(inbound.text.reveal(), " S\xC3\xAD ");
  EXPECT_EQ(inbound.message_id, "m1");
  EXPECT_FALSE(inbound.media);
  EXPECT_FALSE(listener.was_inline);
}

TEST_F(BandwidthWebhook, the_first_call_without_credentials_is_asked_for_them_and_is_no_refusal) {
  serve();
  const std::string response = ask(post("/sms/main", "[" + text("m1", "canary") + "]", kJson));
  EXPECT_EQ(status_of(response), 401);
  EXPECT_THAT(response, HasSubstr("\r\nWWW-Authenticate: Basic realm=\"northstar\", charset=\"UTF-8\"\r\n"));
  EXPECT_THAT(response, Not(HasSubstr("canary")));
  EXPECT_THAT(listener.ids(), ElementsAre());
  EXPECT_EQ(count("signature"), "0") << "every text begins so";
  EXPECT_EQ(status_of(callback("[" + text("m1") + "]")), 200) << "on the same connection";
  EXPECT_THAT(listener.ids(), ElementsAre("m1"));
}

TEST_F(BandwidthWebhook, wrong_credentials_are_asked_again_and_nothing_gets_in) {
  serve();
  const std::string body = "[" + text("m1") + "]";
  int refused = 0;
  for (const std::string& headers :
       {authorization("bandwidth", "pa"), authorization("Bandwidth"), authorization("bandwidth", ""), authorization() + authorization(),
        std::string("Authorization: Bearer x\r\n"), std::string("Authorization: Basic !\r\n"), std::string("Authorization: \r\n")}) {
    const std::string response = ask(post("/sms/main", body, kJson + headers));
    EXPECT_EQ(status_of(response), 401) << headers;
    EXPECT_THAT(response, HasSubstr("\r\nWWW-Authenticate: Basic realm=")) << headers;
    ++refused;
  }
  EXPECT_EQ(count("signature"), std::to_string(refused));
  EXPECT_EQ(status_of(ask(post("/sms/main/status", body, kJson + authorization("bandwidth", "pa")))), 401);
  EXPECT_THAT(listener.ids(), ElementsAre());
}

TEST_F(BandwidthWebhook, without_a_password_of_ours_everything_is_refused) {
  BandwidthConfig config = standard();
  config.callback_password.clear();
  serve(config);
  for (const std::string& headers : {authorization("bandwidth", ""), std::string(), authorization()}) {
    const std::string response = ask(post("/sms/main", "[" + text("m1") + "]", kJson + headers));
    EXPECT_EQ(status_of(response), 403);
    EXPECT_THAT(response, Not(HasSubstr("WWW-Authenticate")));
  }
  EXPECT_THAT(listener.ids(), ElementsAre());
  EXPECT_EQ(count("no_credential"), "3");
}

TEST_F(BandwidthWebhook, credentials_come_before_reading_and_other_content_is_refused_without_echo) {
  serve();
  EXPECT_EQ(status_of(ask(post("/sms/main", "not json", kJson))), 401);
  EXPECT_EQ(status_of(ask(post("/sms/main", "canary", "Content-Type: text/plain\r\n" + authorization()))), 415);
  EXPECT_EQ(status_of(ask(post("/sms/main", "canary", authorization()))), 415);
  EXPECT_EQ(count("content_type"), "2");
  EXPECT_EQ(status_of(callback("{\"canary\":1}")), 400);
  EXPECT_THAT(callback("[canary"), Not(HasSubstr("canary")));
  EXPECT_EQ(count("malformed"), "2");
  EXPECT_EQ(status_of(ask("GET /sms/main HTTP/1.1\r\nHost: a\r\n\r\n")), 405);
  EXPECT_EQ(status_of(callback("[]")), 200) << "nothing asked, nothing owed";
  EXPECT_THAT(listener.ids(), ElementsAre());
}

TEST_F(BandwidthWebhook, all_texts_of_an_array_are_handed_over_in_order_before_the_answer) {
  serve();
  EXPECT_EQ(status_of(callback("[" + text("m1", "one") + "," + receipt("o1", "message-delivered") + "," +
                               text("m2", "two") + "," + text("m3") + "]")),
            200);
  EXPECT_THAT(listener.ids(), ElementsAre("m1", "m2", "m3"));
  EXPECT_EQ(receipts.size(), 1u);
  callback("[]");  // its answer comes after the first one's telling
  const std::lock_guard lock(listener.mutex);
  EXPECT_THAT(listener.told, ElementsAre("m1", "m2", "m3"));
}

TEST_F(BandwidthWebhook, a_bad_element_beside_good_ones_is_left_behind_and_alone_it_is_refused) {
  serve();
  EXPECT_EQ(status_of(callback("[" + text("m1") + ",{\"type\":\"message-received\"}," + text("m2") + "]")), 200);
  EXPECT_EQ(status_of(callback("[7," + text("m3") + "]")), 200) << "whichever comes first";
  EXPECT_EQ(status_of(callback("[7," + receipt("o1", "message-delivered") + "]")), 200);
  EXPECT_THAT(listener.ids(), ElementsAre("m1", "m2", "m3"));
  EXPECT_EQ(status_of(callback("[{\"type\":\"message-received\"}]")), 400);
  EXPECT_EQ(status_of(callback("[7,{\"type\":\"message-of-tomorrow\"}]")), 400);
  EXPECT_EQ(count("malformed"), "5");
}

// R90: Bandwidth posts the array again; what was taken is known by its id, and what was not keeps its place.
TEST_F(BandwidthWebhook, when_the_store_goes_away_within_an_array_the_whole_array_is_asked_for_again) {
  serve();
  listener.away_from = 1;
  const std::string response =
      callback("[" + text("m1") + "," + text("m2") + "," + text("m3") + "," + receipt("o1", "message-delivered") + "]");
  EXPECT_EQ(status_of(response), 503);
  EXPECT_THAT(response, HasSubstr("\r\nRetry-After: "));
  EXPECT_THAT(listener.ids(), ElementsAre("m1"));
  EXPECT_EQ(listener.turned_away, 1) << "m3 must not overtake m2";
  EXPECT_TRUE(receipts.empty());
  EXPECT_EQ(count("away"), "1");
}

TEST_F(BandwidthWebhook, events_of_another_application_are_refused_so_that_they_come_again_once_it_is_mended) {
  BandwidthConfig config = standard();
  config.application_id = "another";
  serve(config);
  EXPECT_EQ(status_of(callback("[" + text("m1") + "]")), 403);
  EXPECT_EQ(status_of(callback("[" + receipt("o1", "message-delivered") + "]")), 403);
  EXPECT_EQ(count("signature"), "2");
  EXPECT_THAT(listener.ids(), ElementsAre());
  EXPECT_TRUE(receipts.empty());
}

TEST_F(BandwidthWebhook, both_routes_take_texts_and_receipts) {
  serve();
  EXPECT_EQ(status_of(callback("[" + text("m1") + "]", "/sms/main/status")), 200);
  EXPECT_EQ(status_of(callback("[" + receipt("o1", "message-failed", R"("errorCode":4770,)") + "]", "/sms/main/status")), 200);
  EXPECT_EQ(status_of(callback("[" + receipt("o2", "message-delivered") + "]")), 200);
  EXPECT_THAT(listener.ids(), ElementsAre("m1"));
  ASSERT_EQ(receipts.size(), 2u);
  EXPECT_EQ(receipts[0].channel, "main");
  EXPECT_EQ(receipts[0].message_id, "o1");
  EXPECT_EQ(receipts[0].status, net::Receipt::Status::undelivered);
  EXPECT_EQ(receipts[0].error_code, "4770");
  EXPECT_TRUE(receipts[0].filtered);
  EXPECT_EQ(receipts[1].status, net::Receipt::Status::delivered);
}

TEST_F(BandwidthWebhook, receipts_that_are_switched_off_are_acknowledged_all_the_same) {
  BandwidthConfig config = standard();
  config.receipts = false;
  serve(config);
  EXPECT_EQ(status_of(callback("[" + receipt("o1", "message-delivered") + "]")), 200) << "or they would come for 24 hours";
  EXPECT_TRUE(receipts.empty());
}

TEST_F(BandwidthWebhook, names_short_codes_and_our_own_texts_are_never_answered) {
  serve();
  for (const char* from : {"MYBANK", "22000", "AMZN 2FA"}) EXPECT_EQ(status_of(callback("[" + text("m1", "x", from) + "]")), 200) << from;
  std::string own = text("m2");
  own.replace(own.find(R"("direction":"in")"), 16, R"("direction":"out")");
  EXPECT_EQ(status_of(callback("[" + own + "]")), 200);
  EXPECT_THAT(listener.ids(), ElementsAre());
}

// R43
TEST_F(BandwidthWebhook, media_is_named_and_never_fetched_and_the_configured_short_code_is_the_service) {
  BandwidthConfig config = standard();
  config.service = "55599";
  serve(config);
  std::string picture = text("m1");
  picture.replace(picture.find(R"("text":)"), 7, R"("media":["https://messaging.bandwidth.com/api/v2/users/1/media/bw.png"],"text":)");
  EXPECT_EQ(status_of(callback("[" + picture + "]")), 200);
  ASSERT_EQ(listener.got.size(), 1u);
  EXPECT_TRUE(listener.got[0].media);
  EXPECT_EQ(listener.got[0].service, "55599");
}

/// A real peer that calls first without credentials and then with them, as Bandwidth does.
std::string curl(std::uint16_t port, const std::string& arguments, const std::string& user) {
  std::string folder = testing::TempDir() + "northstar-bandwidth-XXXXXX";
  if (!::mkdtemp(folder.data())) return "no folder for the body";
  std::ofstream(folder + "/body") << "[" << text("m1") << "," << text("m2") << "]";
  std::ofstream(folder + "/user") << "user = \"" << user << "\"\n";
  const std::string command = "curl -sv --max-time 20 --noproxy '*' -K '" + folder + "/user' " + arguments +
                              " -H 'Content-Type: application/json; charset=utf-8' --data-binary '@" + folder + "/body' http://127.0.0.1:" +
                              std::to_string(port) + "/sms/main 2>&1";
  std::string out;
  FILE* pipe = ::popen(command.c_str(), "r");
  char bytes[4096];
  while (const std::size_t n = pipe ? std::fread(bytes, 1, sizeof bytes, pipe) : 0) out.append(bytes, n);
  EXPECT_TRUE(pipe && ::pclose(pipe) == 0) << "curl is needed: " << out;
  std::filesystem::remove_all(folder);
  return out;
}

TEST_F(BandwidthWebhook, a_caller_that_shows_its_credentials_only_when_asked_gets_its_texts_in_once) {
  serve();
  const std::string seen = curl(served->port, "--anyauth", std::string("bandwidth:") + kPassword);
  const auto asked = seen.find("< HTTP/1.1 401"), taken = seen.find("< HTTP/1.1 200");
  EXPECT_NE(asked, std::string::npos) << seen;
  EXPECT_NE(taken, std::string::npos) << seen;
  EXPECT_LT(asked, taken) << seen;
  const auto shown = seen.find("> Authorization: Basic ");
  EXPECT_GT(shown, asked) << "the first call had none\n" << seen;
  EXPECT_THAT(listener.ids(), ElementsAre("m1", "m2"));
}

TEST_F(BandwidthWebhook, a_caller_with_a_wrong_password_is_turned_away_both_times) {
  serve();
  const std::string seen = curl(served->port, "--anyauth", "bandwidth:pa");
  EXPECT_THAT(seen, HasSubstr("> Authorization: Basic "));
  EXPECT_THAT(seen, Not(HasSubstr("HTTP/1.1 200")));
  EXPECT_THAT(listener.ids(), ElementsAre());
}

}  // namespace
}  // namespace northstar::bandwidth
