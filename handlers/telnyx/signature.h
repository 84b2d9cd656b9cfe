#pragma once
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

struct evp_pkey_st;

namespace northstar::telnyx {

using PublicKey = std::array<unsigned char, 32>;

/// Base64 in its one right form, of 32 bytes that can be a key. A point of small order (all zeros is one) is none: under
/// it anybody can sign anything.
std::optional<PublicKey> read_public_key(std::string_view base64);

/// Telnyx's `telnyx-signature-ed25519`: base64 of an Ed25519 signature over `<telnyx-timestamp>|<raw body>`. The address
/// is not covered.
class TelnyxSignature {
 public:
  static constexpr std::chrono::seconds kWindow{300};  ///< either way, as the vendor's own libraries have it

  /// What is no public key makes a verifier that accepts nothing.
  explicit TelnyxSignature(std::string_view public_key);

  bool configured() const { return key_ != nullptr; }
  /// Takes any bytes. One text has one signature: other spellings of its base64 and other forms of its numbers are
  /// refused (RFC 8032 section 5.1.7).
  bool matches(std::string_view timestamp, std::string_view body, std::string_view given, std::chrono::sys_seconds now) const;

 private:
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace northstar::telnyx
