#include "gateway/reply/segments.h"

#include <unicode/brkiter.h>
#include <unicode/unistr.h>
#include <unicode/utext.h>
#include <unicode/utf8.h>

#include <array>
#include <cstdint>
#include <memory>

namespace northstar::reply {
namespace {

// 3GPP TS 23.040: one message carries 140 octets; the concatenation header of an 8-bit reference takes six.
constexpr std::size_t kSeptetsAlone = 160, kSeptetsOfMany = 153;
constexpr std::size_t kUnitsAlone = 70, kUnitsOfMany = 67;

constexpr char32_t kReplacement = 0xFFFD;

/// Septets that a character takes in the GSM 7-bit default alphabet and its extension table
/// (3GPP TS 23.038 6.2.1 and 6.2.1.1); nought where it has none. Every such character but the Greek capitals and
/// the euro sign lies below U+0100.
constexpr std::array<std::uint8_t, 256> kLatinSeptets = [] {
  std::array<std::uint8_t, 256> septets{};
  constexpr char32_t kPlain[] =
      U"@£$¥èéùìòÇ\nØø\rÅå_ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
      U"¿abcdefghijklmnopqrstuvwxyzäöñüà";
  for (const char32_t* c = kPlain; *c != 0; ++c) septets[*c] = 1;
  for (const char32_t c : {U'\f', U'^', U'{', U'}', U'\\', U'[', U'~', U']', U'|'}) septets[c] = 2;
  return septets;
}();

constexpr std::size_t septets_of(char32_t c) {
  if (c < kLatinSeptets.size()) return kLatinSeptets[c];
  switch (c) {
    case U'Δ':
    case U'Φ':
    case U'Γ':
    case U'Λ':
    case U'Ω':
    case U'Π':
    case U'Ψ':
    case U'Σ':
    case U'Θ':
    case U'Ξ':
      return 1;
    case U'€':
      return 2;
    default:
      return 0;
  }
}

constexpr std::size_t utf16_units_of(char32_t c) { return c > 0xFFFF ? 2 : 1; }

/// Fills parts without ever dividing a character, so that an escape pair and a surrogate pair stay whole.
class Packer {
 public:
  Packer(std::size_t alone, std::size_t of_many) : alone_(alone), of_many_(of_many) {}
  void add(std::size_t width) {
    total_ += width;
    if (used_ + width > of_many_) {
      ++parts_;
      used_ = 0;
    }
    used_ += width;
  }
  std::size_t total() const { return total_; }
  std::size_t parts() const { return total_ <= alone_ ? 1 : parts_; }

 private:
  std::size_t alone_, of_many_, total_ = 0, used_ = 0, parts_ = 1;
};

/// The character at `at`, moving past it; whatever is not UTF-8 is U+FFFD, once for each maximal ill-formed run.
char32_t next(std::string_view utf8, std::int32_t& at) {
  UChar32 c = 0;
  const auto size = static_cast<std::int32_t>(utf8.size());
  U8_NEXT(utf8.data(), at, size, c);
  return c < 0 ? kReplacement : static_cast<char32_t>(c);
}

std::string mended(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size());
  for (std::int32_t at = 0; at < static_cast<std::int32_t>(utf8.size());) {
    const std::int32_t begin = at;
    if (const char32_t c = next(utf8, at); c == kReplacement)
      out += "\uFFFD";
    else
      out += utf8.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(at - begin));
  }
  return out;
}

/// Where the part that begins at `from` must end at the latest.
std::size_t furthest_end(std::string_view text, std::size_t from, bool ucs2) {
  const std::size_t limit = ucs2 ? kUnitsOfMany : kSeptetsOfMany;
  std::size_t used = 0;
  auto at = static_cast<std::int32_t>(from);
  while (static_cast<std::size_t>(at) < text.size()) {
    const std::int32_t begin = at;
    const char32_t c = next(text, at);
    used += ucs2 ? utf16_units_of(c) : septets_of(c);
    if (used > limit) return static_cast<std::size_t>(begin);
  }
  return text.size();
}

std::size_t parts_from(std::string_view text, std::size_t from, bool ucs2) {
  std::size_t parts = 0;
  for (; from < text.size(); ++parts) from = furthest_end(text, from, ucs2);
  return parts;
}

/// For each byte, whether a grapheme cluster may begin there.
std::vector<bool> grapheme_starts(const std::string& text) {
  std::vector<bool> starts(text.size() + 1, false);
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::BreakIterator> graphemes(
      icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), status));
  UText source = UTEXT_INITIALIZER;
  utext_openUTF8(&source, text.data(), static_cast<std::int64_t>(text.size()), &status);
  if (U_SUCCESS(status)) {
    graphemes->setText(&source, status);
    for (std::int32_t at = graphemes->first(); at != icu::BreakIterator::DONE; at = graphemes->next())
      starts[static_cast<std::size_t>(at)] = true;
  }
  utext_close(&source);
  return starts;
}

}  // namespace

Encoding encode_sms(std::string_view utf8) {
  Packer gsm(kSeptetsAlone, kSeptetsOfMany), ucs2(kUnitsAlone, kUnitsOfMany);
  const auto size = static_cast<std::int32_t>(utf8.size());
  std::int32_t at = 0;
  while (at < size) {
    const std::int32_t begin = at;
    const std::size_t septets = septets_of(next(utf8, at));
    if (septets == 0) {
      at = begin;
      break;
    }
    gsm.add(septets);
  }
  if (at == size) return {.ucs2 = false, .segments = gsm.parts(), .units = gsm.total()};
  for (at = 0; at < size;) ucs2.add(utf16_units_of(next(utf8, at)));
  return {.ucs2 = true, .segments = ucs2.parts(), .units = ucs2.total()};
}

std::string_view first_beyond_gsm(std::string_view utf8) {
  for (std::int32_t at = 0; at < static_cast<std::int32_t>(utf8.size());) {
    const auto begin = static_cast<std::size_t>(at);
    if (septets_of(next(utf8, at)) == 0) return utf8.substr(begin, static_cast<std::size_t>(at) - begin);
  }
  return {};
}

std::vector<std::string> cut_sms(std::string_view utf8) {
  const Encoding encoding = encode_sms(utf8);
  std::string text = mended(utf8);
  if (encoding.segments == 1) return {std::move(text)};

  const std::vector<bool> may_cut = grapheme_starts(text);
  std::vector<std::string> parts;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t furthest = furthest_end(text, from, encoding.ucs2);
    std::size_t end = furthest;
    while (end > from && !may_cut[end]) --end;
    // A cluster longer than a part must still make progress, and keeping clusters whole must cost no further part:
    // what is billed is what encode_sms said.
    const std::size_t left = encoding.segments - parts.size() - 1;
    if (end == from || parts_from(text, end, encoding.ucs2) > left) end = furthest;
    parts.push_back(text.substr(from, end - from));
    from = end;
  }
  return parts;
}

}  // namespace northstar::reply
