#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <random>

#include "gateway/language/classifier.h"
#include "gateway/language/language.h"
#include "tests/unit/language/labels.h"

// Learns the classifiers that stand beside the lexicon (gateway/language/classifier.h) and writes them as the data that
// ships. The same corpora give the same bytes.
//
//   lexicon_train LABEL THRESHOLD OUT FILE.tsv...                 learns from labelled texts
//   lexicon_train LABEL THRESHOLD OUT FILE.tsv... --held FILE...  and says how it does, beside the lexicon, on texts kept from it
//
// LABEL is a cue, an intent, or `ambiguous`: what may be an opt-out. A file whose name holds the label's word ("danger",
// "present", "probe", "opt_out") gives texts with and without it; of every other only those without are used: nobody
// labelled them for this one with care.
namespace {
using namespace northstar;
using namespace northstar::language;

struct Text {
  std::string words;
  bool is = false;
};

std::vector<Text> read(const std::string& file, std::string_view cue, std::string_view own) {
  const auto lines = labelled_texts(file);
  if (!lines) {
    std::cerr << file << ": cannot be read\n";
    std::exit(1);
  }
  const bool labelled = file.substr(file.rfind('/') + 1).find(own) != std::string::npos;
  std::vector<Text> out;
  for (const Line& line : *lines) {
    const bool is = line.is(cue) || (cue == "ambiguous" && line.is("opt_out"));
    if (labelled || !is) out.push_back({line.text, is});
  }
  return out;
}

std::vector<Feature> features(const std::string& text) {
  const std::string normal = normalise(text);
  return features_of(pieces_of(normal));
}

/// Logistic regression by stochastic gradient, each weight with a step of its own (AdaGrad).
Classifier learn(const std::vector<Text>& texts, Hears hears, float threshold) {
  constexpr int kRounds = 25;
  constexpr float kStep = 0.3F, kShrink = 1e-5F;
  std::vector<std::pair<std::vector<Feature>, float>> all;
  for (const Text& text : texts)
    if (auto found = features(text.words); !found.empty()) all.emplace_back(std::move(found), text.is ? 1.0F : 0.0F);
  std::vector<float> weights(Classifier::kWeights), seen(Classifier::kWeights, 1e-6F);
  float bias = 0;
  std::minstd_rand random(7);
  for (int round = 0; round < kRounds; ++round) {
    for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[random() % i]);
    for (const auto& [found, wanted] : all) {
      const float gain = 3 / std::sqrt(static_cast<float>(found.size()));
      float sum = 0;
      for (const Feature& feature : found) sum += weights[feature.index];
      const float chance = 1 / (1 + std::exp(-(bias + gain * sum)));
      bias -= 0.01F * (chance - wanted);
      for (const Feature& feature : found) {
        const float slope = (chance - wanted) * gain + kShrink * weights[feature.index];
        seen[feature.index] += slope * slope;
        weights[feature.index] -= kStep * slope / std::sqrt(seen[feature.index]);
      }
    }
  }
  return {hears, bias, threshold, weights, all.size()};
}

struct Count {
  int hit = 0, missed = 0, wrong = 0, calm = 0;
  void add(bool is, bool heard) { ++(is ? (heard ? hit : missed) : (heard ? wrong : calm)); }
  void print(const std::string& what) const {
    std::printf("%-28s recall %.3f precision %.3f (hit %d, missed %d, wrong %d of %d)\n", what.c_str(), hit / std::max(1.0, double(hit + missed)),
                hit / std::max(1.0, double(hit + wrong)), hit, missed, wrong, hit + missed + wrong + calm);
  }
};
}  // namespace

int main(int argc, char** argv) {
  const auto hears = argc < 5 ? std::nullopt : Hears::from(argv[1]);
  if (!hears) {
    std::cerr << "lexicon_train LABEL THRESHOLD OUT FILE.tsv... [--held FILE.tsv...]\n";
    return 2;
  }
  const std::string_view own = hears->cue == Cue::danger_now            ? "danger"
                               : hears->cue == Cue::trafficker_present ? "present"
                               : hears->intent == Intent::probe        ? "probe"
                               : hears->ambiguous                      ? "opt_out"
                                                                       : "talk";
  std::vector<Text> texts;
  int i = 4;
  for (; i < argc && std::string_view(argv[i]) != "--held"; ++i)
    for (Text& text : read(argv[i], argv[1], own)) texts.push_back(std::move(text));
  const Classifier learnt = learn(texts, *hears, std::strtof(argv[2], nullptr));
  std::ofstream(argv[3]) << learnt.to_text();
  std::cout << texts.size() << " texts learnt from\n";
  if (++i >= argc) return 0;

  const auto lexicon = Interpreter::load("config/lexicon");
  std::map<float, Count> beside;
  Count alone, rules;
  for (; i < argc; ++i) {
    for (const Text& text : read(argv[i], argv[1], own)) {
      const auto found = features(text.words);
      const float score = found.empty() ? -99 : learnt.score(found);
      const bool heard = lexicon && hears->in(lexicon->understand(text.words));
      rules.add(text.is, heard);
      alone.add(text.is, score > learnt.threshold());
      for (const float threshold : {3.0F, 2.5F, 2.0F, 1.5F, 1.0F, 0.5F, 0.0F}) beside[threshold].add(text.is, heard || score > threshold);
    }
  }
  rules.print("what understand says");
  alone.print("the classifier alone");
  for (const auto& [threshold, count] : beside) count.print("both, from " + std::to_string(threshold).substr(0, 3));
}
