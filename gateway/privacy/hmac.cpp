// The block functions are marked deprecated in favour of EVP, which costs three times as much for messages this short.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "gateway/privacy/hmac.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <cstring>

namespace northstar::privacy {

namespace {

constexpr std::size_t kBlock = 64;

std::string_view view(const Digest32& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }

}  // namespace

Hmac::Hmac(std::string_view key) {
  static_assert(sizeof(SHA256_CTX) == kState);
  std::array<std::uint8_t, kBlock> block{};
  if (key.size() > kBlock) {
    SHA256(reinterpret_cast<const unsigned char*>(key.data()), key.size(), block.data());
  } else if (!key.empty()) {
    std::memcpy(block.data(), key.data(), key.size());
  }
  SHA256_CTX context;
  const auto absorb = [&](std::uint8_t pad, std::array<std::uint8_t, kState>& state) {
    std::array<std::uint8_t, kBlock> padded;
    for (std::size_t i = 0; i < kBlock; ++i) padded[i] = block[i] ^ pad;
    SHA256_Init(&context);
    SHA256_Update(&context, padded.data(), padded.size());
    std::memcpy(state.data(), &context, sizeof context);
    OPENSSL_cleanse(padded.data(), padded.size());
  };
  absorb(0x36, inner_);
  absorb(0x5c, outer_);
  OPENSSL_cleanse(&context, sizeof context);
  OPENSSL_cleanse(block.data(), block.size());
}

Hmac::~Hmac() {
  OPENSSL_cleanse(inner_.data(), inner_.size());
  OPENSSL_cleanse(outer_.data(), outer_.size());
}

Digest32 Hmac::of(std::initializer_list<std::string_view> parts, std::string_view last) const {
  SHA256_CTX context;
  Digest32 digest;
  std::memcpy(&context, inner_.data(), sizeof context);
  for (const std::string_view part : parts) SHA256_Update(&context, part.data(), part.size());
  SHA256_Update(&context, last.data(), last.size());
  SHA256_Final(digest.data(), &context);
  std::memcpy(&context, outer_.data(), sizeof context);
  SHA256_Update(&context, digest.data(), digest.size());
  SHA256_Final(digest.data(), &context);
  return digest;
}

Digest32 hkdf_expand(std::string_view random_key, std::initializer_list<std::string_view> info) {
  static constexpr char kFirstBlock = 1;
  return Hmac(random_key).of(info, {&kFirstBlock, 1});
}

Digest32 hkdf(std::string_view secret, std::string_view salt, std::initializer_list<std::string_view> info) {
  Digest32 extracted = Hmac(salt).of({secret});
  const Digest32 out = hkdf_expand(view(extracted), info);
  OPENSSL_cleanse(extracted.data(), extracted.size());
  return out;
}

}  // namespace northstar::privacy
