#pragma once
#include <openssl/sha.h>

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "handlers/sms/form.h"

namespace northstar::sms {

/// Twilio's `X-Twilio-Signature`: base64 of HMAC-SHA1, keyed with the auth token, over the public URL with the query
/// exactly as sent, and the decoded parameters by name, repeated values sorted and once each.
///
/// The URL is the configured one, never what a `Host` header claims. Twilio signs some requests with the port and
/// some without, so both count. The key's pads and the URL are hashed once, at construction.
class TwilioSignature {
 public:
  /// An empty token makes a verifier that accepts nothing.
  TwilioSignature(std::string_view token, std::string_view public_url);
  ~TwilioSignature();

  struct Query {
    bool present = false;
    std::string_view bytes;  ///< after the '?', exactly as sent
  };
  /// `fields` as after `Form::sort()`. Takes any bytes; compares in constant time.
  bool matches(Query query, std::span<const Field> fields, std::string_view given) const;
  /// A JSON body: signed only by its hash in the query's `bodySHA256`.
  bool matches_body(Query query, std::string_view body, std::string_view given) const;

 private:
  bool matches_one(const SHA_CTX& start, std::string_view message, std::string_view given) const;
  std::array<SHA_CTX, 2> starts_{};  ///< after the inner pad and the URL: without the usual port, and with it
  SHA_CTX outer_{};
  bool configured_ = false;
};

/// `https://a.example/x` and `https://a.example:443/x`, whichever was configured. A port of one's own stays in the
/// first too, and leaves the second as the form without it.
std::array<std::string, 2> with_and_without_port(std::string_view url);

}  // namespace northstar::sms
