#include "handlers/plivo/signature.h"

#include <algorithm>
#include <utility>

#include "gateway/net/http_client.h"
#include "handlers/sms/twilio_signature.h"
#include "handlers/sms/vendor.h"

namespace northstar::plivo {
namespace {

constexpr std::size_t kNonceMost = 128;  // Plivo's have about twenty digits

}  // namespace

bool is_nonce(std::string_view nonce) {
  return !nonce.empty() && nonce.size() <= kNonceMost && std::ranges::all_of(nonce, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("-_.=+:").find(c) != std::string_view::npos;
  });
}

Signature::Signature(std::string token, std::string_view url) : token_(std::move(token)), urls_(sms::with_and_without_port(url)) {}

bool Signature::matches(std::string_view nonce, std::string_view given) const {
  if (token_.empty() || !is_nonce(nonce)) return false;
  bool right = false;
  for (const std::string& url : urls_) {
    const bool same = sms::same_secret(net::base64(sms::hmac_sha256(token_, url + std::string(nonce))), given);
    right = right || same;
  }
  return right;
}

}  // namespace northstar::plivo
