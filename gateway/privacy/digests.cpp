#include "gateway/privacy/digests.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <cstring>

#include "gateway/privacy/base64url.h"

namespace northstar::privacy {

namespace {

Hmac purpose_key(std::string_view secret, std::string_view purpose) {
  Digest32 key = hkdf(secret, "northstar digests 1", {purpose});
  const Hmac mac({reinterpret_cast<const char*>(key.data()), key.size()});
  OPENSSL_cleanse(key.data(), key.size());
  return mac;
}

std::array<std::uint8_t, 16> half(const Digest32& digest) {
  std::array<std::uint8_t, 16> out;
  std::copy_n(digest.begin(), out.size(), out.begin());
  return out;
}

// The length goes first, so that ("77", "1") and ("7", "71") are two different things.
std::array<std::uint8_t, 16> of(const Hmac& mac, std::string_view scope, std::string_view name) {
  const auto size = static_cast<std::uint32_t>(scope.size());
  char length[4];
  for (int i = 0; i < 4; ++i) length[i] = static_cast<char>(size >> 8 * i & 255);
  return half(mac.of({{length, 4}, scope, name}));
}

}  // namespace

std::string ContactId::key() const { return base64url(bytes.data(), bytes.size()); }

Digests::Digests(std::string_view secret)
    : contact_(purpose_key(secret, "contact")),
      opt_out_(purpose_key(secret, "opt-out")),
      message_(purpose_key(secret, "message id")),
      safe_word_(purpose_key(secret, "safe word")) {}

ContactId Digests::contact(std::string_view service, const PhoneNumber& address) const {
  return ContactId{of(contact_, service, address.reveal())};
}

std::string Digests::opt_out(std::string_view service, const PhoneNumber& address) const {
  const auto digest = of(opt_out_, service, address.reveal());
  return base64url(digest.data(), digest.size());
}

std::string Digests::message(std::string_view service, std::string_view provider_message_id) const {
  const auto digest = of(message_, service, provider_message_id);
  return base64url(digest.data(), digest.size());
}

std::array<std::uint8_t, 16> Digests::safe_word(const ContactId& contact, std::string_view normalised) const {
  return of(safe_word_, {reinterpret_cast<const char*>(contact.bytes.data()), contact.bytes.size()}, normalised);
}

}  // namespace northstar::privacy
