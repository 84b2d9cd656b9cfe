#pragma once
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/language/pattern.h"
#include "gateway/language/understanding.h"
#include "gateway/language/vocabulary.h"

/// All of `config/lexicon/`, compiled. `config/lexicon/README.md` tells NGOs how its files are written.
namespace northstar::language {

/// What a rule says of a text when it matches.
struct Meaning {
  EnumSet<Intent> intents;
  EnumSet<Cue> cues;
  EnumSet<Need> needs;
  bool ambiguous = false;
  bool tonight = false;
  bool named_911 = false;
  bool man = false;
  std::optional<std::uint8_t> digit;
  Locale asks_language;
  std::string names;  ///< as written, for people
};

/// How much a word says for a language.
struct Evidence {
  std::uint8_t language = 0;  ///< index into Lexicon::languages
  float weight = 0;
};

struct Rule {
  Meaning meaning;
  std::vector<std::uint32_t> unless;           ///< patterns that void a match they overlap
  std::vector<std::uint32_t> unless_anywhere;  ///< patterns that void it wherever they stand
};

struct PatternEntry {
  Pattern pattern;
  std::uint32_t rule = 0;
  bool alone = false;
  std::string source;  ///< as written
  std::string place;   ///< file:line
};

class Lexicon {
 public:
  static Loaded<std::unique_ptr<const Lexicon>> load(const std::filesystem::path& folder);

  Vocabulary vocabulary;
  std::vector<Rule> rules;
  std::vector<PatternEntry> patterns;                 ///< what rules say
  std::vector<PatternEntry> guards;                   ///< what voids them
  std::vector<std::vector<std::uint32_t>> by_anchor;  ///< patterns by the symbol that they cannot do without
  std::vector<Locale> languages;
  std::vector<std::vector<Evidence>> evidence;  ///< by word

  /// Fills in which words and classes stand where.
  void edges(Sentence& sentence) const;

 private:
  friend class LexiconReader;
  struct TrieNode {
    std::vector<SymbolId> symbols;
    bool leaf = true;
  };
  void walk(Sentence& sentence, std::uint32_t node, std::uint16_t begin, std::uint16_t slot) const;

  std::vector<TrieNode> trie_{TrieNode{}};
  std::vector<std::uint32_t> roots_;                           ///< by word: its node, 0 if none
  std::unordered_map<std::uint64_t, std::uint32_t> children_;  ///< by node and word
  std::size_t symbols_ = 0;
  SymbolId negation_ = 0;
};

}  // namespace northstar::language
