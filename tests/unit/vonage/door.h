#pragma once
#include <gmock/gmock.h>

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "handlers/vonage/vonage.h"
#include "tests/unit/net/listener.h"
#include "tests/unit/net/loopback.h"

/// A Vonage channel's receiving face on a real socket, and what stands behind it.
namespace northstar::vonage::test {

using net::test::Listener;

class Door : public testing::Test {
 protected:
  static constexpr const char* kSecret = "the-signature-secret";

  void serve(const VonageConfig& config) {
    auto router = std::make_shared<net::Router>();
    add_routes(*router, "main", config, listener, metrics.channel("main"), [this](net::Receipt receipt) {
      const std::lock_guard lock(listener.mutex);
      receipts.push_back(std::move(receipt));
    });
    served.emplace(router);
    client.emplace(served->port);
  }
  static VonageConfig standard() {
    VonageConfig config;
    config.public_url = "https://hooks.example.org/sms/main";
    config.api_key = "a1b2c3d4";
    config.api_secret = "api-secret";
    config.signature_secret = kSecret;
    return config;
  }
  std::string ask(const std::string& bytes) {
    client->send(bytes);
    return client->response();
  }

  net::Metrics metrics;
  Listener listener;
  std::vector<net::Receipt> receipts;
  std::optional<net::test::Served> served;
  std::optional<net::test::Client> client;
};

}  // namespace northstar::vonage::test
