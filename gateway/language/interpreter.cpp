#include <algorithm>

#include "gateway/language/identify.h"
#include "gateway/language/language.h"
#include "gateway/language/lexicon.h"

namespace northstar::language {
namespace {

struct Found {
  std::uint32_t pattern = 0;
  std::uint16_t begin = 0;
  std::uint16_t end = 0;
};

/// The guard that stands in the text, overlapping `found` or, with `anywhere`, in any place.
const PatternEntry* guard_of(const Lexicon& lexicon, const Sentence& sentence, const std::vector<std::uint32_t>& guards,
                             const Found& found, bool anywhere) {
  for (const std::uint32_t index : guards) {
    bool stands = false;
    lexicon.guards[index].pattern.each(sentence, [&](Pattern::Span span) {
      stands = anywhere || (span.begin < found.end && span.end > found.begin);
      return stands || (!anywhere && span.begin >= found.end);
    });
    if (stands) return &lexicon.guards[index];
  }
  return nullptr;
}

/// Every rule that holds, with the pattern that showed it: the first of each rule's, for one is enough.
/// `voided` hears of those that a guard took back.
template <class Use, class Voided>
void match_all(const Lexicon& lexicon, const Sentence& sentence, bool every, Use use, Voided voided) {
  std::vector<std::uint32_t> candidates;
  candidates.reserve(64);
  for (const SymbolId symbol : sentence.found) {
    const auto& under = lexicon.by_anchor[symbol];
    candidates.insert(candidates.end(), under.begin(), under.end());
  }
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  std::uint32_t settled = static_cast<std::uint32_t>(-1);  // patterns of one rule lie together
  for (const std::uint32_t index : candidates) {
    const PatternEntry& entry = lexicon.patterns[index];
    if (entry.rule == settled) continue;
    const Rule& rule = lexicon.rules[entry.rule];
    entry.pattern.each(sentence, [&](Pattern::Span span) {
      const Found found{index, span.begin, span.end};
      const PatternEntry* guard = guard_of(lexicon, sentence, rule.unless, found, false);
      if (guard == nullptr) guard = guard_of(lexicon, sentence, rule.unless_anywhere, found, true);
      if (guard != nullptr) {
        voided(found, entry, rule, *guard);
        return false;
      }
      use(found, entry, rule);
      if (!every) settled = entry.rule;
      return true;
    });
  }
}

/// What follows from several findings together.
void settle(Understanding& out, bool digit_is_all) {
  if (out.intents.contains(Intent::opt_out)) out.ambiguous = false;
  if (!out.needs.contains(Need::shelter)) out.tonight = false;
  // "Something else" is for when nothing is said more plainly.
  EnumSet<Need> plain = out.needs;
  plain.erase(Need::other);
  if (!plain.empty()) out.needs = plain;
  if (!digit_is_all) out.digit.reset();
}

/// A text on its way through: its letters, its pieces, the words they may be, and what stands where. The later parts
/// point into the earlier ones.
struct Reading {
  Reading(const Lexicon& lexicon, std::string_view text)
      : normal(normalise(text.substr(0, kTextBytesMax))), pieces(pieces_of(normal)), slots(lexicon.vocabulary.read(pieces)) {
    sentence.slots = slots;
    sentence.asks = &pieces.asks;
    lexicon.edges(sentence);
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  const std::string normal;
  const Pieces pieces;
  const std::vector<Slot> slots;
  Sentence sentence;
};

}  // namespace

struct Interpreter::Data {
  std::unique_ptr<const Lexicon> lexicon;
};

Loaded<Interpreter> Interpreter::load(const std::filesystem::path& lexicon_folder) {
  auto lexicon = Lexicon::load(lexicon_folder);
  if (!lexicon) return lexicon.error();
  auto data = std::make_unique<Data>();
  data->lexicon = std::move(*lexicon);
  return Interpreter(std::unique_ptr<const Data>(std::move(data)));
}

Interpreter::Interpreter(std::unique_ptr<const Data> data) : data_(std::move(data)) {}
Interpreter::Interpreter(Interpreter&&) noexcept = default;
Interpreter& Interpreter::operator=(Interpreter&&) noexcept = default;
Interpreter::~Interpreter() = default;

Understanding Interpreter::understand(std::string_view text, Locale hint) const {
  const Lexicon& lexicon = *data_->lexicon;
  const Reading reading(lexicon, text);

  Understanding out;
  bool digit = false;
  match_all(
      lexicon, reading.sentence, false,
      [&](const Found&, const PatternEntry& entry, const Rule& rule) {
        const Meaning& meaning = rule.meaning;
        out.intents.merge(meaning.intents);
        out.cues.merge(meaning.cues);
        out.needs.merge(meaning.needs);
        out.ambiguous = out.ambiguous || meaning.ambiguous;
        out.tonight = out.tonight || meaning.tonight;
        out.named_911 = out.named_911 || meaning.named_911;
        out.man = out.man || meaning.man;
        if (meaning.asks_language.known()) out.asked_language = meaning.asks_language;
        if (meaning.digit && entry.alone) {
          out.digit = meaning.digit;
          digit = true;
        }
        if (entry.alone && (meaning.digit || meaning.intents.intersects({Intent::yes, Intent::no}))) out.bare = true;
      },
      [](auto&&...) {});
  settle(out, digit);
  if (out.digit) return out;  // a menu choice is in no language: "uno" and "option 2" are digits too
  const Identified identified = identify(lexicon, text.substr(0, kTextBytesMax), reading.pieces, reading.slots, hint);
  out.language = identified.language;
  out.confidence = identified.confidence;
  return out;
}

std::vector<std::string> Interpreter::explain(std::string_view text, Locale hint) const {
  const Lexicon& lexicon = *data_->lexicon;
  const Reading reading(lexicon, text);
  const auto& pieces = reading.pieces;
  const auto& slots = reading.slots;

  std::vector<std::string> out;
  std::string read = "read as:";
  for (const Slot& slot : slots) {
    read += ' ';
    for (std::size_t i = 0; i < slot.count; ++i) {
      if (i > 0) read += '/';
      read += slot.words[i] == kUnknownWord ? "[" + std::string(pieces.all[slot.piece].text) + "]"
                                            : lexicon.vocabulary.text(slot.words[i]);
    }
  }
  out.push_back(std::move(read));
  auto words = [&](const Found& found) {
    std::string said;
    for (std::uint16_t i = found.begin; i < found.end; ++i) {
      if (i > found.begin && slots[i].piece == slots[i - 1U].piece) continue;
      if (!said.empty()) said += ' ';
      said += pieces.all[slots[i].piece].text;
    }
    return '"' + said + '"';
  };
  auto by = [](const PatternEntry& entry) { return " by " + entry.source + " (" + entry.place + ")"; };
  match_all(
      lexicon, reading.sentence, true,
      [&](const Found& found, const PatternEntry& entry, const Rule& rule) {
        out.push_back(rule.meaning.names + ": " + words(found) + by(entry));
      },
      [&](const Found& found, const PatternEntry& entry, const Rule& rule, const PatternEntry& guard) {
        out.push_back("not " + rule.meaning.names + ": " + words(found) + by(entry) + ", taken back" + by(guard));
      });
  const Identified identified = identify(lexicon, text.substr(0, kTextBytesMax), pieces, slots, hint);
  out.push_back("language: " + std::string(identified.language.tag()) + " " +
                std::to_string(identified.confidence).substr(0, 4));
  return out;
}

}  // namespace northstar::language
