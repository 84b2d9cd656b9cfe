#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/base/sensitive.h"
#include "gateway/privacy/hmac.h"

namespace northstar::privacy {

/// A keyed digest that stands for a contact. It identifies (numbers can be enumerated), so it is classed as
/// identifying: never exported, never logged, never in statistics (R76).
struct ContactId {
  std::array<std::uint8_t, 16> bytes{};
  friend bool operator==(const ContactId&, const ContactId&) = default;
  /// 0..255: the partition, hence the Redis slot.
  std::uint8_t partition() const { return bytes[0]; }
  /// 22 characters of base64url, for keys.
  std::string key() const;
};
static_assert(!Printable<ContactId>);

/// Digests by purpose from the second secret, which has nothing to do with the sealing keys. Each purpose has a key of
/// its own, so that an opt-out cannot be matched with a session by whoever has only Redis.
class Digests {
 public:
  /// `secret`: at least 32 random bytes.
  explicit Digests(std::string_view secret);

  /// `service` is the short code or "chat", never the aggregator.
  ContactId contact(std::string_view service, const PhoneNumber& address) const;
  std::string opt_out(std::string_view service, const PhoneNumber& address) const;   ///< 22 characters
  std::string message(std::string_view service, std::string_view provider_message_id) const;  ///< 22 characters
  std::array<std::uint8_t, 16> safe_word(const ContactId& contact, std::string_view normalised) const;

 private:
  Hmac contact_, opt_out_, message_, safe_word_;
};

}  // namespace northstar::privacy
