#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace northstar::vonage {

/// RFC 7515, appendix C: base64url without padding.
std::string to_base64url(std::string_view bytes);
/// Strictly: no padding, no other character, no length that cannot be, and no bit set behind the last byte, so that one
/// token has one spelling.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace northstar::vonage
