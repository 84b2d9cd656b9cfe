#include "handlers/smpp/text.h"

#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>

#include "gateway/reply/segments.h"
#include "handlers/sms/user_data_header.h"

namespace northstar::smpp {
namespace {

constexpr char32_t kUnknown = 0xFFFD;
constexpr std::uint8_t kEscape = 0x1B;

// 3GPP TS 23.038, 6.2.1: the default alphabet, by septet. 0x1B leads to the extension table.
constexpr std::array<char32_t, 128> kGsm = [] {
  std::array<char32_t, 128> table{};
  constexpr char32_t kAll[] =
      U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001BÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
      U"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
  static_assert(sizeof kAll / sizeof kAll[0] == 129);
  for (std::size_t i = 0; i < 128; ++i) table[i] = kAll[i];
  return table;
}();

struct Extension {
  std::uint8_t septet;
  char32_t character;
};
constexpr std::array<Extension, 10> kExtensions{{{0x0A, U'\f'}, {0x14, U'^'}, {0x28, U'{'}, {0x29, U'}'}, {0x2F, U'\\'},
                                                 {0x3C, U'['}, {0x3D, U'~'}, {0x3E, U']'}, {0x40, U'|'}, {0x65, U'€'}}};

void append(std::string& out, char32_t c) {
  char bytes[U8_MAX_LENGTH];
  std::int32_t size = 0;
  U8_APPEND_UNSAFE(bytes, size, c);
  out.append(bytes, static_cast<std::size_t>(size));
}

/// One character, moving past it; U+FFFD for what is not UTF-8.
char32_t next(std::string_view utf8, std::int32_t& at) {
  UChar32 c = 0;
  U8_NEXT_OR_FFFD(utf8.data(), at, static_cast<std::int32_t>(utf8.size()), c);
  return static_cast<char32_t>(c);
}

std::int32_t length_of(std::string_view text) { return static_cast<std::int32_t>(text.size()); }

std::string from_gsm(std::string_view septets) {
  std::string out;
  out.reserve(septets.size() + 8);
  for (std::size_t i = 0; i < septets.size(); ++i) {
    const auto septet = static_cast<std::uint8_t>(septets[i]);
    if (septet >= 128) {
      append(out, kUnknown);
    } else if (septet != kEscape) {
      append(out, kGsm[septet]);
    } else if (i + 1 < septets.size()) {
      // 6.2.1.1: a code without an entry in the extension table shows the character of the main table.
      const auto code = static_cast<std::uint8_t>(septets[++i]);
      const auto* found = std::ranges::find(kExtensions, code, &Extension::septet);
      append(out, found != kExtensions.end() ? found->character : code == kEscape ? U' ' : code < 128 ? kGsm[code] : kUnknown);
    }
  }
  return out;
}

/// Septets packed eight to seven octets (6.1.2.1.1). Seven spare bits at the end look like an "@" that nobody wrote.
std::string unpacked(std::string_view octets) {
  std::string septets;
  septets.reserve(octets.size() * 8 / 7 + 1);
  unsigned bits = 0, have = 0;
  for (const char c : octets) {
    bits |= static_cast<unsigned>(static_cast<std::uint8_t>(c)) << have;
    have += 8;
    while (have >= 7) {
      septets.push_back(static_cast<char>(bits & 127));
      bits >>= 7;
      have -= 7;
    }
  }
  if (octets.size() % 7 == 0 && !septets.empty() && (septets.back() == 0 || septets.back() == '\r')) septets.pop_back();
  return septets;
}

std::string from_utf16(std::string_view octets) {
  std::u16string units;
  for (std::size_t i = octets.starts_with("\xFE\xFF") ? 2 : 0; i < octets.size(); i += 2) {
    const auto octet = [&](std::size_t at) { return static_cast<unsigned>(static_cast<std::uint8_t>(octets[at])); };
    units.push_back(i + 1 < octets.size() ? static_cast<char16_t>(octet(i) << 8 | octet(i + 1)) : static_cast<char16_t>(kUnknown));
  }
  std::string out;
  const auto size = static_cast<std::int32_t>(units.size());
  for (std::int32_t at = 0; at < size;) {
    UChar32 c = 0;
    U16_NEXT_OR_FFFD(units.data(), at, size, c);
    append(out, static_cast<char32_t>(c));
  }
  return out;
}

std::string from_single(std::string_view octets, std::uint8_t most) {
  std::string out;
  out.reserve(octets.size() + 8);
  for (const char c : octets) append(out, static_cast<std::uint8_t>(c) <= most ? static_cast<std::uint8_t>(c) : kUnknown);
  return out;
}

std::string mended(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size());
  for (std::int32_t at = 0; at < length_of(utf8);) append(out, next(utf8, at));
  return out;
}

std::string to_gsm(std::string_view utf8) {
  std::string out;
  for (std::int32_t at = 0; at < length_of(utf8);) {
    const char32_t c = next(utf8, at);
    if (const auto found = std::ranges::find(kExtensions, c, &Extension::character); found != kExtensions.end()) {
      out.push_back(static_cast<char>(kEscape));
      out.push_back(static_cast<char>(found->septet));
    } else {
      const auto plain = std::ranges::find(kGsm, c);
      out.push_back(plain != kGsm.end() && c != kEscape ? static_cast<char>(plain - kGsm.begin()) : '?');
    }
  }
  return out;
}

std::string to_utf16(std::string_view utf8) {
  std::string out;
  for (std::int32_t at = 0; at < length_of(utf8);) {
    const char32_t c = next(utf8, at);
    char16_t units[2];
    std::size_t count = 0;
    U16_APPEND_UNSAFE(units, count, c);
    for (std::size_t i = 0; i < count; ++i) {
      out.push_back(static_cast<char>(units[i] >> 8));
      out.push_back(static_cast<char>(units[i] & 255));
    }
  }
  return out;
}

std::string to_latin1(std::string_view utf8) {
  std::string out;
  for (std::int32_t at = 0; at < length_of(utf8);) out.push_back(static_cast<char>(next(utf8, at)));
  return out;
}

/// Parts of at most 66 units, so that a 16-bit reference would fit too; never within a surrogate pair. Only for texts
/// of the GSM alphabet, whose characters all are one cluster and one unit.
std::vector<std::string> cut_for_ucs2(std::string_view utf8) {
  constexpr std::size_t kAlone = 70, kOfMany = 66;
  std::vector<std::string> parts(1);
  std::size_t units = 0;
  for (std::int32_t at = 0; at < length_of(utf8);) {
    if (units > 0 && units % kOfMany == 0) parts.emplace_back();
    append(parts.back(), next(utf8, at));
    ++units;
  }
  return units <= kAlone ? std::vector<std::string>{std::string(utf8)} : parts;
}

bool fits_single(std::string_view utf8, char32_t most) {
  for (std::int32_t at = 0; at < length_of(utf8);)
    if (next(utf8, at) > most) return false;
  return true;
}

}  // namespace

std::optional<Alphabet> alphabet_from(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, Alphabet>, 6> kNames{{{"gsm", Alphabet::gsm},
                                                                         {"gsm-packed", Alphabet::gsm_packed},
                                                                         {"latin1", Alphabet::latin1},
                                                                         {"ascii", Alphabet::ascii},
                                                                         {"utf8", Alphabet::utf8},
                                                                         {"ucs2", Alphabet::ucs2}}};
  for (const auto& [known, alphabet] : kNames)
    if (known == name) return alphabet;
  return std::nullopt;
}

std::optional<Alphabet> alphabet_of(std::uint8_t coding, Alphabet standard) {
  switch (coding) {
    case 0: return standard;
    case 1: return Alphabet::ascii;  // IA5 in 3.4, whatever else is said of it
    case 3: return Alphabet::latin1;
    case 8: return Alphabet::ucs2;
    default: break;
  }
  // 5.2.19, 0xC0 to 0xEF: message waiting, with a text beside; 0xF0 to 0xFF: a message class (3GPP TS 23.038, 4).
  if (coding >= 0xC0 && coding <= 0xDF) return standard;
  if (coding >= 0xE0 && coding <= 0xEF) return Alphabet::ucs2;
  if (coding >= 0xF0 && (coding & 0x4) == 0) return standard;
  return std::nullopt;
}

std::string to_utf8(std::string_view octets, Alphabet alphabet) {
  switch (alphabet) {
    case Alphabet::gsm: return from_gsm(octets);
    case Alphabet::gsm_packed: return from_gsm(unpacked(octets));
    case Alphabet::latin1: return from_single(octets, 0xFF);
    case Alphabet::ascii: return from_single(octets, 0x7F);
    case Alphabet::utf8: return mended(octets);
    case Alphabet::ucs2: return from_utf16(octets);
  }
  return {};
}

std::string joined(const std::vector<CodedOctets>& parts) {
  std::string out, run;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    run += parts[i].octets;
    if (i + 1 < parts.size() && parts[i + 1].alphabet == parts[i].alphabet) continue;
    out += to_utf8(run, parts[i].alphabet);
    run.clear();
  }
  return out;
}

UserData user_data(const Message& message) {
  UserData out;
  out.octets = message.octets;
  if (message.esm_class & 0x40) {
    const std::string_view octets = message.octets;
    const std::size_t length = octets.empty() ? 0 : static_cast<std::uint8_t>(octets[0]);
    if (octets.empty() || length + 1 > octets.size()) return out;
    const sms::UserDataHeader header = sms::read_elements(octets.substr(1, length));
    if (header.total > 1)
      out.part = Part{header.reference, header.wide, static_cast<std::uint8_t>(header.total), static_cast<std::uint8_t>(header.number)};
    out.port_addressed = header.port_addressed;
    out.octets.remove_prefix(length + 1);
  } else {
    const Tlv* reference = message.find(tag::kSarMsgRefNum);
    const Tlv* total = message.find(tag::kSarTotalSegments);
    const Tlv* number = message.find(tag::kSarSegmentSeqnum);
    if (reference && total && number && reference->value.size() == 2 && total->value.size() == 1 && number->value.size() == 1) {
      const auto octet = [](const Tlv* tlv, std::size_t i) { return static_cast<std::uint8_t>(tlv->value[i]); };
      const Part part{static_cast<std::uint16_t>(octet(reference, 0) << 8 | octet(reference, 1)), true, octet(total, 0), octet(number, 0)};
      if (part.total > 1 && part.number >= 1 && part.number <= part.total) out.part = part;
    }
  }
  return out;
}

std::vector<Piece> to_pieces(std::string_view utf8, Alphabet standard, std::uint8_t reference) {
  std::vector<Piece> out;
  const std::vector<std::string> texts = reply::cut_sms(utf8);
  const bool gsm = standard == Alphabet::gsm && reply::first_beyond_gsm(utf8).empty();
  // In parts, an SMSC of another alphabet would count the octets of our header as characters: UCS-2 says what it is.
  const bool single = texts.size() == 1 && ((standard == Alphabet::latin1 && fits_single(utf8, 0xFF)) ||
                                            (standard == Alphabet::ascii && fits_single(utf8, 0x7F)));
  const bool wide = !gsm && !single && !reply::encode_sms(utf8).ucs2;  // cut for septets, but must go in UCS-2
  const std::vector<std::string> parts = wide ? cut_for_ucs2(utf8) : texts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Piece piece;
    piece.data_coding = gsm || single ? 0 : 8;
    piece.has_header = parts.size() > 1;
    if (piece.has_header)
      piece.octets = {5, 0, 3, static_cast<char>(reference), static_cast<char>(parts.size()), static_cast<char>(i + 1)};
    piece.octets += gsm ? to_gsm(parts[i]) : single ? to_latin1(parts[i]) : to_utf16(parts[i]);
    out.push_back(std::move(piece));
  }
  return out;
}

}  // namespace northstar::smpp
