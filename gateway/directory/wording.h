#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace northstar::directory {

/// One word of a text, folded: no capitals, accents or apostrophes, compatibility forms replaced.
struct Word {
  std::string text;
  bool digits = false;             ///< nothing but digits
  bool shouted = false;            ///< two capitals or more, and nothing else
  bool unspaced = false;           ///< Chinese, Japanese, Korean, Thai, Khmer: a run in which words are not set apart
  bool after_break = false;        ///< a comma, full stop, line end or the like stands before it
  bool before_money = false;       ///< "$" stands before it
  std::uint8_t gap = 0;            ///< characters between it and the word before
  std::size_t begin = 0, end = 0;  ///< bytes of the original
};

/// Folds names and texts into the form in which they are compared. Simplified and traditional Chinese, and the Arabic
/// and Persian forms of a letter, come out alike.
class Folding {
 public:
  Folding();
  /// At most `limit` words; what is longer is not read.
  std::vector<Word> words(std::string_view text, std::size_t limit = 256) const;
  /// The words of a name with nothing between: "San José" is "sanjose".
  std::string joined(std::string_view name) const;

 private:
  void append(char32_t c, std::string& out) const;
  std::unordered_map<char32_t, char32_t> simplified_;
};

/// "st" is "saint", "mt" is "mount": the long form, or the word itself.
std::string_view long_form(std::string_view word);

/// The least number of letters left out, put in, changed or swapped; more than `most` comes back as `most + 1`.
int misspelling(std::string_view a, std::string_view b, int most);

/// How a name sounds to someone who writes it by ear in English or Spanish: "sakramento" and "sacramento" are alike.
std::string sound(std::string_view letters);

}  // namespace northstar::directory
