#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <array>

#include "gateway/language/language.h"
#include "gateway/language/letters.h"

namespace northstar::language {
namespace {

/// Accents of Latin, Greek and Cyrillic, and the optional vowel points of Arabic and Hebrew. The vowel signs of
/// Indic scripts, Thai and Khmer are letters to their readers, and kana's voicing marks too: those stay.
bool is_accent(UChar32 c) {
  return (c >= 0x0300 && c <= 0x036F) || (c >= 0x064B && c <= 0x065F) || c == 0x0670 || c == 0x0640 ||
         (c >= 0x0591 && c <= 0x05C7);
}

bool is_apostrophe(UChar32 c) {
  return c == '\'' || c == '`' || c == 0x2018 || c == 0x2019 || c == 0x201B || c == 0x00B4 || c == 0x02BC ||
         c == 0x02BB || c == 0x2032 || c == 0xFF07;
}

/// Zero-width and bidirectional controls, fillers and variation selectors: nothing that a person typed.
bool is_invisible(UChar32 c) {
  return u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) || u_charType(c) == U_FORMAT_CHAR;
}

/// Letters that carry a stroke where others carry an accent, and letters of other scripts that only look Latin in
/// no way a person types: those are left alone.
UChar32 plain(UChar32 c) {
  switch (c) {
    case 0x0111:
      return 'd';  // đ
    case 0x0142:
      return 'l';  // ł
    case 0x00F8:
      return 'o';  // ø
    case 0x0131:
      return 'i';  // dotless i
    case 0x06CC:
      return 0x064A;  // Farsi yeh, typed for the Arabic one and the other way round
    case 0x06A9:
      return 0x0643;  // keheh and kaf, likewise
    default:
      return u_charType(c) == U_DECIMAL_DIGIT_NUMBER ? '0' + u_charDigitValue(c) : c;
  }
}

void append(std::string& out, UChar32 c) {
  std::array<char, U8_MAX_LENGTH> bytes{};
  int32_t size = 0;
  UBool broken = false;
  U8_APPEND(bytes.data(), size, static_cast<int32_t>(bytes.size()), c, broken);
  if (!broken) out.append(bytes.data(), static_cast<std::size_t>(size));
}

/// One pass over valid or invalid UTF-8: what a keyboard or a broken encoder put in is taken out.
std::string cleaned(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  const char* bytes = text.data();
  const auto size = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < size;) {
    UChar32 c = 0;
    U8_NEXT(bytes, i, size, c);
    if (c < 0) {
      out.push_back(' ');
    } else if (!is_apostrophe(c) && !is_invisible(c)) {
      append(out, c);
    }
  }
  return out;
}

std::string without_accents(const std::string& text) {
  std::string out;
  out.reserve(text.size());
  const auto size = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < size;) {
    UChar32 c = 0;
    U8_NEXT(text.data(), i, size, c);
    if (c >= 0 && !is_accent(c) && !is_apostrophe(c)) append(out, plain(c));
  }
  return out;
}

std::string tidy_spaces(const std::string& text) {
  std::string out;
  out.reserve(text.size());
  bool space = false;
  bool line = false;
  const auto size = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < size;) {
    UChar32 c = 0;
    U8_NEXT(text.data(), i, size, c);
    if (c < 0 || u_isUWhiteSpace(c) || u_iscntrl(c)) {
      space = true;
      line = line || c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029;
      continue;
    }
    if (space && !out.empty()) out.push_back(line ? '\n' : ' ');
    space = line = false;
    append(out, c);
  }
  return out;
}

std::string through(const icu::Normalizer2& form, const std::string& text) {
  UErrorCode status = U_ZERO_ERROR;
  std::string out;
  icu::StringByteSink<std::string> sink(&out, static_cast<int32_t>(text.size()));
  form.normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), sink, nullptr, status);
  return U_SUCCESS(status) ? out : text;
}

struct Forms {
  const icu::Normalizer2* fold = nullptr;
  const icu::Normalizer2* apart = nullptr;
  const icu::Normalizer2* together = nullptr;
};

const Forms& forms() {
  static const Forms kForms = [] {
    UErrorCode status = U_ZERO_ERROR;
    return Forms{icu::Normalizer2::getNFKCCasefoldInstance(status), icu::Normalizer2::getNFDInstance(status),
                 icu::Normalizer2::getNFCInstance(status)};
  }();
  return kForms;
}

std::string once(const std::string& text) {
  const Forms& form = forms();
  return tidy_spaces(
      through(*form.together, without_accents(through(*form.apart, through(*form.fold, cleaned(text))))));
}

/// The whole of what most people send: ASCII, and the accented letters of Spanish and French.
bool fast(std::string_view text, std::string& out) {
  using namespace std::string_view_literals;
  static constexpr std::string_view kLatin1 =
      "aaaaaa\0ceeeeiiii\0nooooo\0\0uuuuy\0\0aaaaaa\0ceeeeiiii\0nooooo\0\0uuuuy\0y"sv;  // U+00C0 to U+00FF
  static_assert(kLatin1.size() == 64);
  out.reserve(text.size());
  bool space = false;
  bool line = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    char c = 0;
    if (byte < 0x80) {
      if (byte <= ' ' || byte == 0x7F) {
        space = true;
        line = line || byte == '\n' || byte == '\r';
        continue;
      }
      if (byte == '\'' || byte == '`') continue;
      c = static_cast<char>(byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte);
    } else if (byte == 0xC3 && i + 1 < text.size()) {
      const auto next = static_cast<unsigned char>(text[++i]);
      if (next < 0x80 || next > 0xBF) return false;
      c = kLatin1[next - 0x80U];
      if (c == 0) return false;
    } else if (byte == 0xC2 && i + 1 < text.size() &&
               (static_cast<unsigned char>(text[i + 1]) == 0xBF || static_cast<unsigned char>(text[i + 1]) == 0xA1)) {
      if (space && !out.empty()) out.push_back(line ? '\n' : ' ');
      space = line = false;
      out.append(text.substr(i, 2));  // ¿ and ¡
      ++i;
      continue;
    } else if (byte == 0xE2 && i + 2 < text.size() && static_cast<unsigned char>(text[i + 1]) == 0x80 &&
               (static_cast<unsigned char>(text[i + 2]) == 0x99 || static_cast<unsigned char>(text[i + 2]) == 0x98)) {
      i += 2;  // the curly apostrophes that phones put in
      continue;
    } else {
      return false;
    }
    if (space && !out.empty()) out.push_back(line ? '\n' : ' ');
    space = line = false;
    out.push_back(c);
  }
  return true;
}

}  // namespace

std::string normalise(std::string_view text) {
  std::string out;
  if (fast(text, out)) return out;
  // Stripping may uncover what folds again; two rounds settle every text tried, the bound is for the rest.
  constexpr int kRoundsMax = 6;
  out = std::string(text.substr(0, kTextBytesMax));
  for (int round = 0; round < kRoundsMax; ++round) {
    std::string next = once(out);
    if (next == out) break;
    out = std::move(next);
  }
  return out;
}

}  // namespace northstar::language
