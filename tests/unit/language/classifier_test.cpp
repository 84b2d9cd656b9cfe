#include "gateway/language/classifier.h"

#include "tests/unit/language/loaded.h"

namespace northstar::language {
namespace {

std::vector<Feature> features(const std::string& text, Pieces& pieces, std::string& normal) {
  normal = normalise(text);
  pieces = pieces_of(normal);
  return features_of(pieces);
}

/// Hears "gun", and nothing else.
Classifier of_guns() {
  Pieces gun;
  std::string normal;
  std::vector<float> weights(Classifier::kWeights);
  for (const Feature& feature : features("gun", gun, normal)) weights[feature.index] = 1;
  return {Hears{.cue = Cue::danger_now}, -1, 0.5F, weights, 3};
}

TEST(Classifier, hears_its_words_and_says_which_spoke) {
  Pieces pieces;
  std::string normal;
  const auto found = features("there is a gun here", pieces, normal);
  const Classifier guns = of_guns();
  EXPECT_TRUE(guns.hears(found));
  const auto shares = guns.shares(found, pieces.all.size());
  EXPECT_EQ(std::ranges::max_element(shares) - shares.begin(), 3) << "the fourth word";
  EXPECT_FALSE(guns.hears(features("there is a dog here", pieces, normal)));
  EXPECT_FALSE(guns.hears(features("", pieces, normal)));
}

TEST(Classifier, needs_far_more_where_a_guard_took_the_cue_back) {
  Pieces pieces;
  std::string normal;
  const auto found = features("there is a gun here in the house", pieces, normal);
  const Classifier guns = of_guns();
  ASSERT_TRUE(guns.hears(found));
  EXPECT_FALSE(guns.hears(found, true));
}

TEST(Classifier, is_the_same_after_it_was_written_and_read) {
  const Classifier guns = of_guns();
  const auto back = Classifier::parse("danger.classifier", guns.to_text());
  ASSERT_TRUE(back);
  EXPECT_EQ(back->to_text(), guns.to_text());
  Pieces pieces;
  std::string normal;
  const auto found = features("he has a gun", pieces, normal);
  EXPECT_EQ(back->score(found), guns.score(found));
}

TEST(Classifier, a_broken_file_is_refused_with_its_line) {
  const std::string good = of_guns().to_text();
  const auto refusal = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    const auto read = Classifier::parse("danger.classifier", text);
    return read ? std::string() : read.error().at(0).to_string();
  };
  EXPECT_EQ(refusal("northstar-classifier 1", "something"), "danger.classifier:1:1: this is no classifier: its first line must be \"northstar-classifier 1\"");
  EXPECT_EQ(refusal("hears: danger_now", "hears: opt_out"), "danger.classifier:2:1: \"hears\" must name a cue, an intent but opt_out, or ambiguous");
  EXPECT_NE(refusal("bits: 17", "bits: 9").find(":4:1: this gateway reads classifiers of 17 bits"), std::string::npos);
  EXPECT_NE(refusal("threshold: ", "threshold: x").find("\"threshold\" is missing or no number"), std::string::npos);
  const auto cut = Classifier::parse("danger.classifier", good.substr(0, good.size() / 2));
  ASSERT_FALSE(cut);
  EXPECT_NE(cut.error().at(0).text.find("weights"), std::string::npos);
}

TEST(Classifier, stands_beside_the_lexicon_and_is_told_apart_from_it) {
  const std::string text = "he dont stop he keep on choking my neck please god";
  bool told = false;
  for (const std::string& line : shipped().explain(text)) told = told || line.find("danger_now: classifier") != std::string::npos;
  EXPECT_TRUE(shipped().understand(text).cues.contains(Cue::danger_now));
  EXPECT_TRUE(told) << why(text);
}

TEST(Classifier, speaks_of_english_and_spanish_only) {
  for (const char* text : {"xin chao toi can giup do", "мне нужна помощь с документами", "kailangan ko ng tulong sa papeles", "我需要帮助"})
    EXPECT_TRUE(shipped().understand(text).cues.empty()) << text << why(text);
}

}  // namespace
}  // namespace northstar::language
