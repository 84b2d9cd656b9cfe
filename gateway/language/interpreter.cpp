#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "gateway/language/classifier.h"
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

void merge(Understanding& out, const Meaning& meaning) {
  out.intents.merge(meaning.intents);
  out.cues.merge(meaning.cues);
  out.needs.merge(meaning.needs);
  out.ambiguous = out.ambiguous || meaning.ambiguous;
}

/// What a classifier heard. A text that says something plainer is not asked whether it meant us, and is no stranger's.
void add(Understanding& out, const Hears& heard) {
  if (heard.cue) return out.cues.insert(*heard.cue);
  if (!out.cues.empty() || !out.needs.empty() || !out.intents.empty() || out.bare) return;
  if (heard.intent) out.intents.insert(*heard.intent);
  else out.ambiguous = true;
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
  std::vector<Classifier> classifiers;
};

namespace {

constexpr std::string_view kClassifier = ".classifier";

/// They have learnt English and Spanish: elsewhere a hash would meet another's by chance.
bool speaks(const Locale& language) { return !language.known() || language.tag() == "en" || language.tag() == "es"; }

Faults load_classifiers(const std::filesystem::path& folder, std::vector<Classifier>& out) {
  Faults faults;
  std::vector<std::filesystem::path> files;
  std::error_code ec;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ec))
    if (entry.path().extension() == kClassifier) files.push_back(entry.path());
  std::ranges::sort(files);
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(in), {}};
    auto read = Classifier::parse(file.string(), content);
    if (read) out.push_back(*std::move(read));
    else faults.insert(faults.end(), read.error().begin(), read.error().end());
  }
  return faults;
}

}  // namespace

Loaded<Interpreter> Interpreter::load(const std::filesystem::path& lexicon_folder) {
  auto lexicon = Lexicon::load(lexicon_folder);
  if (!lexicon) return lexicon.error();
  auto data = std::make_unique<Data>();
  data->lexicon = std::move(*lexicon);
  if (Faults faults = load_classifiers(lexicon_folder, data->classifiers); !faults.empty()) return faults;
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
  Understanding taken_back;  // guards stood against it: "nobody has a gun"
  bool digit = false;
  match_all(
      lexicon, reading.sentence, false,
      [&](const Found&, const PatternEntry& entry, const Rule& rule) {
        const Meaning& meaning = rule.meaning;
        merge(out, meaning);
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
      [&](const Found&, const PatternEntry&, const Rule& rule, const PatternEntry&) { merge(taken_back, rule.meaning); });
  settle(out, digit);
  if (out.digit) return out;  // a menu choice is in no language: "uno" and "option 2" are digits too
  const Identified identified = identify(lexicon, text.substr(0, kTextBytesMax), reading.pieces, reading.slots, hint);
  out.language = identified.language;
  out.confidence = identified.confidence;
  if (!data_->classifiers.empty() && speaks(out.language)) {
    const std::vector<Feature> features = features_of(reading.pieces);
    for (const Classifier& each : data_->classifiers)
      if (each.hears(features, each.label().in(taken_back))) add(out, each.label());
  }
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
  Understanding taken_back;
  auto by = [](const PatternEntry& entry) { return " by " + entry.source + " (" + entry.place + ")"; };
  match_all(
      lexicon, reading.sentence, true,
      [&](const Found& found, const PatternEntry& entry, const Rule& rule) {
        out.push_back(rule.meaning.names + ": " + words(found) + by(entry));
      },
      [&](const Found& found, const PatternEntry& entry, const Rule& rule, const PatternEntry& guard) {
        merge(taken_back, rule.meaning);
        out.push_back("not " + rule.meaning.names + ": " + words(found) + by(entry) + ", taken back" + by(guard));
      });
  const Identified identified = identify(lexicon, text.substr(0, kTextBytesMax), pieces, slots, hint);
  const std::vector<Feature> features = features_of(pieces);
  for (const Classifier& each : data_->classifiers) {
    if (!speaks(identified.language) || !each.hears(features, each.label().in(taken_back))) continue;
    const std::vector<float> shares = each.shares(features, pieces.all.size());
    char number[48];
    std::snprintf(number, sizeof number, " %.1f (heard above %.1f), by", static_cast<double>(each.score(features)), static_cast<double>(each.threshold()));
    std::string said = std::string(each.label().name()) + ": classifier" + number;
    for (std::size_t i = 0; i < shares.size(); ++i) {
      if (shares[i] < 0.2F) continue;
      std::snprintf(number, sizeof number, " %.1f", static_cast<double>(shares[i]));
      said += " \"" + std::string(pieces.all[i].text) + '"' + number;
    }
    out.push_back(std::move(said));
  }
  out.push_back("language: " + std::string(identified.language.tag()) + " " +
                std::to_string(identified.confidence).substr(0, 4));
  return out;
}

}  // namespace northstar::language
