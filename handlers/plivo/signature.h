#pragma once
#include <array>
#include <string>
#include <string_view>

namespace northstar::plivo {

/// Plivo's V2 scheme, which its messages have (V3 is for calls): base64 of HMAC-SHA256, keyed with the auth token, over
/// the webhook's address without a query, and the nonce right behind it. It covers no body.
///
/// The address is the configured one, never what a `Host` header claims. Both the form with the usual port and the one
/// without count.
class Signature {
 public:
  /// An empty token makes a verifier that accepts nothing.
  Signature(std::string token, std::string_view url);

  /// Takes any bytes; compares in constant time.
  bool matches(std::string_view nonce, std::string_view given) const;

 private:
  std::string token_;
  std::array<std::string, 2> urls_;
};

/// Up to 128 letters, digits and `-_.=+:`. A slash is no part of one: nothing stands between address and nonce, so a
/// receipt's signature (".../status" and "7") would else open the text's door ("..." and "/status7").
bool is_nonce(std::string_view nonce);

}  // namespace northstar::plivo
