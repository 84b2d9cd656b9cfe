#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "handlers/sms/user_data_header.h"

/// From what smsbox hands over to words: charsets, and the user data header (3GPP TS 23.040, 9.2.3.24).
namespace northstar::kannel {

enum class Charset {
  utf8,      ///< Kannel's own way for 7-bit texts, and for all with `mo-recode`
  utf16,     ///< coding 2 as it came, big end first
  latin,     ///< ISO-8859-1 or WINDOWS-1252: where a service has an `alt-charset`
  binary,    ///< coding 1: no words
};
/// From %C and %c, either of which may be empty; nothing for a charset that we cannot read.
std::optional<Charset> charset_of(std::string_view charset, std::string_view coding);

/// UTF-8, always well formed: what has no character becomes U+FFFD, for half a text is better than none.
std::string to_utf8(std::string_view octets, Charset charset);

/// What a header says. One that does not fit itself says nothing, and its text is kept.
sms::UserDataHeader read_header(std::string_view udh);

}  // namespace northstar::kannel
