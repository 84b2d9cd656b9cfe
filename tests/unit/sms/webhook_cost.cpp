// The webhook's own cost: server, signature, form and TwiML, with conversations that answer at once.
// Run it, load it with wrk, and divide its CPU time by the requests. `webhook_cost PORT TOKEN URL`
#include <sys/resource.h>

#include <boost/asio/signal_set.hpp>
#include <cstdio>

#include "gateway/net/server.h"
#include "handlers/sms/twilio.h"

namespace {

using namespace northstar;

class AtOnce final : public net::Conversations {
 public:
  boost::asio::awaitable<net::Reply> receive(net::Inbound, bool, store::Deadline) override {
    co_return net::Reply{net::Reply::Kind::text, text_, 3, "AAAAAAAAAAAAAAAAAAAAAA"};
  }
  boost::asio::awaitable<net::Reply> receive_part(net::InboundPart, bool, store::Deadline) override { co_return net::Reply{}; }
  void not_delivered(const net::Reply&) override {}
  void acknowledged(const net::Reply&) override {}
  void delivered(const net::Reply&) override { ++answered; }
  std::uint64_t answered = 0;

 private:
  MessageText text_{"Hi. Is it safe to text right now? Reply 1 for yes, 2 for no. Reply STOP to end."};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  boost::asio::io_context io{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
  net::Metrics metrics;
  AtOnce conversations;
  sms::TwilioConfig config;
  config.auth_token = argv[2];
  config.public_url = argv[3];
  auto router = std::make_shared<net::Router>();
  sms::add_routes(*router, "main", config, conversations, metrics.channel("main"));
  net::Server server(io, router);
  if (const auto listening = server.listen("127.0.0.1", static_cast<std::uint16_t>(std::atoi(argv[1]))); !listening) {
    std::fprintf(stderr, "%s\n", listening.error().text.c_str());
    return 1;
  }
  boost::asio::signal_set signals(io, SIGTERM, SIGINT);
  signals.async_wait([&](auto, int) { io.stop(); });
  io.run();
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const double cpu = double(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 + double(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
  std::printf("%llu answered, %.2f us of CPU each, %ld KiB at most\n", static_cast<unsigned long long>(conversations.answered),
              cpu / double(conversations.answered ? conversations.answered : 1), used.ru_maxrss);
}
