#include "gateway/language/letters.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

namespace northstar::language {
namespace {

Script script_of(UChar32 c) {
  UErrorCode status = U_ZERO_ERROR;
  switch (uscript_getScript(c, &status)) {
    case USCRIPT_LATIN:
      return Script::latin;
    case USCRIPT_CYRILLIC:
      return Script::cyrillic;
    case USCRIPT_GREEK:
      return Script::greek;
    case USCRIPT_HEBREW:
      return Script::hebrew;
    case USCRIPT_ARABIC:
      return Script::arabic;
    case USCRIPT_DEVANAGARI:
      return Script::devanagari;
    case USCRIPT_GURMUKHI:
      return Script::gurmukhi;
    case USCRIPT_BENGALI:
      return Script::bengali;
    case USCRIPT_TAMIL:
      return Script::tamil;
    case USCRIPT_TELUGU:
      return Script::telugu;
    case USCRIPT_THAI:
      return Script::thai;
    case USCRIPT_LAO:
      return Script::lao;
    case USCRIPT_KHMER:
      return Script::khmer;
    case USCRIPT_MYANMAR:
      return Script::myanmar;
    case USCRIPT_GEORGIAN:
      return Script::georgian;
    case USCRIPT_ARMENIAN:
      return Script::armenian;
    case USCRIPT_ETHIOPIC:
      return Script::ethiopic;
    case USCRIPT_HANGUL:
      return Script::hangul;
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
      return Script::kana;
    case USCRIPT_HAN:
      return Script::han;
    case USCRIPT_COMMON:
    case USCRIPT_INHERITED:
      return Script::none;
    default:
      return Script::other;
  }
}

/// Scripts whose writers put no space between words: each character is a word to the matcher.
bool spaceless(Script script) {
  return script == Script::han || script == Script::kana || script == Script::thai || script == Script::lao ||
         script == Script::khmer || script == Script::myanmar;
}

bool ends_clause(UChar32 c) {
  return c == '.' || c == '!' || c == '?' || c == ';' || c == '\n' || c == 0x3002 || c == 0x061F || c == 0x0964 ||
         c == 0x0589 || c == 0x17D4 || c == 0x00BF || c == 0x00A1;
}

bool asks(UChar32 c) { return c == '?' || c == 0x061F || c == 0x037E || c == 0x055E; }

enum class Kind : std::uint8_t { gap, letter, digit, sign };

struct Letter {
  Kind kind = Kind::gap;
  Script script = Script::none;
};

Letter letter_of(UChar32 c) {
  if (c < 0x80) {
    if (c >= 'a' && c <= 'z') return {Kind::letter, Script::latin};
    if (c >= '0' && c <= '9') return {Kind::digit, Script::none};
    if (c == '@' || c == '$') return {Kind::sign, Script::none};
    return {};
  }
  const int8_t type = u_charType(c);
  if (type == U_DECIMAL_DIGIT_NUMBER) return {Kind::digit, Script::none};
  if (u_isalpha(c) || type == U_NON_SPACING_MARK || type == U_COMBINING_SPACING_MARK) {
    return {Kind::letter, script_of(c)};
  }
  // An emoji is a word of its own: a thumb up is a yes.
  if (type == U_OTHER_SYMBOL) return {Kind::letter, Script::han};
  return {};
}

}  // namespace

Pieces pieces_of(std::string_view text) {
  Pieces out;
  out.all.reserve(32);
  out.asks.push_back(false);
  const char* bytes = text.data();
  const auto size = static_cast<int32_t>(std::min(text.size(), kTextBytesMax));
  int32_t begin = -1;
  Piece now;
  bool letters = false;
  bool words_in_clause = false;
  auto close = [&](int32_t end) {
    if (begin >= 0 && out.all.size() < kTokensMax) {
      now.text = text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
      now.number = !letters;
      now.clause = static_cast<std::uint16_t>(out.asks.size() - 1);
      out.all.push_back(now);
      words_in_clause = true;
    }
    begin = -1;
    letters = false;
    now = Piece{};
  };
  for (int32_t i = 0; i < size && out.all.size() < kTokensMax;) {
    const int32_t at = i;
    UChar32 c = 0;
    U8_NEXT(bytes, i, size, c);
    const Letter letter = c < 0 ? Letter{} : letter_of(c);
    if (letter.kind == Kind::gap) {
      close(at);
      if (asks(c)) out.asks.back() = true;
      if (words_in_clause && ends_clause(c) && out.asks.size() < kTokensMax) {
        // "17.5" and "p.m" are not ends of sentences, but no harm comes of taking them for one.
        if (!asks(c) || i >= size || bytes[i] != '?') {
          out.asks.push_back(false);
          words_in_clause = false;
        }
      }
      continue;
    }
    if (letter.kind == Kind::sign && begin < 0) continue;  // "@" and "$" count only inside a word: "st@y"
    if (letter.kind == Kind::letter && spaceless(letter.script)) {
      close(at);
      begin = at;
      letters = true;
      now.script = letter.script;
      close(i);
      continue;
    }
    if (begin < 0) begin = at;
    if (letter.kind != Kind::digit) letters = true;
    if (now.script == Script::none) now.script = letter.script;
  }
  close(size);
  return out;
}

}  // namespace northstar::language
