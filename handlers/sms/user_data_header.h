#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace northstar::sms {

/// What a text's user data header says (3GPP TS 23.040, 9.2.3.24): where a part belongs, and whether it is for an
/// application on the phone.
struct UserDataHeader {
  std::uint16_t reference = 0;
  bool wide = false;             ///< 16-bit references are others than 8-bit ones
  int number = 1, total = 1;     ///< 1 <= number <= total
  bool port_addressed = false;   ///< a ring tone, a contact card, a picture message: no words
};

/// Walks the elements, behind the octet that says how long they are. Part numbers that cannot be (0, or above the total) are
/// ignored, and so is what is cut off: that is no reason to lose the words.
UserDataHeader read_elements(std::string_view elements);

/// What joins the parts of one text beside sender and recipient (net::InboundPart::set).
std::string part_set(bool wide, unsigned reference, int total);

}  // namespace northstar::sms
