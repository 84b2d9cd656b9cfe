// The phone's carrier on both of its sides, over real sockets: the channel's own webhook, and the channel's own sends.
#include "gateway/app/phone/carrier.h"

#include <gmock/gmock.h>

#include <condition_variable>
#include <mutex>

#include "gateway/net/metrics.h"
#include "handlers/sms/twilio.h"
#include "tests/unit/net/loopback.h"

namespace northstar::app {
namespace {

using namespace std::chrono_literals;
using net::test::Loop;
using net::test::Served;
using testing::ElementsAre;

constexpr std::string_view kToken = "0123456789abcdef0123456789abcdef";
constexpr std::string_view kUrl = "https://hooks.example.org/sms/main";

/// Answers with what came in, so that a test sees what the channel read.
class Mirror final : public net::Conversations {
 public:
  boost::asio::awaitable<net::Reply> receive(net::Inbound inbound, bool, store::Deadline) override {
    net::Reply reply;
    if (inbound.text.reveal() == "silence") co_return reply;
    reply.kind = net::Reply::Kind::text;
    reply.text = MessageText(inbound.address.reveal() + " to " + inbound.service + ": " + inbound.text.reveal());
    co_return reply;
  }
  boost::asio::awaitable<net::Reply> receive_part(net::InboundPart, bool, store::Deadline) override { co_return net::Reply{}; }
  void not_delivered(const net::Reply&) override {}
  void acknowledged(const net::Reply&) override {}
  void delivered(const net::Reply&) override {}
};

sms::TwilioConfig twilio() {
  sms::TwilioConfig config;
  config.public_url = kUrl;
  config.account_sid = "AC00000000000000000000000000000000";
  config.auth_token = kToken;
  config.receipts = false;
  return config;
}

/// A port that is free just now.
std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0) std::abort();
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) std::abort();
  ::close(fd);
  return ntohs(address.sin_port);
}

Carrier::Line line(std::uint16_t gateway, std::string token = std::string(kToken)) {
  return {"main", {"127.0.0.1", gateway}, {"127.0.0.1", gateway}, std::string(kUrl), twilio().account_sid,
          std::move(token), "55501", std::nullopt};
}

struct Gateway {
  Gateway() {
    sms::add_routes(*router, "main", twilio(), mirror, metrics.channel("main"));
    served.emplace(router);
  }
  Mirror mirror;
  net::Metrics metrics;
  std::shared_ptr<net::Router> router = std::make_shared<net::Router>();
  std::optional<Served> served;
};

TEST(Carrier, carries_a_text_to_the_channels_webhook_and_its_reply_back) {
  Gateway gateway;
  Carrier carrier(line(gateway.served->port), {});
  ASSERT_TRUE(carrier.open());
  const auto replies = carrier.deliver(PhoneNumber("+15595550142"), MessageText("¿está ahí? <a> & \"b\" + 100%\n¡sí!"));
  ASSERT_TRUE(replies) << replies.error().text;
  EXPECT_THAT(*replies, ElementsAre("+15595550142 to 55501: ¿está ahí? <a> & \"b\" + 100%\n¡sí!"));
  const auto silence = carrier.deliver(PhoneNumber("+15595550142"), MessageText("silence"));
  ASSERT_TRUE(silence) << silence.error().text;
  EXPECT_THAT(*silence, testing::IsEmpty());
}

TEST(Carrier, says_in_words_why_a_text_did_not_arrive) {
  Gateway gateway;
  Carrier stranger(line(gateway.served->port, "another token"), {});
  ASSERT_TRUE(stranger.open());
  const auto refused = stranger.deliver(PhoneNumber("+15595550142"), MessageText("hi"));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text, testing::HasSubstr("refuses our signature"));

  Carrier lost(line(free_port()), {});
  ASSERT_TRUE(lost.open());
  const auto nobody = lost.deliver(PhoneNumber("+15595550142"), MessageText("hi"));
  ASSERT_FALSE(nobody);
  EXPECT_THAT(nobody.error().text, testing::HasSubstr("is the gateway running?"));
}

TEST(Carrier, takes_what_the_channel_sends_later_and_knows_that_it_went_out) {
  const std::uint16_t api = free_port();
  std::mutex mutex;
  std::vector<std::string> arrived;
  Carrier::Line at = line(1);
  at.api = Endpoint{"127.0.0.1", api};
  Carrier carrier(at, [&](const PhoneNumber& to, const MessageText& text) {
    const std::lock_guard lock(mutex);
    arrived.push_back(to.reveal() + ": " + text.reveal());
  });
  ASSERT_TRUE(carrier.open());

  Loop loop;
  net::Metrics metrics;
  std::optional<net::HttpClient> client(std::in_place, loop.io);
  sms::TwilioConfig config = twilio();
  config.api.origin = {false, "127.0.0.1", api};
  const auto channel = sms::make_channel("main", config, *client, metrics.channel("main"));
  const net::Outbound outbound{"entry", "55501", PhoneNumber("+15595550142"), MessageText("Una persona está aquí. 1 Sí"),
                               Instant(std::chrono::floor<Millis>(std::chrono::system_clock::now()))};
  const auto deadline = [] { return std::chrono::steady_clock::now() + 5s; };
  EXPECT_EQ(loop.wait(channel->send(outbound, deadline())).delivery, net::Delivery::accepted);
  {
    const std::lock_guard lock(mutex);
    EXPECT_THAT(arrived, ElementsAre("+15595550142: Una persona está aquí. 1 Sí"));
  }
  EXPECT_EQ(loop.wait(channel->went_out(outbound, deadline())), std::optional(true));
  const net::Outbound other{"entry", "55501", PhoneNumber("+15595550143"), MessageText("x"), outbound.made};
  EXPECT_EQ(loop.wait(channel->went_out(other, deadline())), std::optional(false));

  sms::TwilioConfig wrong = config;
  wrong.auth_token = "another token";
  const auto stranger = sms::make_channel("main", wrong, *client, metrics.channel("main"));
  EXPECT_EQ(loop.wait(stranger->send(outbound, deadline())).delivery, net::Delivery::misconfigured);
  loop.run([&] { client.reset(); });
}

}  // namespace
}  // namespace northstar::app
