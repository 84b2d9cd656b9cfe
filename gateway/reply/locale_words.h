#pragma once
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/locale.h"
#include "gateway/base/result.h"

namespace northstar::reply {

/// Words and stems to look for, written "traffick*" (begins so), "*fono" (ends so), "opt out" (two words in a row).
/// Matching knows no capitals and no accents.
class WordList {
 public:
  WordList() = default;
  explicit WordList(const std::vector<std::string>& entries);
  bool empty() const { return phrases_.empty(); }
  /// The first entry that the text holds, as it was written; empty if none.
  std::string found_in(std::string_view text) const;

 private:
  struct Token {
    std::string text;
    bool open_front = false, open_back = false;
  };
  struct Phrase {
    std::string written;
    std::vector<Token> tokens;
  };
  std::vector<Phrase> phrases_;
};

/// What `templates/<locale>/stems.yaml` says of a language: the words that the lint looks for, reviewed as messages
/// are.
struct LocaleWords {
  WordList revealing;           ///< discreet: no text that may be read over a shoulder holds one (R3, R4)
  WordList filter_risk;         ///< carriers may drop a text with one (R26)
  WordList opt_out;             ///< no label or example of ours contains one (R15)
  WordList free;                ///< only a free-to-end-user code may say so (R28)
  WordList rates;               ///< one of these says that rates may apply (R28)
  WordList claims;              ///< what nobody can promise (R29)
  WordList automatic;           ///< one of these says that a machine answers (R5)
  std::set<std::string> units;  ///< a digit before one of these is an amount, not a choice

  /// Reads one file; what is wrong with it goes to `faults`.
  static LocaleWords read(const std::filesystem::path& file, Faults& faults);
};

/// Lower case without accents, words apart by one space.
std::vector<std::string> folded_words(std::string_view text);

}  // namespace northstar::reply
