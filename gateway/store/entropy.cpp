#include "gateway/store/entropy.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <cstring>
#include <exception>

#include "gateway/privacy/base64url.h"

namespace northstar::store {
namespace {

struct Block {
  std::array<std::uint8_t, 2048> bytes;
  std::size_t used = sizeof(bytes);
  ~Block() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
};

}  // namespace

void random_bytes(std::uint8_t* out, std::size_t count) {
  thread_local Block block;
  if (count > block.bytes.size() / 2) {
    if (RAND_bytes(out, static_cast<int>(count)) != 1) std::terminate();
    return;
  }
  if (block.used + count > block.bytes.size()) {
    if (RAND_bytes(block.bytes.data(), static_cast<int>(block.bytes.size())) != 1) std::terminate();
    block.used = 0;
  }
  std::memcpy(out, block.bytes.data() + block.used, count);
  OPENSSL_cleanse(block.bytes.data() + block.used, count);  // used once, then gone
  block.used += count;
}

std::uint64_t random_number() {
  std::uint64_t out = 0;
  random_bytes(reinterpret_cast<std::uint8_t*>(&out), sizeof out);
  return out;
}

std::string random_id() {
  const auto bytes = random_array<16>();
  return privacy::base64url(bytes.data(), bytes.size());
}

}  // namespace northstar::store
