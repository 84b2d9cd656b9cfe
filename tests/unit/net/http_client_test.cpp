#include "gateway/net/http_client.h"

#include <gmock/gmock.h>

#include "loopback.h"
#include "stand_in.h"

namespace northstar::net {
namespace {

using namespace test;
using testing::HasSubstr;

class HttpClientTest : public testing::Test {
 protected:
  ~HttpClientTest() override {
    loop.run([this] { client.reset(); });
  }
  Result<Answer, NoAnswer> send(const std::string& address, std::string body = "x", std::chrono::milliseconds patience = 3s) {
    const auto url = parse_url(address);
    if (!url) throw std::runtime_error(url.error().text);
    Call call;
    call.origin = url->origin;
    call.method = "POST";
    call.target = url->target;
    call.body = std::move(body);
    call.content_type = "text/plain";
    return loop.wait(client->send(std::move(call), std::chrono::steady_clock::now() + patience));
  }
  Loop loop;
  std::unique_ptr<HttpClient> client = std::make_unique<HttpClient>(loop.io);
};

TEST_F(HttpClientTest, connections_are_kept_and_used_again) {
  StandIn vendor([](const auto&) { return StandIn::Answer{201, "made"}; });
  for (int i = 0; i < 10; ++i) {
    const auto answer = send(vendor.base() + "/a?b=c");
    ASSERT_TRUE(bool(answer)) << answer.error().text;
    EXPECT_EQ(answer->status, 201);
    EXPECT_EQ(answer->body, "made");
  }
  EXPECT_EQ(vendor.connections, 1);
  EXPECT_THAT(vendor.seen().front().head, HasSubstr("POST /a?b=c HTTP/1.1\r\n"));
  EXPECT_THAT(vendor.seen().front().head, HasSubstr("Host: 127.0.0.1:" + std::to_string(vendor.port)));
}

TEST_F(HttpClientTest, a_connection_that_the_far_end_has_left_is_not_used_for_a_text) {
  StandIn vendor([](const auto&) { return StandIn::Answer{.body = "ok", .close = true}; });
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(bool(send(vendor.base())));
    std::this_thread::sleep_for(50ms);
  }
  EXPECT_EQ(vendor.connections, 5);
  EXPECT_EQ(vendor.seen().size(), 5u) << "nothing was sent twice";
}

TEST_F(HttpClientTest, nobody_listening_means_not_sent) {
  std::uint16_t port = 0;
  {
    StandIn gone([](const auto&) { return StandIn::Answer{}; });
    port = gone.port;
  }
  const auto answer = send("http://127.0.0.1:" + std::to_string(port));
  ASSERT_FALSE(bool(answer));
  EXPECT_EQ(answer.error().kind, NoAnswer::Kind::not_sent);
}

TEST_F(HttpClientTest, a_request_that_was_out_and_not_answered_is_of_unknown_outcome) {
  for (const auto& answer : {StandIn::Answer{.hang = true}, StandIn::Answer{.drop = true},
                             StandIn::Answer{.raw = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"},
                             StandIn::Answer{.raw = "this is no HTTP\r\n\r\n"}}) {
    StandIn vendor([answer](const auto&) { return answer; });
    const auto start = std::chrono::steady_clock::now();
    const auto got = send(vendor.base(), "x", 500ms);
    ASSERT_FALSE(bool(got));
    EXPECT_EQ(got.error().kind, NoAnswer::Kind::unanswered) << got.error().text;
    EXPECT_LT(std::chrono::steady_clock::now() - start, 2s) << "the deadline ends every wait";
    EXPECT_EQ(vendor.seen().size(), 1u);
  }
}

TEST_F(HttpClientTest, an_answer_without_end_is_cut_off_at_a_mebibyte) {
  StandIn vendor([](const auto&) { return StandIn::Answer{.body = std::string(1024 * 1024 + 1, 'x')}; });
  const auto answer = send(vendor.base());
  ASSERT_FALSE(bool(answer));
  EXPECT_EQ(answer.error().kind, NoAnswer::Kind::unanswered);
  EXPECT_THAT(answer.error().text, HasSubstr("too large"));
}

TEST_F(HttpClientTest, a_name_that_does_not_exist_is_not_sent_within_the_deadline) {
  const auto answer = send("https://nowhere.invalid", "x", 2s);
  ASSERT_FALSE(bool(answer));
  EXPECT_EQ(answer.error().kind, NoAnswer::Kind::not_sent);
}

TEST_F(HttpClientTest, a_peer_that_speaks_no_tls_never_sees_the_request) {
  StandIn vendor([](const auto&) { return StandIn::Answer{}; });
  const auto answer = send("https://127.0.0.1:" + std::to_string(vendor.port), "secret words", 500ms);
  ASSERT_FALSE(bool(answer));
  EXPECT_EQ(answer.error().kind, NoAnswer::Kind::not_sent);
  EXPECT_TRUE(vendor.seen().empty());
}

TEST(Url, plain_http_is_for_this_machine_only_unless_the_network_is_trusted) {
  for (const char* good : {"https://api.example.org", "http://127.0.0.1:8080/x?y=z", "http://localhost:1", "http://[::1]:1/"})
    EXPECT_TRUE(bool(parse_url(good))) << good;
  for (const char* bad : {"http://api.example.org", "http://10.0.0.1", "http://127.0.0.1.example.org", "ftp://a", "api.example.org",
                          "https://", "https://u:p@a.example", "https://a.example/#x", "https://a.example:0", ""})
    EXPECT_FALSE(bool(parse_url(bad))) << bad;
  const auto trusted = parse_url("http://10.0.0.1:9000/send", true);
  ASSERT_TRUE(bool(trusted));
  EXPECT_EQ(trusted->origin, (Origin{false, "10.0.0.1", 9000}));
  EXPECT_EQ(trusted->target, "/send");
}

}  // namespace
}  // namespace northstar::net
