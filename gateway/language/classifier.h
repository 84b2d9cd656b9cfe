#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/language/letters.h"
#include "gateway/language/understanding.h"

namespace northstar::language {

/// One thing that a text is made of, as a classifier sees it: a word, words that stand near each other, or some letters of
/// a word. `index` is a hash of it; `first` and `last` are the pieces that it lies in.
struct Feature {
  std::uint32_t index = 0;
  std::uint16_t first = 0, last = 0;
};
/// Each feature once, in no order. Depends on the text alone, so that a classifier outlives changes of the lexicon.
std::vector<Feature> features_of(const Pieces& pieces);

/// What a classifier may hear: a cue, an intent, or that a text may be an opt-out and is to be asked about. An opt-out
/// itself is none of it: those are decided by the lexicon's rules alone.
struct Hears {
  std::optional<Cue> cue;
  std::optional<Intent> intent;
  bool ambiguous = false;

  static std::optional<Hears> from(std::string_view name);
  std::string_view name() const;
  bool in(const Understanding& said) const;
};

/// A linear classifier: logistic regression over features_of, learnt from the corpora of tests/unit/language by
/// `lexicon_train`, which writes the file. It stands beside the lexicon, hears what no rule foresaw, and can say which
/// words spoke.
///
/// The file, in lines: `northstar-classifier 1`, `hears: danger_now`, `texts: 12000` (learnt from), `bits: 16`, `scale`, `bias`,
/// `threshold`, `weights:`, then 2^bits weights, one signed byte each in units of `scale`, as base64.
class Classifier {
 public:
  static constexpr unsigned kBits = 17;
  static constexpr std::size_t kWeights = std::size_t{1} << kBits;

  static Loaded<Classifier> parse(const std::string& file, std::string_view content);
  Classifier(Hears hears, float bias, float threshold, const std::vector<float>& weights, std::size_t texts);
  std::string to_text() const;

  const Hears& label() const { return label_; }
  float threshold() const { return threshold_; }
  /// Log-odds, roughly: above the threshold it is heard.
  float score(const std::vector<Feature>& features) const;
  /// `doubted`: a rule found it, and its guard took it back. Then it must be heard much more plainly.
  bool hears(const std::vector<Feature>& features, bool doubted = false) const {
    return !features.empty() && score(features) > threshold_ + (doubted ? kDoubt : 0);
  }
  static constexpr float kDoubt = 2;
  /// What each piece adds to the score; features of several pieces are shared among them.
  std::vector<float> shares(const std::vector<Feature>& features, std::size_t pieces) const;

 private:
  Classifier() = default;
  Hears label_;
  std::size_t texts_ = 0;
  float scale_ = 1, bias_ = 0, threshold_ = 0;
  std::vector<std::int8_t> weights_;
};

}  // namespace northstar::language
