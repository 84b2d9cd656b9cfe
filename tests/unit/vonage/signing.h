#pragma once
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

#include "handlers/vonage/base64url.h"

/// Vonage's side of a signature, made here by hand.
namespace northstar::vonage::test {

inline std::string digits(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    out += two;
  }
  return out;
}
inline std::string sha256(std::string_view text) {
  unsigned char digest[32];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return digits({reinterpret_cast<const char*>(digest), 32});
}
inline std::string hmac(const EVP_MD* function, std::string_view key, std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(function, key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size);
  return {reinterpret_cast<const char*>(digest), size};
}
inline std::string hs256(std::string_view header, std::string_view claims, std::string_view secret) {
  const std::string text = to_base64url(header) + "." + to_base64url(claims);
  return text + "." + to_base64url(hmac(EVP_sha256(), secret, text));
}
inline constexpr std::string_view kHeader = R"({"alg":"HS256","typ":"JWT"})";

inline long long seconds_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

struct Key {
  std::shared_ptr<EVP_PKEY> key{EVP_RSA_gen(2048), EVP_PKEY_free};
  std::string pem(bool its_public_half = false) const {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
    if (its_public_half) PEM_write_bio_PUBKEY(bio.get(), key.get());
    else PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &bytes);
    return {bytes, static_cast<std::size_t>(size)};
  }
};
inline const Key& rsa() {
  static const Key kKey;  // once, because it takes a while
  return kKey;
}

}  // namespace northstar::vonage::test
