#pragma once
#include <openssl/evp.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/net/http_client.h"

namespace northstar::telnyx::test {

/// An account's key pair, made from one byte.
class Key {
 public:
  explicit Key(unsigned char seed) {
    std::array<unsigned char, 32> bytes;
    bytes.fill(seed);
    key_ = {EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes.data(), bytes.size()), EVP_PKEY_free};
  }
  std::string public_key() const {
    std::string bytes(32, '\0');
    std::size_t size = bytes.size();
    EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(bytes.data()), &size);
    return net::base64(bytes);
  }
  std::string raw_signature(std::string_view message) const {
    std::string bytes(64, '\0');
    std::size_t size = bytes.size();
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get());
    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(bytes.data()), &size,
                   reinterpret_cast<const unsigned char*>(message.data()), message.size());
    return bytes;
  }
  std::string sign(std::string_view timestamp, std::string_view body) const {
    return net::base64(raw_signature(std::string(timestamp) + "|" + std::string(body)));
  }

 private:
  std::shared_ptr<EVP_PKEY> key_;
};

inline std::string seconds_from_now(int seconds) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return std::to_string(now.time_since_epoch().count() + seconds);
}

}  // namespace northstar::telnyx::test
