#pragma once
#include <string>
#include <string_view>

namespace northstar::net {

/// Who a text is from. Only a phone is ever answered: a reply to a company's name or to another short code reaches
/// a machine, and two machines can talk for ever.
struct Sender {
  enum class Kind { phone, short_code, name } kind = Kind::name;
  std::string number;  ///< E.164 for a phone, else empty
};

/// Numbers already in E.164 cost a look; others go through libphonenumber (about 8 us) as if dialled in `region`.
Sender read_sender(std::string_view from, const std::string& region = "US");

/// The service written to: a short code stays as it is, a full number becomes E.164.
std::string read_service(std::string_view to, const std::string& region = "US");

/// A plus sign and 8 to 15 digits, the first not zero (ITU-T E.164).
bool is_e164(std::string_view number);

/// For vendors that write numbers without a plus: a phone's gets one, a short code (8 digits at most) and a name stay.
std::string with_plus(std::string_view number);
std::string_view without_plus(std::string_view number);

}  // namespace northstar::net
