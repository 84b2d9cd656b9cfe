#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "gateway/language/letters.h"

/// The words that the lexicons know, and how what was typed is read as one of them.
namespace northstar::language {

using WordId = std::uint32_t;
inline constexpr WordId kUnknownWord = 0;

struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

/// One place in a text, with every word it may stand for ("u" is a letter, and is "you").
struct Slot {
  std::array<WordId, 4> words{};
  std::uint8_t count = 0;
  std::uint16_t clause = 0;
  std::uint16_t piece = 0;  ///< the first piece of the text that it came from
  bool repaired = false;    ///< not typed so: guessed, joined or cut apart
  void add(WordId word) {
    if (count < words.size()) words[count++] = word;
  }
};

class Vocabulary {
 public:
  WordId intern(std::string_view word);
  WordId find(std::string_view word) const;  ///< kUnknownWord if not known
  const std::string& text(WordId word) const { return texts_[word]; }
  std::size_t size() const { return texts_.size(); }

  /// `short_form` is read as `meaning`: one word beside itself, or several in its place.
  void abbreviate(std::string_view short_form, const std::vector<std::string>& meaning);
  /// The words of a lexicon phrase, abbreviations of several words written out.
  std::vector<WordId> phrase(std::string_view text);
  bool abbreviates(std::string_view word) const;

  /// To be called once, when all words are in: prepares the reading of misspellings.
  void seal();

  /// The slots of a text. Misspelt, joined, stretched and disguised words are read as the known words they
  /// are nearest to; what remains unknown is kUnknownWord.
  std::vector<Slot> read(const Pieces& pieces) const;

 private:
  struct Meaning {
    std::vector<WordId> beside;   ///< may also be one of these
    std::vector<WordId> instead;  ///< is all of these, one after the other
  };
  bool known(std::string_view word, WordId& found) const;
  WordId squeezed(std::string_view word) const;
  WordId undisguised(std::string_view word) const;
  WordId nearest(std::string_view word) const;
  bool cut(std::string_view word, std::vector<WordId>& out) const;
  void put(WordId word, const Piece& piece, std::size_t index, bool repaired, std::vector<Slot>& out) const;
  void read_word(const Piece& piece, std::size_t index, int& repairs, std::vector<Slot>& out) const;

  std::vector<std::string> texts_{std::string()};
  std::unordered_map<std::string, WordId, StringHash, std::equal_to<>> ids_;
  std::unordered_map<WordId, Meaning> meanings_;
  std::unordered_map<std::uint64_t, std::vector<WordId>> near_;  ///< by hash of the word less one letter
  std::unordered_set<std::uint32_t> heads_;                      ///< the first three letters of every word
};

}  // namespace northstar::language
