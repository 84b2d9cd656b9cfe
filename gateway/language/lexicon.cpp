#include "gateway/language/lexicon.h"

namespace northstar::language {

void Lexicon::walk(Sentence& sentence, std::uint32_t node, std::uint16_t begin, std::uint16_t slot) const {
  const TrieNode& here = trie_[node];
  for (const SymbolId symbol : here.symbols) {
    sentence.edges.push_back({symbol, slot});
    if (sentence.where[symbol] == 0) sentence.found.push_back(symbol);
    sentence.where[symbol] |= std::uint64_t{1} << std::min<unsigned>(begin, Sentence::kLastBit);
  }
  if (here.leaf || slot >= sentence.slots.size()) return;
  const Slot& next = sentence.slots[slot];
  for (std::size_t i = 0; i < next.count; ++i) {
    if (next.words[i] == kUnknownWord) continue;
    const auto child = children_.find(std::uint64_t{node} << 32U | next.words[i]);
    if (child != children_.end()) walk(sentence, child->second, begin, static_cast<std::uint16_t>(slot + 1));
  }
}

void Lexicon::edges(Sentence& sentence) const {
  sentence.negation = negation_;
  sentence.where.assign(symbols_, 0);
  sentence.edges.reserve(sentence.slots.size() * 8);
  sentence.first.reserve(sentence.slots.size() + 1);
  const auto size = static_cast<std::uint16_t>(sentence.slots.size());  // kTokensMax at most
  for (std::uint16_t slot = 0; slot < size; ++slot) {
    sentence.first.push_back(static_cast<std::uint32_t>(sentence.edges.size()));
    const Slot& here = sentence.slots[slot];
    for (std::size_t i = 0; i < here.count; ++i) {
      if (const std::uint32_t root = roots_[here.words[i]]; here.words[i] != kUnknownWord && root != 0) {
        walk(sentence, root, slot, static_cast<std::uint16_t>(slot + 1));
      }
    }
  }
  sentence.first.push_back(static_cast<std::uint32_t>(sentence.edges.size()));
}

}  // namespace northstar::language
