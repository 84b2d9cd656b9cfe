#include "gateway/net/server.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>

#include <atomic>

#include "loopback.h"

namespace northstar::net {
namespace {

using namespace test;
using testing::HasSubstr;
using testing::Not;

class Echo {
 public:
  explicit Echo(boost::asio::io_context* io = nullptr) : io_(io) {}
  boost::asio::awaitable<Response> echo(const Request& request) {
    ++calls;
    Response response = plain(200, "");
    response.body = std::string(request.method) + "|" + std::string(request.target) + "|" + std::string(request.body);
    response.written = [this] { ++written; };
    co_return response;
  }
  boost::asio::awaitable<Response> slow(const Request& request) {
    boost::asio::steady_timer timer(*io_, 300ms);
    co_await timer.async_wait(boost::asio::use_awaitable);
    co_return co_await echo(request);
  }
  boost::asio::awaitable<Response> broken(const Request&) {
    throw std::runtime_error("private words");
    co_return Response{};
  }
  std::atomic<int> calls{0}, written{0};

 private:
  boost::asio::io_context* io_;
};

std::shared_ptr<Router> routes(Echo& echo) {
  auto router = std::make_shared<Router>();
  router->add("POST", "/echo", [&echo](const Request& request) { return echo.echo(request); });
  router->add("GET", "/echo", [&echo](const Request& request) { return echo.echo(request); });
  router->add("POST", "/only-post", [&echo](const Request& request) { return echo.echo(request); });
  router->add("POST", "/broken", [&echo](const Request& request) { return echo.broken(request); });
  return router;
}

TEST(Server, answers_many_requests_on_one_connection_and_hands_over_exact_bytes) {
  Echo echo;
  Served served(routes(echo));
  Client client(served.port);
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(client.send(post("/echo?a=%41+b&&c", "x=%zz&\xff")));
    const std::string response = client.response();
    ASSERT_EQ(status_of(response), 200);
    EXPECT_EQ(body_of(response), "POST|/echo?a=%41+b&&c|x=%zz&\xff");
  }
  served.loop.run([] {});  // the last answer is read here before the server's thread has gone on
  EXPECT_EQ(echo.written, 50);
}

TEST(Server, pipelined_requests_are_answered_in_order_and_each_once) {
  Echo echo;
  Served served(routes(echo));
  Client client(served.port);
  std::string all;
  for (int i = 0; i < 40; ++i) all += post("/echo?" + std::to_string(i), std::string(static_cast<std::size_t>(i), 'b'));
  ASSERT_TRUE(client.send(all));
  for (int i = 0; i < 40; ++i)
    EXPECT_EQ(body_of(client.response()), "POST|/echo?" + std::to_string(i) + "|" + std::string(static_cast<std::size_t>(i), 'b'));
  EXPECT_EQ(echo.calls, 40);
}

TEST(Server, a_request_may_arrive_byte_by_byte) {
  Echo echo;
  Served served(routes(echo));
  Client client(served.port);
  for (const char c : post("/echo", "hello")) ASSERT_TRUE(client.send({&c, 1}));
  EXPECT_EQ(body_of(client.response()), "POST|/echo|hello");
}

TEST(Server, chunked_bodies_are_joined_and_their_trailers_are_no_headers) {
  Echo echo;
  Served served(routes(echo));
  Client client(served.port);
  ASSERT_TRUE(client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                          "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nX-Late: 1\r\n\r\n"));
  EXPECT_EQ(body_of(client.response()), "POST|/echo|abcdefg");
}

TEST(Server, a_chunked_body_may_be_cut_anywhere) {
  Echo echo;
  Served served(routes(echo));
  const std::string head = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", body = "2\r\nab\r\n0\r\nX: y\r\n\r\n";
  for (std::size_t cut = 0; cut < body.size(); ++cut) {
    Client client(served.port);
    client.send(head + body.substr(0, cut));
    for (const char c : body.substr(cut)) {
      served.loop.run([] {});  // the server reads what it has before the next byte comes
      client.send({&c, 1});
    }
    EXPECT_EQ(body_of(client.response()), "POST|/echo|ab") << cut;
  }
}

struct Row {
  const char* name;
  std::string bytes;
  int status;
};
class Refused : public testing::TestWithParam<Row> {};

// Two readers of the same bytes must never see two different requests (RFC 9112 section 11.2).
TEST_P(Refused, with_a_plain_sentence_and_an_ended_connection) {
  Echo echo;
  Served served(routes(echo));
  Client client(served.port);
  client.send(GetParam().bytes);
  client.finish_sending();
  const auto rest = client.rest();
  EXPECT_FALSE(rest.still_open);
  EXPECT_EQ(status_of(rest.bytes), GetParam().status) << rest.bytes;
  EXPECT_EQ(rest.bytes.find("HTTP/1.1", 8), std::string::npos) << "a second answer: " << rest.bytes;
  EXPECT_EQ(echo.calls, 0) << "a handler saw it";
  EXPECT_THAT(rest.bytes, Not(HasSubstr("canary")));
}

constexpr const char* kHost = "Host: a.example\r\n";
std::string with(std::string_view headers, std::string_view body = {}) {
  std::string out = "POST /echo?canary HTTP/1.1\r\n";
  out.append(kHost).append(headers).append("\r\n").append(body);
  return out;
}
const std::string kSecond = "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n";

INSTANTIATE_TEST_SUITE_P(
    Smuggling, Refused,
    testing::Values(
        Row{"length_and_coding", with("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + kSecond), 400},
        Row{"coding_and_length", with("Transfer-Encoding: chunked\r\nContent-Length: 6\r\n", "0\r\n\r\n" + kSecond), 400},
        Row{"two_lengths", with("Content-Length: 0\r\nContent-Length: 33\r\n", kSecond), 400},
        Row{"two_equal_lengths", with("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 400},
        Row{"list_of_lengths", with("Content-Length: 3, 3\r\n", "abc"), 400},
        Row{"signed_length", with("Content-Length: +3\r\n", "abc"), 400},
        Row{"negative_length", with("Content-Length: -3\r\n", "abc"), 400},
        Row{"hex_length", with("Content-Length: 0x3\r\n", "abc"), 400},
        Row{"empty_length", with("Content-Length: \r\n", "abc"), 400},
        Row{"huge_length", with("Content-Length: 99999999999999999999999\r\n", "abc"), 400},
        Row{"coding_with_more", with("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 400},
        Row{"coding_twice", with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
        Row{"coding_unknown", with("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 400},
        Row{"coding_in_1_0", "POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        Row{"blank_before_colon", with("Content-Length : 3\r\n", "abc"), 400},
        Row{"folded_line", with("X-Fold: a\r\n b\r\nContent-Length: 0\r\n"), 400},
        Row{"folded_coding", with("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"), 400},
        Row{"bare_line_feeds", "POST /echo HTTP/1.1\nHost: a\nContent-Length: 0\n\n", 400},
        Row{"bare_line_feed_in_header", "POST /echo HTTP/1.1\r\nHost: a\r\nX: a\nContent-Length: 3\r\n\r\nabc", 400},
        Row{"bare_return_in_header", with("X: a\rContent-Length: 3\r\nContent-Length: 0\r\n"), 400},
        Row{"zero_byte_in_header", with(std::string("X: a\0b\r\nContent-Length: 0\r\n", 26)), 400},
        Row{"bad_chunk_size", with("Transfer-Encoding: chunked\r\n", "zz\r\nabc\r\n0\r\n\r\n"), 400},
        Row{"huge_chunk_size", with("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\nabc\r\n0\r\n\r\n"), 400},
        Row{"length_in_trailer", with("Transfer-Encoding: chunked\r\n", "0\r\nContent-Length: 3\r\n\r\n"), 400}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Malformed, Refused,
    testing::Values(Row{"no_http", "canary canary\r\n\r\n", 400},
                    Row{"no_version", "GET /echo\r\n\r\n", 400},
                    Row{"version_2", "GET /echo HTTP/2.0\r\nHost: a\r\n\r\n", 400},
                    Row{"blank_in_target", "GET /echo canary HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                    Row{"no_host", "GET /echo HTTP/1.1\r\n\r\n", 400},
                    Row{"two_hosts", "GET /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
                    Row{"tls_on_a_plain_port", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15), 400},
                    Row{"expectation", with("Expect: canary\r\nContent-Length: 0\r\n"), 417},
                    Row{"large_body", with("Content-Length: 65537\r\n", std::string(65537, 'c')), 413},
                    Row{"large_body_announced", with("Content-Length: 9000000000\r\n"), 413},
                    Row{"large_chunks", with("Transfer-Encoding: chunked\r\n", "10001\r\n" + std::string(65537, 'c') + "\r\n0\r\n\r\n"), 413},
                    Row{"large_header", with("X: " + std::string(17000, 'c') + "\r\nContent-Length: 0\r\n"), 431},
                    Row{"endless_header", "GET /echo HTTP/1.1\r\nHost: a\r\nX: " + std::string(40000, 'c'), 431}),
    [](const auto& row) { return row.param.name; });

TEST(Server, a_body_of_exactly_the_limit_is_read) {
  Echo echo;
  Served served(routes(echo));
  Client client(served.port);
  ASSERT_TRUE(client.send(post("/echo", std::string(64 * 1024, 'x'))));
  EXPECT_EQ(status_of(client.response()), 200);
}

TEST(Server, unknown_paths_get_404_and_wrong_methods_405_with_what_is_allowed) {
  Echo echo;
  Served served(routes(echo));
  Client client(served.port);
  client.send("GET /canary HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string missing = client.response();
  EXPECT_EQ(status_of(missing), 404);
  EXPECT_THAT(missing, Not(HasSubstr("canary")));
  client.send("GET /only-post HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string wrong = client.response();
  EXPECT_EQ(status_of(wrong), 405);
  EXPECT_THAT(wrong, HasSubstr("\r\nAllow: POST\r\n"));
  client.send("DELETE /echo HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.response(), HasSubstr("\r\nAllow: POST, GET, HEAD\r\n"));
  client.send("GET /echo/ HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(status_of(client.response()), 404) << "paths are exact";
  client.send("HEAD /echo HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string head = client.response(true);
  EXPECT_EQ(status_of(head), 200);
  EXPECT_EQ(body_of(head), "");
  client.send("GET http://b.example/echo HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(status_of(client.response()), 200) << "the absolute form is understood";
}

TEST(Server, every_response_carries_the_headers_of_requirement_66_and_none_that_names_the_server) {
  Echo echo;
  Served served(routes(echo));
  for (const std::string& request :
       {post("/echo", "x"), std::string("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n"), std::string("nonsense\r\n\r\n"),
        std::string("GET /only-post HTTP/1.1\r\nHost: a\r\n\r\n"), post("/broken", "x"),
        std::string("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n")}) {
    Client client(served.port);
    client.send(request);
    const std::string response = client.response();
    for (const char* header :
         {"\r\nCache-Control: no-store\r\n", "\r\nX-Content-Type-Options: nosniff\r\n",
          "\r\nReferrer-Policy: no-referrer\r\n", "default-src 'none'", "frame-ancestors 'none'",
          "\r\nCross-Origin-Opener-Policy: same-origin\r\n", "\r\nPermissions-Policy: ",
          "\r\nStrict-Transport-Security: max-age=", "\r\nDate: "})
      EXPECT_THAT(response, HasSubstr(header)) << "to " << request.substr(0, 30);
    EXPECT_THAT(response, Not(HasSubstr("\r\nServer:")));
    EXPECT_THAT(response, Not(HasSubstr("unsafe-inline")));
  }
}

TEST(Server, a_handler_that_breaks_ends_one_request_and_nothing_it_said_gets_out) {
  Echo echo;
  Served served(routes(echo));
  Client client(served.port);
  client.send(post("/broken", "x"));
  const std::string response = client.response();
  EXPECT_EQ(status_of(response), 500);
  EXPECT_THAT(response, Not(HasSubstr("private words")));
  client.send(post("/echo", "x"));
  EXPECT_EQ(status_of(client.response()), 200);
}

TEST(Server, slow_clients_are_cut_off_in_header_body_and_between_requests) {
  Echo echo;
  Limits limits;
  limits.header_time = limits.body_time = limits.idle_time = 1s;
  Served served(routes(echo), limits);
  Client silent(served.port), header(served.port), body(served.port), drip(served.port), used(served.port);
  header.send("POST /echo HTTP/1.1\r\nHo");
  body.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");
  used.send(post("/echo", "x"));
  EXPECT_EQ(status_of(used.response()), 200);
  const auto start = std::chrono::steady_clock::now();
  bool cut = false;  // one byte at a time does not buy more time
  drip.send("POST /echo HTTP/1.1\r\n");
  while (!cut && std::chrono::steady_clock::now() - start < 6s) {
    cut = !drip.send("X") || !drip.rest(100ms).still_open;
  }
  EXPECT_TRUE(cut);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 4s);
  for (Client* client : {&silent, &header, &body, &used}) {
    const auto rest = client->rest(4s);
    EXPECT_FALSE(rest.still_open);
    EXPECT_EQ(rest.bytes, "");
  }
  EXPECT_EQ(echo.calls, 1);
}

TEST(Server, a_client_that_does_not_read_its_answers_is_cut_off) {
  Echo echo;
  Limits limits;
  limits.write_time = 1s;
  Served served(routes(echo), limits);
  Client client(served.port);
  const std::string large = post("/echo", std::string(60'000, 'x'));
  bool cut = false;
  std::thread sender([&] {
    for (int i = 0; i < 2000 && !cut; ++i) cut = !client.send(large);
  });
  sender.join();
  EXPECT_TRUE(cut) << "120 MB went into answers nobody read";
}

TEST(Server, a_full_listener_lets_the_longest_idle_go_and_turns_others_away_with_503) {
  Loop slow_loop;
  Echo echo(&slow_loop.io);
  auto router = routes(echo);
  Limits limits;
  limits.connections = 2;
  Served served(router, limits);
  Client first(served.port), second(served.port);
  first.send(post("/echo", "1"));
  EXPECT_EQ(status_of(first.response()), 200);
  second.send(post("/echo", "2"));
  EXPECT_EQ(status_of(second.response()), 200);
  Client third(served.port);
  third.send(post("/echo", "3"));
  EXPECT_EQ(status_of(third.response()), 200) << "an idle connection makes room";
  EXPECT_FALSE(first.rest(2s).still_open) << "the one idle longest";
  second.send("POST /echo HTTP/1.1\r\n");  // under way, as the next ones: nobody is idle
  third.send("POST /echo HTTP/1.1\r\n");
  std::this_thread::sleep_for(100ms);
  Client fourth(served.port);
  EXPECT_EQ(status_of(fourth.response()), 503);
}

TEST(Server, leave_to_send_the_body_is_given_once) {
  Echo echo;
  Served served(routes(echo));
  Client client(served.port);
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.response(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("body");
  EXPECT_EQ(body_of(client.response()), "POST|/echo|body");
}

TEST(Server, old_clients_get_what_they_can_read) {
  Echo echo;
  Served served(routes(echo));
  Client once(served.port), kept(served.port);
  once.send("GET /echo HTTP/1.0\r\n\r\n");
  const auto rest = once.rest(3s);
  EXPECT_FALSE(rest.still_open);
  EXPECT_EQ(status_of(rest.bytes), 200);
  EXPECT_THAT(rest.bytes, HasSubstr("\r\nConnection: close\r\n"));
  kept.send("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(kept.response(), HasSubstr("\r\nConnection: keep-alive\r\n"));
  kept.send("GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_FALSE(kept.rest(3s).still_open);
}

TEST(Server, shutting_down_lets_requests_under_way_finish_and_takes_no_new_ones) {
  Echo echo;
  auto router = std::make_shared<Router>();
  Served* here = nullptr;
  std::unique_ptr<Echo> slow;
  router->add("POST", "/slow", [&](const Request& request) { return slow->slow(request); });
  Served served(router);
  here = &served;
  slow = std::make_unique<Echo>(&here->loop.io);
  Client busy(served.port), idle(served.port);
  busy.send(post("/slow", "x"));
  std::this_thread::sleep_for(100ms);
  const auto start = std::chrono::steady_clock::now();
  served.loop.wait(served.server->shut_down(3s));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s) << "it ends when the last request has";
  const auto rest = busy.rest(3s);
  EXPECT_EQ(status_of(rest.bytes), 200);
  EXPECT_THAT(rest.bytes, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_FALSE(idle.rest(2s).still_open);
  EXPECT_THROW(Client{served.port}, std::runtime_error);
}

TEST(Server, two_on_one_port_share_it_and_a_taken_or_wrong_address_is_said_plainly) {
  Echo echo;
  Served one(routes(echo));
  Loop other;
  std::optional<Server> second;
  other.run([&] {
    second.emplace(other.io, routes(echo));
    EXPECT_TRUE(bool(second->listen("127.0.0.1", one.port)));
    Server third(other.io, routes(echo));
    const auto wrong = third.listen("not an address", 1);
    EXPECT_FALSE(bool(wrong));
    EXPECT_THAT(wrong.error().text, HasSubstr("cannot listen on not an address:1"));
  });
  for (int i = 0; i < 30; ++i) {
    Client client(one.port);
    client.send(post("/echo", "x"));
    EXPECT_EQ(status_of(client.response()), 200);
  }
  other.run([&] { second.reset(); });
}

TEST(Router, a_second_handler_for_one_address_is_a_broken_invariant) {
  Router router;
  router.add("GET", "/x", {});
  EXPECT_THROW(router.add("GET", "/x", {}), std::logic_error);
}

}  // namespace
}  // namespace northstar::net
