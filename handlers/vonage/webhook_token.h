#pragma once
#include <chrono>
#include <string>
#include <string_view>

namespace northstar::vonage {

inline constexpr std::chrono::seconds kWindow{300};  ///< how far a signature's time may be from ours, either way

/// Whose webhooks are ours.
struct Account {
  std::string signature_secret;
  std::string api_key;
  std::string application_id;  ///< empty: any application of the account
};

enum class Verdict {
  genuine,
  unreadable,     ///< no token, or not three parts of strict base64url with JSON in them
  algorithm,      ///< signed in another way than HS256, or not at all
  signature,
  claims,         ///< rightly signed, and not issued by Vonage for a webhook
  stale,          ///< its time is too far from ours, or it has expired
  other_account,  ///< for another API key or application
  other_body,     ///< for another body than the one it came with
};

/// Judges a webhook's JSON Web Token (RFC 7519) and the raw body that it came with. Takes any bytes.
///
/// The algorithm is ours, never the token's: HS256 and nothing else. Vonage's own libraries check the signature and
/// leave the rest to whoever calls them; here a token counts only for this body, this account, and about now.
Verdict judge(std::string_view token, std::string_view body, const Account& account, std::chrono::sys_seconds now);

}  // namespace northstar::vonage
