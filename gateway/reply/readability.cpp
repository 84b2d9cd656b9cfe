#include "gateway/reply/readability.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace northstar::reply {
namespace {

constexpr std::size_t kWordsMin = 10;  // below that a single long word decides the score

using Word = std::u32string;

struct Prose {
  std::vector<Word> words;
  std::size_t sentences = 0;
};

/// Words of letters, in lower case; numbers are looked up, not read, and end a clause where they stand alone (a menu).
Prose prose_of(std::string_view text) {
  Prose prose;
  Word word;
  std::size_t in_sentence = 0;
  bool number = false;
  const auto close_word = [&] {
    if (!word.empty() && !number) {
      prose.words.push_back(word);
      ++in_sentence;
    }
    word.clear();
  };
  const auto close_sentence = [&] {
    close_word();
    if (in_sentence > 0) ++prose.sentences;
    in_sentence = 0;
    number = false;
  };
  const auto size = static_cast<std::int32_t>(text.size());
  for (std::int32_t at = 0; at < size;) {
    UChar32 c = 0;
    U8_NEXT(text.data(), at, size, c);
    if (c == '\'' || c == 0x2019) continue;
    if (u_isdigit(c)) {
      if (word.empty()) number = true;
      word += static_cast<char32_t>(c);
    } else if (u_isalpha(c)) {
      word += static_cast<char32_t>(u_tolower(c));
    } else if (c == '.' || c == '!' || c == '?' || c == ';' || c == ':' || c == '\n') {
      close_sentence();
    } else {
      if (number && word.size() == 1) close_sentence();  // a menu's digit
      close_word();
      number = false;
    }
  }
  close_sentence();
  return prose;
}

bool any_of(char32_t c, std::u32string_view set) { return set.find(c) != std::u32string_view::npos; }

std::size_t english_syllables(const Word& word) {
  constexpr std::u32string_view kVowels = U"aeiouyáéíóúü";
  std::size_t count = 0;
  for (std::size_t i = 0; i < word.size(); ++i)
    if (any_of(word[i], kVowels) && (i == 0 || !any_of(word[i - 1], kVowels))) ++count;
  const auto ends = [&](std::u32string_view tail) { return word.size() > tail.size() && word.ends_with(tail); };
  // Silent endings: "place", "homes" but not "table", "pieces"; "worked" but not "wanted".
  if (ends(U"e") && !ends(U"le") && count > 1)
    --count;
  else if (ends(U"es") && count > 1 && !ends(U"ces") && !ends(U"ses") && !ends(U"ges") && !ends(U"xes") &&
           !ends(U"les") && !ends(U"shes") && !ends(U"ches") && !ends(U"zes"))
    --count;
  else if (ends(U"ed") && count > 1 && !ends(U"ted") && !ends(U"ded"))
    --count;
  if (word.find(U"ia") != Word::npos || word.find(U"io") != Word::npos) {
    // "california", "radio" have two beats there; "station", "special" have one.
    if (word.find(U"tion") == Word::npos && word.find(U"sion") == Word::npos && word.find(U"cia") == Word::npos)
      ++count;
  }
  return std::max<std::size_t>(count, 1);
}

/// A strong vowel is its own beat; a weak one leans on its neighbour unless an accent lifts it.
std::size_t spanish_syllables(const Word& word) {
  constexpr std::u32string_view kStrong = U"aeoáéó", kLifted = U"íú", kWeak = U"iuüy";
  std::size_t count = 0;
  bool vowel_before = false, strong_before = false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    char32_t c = word[i];
    // "que", "gui": the u is silent; "y" is a vowel only at the end.
    if (c == U'u' && i > 0 && (word[i - 1] == U'q' || word[i - 1] == U'g') && i + 1 < word.size() &&
        any_of(word[i + 1], U"eiéí"))
      continue;
    if (c == U'y' && i + 1 < word.size()) c = U'j';
    const bool strong = any_of(c, kStrong), lifted = any_of(c, kLifted), weak = any_of(c, kWeak);
    if (lifted || (strong && (!vowel_before || strong_before)) || (weak && !vowel_before)) ++count;
    vowel_before = strong || lifted || weak;
    strong_before = strong || lifted;
  }
  return std::max<std::size_t>(count, 1);
}

template <class Syllables>
double syllables_a_word(const Prose& prose, Syllables syllables) {
  std::size_t total = 0;
  for (const Word& word : prose.words) total += syllables(word);
  return static_cast<double>(total) / static_cast<double>(prose.words.size());
}

double words_a_sentence(const Prose& prose) {
  return static_cast<double>(prose.words.size()) / static_cast<double>(prose.sentences);
}

}  // namespace

double english_grade(std::string_view text) {
  const Prose prose = prose_of(text);
  if (prose.words.size() < kWordsMin) return 0;
  return std::max(0.0, 0.39 * words_a_sentence(prose) + 11.8 * syllables_a_word(prose, english_syllables) - 15.59);
}

double spanish_ease(std::string_view text) {
  const Prose prose = prose_of(text);
  if (prose.words.size() < kWordsMin) return 100;
  return 206.835 - 62.3 * syllables_a_word(prose, spanish_syllables) - words_a_sentence(prose);
}

}  // namespace northstar::reply
