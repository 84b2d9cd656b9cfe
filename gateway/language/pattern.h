#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/language/vocabulary.h"

/// Phrases with room for how people put them.
///
///   stop              the word
///   <texting>         any word or phrase of a class
///   (a|b c|<d>)       one of several
///   x?  x*            once or not at all; up to four times
///   ..  ...  ....     up to one, three or six other words of the same sentence, none of them a negation
///   START END         the text begins, ends here
///   CSTART CEND       a sentence begins, ends here
///   ASKED SAID        the sentence ends with a question mark, or does not
///   !x                not followed by x (a word or a class)
namespace northstar::language {

/// A word or class that patterns speak of.
using SymbolId = std::uint16_t;

struct Instruction {
  enum class Op : std::uint8_t {
    symbol,
    fork,
    jump,
    gap,
    not_ahead,
    start,
    end,
    clause_start,
    clause_end,
    asked,
    said,
    match
  };
  Op op = Op::match;
  std::uint16_t a = 0;
  std::uint16_t b = 0;
};

/// A symbol found in the text, from its slot to the one after its last.
struct Edge {
  SymbolId symbol = 0;
  std::uint16_t end = 0;
};

/// A text as patterns see it.
struct Sentence {
  std::span<const Slot> slots;
  std::vector<std::uint32_t> first;  ///< by slot: where its edges begin in `edges`; one more at the end
  std::vector<Edge> edges;
  /// By symbol: the slots where it begins, as bits; the last bit stands for that slot and all after it.
  std::vector<std::uint64_t> where;
  std::vector<SymbolId> found;  ///< each symbol that occurs, once
  const std::vector<bool>* asks = nullptr;
  SymbolId negation = 0;
  bool has(SymbolId symbol) const { return where[symbol] != 0; }
  static constexpr unsigned kLastBit = 63;
};

class Pattern {
 public:
  /// What a pattern's words and classes are called, while it is read.
  struct Names {
    std::function<std::vector<SymbolId>(std::string_view word)> word;     ///< several, if it is written out
    std::function<std::optional<SymbolId>(std::string_view name)> named;  ///< a class, if there is one
  };
  struct Fault {
    std::size_t at = 0;
    std::string text;
  };
  /// Reads `source`, or says what is wrong and where.
  static std::optional<Fault> parse(std::string_view source, const Names& names, Pattern& out);

  /// Where a match that begins at `slot` ends, or nothing.
  std::optional<std::uint16_t> match(const Sentence& sentence, std::uint16_t slot) const;
  /// Every symbol that must occur does.
  bool possible(const Sentence& sentence) const;
  /// The first match in the text, from its first slot to the one after its last.
  struct Span {
    std::uint16_t begin = 0;
    std::uint16_t end = 0;
  };
  /// Calls `use(Span)` for the match at each slot where there is one, until it returns true.
  template <class Use>
  void each(const Sentence& sentence, Use use) const {
    if (!possible(sentence)) return;
    const auto size = static_cast<std::uint16_t>(sentence.slots.size());
    std::uint64_t starts = ~std::uint64_t{0};
    if (at_start_) {
      starts = 1;
    } else if (!firsts_.empty()) {
      starts = 0;
      for (const SymbolId symbol : firsts_) starts |= sentence.where[symbol];
    }
    for (std::uint16_t slot = 0; slot < size; ++slot) {
      const unsigned bit = slot < Sentence::kLastBit ? slot : Sentence::kLastBit;
      if ((starts >> bit) == 0) return;
      if ((starts >> bit & 1U) == 0) continue;
      const auto end = match(sentence, slot);
      if (end && use(Span{slot, *end})) return;
      if (at_start_) return;
    }
  }

  /// Symbols of which at least one occurs in whatever this matches; chosen to be rare by `weight`.
  std::vector<SymbolId> anchors(const std::vector<std::uint32_t>& weight) const;
  /// Every symbol it speaks of.
  std::vector<SymbolId> symbols() const;

 private:
  struct Node;
  struct Reader;
  void find_firsts();
  bool step(const Sentence& sentence, std::uint16_t pc, std::uint16_t slot, int& budget, std::uint16_t& end) const;

  std::vector<Instruction> code_;
  std::vector<std::vector<SymbolId>> needs_;  ///< each set must have one present
  std::vector<SymbolId> firsts_;              ///< one of these begins every match; empty if anything may
  bool at_start_ = false;                     ///< matches at the text's start alone
};

}  // namespace northstar::language
