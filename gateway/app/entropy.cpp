#include "gateway/app/entropy.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <cstring>
#include <exception>

namespace northstar::app {
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
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const auto bytes = random_array<22>();
  std::string out(22, ' ');
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = kAlphabet[bytes[i] & 63];
  return out;
}

}  // namespace northstar::app
