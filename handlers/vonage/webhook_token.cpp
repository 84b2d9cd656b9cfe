#include "handlers/vonage/webhook_token.h"

#include <openssl/sha.h>

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>

#include "handlers/sms/json_keys.h"
#include "handlers/sms/vendor.h"
#include "handlers/vonage/base64url.h"

namespace northstar::vonage {
namespace {

namespace json = boost::json;

constexpr std::size_t kTokenMost = 4096;  // Vonage's have about 500 characters

std::optional<json::object> read_part(std::string_view part) {
  const auto bytes = from_base64url(part);
  if (!bytes || !sms::keys_once(*bytes)) return std::nullopt;
  return sms::read_object(*bytes);
}

/// Whole seconds; nothing when it is anything else. What is there twice was refused before.
std::optional<std::int64_t> seconds_at(const json::object& claims, std::string_view key) {
  const json::value* value = claims.if_contains(json::string_view(key.data(), key.size()));
  if (!value) return std::nullopt;
  if (value->is_int64()) return value->get_int64();
  return std::nullopt;
}

std::string sha256_hex(std::string_view bytes) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest);
  return sms::hex({reinterpret_cast<const char*>(digest), sizeof digest});
}

bool timely(const json::object& claims, std::int64_t now) {
  constexpr std::int64_t kAway = kWindow.count();
  const auto issued = seconds_at(claims, "iat");
  if (!issued || *issued < now - kAway || *issued > now + kAway) return false;
  if (claims.if_contains("exp")) {
    const auto until = seconds_at(claims, "exp");
    if (!until || *until <= now) return false;
  }
  if (claims.if_contains("nbf")) {
    const auto from = seconds_at(claims, "nbf");
    if (!from || *from > now + kAway) return false;
  }
  return true;
}

}  // namespace

Verdict judge(std::string_view token, std::string_view body, const Account& account, std::chrono::sys_seconds now) {
  if (account.signature_secret.empty() || account.api_key.empty()) return Verdict::signature;
  if (token.empty() || token.size() > kTokenMost) return Verdict::unreadable;
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) return Verdict::unreadable;

  const auto header = read_part(token.substr(0, first));
  const auto given = from_base64url(token.substr(second + 1));
  if (!header || !given) return Verdict::unreadable;
  // RFC 7515 4.1.11: what `crit` names must be understood, and we understand none.
  if (sms::string_at(*header, "alg") != "HS256" || header->if_contains("crit")) return Verdict::algorithm;
  if (!sms::same_secret(*given, sms::hmac_sha256(account.signature_secret, token.substr(0, second)))) return Verdict::signature;

  const auto claims = read_part(token.substr(first + 1, second - first - 1));
  if (!claims) return Verdict::unreadable;
  if (sms::string_at(*claims, "iss") != "Vonage") return Verdict::claims;
  if (!timely(*claims, now.time_since_epoch().count())) return Verdict::stale;
  if (!sms::same_secret(sms::string_at(*claims, "api_key"), account.api_key)) return Verdict::other_account;
  if (!account.application_id.empty() && !sms::same_secret(sms::string_at(*claims, "application_id"), account.application_id))
    return Verdict::other_account;
  if (!sms::same_secret(sms::string_at(*claims, "payload_hash"), sha256_hex(body))) return Verdict::other_body;
  return Verdict::genuine;
}

}  // namespace northstar::vonage
