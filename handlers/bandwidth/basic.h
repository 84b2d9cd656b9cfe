#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "gateway/net/http.h"

namespace northstar::bandwidth {

struct Credentials {
  std::string user, password;
  friend bool operator==(const Credentials&, const Credentials&) = default;
};

/// What follows the word `Basic` (RFC 7617): canonical base64 of RFC 4648 section 4, split at the first colon, for a
/// password may hold colons and bytes beyond ASCII.
///   dXNlcjpwYTpzcw==   -> user, pa:ss
///   dXNlcjpwYTpzcw     -> nothing: the padding is missing
///   dXNlcg==           -> nothing: no colon
std::optional<Credentials> read_basic(std::string_view encoded);

enum class Admission {
  asked,    ///< no credentials yet: the first of the two calls
  refused,  ///< others, unreadable ones, another scheme, or two headers that may disagree
  granted,
};
/// Compares both halves in constant time, whether or not the first one is right. `ours` must have a password.
Admission admission(const net::Request& request, const Credentials& ours);

}  // namespace northstar::bandwidth
