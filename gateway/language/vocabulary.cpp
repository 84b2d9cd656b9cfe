#include "gateway/language/vocabulary.h"

#include <algorithm>
#include <limits>

namespace northstar::language {
namespace {

/// Shorter words have too many neighbours that are words themselves.
constexpr std::size_t kMisspeltLettersMin = 5;
constexpr std::size_t kMisspeltLettersMax = 20;
/// Nobody joins fewer letters than these by mistake, and the cost grows with the square.
constexpr std::size_t kJoinedLettersMin = 5;
constexpr std::size_t kJoinedLettersMax = 28;
constexpr int kJoinedWordsMax = 5;
/// Unknown words that are looked at closely in one text. A text with more is in a language of which we have no
/// lexicon, and its words are not misspellings.
constexpr int kRepairsMax = 10;

std::uint64_t hash_of(std::string_view text, std::size_t without) {
  std::uint64_t h = 1469598103934665603ULL;  // FNV-1a
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == without) continue;
    h = (h ^ static_cast<unsigned char>(text[i])) * 1099511628211ULL;
  }
  return h;
}

std::uint32_t head_of(std::string_view text) {
  return static_cast<std::uint32_t>(static_cast<unsigned char>(text[0])) << 16 |
         static_cast<std::uint32_t>(static_cast<unsigned char>(text[1])) << 8 |
         static_cast<std::uint32_t>(text.size() > 2 ? static_cast<unsigned char>(text[2]) : 0U);
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool vowel(char c) { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y'; }

/// Letters that lie beside each other on a phone's keyboard.
bool beside(char a, char b) {
  static constexpr std::array<std::string_view, 3> kRows{"qwertyuiop", "asdfghjkl", "zxcvbnm"};
  auto place = [](char c) -> std::pair<int, int> {
    for (int row = 0; row < 3; ++row) {
      const auto at = kRows[static_cast<std::size_t>(row)].find(c);
      if (at != std::string_view::npos) return {row, static_cast<int>(at) * 2 + row};
    }
    return {-9, -99};
  };
  const auto [row_a, x_a] = place(a);
  const auto [row_b, x_b] = place(b);
  return std::abs(row_a - row_b) <= 1 && std::abs(x_a - x_b) <= 2;
}

/// Letters that are written for one another because they sound alike, in English or Spanish.
bool sounds_like(char a, char b) {
  static constexpr std::array<std::string_view, 12> kAlike{"bv", "sz", "cs", "ck", "kq", "cz",
                                                           "gj", "iy", "ll", "mn", "fv", "hj"};
  return std::any_of(kAlike.begin(), kAlike.end(), [&](std::string_view pair) {
    return (pair[0] == a && pair[1] == b) || (pair[0] == b && pair[1] == a);
  });
}

constexpr int kNever = std::numeric_limits<int>::max();

/// How likely `typed` is a slip for `word`, at one slip's distance; smaller is likelier, kNever is none.
int slip(std::string_view typed, std::string_view word) {
  if (typed[0] != word[0] && !(typed.size() == word.size() + 1 && typed.substr(1) == word) &&
      !(word.size() == typed.size() + 1 && word[0] == 'h' && word.substr(1) == typed)) {
    // A slip on the first letter is rare, and other words differ by just that ("fight", "light").
    if (typed.size() != word.size() || word.size() < 7) {
      if (!(typed.size() == word.size() && typed[0] == word[1] && typed[1] == word[0])) return kNever;
    }
  }
  std::size_t front = 0;
  while (front < typed.size() && front < word.size() && typed[front] == word[front]) ++front;
  std::size_t back = 0;
  while (back < typed.size() - front && back < word.size() - front &&
         typed[typed.size() - 1 - back] == word[word.size() - 1 - back]) {
    ++back;
  }
  const std::size_t left_typed = typed.size() - front - back;
  const std::size_t left_word = word.size() - front - back;
  const bool long_word = word.size() >= 7;
  if (left_typed == 2 && left_word == 2 && typed[front] == word[front + 1] && typed[front + 1] == word[front]) return 1;
  if (left_typed == 0 && left_word == 1) {  // a letter left out
    const bool last = front + 1 == word.size();
    if (last && !long_word) return kNever;  // "street" is no slip for "streets", nor "food" for "foods"
    if (front > 0 && word[front] == word[front - 1]) return 1;
    return vowel(word[front]) || long_word || word[front] == 'h' ? 2 : 3;
  }
  if (left_typed == 1 && left_word == 0) {  // a letter too many
    const bool last = front + 1 == typed.size();
    if (front > 0 && typed[front] == typed[front - 1]) return 1;
    if (last && (typed[front] == 's' || typed[front] == 'd' || typed[front] == 'r' || typed[front] == 'y'))
      return kNever;
    return long_word ? 2 : 3;
  }
  if (left_typed == 1 && left_word == 1) {
    const char a = typed[front];
    const char b = word[front];
    const bool last = front + 1 == word.size();
    if (last && !long_word && !beside(a, b)) return kNever;
    if (vowel(a) && vowel(b)) return last ? 4 : 2;
    if (sounds_like(a, b)) return 2;
    if (beside(a, b)) return 3;
    return word.size() >= 8 ? 4 : kNever;
  }
  return kNever;
}

}  // namespace

WordId Vocabulary::intern(std::string_view word) {
  if (const auto at = ids_.find(word); at != ids_.end()) return at->second;
  const auto id = static_cast<WordId>(texts_.size());
  texts_.emplace_back(word);
  ids_.emplace(std::string(word), id);
  return id;
}

WordId Vocabulary::find(std::string_view word) const {
  const auto at = ids_.find(word);
  return at == ids_.end() ? kUnknownWord : at->second;
}

void Vocabulary::abbreviate(std::string_view short_form, const std::vector<std::string>& meaning) {
  const WordId word = intern(short_form);
  if (meaning.size() == 1) {
    meanings_[word].beside.push_back(intern(meaning[0]));
    return;
  }
  auto& instead = meanings_[word].instead;
  instead.clear();
  for (const std::string& each : meaning) instead.push_back(intern(each));
}

bool Vocabulary::abbreviates(std::string_view word) const {
  const WordId id = find(word);
  return id != kUnknownWord && meanings_.contains(id);
}

std::vector<WordId> Vocabulary::phrase(std::string_view text) {
  std::vector<WordId> out;
  for (const Piece& piece : pieces_of(text).all) {
    const WordId word = intern(piece.text);
    const auto meaning = meanings_.find(word);
    if (meaning != meanings_.end() && !meaning->second.instead.empty()) {
      out.insert(out.end(), meaning->second.instead.begin(), meaning->second.instead.end());
    } else {
      out.push_back(word);
    }
  }
  return out;
}

void Vocabulary::seal() {
  for (WordId word = 1; word < texts_.size(); ++word) {
    const std::string& text = texts_[word];
    if (!is_ascii(text) || text.size() < 2) continue;
    heads_.insert(head_of(text));
    if (text.size() > 2) heads_.insert(head_of(text.substr(0, 2)));
    if (text.size() < kMisspeltLettersMin || text.size() > kMisspeltLettersMax) continue;
    std::vector<std::uint64_t> hashes{hash_of(text, text.size())};
    for (std::size_t i = 0; i < text.size(); ++i) hashes.push_back(hash_of(text, i));
    std::sort(hashes.begin(), hashes.end());
    hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
    for (const std::uint64_t hash : hashes) near_[hash].push_back(word);
  }
}

bool Vocabulary::known(std::string_view word, WordId& found) const {
  found = find(word);
  return found != kUnknownWord;
}

/// "stoooop", "heeelp", "noooo": three or more of a letter are two, or one.
WordId Vocabulary::squeezed(std::string_view word) const {
  bool stretched = false;
  bool doubled = false;
  for (std::size_t i = 1; i < word.size(); ++i) {
    if (word[i] != word[i - 1]) continue;
    doubled = true;
    stretched = stretched || (i + 1 < word.size() && word[i + 1] == word[i]);
  }
  if (!doubled) return kUnknownWord;
  WordId found = kUnknownWord;
  for (const std::size_t keep : {std::size_t{2}, std::size_t{1}}) {
    std::string out;
    std::size_t run = 0;
    for (const char c : word) {
      run = !out.empty() && out.back() == c ? run + 1 : 1;
      if (run <= keep || (!stretched && keep == 2)) out.push_back(c);
    }
    if (known(out, found)) return found;
    // "hellllp meee": one letter doubled rightly, the others stretched.
    for (std::size_t i = 1; keep == 2 && i < out.size(); ++i) {
      if (out[i] != out[i - 1]) continue;
      std::string one = out;
      one.erase(i, 1);
      if (known(one, found)) return found;
    }
  }
  return kUnknownWord;
}

/// "st0p", "h3lp", "sh3lt3r", "$top": digits and signs for the letters they look like.
WordId Vocabulary::undisguised(std::string_view word) const {
  std::string out(word);
  bool changed = false;
  for (const char l : {'i', 'l'}) {
    out = word;
    for (char& c : out) {
      const char before = c;
      switch (c) {
        case '0':
          c = 'o';
          break;
        case '1':
          c = l;
          break;
        case '3':
          c = 'e';
          break;
        case '4':
          c = 'a';
          break;
        case '5':
          c = 's';
          break;
        case '7':
          c = 't';
          break;
        case '@':
          c = 'a';
          break;
        case '$':
          c = 's';
          break;
        default:
          break;
      }
      changed = changed || c != before;
    }
    if (!changed) return kUnknownWord;
    if (const WordId found = find(out); found != kUnknownWord) return found;
    if (const WordId found = squeezed(out); found != kUnknownWord) return found;
  }
  return kUnknownWord;
}

WordId Vocabulary::nearest(std::string_view word) const {
  if (word.size() < kMisspeltLettersMin - 1 || word.size() > kMisspeltLettersMax || !is_ascii(word))
    return kUnknownWord;
  WordId best = kUnknownWord;
  int least = kNever;
  auto look = [&](std::uint64_t hash) {
    const auto at = near_.find(hash);
    if (at == near_.end()) return;
    for (const WordId candidate : at->second) {
      const int cost = slip(word, texts_[candidate]);
      if (cost < least || (cost == least && cost != kNever && candidate < best)) {
        least = cost;
        best = candidate;
      }
    }
  };
  look(hash_of(word, word.size()));
  for (std::size_t i = 0; i < word.size(); ++i) look(hash_of(word, i));
  return best;
}

/// "stoptexting", "helpme", "nomemanden": the fewest known words that make up the whole.
bool Vocabulary::cut(std::string_view word, std::vector<WordId>& out) const {
  if (word.size() < kJoinedLettersMin || word.size() > kJoinedLettersMax || !is_ascii(word)) return false;
  struct Best {
    int cost = kNever;
    std::size_t from = 0;
    WordId word = kUnknownWord;
    int words = 0;
  };
  std::array<Best, kJoinedLettersMax + 1> best;
  best[0].cost = 0;
  for (std::size_t from = 0; from + 1 < word.size(); ++from) {
    if (best[from].cost == kNever || best[from].words >= kJoinedWordsMax) continue;
    const std::size_t rest = word.size() - from;
    if (from == 0 && word[0] == 'i') {
      if (const WordId one = find("i"); one != kUnknownWord && 4 < best[1].cost) best[1] = {4, 0, one, 1};
    }
    if (!heads_.contains(head_of(word.substr(from, std::min<std::size_t>(rest, 3)))) &&
        !heads_.contains(head_of(word.substr(from, 2)))) {
      continue;
    }
    for (std::size_t size = 2; size <= rest; ++size) {
      const WordId found = find(word.substr(from, size));
      if (found == kUnknownWord) continue;
      // Short pieces are cheap accidents; long ones are meant.
      const int cost = best[from].cost + (size == 2 ? 5 : size == 3 ? 3 : 2);
      if (cost < best[from + size].cost) best[from + size] = {cost, from, found, best[from].words + 1};
    }
  }
  const Best& end = best[word.size()];
  if (end.cost == kNever || end.words < 2) return false;
  std::size_t longest = 0;
  out.clear();
  for (std::size_t at = word.size(); at > 0; at = best[at].from) {
    out.push_back(best[at].word);
    longest = std::max(longest, at - best[at].from);
  }
  std::reverse(out.begin(), out.end());
  return longest >= 4 || (longest >= 3 && end.words == 2);
}

void Vocabulary::put(WordId word, const Piece& piece, std::size_t index, bool repaired, std::vector<Slot>& out) const {
  Slot slot;
  slot.clause = piece.clause;
  slot.piece = static_cast<std::uint16_t>(index);
  slot.repaired = repaired;
  const auto meaning = meanings_.find(word);
  if (meaning != meanings_.end() && !meaning->second.instead.empty()) {
    for (const WordId each : meaning->second.instead) {
      slot.count = 0;
      slot.add(each);
      out.push_back(slot);
    }
    return;
  }
  slot.add(word);
  if (meaning != meanings_.end()) {
    for (const WordId each : meaning->second.beside) slot.add(each);
  }
  out.push_back(slot);
}

void Vocabulary::read_word(const Piece& piece, std::size_t index, int& repairs, std::vector<Slot>& out) const {
  WordId found = kUnknownWord;
  if (known(piece.text, found)) return put(found, piece, index, false, out);
  const bool latin = piece.script == Script::latin || piece.script == Script::none;
  if (piece.number || !latin || repairs >= kRepairsMax) return put(kUnknownWord, piece, index, false, out);
  ++repairs;
  found = squeezed(piece.text);
  if (found == kUnknownWord) found = undisguised(piece.text);
  if (found != kUnknownWord) return put(found, piece, index, true, out);
  // "15yo", "im15": a number and a word run together.
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  for (std::size_t i = 1; i < piece.text.size(); ++i) {
    if (digit(piece.text[i]) == digit(piece.text[i - 1])) continue;
    Piece front = piece;
    Piece back = piece;
    front.text = piece.text.substr(0, i);
    back.text = piece.text.substr(i);
    front.number = digit(front.text[0]);
    back.number = std::all_of(back.text.begin(), back.text.end(), digit);
    read_word(front, index, repairs, out);
    return read_word(back, index, repairs, out);
  }
  found = nearest(piece.text);
  std::vector<WordId> parts;
  if (found != kUnknownWord && slip(piece.text, texts_[found]) <= 1) return put(found, piece, index, true, out);
  if (cut(piece.text, parts)) {
    for (const WordId part : parts) put(part, piece, index, true, out);
    return;
  }
  put(found, piece, index, found != kUnknownWord, out);
}

std::vector<Slot> Vocabulary::read(const Pieces& pieces) const {
  std::vector<Slot> out;
  out.reserve(pieces.all.size() + 8);
  int repairs = 0;
  const auto& all = pieces.all;
  for (std::size_t i = 0; i < all.size() && out.size() < kTokensMax; ++i) {
    // "s t o p", "S.T.O.P.": single letters in a row are one word, if it is one.
    std::size_t run = i;
    std::string letters;
    while (run < all.size() && all[run].text.size() == 1 && all[run].script == Script::latin)
      letters += all[run++].text;
    WordId found = kUnknownWord;
    if (run - i >= 3 && !known(letters, found)) found = squeezed(letters);
    if (found != kUnknownWord) {
      put(found, all[i], i, true, out);
      i = run - 1;
      continue;
    }
    // "st op", "sto p", "ay uda": two halves of which at least one is no word, and which together are one.
    if (i + 1 < all.size() && all[i].script == Script::latin && all[i + 1].script == Script::latin) {
      const std::string both = std::string(all[i].text) + std::string(all[i + 1].text);
      const bool halves = find(all[i].text) == kUnknownWord || find(all[i + 1].text) == kUnknownWord ||
                          (all[i + 1].text.size() == 1 && all[i + 1].text != "i" && all[i + 1].text != "y" &&
                           all[i + 1].text != "a" && all[i + 1].text != "u");
      if (halves && both.size() >= 4 && both.size() <= kMisspeltLettersMax && known(both, found)) {
        put(found, all[i], i, true, out);
        ++i;
        continue;
      }
    }
    read_word(all[i], i, repairs, out);
  }
  return out;
}

}  // namespace northstar::language
