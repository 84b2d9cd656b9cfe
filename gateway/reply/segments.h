#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace northstar::reply {

/// How a text is sent over the air: 3GPP TS 23.038 alphabets, 23.040 concatenation.
struct Encoding {
  bool ucs2 = false;         ///< false: GSM 7-bit default alphabet
  std::size_t segments = 0;  ///< parts; an empty text is one
  std::size_t units = 0;     ///< septets (an extension character counts two) or UTF-16 units
};

/// Counts without cutting an escape pair or a surrogate pair at the end of a part (23.038 6.2.1.1), so that a part
/// may hold 152 or 66 units where 153 or 67 fit.
Encoding encode_sms(std::string_view utf8);

/// The same cut, as texts: no part ends inside an escape pair, a surrogate pair or, where it can be helped,
/// a grapheme cluster.
std::vector<std::string> cut_sms(std::string_view utf8);

/// The first character outside the GSM 7-bit alphabet, as UTF-8: the one that makes the text UCS-2. Empty if none.
std::string_view first_beyond_gsm(std::string_view utf8);

}  // namespace northstar::reply
