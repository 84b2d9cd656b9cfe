#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <iostream>

#include "gateway/app/channel_report.h"
#include "gateway/app/commands/commands.h"
#include "gateway/net/http_client.h"

namespace northstar::app {
namespace {

constexpr std::chrono::seconds kPatience{3};

/// What the running gateway says; empty when none answers.
std::string asked(const Endpoint& operations) {
  boost::asio::io_context io;
  net::HttpClient client(io);
  std::string body;
  boost::asio::co_spawn(io, [&]() -> boost::asio::awaitable<void> {
    net::Call call;
    call.origin = {false, operations.host, operations.port};
    call.target = "/channels";
    const auto answer = co_await client.send(std::move(call), std::chrono::steady_clock::now() + kPatience);
    if (answer && answer->status == 200) body = answer->body;
  }, [&](std::exception_ptr) { io.stop(); });
  io.run();
  return body;
}

}  // namespace

int channels(const Start& start) {
  const auto config = start.load();
  if (!config) return print(config.error()), 1;
  const std::string body = asked(config->listen_operations);
  const auto page = channels_page(*config, body);
  if (!page) return std::cerr << page.error().text << '\n', 1;
  std::cout << *page;
  if (body.empty()) {
    std::cerr << "No gateway answers at " << config->listen_operations.host << ':' << config->listen_operations.port
              << ": this is what the settings say.\n";
    return 1;
  }
  return 0;
}

}  // namespace northstar::app
