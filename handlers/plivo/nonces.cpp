#include "handlers/plivo/nonces.h"

#include <openssl/sha.h>

namespace northstar::plivo {

Nonces::Nonces(std::size_t most) : most_(most) {}

bool Nonces::may_carry(std::string_view nonce, std::string_view content) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(content.data()), content.size(), reinterpret_cast<unsigned char*>(digest.data()));
  const std::lock_guard lock(mutex_);
  const auto [at, added] = digests_.try_emplace(std::string(nonce), digest);
  if (!added) return at->second == digest;
  order_.push_back(at->first);
  if (order_.size() > most_) {
    digests_.erase(order_.front());
    order_.pop_front();
  }
  return true;
}

}  // namespace northstar::plivo
