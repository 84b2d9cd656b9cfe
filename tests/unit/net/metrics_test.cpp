#include <gmock/gmock.h>

#include "gateway/net/metrics.h"
#include "handlers/operations/operations.h"
#include "loopback.h"

namespace northstar::operations {
namespace {

using namespace net::test;
using testing::HasSubstr;
using testing::Not;

class OperationsTest : public testing::Test {
 protected:
  std::shared_ptr<net::Router> routes(bool demo) {
    Hooks hooks;
    hooks.metrics = metrics;
    hooks.channels = [] { return std::string("[]"); };
    hooks.not_ready = [this]() -> boost::asio::awaitable<std::optional<std::string>> { return why_not(); };
    if (demo) hooks.clock_ahead = [this](std::chrono::seconds by) { return ahead_by(by); };
    auto router = std::make_shared<net::Router>();
    add_routes(*router, std::move(hooks));
    return router;
  }
  boost::asio::awaitable<std::optional<std::string>> why_not() { co_return reason; }
  boost::asio::awaitable<Result<void>> ahead_by(std::chrono::seconds by) {
    ahead += by;
    co_return Result<void>();
  }
  std::shared_ptr<net::Metrics> metrics = std::make_shared<net::Metrics>();
  std::optional<std::string> reason;
  std::chrono::seconds ahead{0};
};

std::string get(Client& client, const std::string& path) {
  client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
  return client.response();
}

TEST_F(OperationsTest, readiness_says_why_not_and_health_does_not_depend_on_it) {
  reason = "The store is away.";
  Served served(routes(false));
  Client client(served.port);
  EXPECT_EQ(status_of(get(client, "/healthz")), 200);
  const std::string away = get(client, "/readyz");
  EXPECT_EQ(status_of(away), 503);
  EXPECT_THAT(away, HasSubstr("The store is away."));
  served.loop.run([this] { reason.reset(); });
  EXPECT_EQ(status_of(get(client, "/readyz")), 200);
}

TEST_F(OperationsTest, metrics_count_by_channel_and_outcome) {
  const auto main = metrics->channel("main");
  main.received->Increment(3);
  main.count(net::Refusal::signature);
  main.count(net::Delivery::opted_out);
  main.answer_seconds->Observe(0.003);
  Served served(routes(false));
  Client client(served.port);
  const std::string page = get(client, "/metrics");
  EXPECT_THAT(page, HasSubstr("Content-Type: text/plain; version=0.0.4"));
  EXPECT_THAT(page, HasSubstr("northstar_texts_received_total{channel=\"main\"} 3"));
  EXPECT_THAT(page, HasSubstr("northstar_requests_refused_total{channel=\"main\",reason=\"signature\"} 1"));
  EXPECT_THAT(page, HasSubstr("northstar_sends_total{channel=\"main\",outcome=\"opted_out\"} 1"));
  EXPECT_THAT(page, HasSubstr("northstar_answer_seconds_bucket{channel=\"main\",le=\"0.005\"} 1"));
}

TEST_F(OperationsTest, the_clock_moves_only_in_a_demo_and_only_by_a_number_of_seconds) {
  {
    Served served(routes(false));
    Client client(served.port);
    client.send(post("/clock/ahead", "60"));
    EXPECT_EQ(status_of(client.response()), 403);
  }
  Served served(routes(true));
  Client client(served.port);
  client.send(post("/clock/ahead", "960\n"));
  EXPECT_EQ(status_of(client.response()), 200);
  for (const char* wrong : {"", "-5", "0", "1.5", "16m", "99999999999999999999"}) {
    client.send(post("/clock/ahead", wrong));
    EXPECT_EQ(status_of(client.response()), 400) << wrong;
  }
  EXPECT_EQ(ahead, std::chrono::seconds(960));
}

}  // namespace
}  // namespace northstar::operations
