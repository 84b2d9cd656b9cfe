#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/smpp/pdu.h"

/// From octets on the wire to a text and back: data codings (SMPP 3.4, 5.2.19), the user data header (3GPP TS 23.040,
/// 9.2.3.24) and concatenation.
namespace northstar::smpp {

/// What an operator means by data_coding 0, "SMSC default alphabet".
enum class Alphabet : std::uint8_t { gsm, gsm_packed, latin1, ascii, utf8, ucs2 };
std::optional<Alphabet> alphabet_from(std::string_view name);

/// How a message's octets are written. Nothing for what is no text: binary, pictures, unknown codings.
std::optional<Alphabet> alphabet_of(std::uint8_t data_coding, Alphabet standard);

/// UTF-8, always well formed: an octet without a character, half a surrogate pair and an odd last octet become U+FFFD.
std::string to_utf8(std::string_view octets, Alphabet alphabet);

/// A text that came in parts: octets are joined first and decoded after, as far as they are written alike, so that a
/// character may lie across two parts.
struct CodedOctets {
  Alphabet alphabet = Alphabet::utf8;
  std::string octets;
};
std::string joined(const std::vector<CodedOctets>& parts);

/// Where a part belongs (a concatenation element, or the sar_* TLVs). `wide` tells an 8-bit reference from a 16-bit one:
/// they are different references.
struct Part {
  std::uint16_t reference = 0;
  bool wide = false;
  std::uint8_t total = 1, number = 1;
};

/// A message's user data: what its header says, and its octets without it.
struct UserData {
  std::optional<Part> part;
  std::string_view octets;
  bool port_addressed = false;   ///< for an application on the phone (a ring tone, a contact card): no text
};

/// Reads the header where esm_class says there is one, the TLVs where not. A header that does not fit its message is
/// taken for text, part numbers that cannot be (0, or above the total) are ignored: the text is kept (9.2.3.24.1).
UserData user_data(const Message& message);

/// One message on its way out, whole or in parts.
struct Piece {
  std::string octets;            ///< with its user data header, if any
  std::uint8_t data_coding = 0;
  bool has_header = false;       ///< then esm_class carries 0x40
};

/// The text as pieces that the SMSC can carry: in its default alphabet where every character has a place in it (GSM 7-bit
/// or Latin-1; cut as in reply/segments.h), else in UCS-2. `reference` joins the pieces.
std::vector<Piece> to_pieces(std::string_view utf8, Alphabet standard, std::uint8_t reference);

}  // namespace northstar::smpp
