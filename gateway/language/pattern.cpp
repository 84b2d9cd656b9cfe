#include "gateway/language/pattern.h"

#include <algorithm>
#include <memory>

namespace northstar::language {
namespace {
using Op = Instruction::Op;
/// Enough for any pattern on any text a person types; bounds what a crafted text can cost.
constexpr int kStepsMax = 3000;
constexpr int kRepeatMax = 4;
constexpr std::size_t kCodeMax = 4000;
}  // namespace

struct Pattern::Node {
  enum class Kind : std::uint8_t { symbol, gap, zero, sequence, choice };
  Kind kind = Kind::sequence;
  Instruction instruction;
  std::vector<Node> parts;
  int least = 1;
  int most = 1;
};

struct Pattern::Reader {
  std::string_view source;
  const Names& names;
  std::size_t at = 0;
  std::optional<Fault> fault;

  void fail(std::size_t where, std::string text) {
    if (!fault) fault = Fault{where, std::move(text)};
  }
  void skip() {
    while (at < source.size() && source[at] == ' ') ++at;
  }

  Node choice() {
    Node out;
    out.kind = Node::Kind::choice;
    out.parts.push_back(sequence());
    while (!fault && at < source.size() && source[at] == '|') {
      ++at;
      out.parts.push_back(sequence());
    }
    return out;
  }

  Node sequence() {
    Node out;
    skip();
    while (!fault && at < source.size() && source[at] != '|' && source[at] != ')') {
      element(out);
      skip();
    }
    return out;
  }

  void element(Node& into) {
    const std::size_t begin = at;
    const char c = source[at];
    if (c == '(') {
      ++at;
      Node group = choice();
      if (at >= source.size() || source[at] != ')') return fail(begin, "this bracket is not closed");
      ++at;
      repeat(group);
      into.parts.push_back(std::move(group));
      return;
    }
    if (c == '!') {
      ++at;
      Node ahead;
      element(ahead);
      if (fault) return;
      if (ahead.parts.size() != 1 || ahead.parts[0].kind != Node::Kind::symbol) {
        return fail(begin, "\"!\" stands before one word or class");
      }
      Node node;
      node.kind = Node::Kind::zero;
      node.instruction = {Op::not_ahead, ahead.parts[0].instruction.a, 0};
      into.parts.push_back(std::move(node));
      return;
    }
    if (c == '<') {
      const std::size_t close = source.find('>', at);
      if (close == std::string_view::npos) return fail(begin, "\"<\" without \">\"");
      const std::string_view name = source.substr(at + 1, close - at - 1);
      at = close + 1;
      const auto symbol = names.named(name);
      if (!symbol) return fail(begin, "no class is called <" + std::string(name) + ">");
      Node node;
      node.kind = Node::Kind::symbol;
      node.instruction = {Op::symbol, *symbol, 0};
      repeat(node);
      into.parts.push_back(std::move(node));
      return;
    }
    if (c == '.') {
      std::size_t dots = 0;
      while (at < source.size() && source[at] == '.') ++dots, ++at;
      if (dots < 2 || dots > 4) return fail(begin, "a gap is written \"..\", \"...\" or \"....\"");
      Node node;
      node.kind = Node::Kind::gap;
      node.instruction = {Op::gap, static_cast<std::uint16_t>(dots == 2 ? 1 : dots == 3 ? 3 : 6), 0};
      into.parts.push_back(std::move(node));
      return;
    }
    if (c == '?' || c == '*' || c == '>' || c == '{' || c == '}')
      return fail(begin, std::string("\"") + c + "\" has nothing to stand on");
    std::size_t stop = at;
    while (stop < source.size() && std::string_view(" ()|?*!<>{}").find(source[stop]) == std::string_view::npos) ++stop;
    const std::string_view word = source.substr(at, stop - at);
    at = stop;
    static constexpr std::array<std::pair<std::string_view, Op>, 6> kPlaces{{{"START", Op::start},
                                                                             {"END", Op::end},
                                                                             {"CSTART", Op::clause_start},
                                                                             {"CEND", Op::clause_end},
                                                                             {"ASKED", Op::asked},
                                                                             {"SAID", Op::said}}};
    for (const auto& [name, op] : kPlaces) {
      if (word != name) continue;
      Node node;
      node.kind = Node::Kind::zero;
      node.instruction = {op, 0, 0};
      into.parts.push_back(std::move(node));
      return;
    }
    const std::vector<SymbolId> symbols = names.word(word);
    if (symbols.empty()) return fail(begin, "\"" + std::string(word) + "\" has no letters");
    Node whole;
    for (const SymbolId symbol : symbols) {
      Node node;
      node.kind = Node::Kind::symbol;
      node.instruction = {Op::symbol, symbol, 0};
      whole.parts.push_back(std::move(node));
    }
    if (whole.parts.size() == 1) whole = Node(whole.parts[0]);
    repeat(whole);
    into.parts.push_back(std::move(whole));
  }

  void repeat(Node& node) {
    if (at >= source.size()) return;
    if (source[at] == '?') {
      node.least = 0;
      ++at;
    } else if (source[at] == '*') {
      node.least = 0;
      node.most = kRepeatMax;
      ++at;
    }
  }

  static void emit(const Node& node, std::vector<Instruction>& code) {
    for (int copy = 0; copy < node.most && code.size() < kCodeMax; ++copy) {
      std::size_t fork = code.size();
      if (copy >= node.least) code.push_back({Op::fork, 0, 0});
      emit_once(node, code);
      // A repeat that is left out leaves out those after it too: each fork leads past all of them.
      if (copy >= node.least) {
        code[fork].a = static_cast<std::uint16_t>(fork + 1);
        code[fork].b = static_cast<std::uint16_t>(code.size());
      }
    }
  }

  static void emit_once(const Node& node, std::vector<Instruction>& code) {
    switch (node.kind) {
      case Node::Kind::symbol:
      case Node::Kind::gap:
      case Node::Kind::zero:
        code.push_back(node.instruction);
        return;
      case Node::Kind::sequence:
        for (const Node& part : node.parts) emit(part, code);
        return;
      case Node::Kind::choice:
        break;
    }
    std::vector<std::size_t> leaving;
    for (std::size_t i = 0; i < node.parts.size(); ++i) {
      const bool last = i + 1 == node.parts.size();
      const std::size_t fork = code.size();
      if (!last) code.push_back({Op::fork, 0, 0});
      emit(node.parts[i], code);
      if (last) continue;
      leaving.push_back(code.size());
      code.push_back({Op::jump, 0, 0});
      code[fork].a = static_cast<std::uint16_t>(fork + 1);
      code[fork].b = static_cast<std::uint16_t>(code.size());
    }
    for (const std::size_t at : leaving) code[at].a = static_cast<std::uint16_t>(code.size());
  }

  /// The sets of symbols of which one each must occur.
  static std::vector<std::vector<SymbolId>> needs(const Node& node) {
    if (node.least == 0) return {};
    std::vector<std::vector<SymbolId>> out;
    if (node.kind == Node::Kind::symbol) {
      out.push_back({static_cast<SymbolId>(node.instruction.a)});
    } else if (node.kind == Node::Kind::sequence) {
      for (const Node& part : node.parts) {
        for (auto& set : needs(part)) out.push_back(std::move(set));
      }
    } else if (node.kind == Node::Kind::choice) {
      if (node.parts.size() == 1) return needs(node.parts[0]);
      std::vector<SymbolId> either;
      for (const Node& part : node.parts) {
        auto sets = needs(part);
        if (sets.empty()) return {};
        const auto smallest = std::min_element(sets.begin(), sets.end(),
                                               [](const auto& a, const auto& b) { return a.size() < b.size(); });
        either.insert(either.end(), smallest->begin(), smallest->end());
      }
      std::sort(either.begin(), either.end());
      either.erase(std::unique(either.begin(), either.end()), either.end());
      out.push_back(std::move(either));
    }
    return out;
  }
};

std::optional<Pattern::Fault> Pattern::parse(std::string_view source, const Names& names, Pattern& out) {
  Reader reader{source, names, 0, std::nullopt};
  Node tree = reader.choice();
  if (!reader.fault && reader.at < source.size()) reader.fail(reader.at, "\")\" without \"(\"");
  if (reader.fault) return reader.fault;
  out.code_.clear();
  Reader::emit(tree, out.code_);
  if (out.code_.size() >= kCodeMax) return Fault{0, "this pattern is too large; cut it in two"};
  out.code_.push_back({Op::match, 0, 0});
  out.needs_ = Reader::needs(tree);
  if (out.needs_.empty()) return Fault{0, "this pattern needs at least one word that is not optional"};
  std::sort(out.needs_.begin(), out.needs_.end(), [](const auto& a, const auto& b) { return a.size() < b.size(); });
  out.find_firsts();
  return std::nullopt;
}

void Pattern::find_firsts() {
  at_start_ = code_[0].op == Op::start;
  std::vector<std::uint16_t> open{0};
  std::vector<bool> seen(code_.size());
  while (!open.empty()) {
    const std::uint16_t pc = open.back();
    open.pop_back();
    if (seen[pc]) continue;
    seen[pc] = true;
    const Instruction& now = code_[pc];
    switch (now.op) {
      case Op::symbol:
        firsts_.push_back(static_cast<SymbolId>(now.a));
        break;
      case Op::fork:
        open.push_back(now.a);
        open.push_back(now.b);
        break;
      case Op::jump:
        open.push_back(now.a);
        break;
      case Op::gap:
      case Op::match:
        firsts_.clear();
        return;
      default:
        open.push_back(static_cast<std::uint16_t>(pc + 1));
        break;
    }
  }
  std::sort(firsts_.begin(), firsts_.end());
  firsts_.erase(std::unique(firsts_.begin(), firsts_.end()), firsts_.end());
}

std::vector<SymbolId> Pattern::symbols() const {
  std::vector<SymbolId> out;
  for (const Instruction& each : code_) {
    if (each.op == Op::symbol || each.op == Op::not_ahead) out.push_back(static_cast<SymbolId>(each.a));
  }
  return out;
}

std::vector<SymbolId> Pattern::anchors(const std::vector<std::uint32_t>& weight) const {
  return *std::ranges::min_element(needs_, {}, [&](const auto& set) {
    std::uint64_t sum = 0;
    for (const SymbolId symbol : set) sum += weight[symbol];
    return sum;
  });
}

bool Pattern::possible(const Sentence& sentence) const {
  return std::all_of(needs_.begin(), needs_.end(), [&](const auto& set) {
    return std::any_of(set.begin(), set.end(), [&](SymbolId symbol) { return sentence.has(symbol); });
  });
}

std::optional<std::uint16_t> Pattern::match(const Sentence& sentence, std::uint16_t slot) const {
  int budget = kStepsMax;
  std::uint16_t end = 0;
  if (!step(sentence, 0, slot, budget, end)) return std::nullopt;
  return end;
}

bool Pattern::step(const Sentence& sentence, std::uint16_t pc, std::uint16_t slot, int& budget,
                   std::uint16_t& end) const {
  const auto size = static_cast<std::uint16_t>(sentence.slots.size());
  auto clause = [&](std::uint16_t at) { return sentence.slots[at].clause; };
  auto holds = [&](std::uint16_t at, SymbolId symbol) {
    for (std::uint32_t i = sentence.first[at]; i < sentence.first[at + 1U]; ++i) {
      if (sentence.edges[i].symbol == symbol) return true;
    }
    return false;
  };
  while (--budget > 0) {
    const Instruction& now = code_[pc];
    switch (now.op) {
      case Op::match:
        end = slot;
        return true;
      case Op::symbol: {
        if (slot >= size) return false;
        std::uint16_t only = 0;
        for (std::uint32_t i = sentence.first[slot]; i < sentence.first[slot + 1U]; ++i) {
          const Edge& edge = sentence.edges[i];
          if (edge.symbol != now.a) continue;
          if (only != 0 && step(sentence, static_cast<std::uint16_t>(pc + 1), only, budget, end)) return true;
          only = edge.end;
        }
        if (only == 0) return false;
        slot = only;
        ++pc;
        break;
      }
      case Op::fork:
        if (step(sentence, now.a, slot, budget, end)) return true;
        pc = now.b;
        break;
      case Op::jump:
        pc = now.a;
        break;
      case Op::gap: {
        // The words of a gap, and what comes after, belong to the sentence that it began in.
        for (std::uint16_t skip = 0; skip <= now.a; ++skip) {
          const auto at = static_cast<std::uint16_t>(slot + skip);
          if (at > size) return false;
          if (skip > 0 && slot > 0 && at < size && clause(at) != clause(static_cast<std::uint16_t>(slot - 1)))
            return false;
          if (step(sentence, static_cast<std::uint16_t>(pc + 1), at, budget, end)) return true;
          if (at >= size || holds(at, sentence.negation)) return false;
          if (slot > 0 && clause(at) != clause(static_cast<std::uint16_t>(slot - 1))) return false;
        }
        return false;
      }
      case Op::not_ahead:
        if (slot < size && holds(slot, static_cast<SymbolId>(now.a))) return false;
        ++pc;
        break;
      case Op::start:
        if (slot != 0) return false;
        ++pc;
        break;
      case Op::end:
        if (slot != size) return false;
        ++pc;
        break;
      case Op::clause_start:
        if (slot != 0 && slot < size && clause(slot) == clause(static_cast<std::uint16_t>(slot - 1))) return false;
        ++pc;
        break;
      case Op::clause_end:
        if (slot < size && slot > 0 && clause(slot) == clause(static_cast<std::uint16_t>(slot - 1))) return false;
        ++pc;
        break;
      case Op::asked:
      case Op::said: {
        const std::uint16_t at = slot > 0 ? static_cast<std::uint16_t>(slot - 1) : slot;
        if (at >= size) return false;
        const bool asks = (*sentence.asks)[clause(at)];
        if (asks != (now.op == Op::asked)) return false;
        ++pc;
        break;
      }
    }
  }
  return false;
}

}  // namespace northstar::language
