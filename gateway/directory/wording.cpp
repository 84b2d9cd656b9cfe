#include "gateway/directory/wording.h"

#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/unorm2.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace northstar::directory {
namespace {

const UNormalizer2* compatibility() {
  static const UNormalizer2* const instance = [] {
    UErrorCode status = U_ZERO_ERROR;
    return unorm2_getNFKDInstance(&status);
  }();
  return instance;
}

void append_utf8(char32_t c, std::string& out) {
  std::uint8_t bytes[U8_MAX_LENGTH];
  std::int32_t length = 0;
  U8_APPEND_UNSAFE(bytes, length, c);
  out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
}

bool unspaced_script(char32_t c) {
  return (c >= 0x0E00 && c <= 0x0EFF) || (c >= 0x1000 && c <= 0x109F) || (c >= 0x1780 && c <= 0x17FF) ||
         (c >= 0x3005 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xAC00 && c <= 0xD7A3);
}

bool apostrophe(char32_t c) { return c == '\'' || c == 0x2019 || c == 0x2018 || c == '`' || c == 0x00B4; }

bool break_mark(char32_t c) {
  switch (c) {
    case ',':
    case '.':
    case ';':
    case ':':
    case '!':
    case '?':
    case '\n':
    case '(':
    case '/':
    case 0x3002:
    case 0x3001:
    case 0xFF0C:
    case 0x060C:
    case 0x00BF:
    case 0x00A1:
      return true;
    default:
      return false;
  }
}

/// Forms of one letter that keyboards of neighbouring languages write differently.
char32_t neighbour(char32_t c) {
  switch (c) {
    case 0x064A:
    case 0x0649:
    case 0x06CC:
    case 0x06D2:
      return 0x064A;  // yeh
    case 0x0643:
    case 0x06A9:
      return 0x0643;  // kaf
    case 0x0629:
    case 0x06C1:
    case 0x06BE:
      return 0x0647;  // heh
    default:
      return c;
  }
}

}  // namespace

Folding::Folding() {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::Transliterator> transliterator(
      icu::Transliterator::createInstance("Hant-Hans", UTRANS_FORWARD, status));
  if (!transliterator || U_FAILURE(status)) return;  // only means that one of the two scripts is matched less well
  icu::UnicodeString all;
  for (char32_t c = 0x4E00; c <= 0x9FFF; ++c) all.append(static_cast<UChar32>(c));
  icu::UnicodeString simple = all;
  transliterator->transliterate(simple);
  if (simple.length() != all.length()) return;
  for (std::int32_t i = 0; i < all.length(); ++i)
    if (all[i] != simple[i]) simplified_.emplace(all[i], simple[i]);
}

void Folding::append(char32_t c, std::string& out) const {
  if (c < 0x80) {
    out.push_back(static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c));
    return;
  }
  if (c >= 0xAC00 && c <= 0xD7A3) return append_utf8(c, out);
  UChar parts[32];
  UErrorCode status = U_ZERO_ERROR;
  std::int32_t length = unorm2_getDecomposition(compatibility(), static_cast<UChar32>(c), parts, 32, &status);
  if (length < 0 || U_FAILURE(status)) {
    length = 0;
    U16_APPEND_UNSAFE(parts, length, static_cast<UChar32>(c));
  }
  for (std::int32_t i = 0; i < length;) {
    UChar32 part = 0;
    U16_NEXT_UNSAFE(parts, i, part);
    if (part < 0x80) {
      if (u_isalnum(part)) out.push_back(static_cast<char>(u_tolower(part)));
      continue;
    }
    const int category = u_charType(part);
    if (category == U_NON_SPACING_MARK || category == U_FORMAT_CHAR || part == 0x0640) continue;
    const std::int32_t digit = u_charDigitValue(part);
    if (digit >= 0) {
      out.push_back(static_cast<char>('0' + digit));
      continue;
    }
    char32_t letter = neighbour(static_cast<char32_t>(u_foldCase(part, U_FOLD_CASE_DEFAULT)));
    if (const auto simple = simplified_.find(letter); simple != simplified_.end()) letter = simple->second;
    append_utf8(letter, out);
  }
}

std::vector<Word> Folding::words(std::string_view text, std::size_t limit) const {
  std::vector<Word> words;
  words.reserve(16);
  bool inside = false, broken = false, money = false;
  std::uint8_t gap = 0;
  int capitals = 0, others = 0;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto size = static_cast<std::int32_t>(std::min<std::size_t>(text.size(), 8192));
  const auto close = [&](std::size_t at) {
    if (!inside) return;
    inside = false;
    Word& word = words.back();
    word.end = at;
    word.shouted = capitals >= 2 && others == 0;
    if (word.text.empty()) words.pop_back();
  };
  for (std::int32_t i = 0; i < size;) {
    const std::int32_t start = i;
    UChar32 c = 0;
    U8_NEXT(bytes, i, size, c);
    if (c < 0) c = ' ';
    const bool mark = c >= 0x80 && (u_charType(c) == U_NON_SPACING_MARK || u_charType(c) == U_FORMAT_CHAR ||
                                    u_charType(c) == U_COMBINING_SPACING_MARK);
    const bool part =
        c < 0x80 ? ((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z')) : (u_isalnum(c) || mark);
    if (!part) {
      if (apostrophe(static_cast<char32_t>(c)) && inside) continue;
      close(static_cast<std::size_t>(start));
      if (break_mark(static_cast<char32_t>(c))) broken = true;
      if (c == '$') money = true;
      if (gap < 255) ++gap;
      continue;
    }
    const bool unspaced = unspaced_script(static_cast<char32_t>(c));
    const bool digit = c < 0x80 ? (c >= '0' && c <= '9') : u_charDigitValue(c) >= 0;
    if (inside && !mark && (words.back().unspaced != unspaced || (words.back().digits != digit && !unspaced)))
      close(static_cast<std::size_t>(start));
    if (!inside) {
      if (words.size() == limit) return words;
      Word& word = words.emplace_back();
      word.begin = static_cast<std::size_t>(start);
      word.after_break = broken;
      word.before_money = money;
      word.gap = gap;
      word.unspaced = unspaced;
      word.digits = digit;
      inside = true;
      broken = money = false;
      gap = 0;
      capitals = others = 0;
    }
    if (c >= 'A' && c <= 'Z')
      ++capitals;
    else
      ++others;
    append(static_cast<char32_t>(c), words.back().text);
  }
  close(static_cast<std::size_t>(size));
  return words;
}

std::string Folding::joined(std::string_view name) const {
  std::string out;
  for (const Word& word : words(name)) out += long_form(word.text);
  return out;
}

std::string_view long_form(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 17> kForms{{{"st", "saint"},
                                                                                         {"sta", "santa"},
                                                                                         {"sto", "santo"},
                                                                                         {"mt", "mount"},
                                                                                         {"mtn", "mountain"},
                                                                                         {"ft", "fort"},
                                                                                         {"pt", "point"},
                                                                                         {"hts", "heights"},
                                                                                         {"hgts", "heights"},
                                                                                         {"spgs", "springs"},
                                                                                         {"vly", "valley"},
                                                                                         {"vlly", "valley"},
                                                                                         {"bch", "beach"},
                                                                                         {"hls", "hills"},
                                                                                         {"pk", "park"},
                                                                                         {"jct", "junction"},
                                                                                         {"cyn", "canyon"}}};
  if (word.size() > 4) return word;
  for (const auto& [shorter, longer] : kForms)
    if (word == shorter) return longer;
  return word;
}

int misspelling(std::string_view a, std::string_view b, int most) {
  constexpr std::size_t kLongest = 48;
  const auto gap = static_cast<int>(a.size() > b.size() ? a.size() - b.size() : b.size() - a.size());
  if (gap > most || a.size() > kLongest || b.size() > kLongest) return most + 1;
  std::array<std::array<int, kLongest + 1>, 3> rows;  // two rows back, for swapped letters
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i + 2) % 3];
    const auto& two_above = rows[(i + 1) % 3];
    row[0] = static_cast<int>(i);
    int least = row[0];
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1] ? 1 : 0)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], two_above[j - 2] + 1);
      least = std::min(least, row[j]);
    }
    if (least > most) return most + 1;
  }
  return std::min(rows[a.size() % 3][b.size()], most + 1);
}

std::string sound(std::string_view letters) {
  std::string out;
  out.reserve(letters.size());
  // Spanish puts an e before s and a consonant: "estockton".
  if (letters.size() > 3 && letters.starts_with("es") && std::string_view("aeiou").find(letters[2]) == letters.npos)
    letters.remove_prefix(1);
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const char c = letters[i];
    const char next = i + 1 < letters.size() ? letters[i + 1] : '\0';
    char heard = c;
    switch (c) {
      case 'c':
        if (next == 'h')
          heard = 'C', ++i;
        else if (next == 'k')
          heard = 'k', ++i;
        else
          heard = next == 'e' || next == 'i' || next == 'y' ? 's' : 'k';
        break;
      case 'q':
        heard = 'k';
        if (next == 'u') ++i;
        break;
      case 'p':
        if (next == 'h') heard = 'f', ++i;
        break;
      case 'z':
        heard = 's';
        break;
      case 'v':
        heard = 'b';
        break;
      case 'y':
        heard = 'i';
        break;
      case 'j':
        heard = 'h';
        break;
      case 'x':
        heard = 'h';
        break;
      case 'e':
        if (next == 'e') heard = 'i', ++i;
        break;
      default:
        break;
    }
    if (out.empty() || out.back() != heard) out.push_back(heard);
  }
  return out;
}

}  // namespace northstar::directory
