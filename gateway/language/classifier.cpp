#include "gateway/language/classifier.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>

namespace northstar::language {
namespace {

constexpr std::string_view kFirstLine = "northstar-classifier 1";
constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t kColumns = 96;
constexpr float kGain = 3;  // a text's features weigh kGain / sqrt(their number): long texts are not louder than short ones

/// FNV-1a, 64 bits; where a feature's parts end counts too.
class Hash {
 public:
  explicit Hash(char kind) { add(static_cast<unsigned char>(kind)); }
  Hash& operator<<(std::string_view part) {
    for (const char c : part) add(static_cast<unsigned char>(c));
    add(0xFF);
    return *this;
  }
  std::uint32_t index() const { return static_cast<std::uint32_t>((state_ ^ state_ >> 32) * 0x9E3779B1U >> (32 - Classifier::kBits)) & (Classifier::kWeights - 1); }

 private:
  void add(unsigned char byte) { state_ = (state_ ^ byte) * 0x100000001B3ULL; }
  std::uint64_t state_ = 0xCBF29CE484222325ULL;
};

float gain(std::size_t features) { return kGain / std::sqrt(static_cast<float>(features)); }

std::string base64(const std::vector<std::int8_t>& bytes) {
  std::string out;
  std::uint32_t bits = 0;
  unsigned have = 0;
  for (const std::int8_t byte : bytes) {
    bits = bits << 8 | static_cast<std::uint8_t>(byte);
    for (have += 8; have >= 6; have -= 6) out.push_back(kDigits[bits >> (have - 6) & 63]);
  }
  if (have > 0) out.push_back(kDigits[bits << (6 - have) & 63]);
  return out;
}

std::vector<std::int8_t> from_base64(std::string_view text) {
  std::array<int, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < kDigits.size(); ++i) values[static_cast<unsigned char>(kDigits[i])] = static_cast<int>(i);
  std::vector<std::int8_t> out;
  std::uint32_t bits = 0;
  unsigned have = 0;
  for (const char c : text) {
    const int value = values[static_cast<unsigned char>(c)];
    if (value < 0) continue;  // line ends
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    have += 6;
    if (have < 8) continue;
    have -= 8;
    out.push_back(static_cast<std::int8_t>(bits >> have & 255));
  }
  return out;
}

}  // namespace

std::optional<Hears> Hears::from(std::string_view name) {
  if (name == "ambiguous") return Hears{.ambiguous = true};
  if (const auto cue = cue_from(name)) return Hears{.cue = cue};
  if (const auto intent = intent_from(name); intent && intent != Intent::opt_out) return Hears{.intent = intent};
  return std::nullopt;
}

std::string_view Hears::name() const { return cue ? language::name(*cue) : intent ? language::name(*intent) : "ambiguous"; }

bool Hears::in(const Understanding& said) const {
  if (cue) return said.cues.contains(*cue);
  if (intent) return said.intents.contains(*intent);
  return said.ambiguous || said.intents.contains(Intent::opt_out);
}

std::vector<Feature> features_of(const Pieces& pieces) {
  std::vector<Feature> out;
  const auto& all = pieces.all;
  out.reserve(all.size() * 20);
  const auto word = [&](std::size_t i) -> std::string_view {  // one edge before the first, one after the last
    return i == 0 ? "<" : i > all.size() ? ">" : all[i - 1].text;
  };
  const auto place = [&](std::size_t i) { return static_cast<std::uint16_t>(std::clamp<std::size_t>(i, 1, all.size()) - 1); };
  if (all.empty()) return out;
  for (std::size_t i = 0; i <= all.size() + 1; ++i) {
    out.push_back({(Hash('w') << word(i)).index(), place(i), place(i)});
    if (i >= 1) out.push_back({(Hash('b') << word(i - 1) << word(i)).index(), place(i - 1), place(i)});
    if (i >= 2) {
      out.push_back({(Hash('s') << word(i - 2) << word(i)).index(), place(i - 2), place(i)});
      out.push_back({(Hash('t') << word(i - 2) << word(i - 1) << word(i)).index(), place(i - 2), place(i)});
    }
    if (i == 0 || i > all.size()) continue;
    std::string letters = "^";
    letters.append(word(i)).push_back('$');
    const std::string_view view = letters;
    for (const std::size_t size : {3, 4, 5})
      for (std::size_t at = 0; at + size <= view.size(); ++at) out.push_back({(Hash('c') << view.substr(at, size)).index(), place(i), place(i)});
  }
  if (std::ranges::find(pieces.asks, true) != pieces.asks.end())
    out.push_back({Hash('?').index(), 0, static_cast<std::uint16_t>(all.size() - 1)});
  std::ranges::sort(out, {}, &Feature::index);
  const auto twice = std::ranges::unique(out, {}, &Feature::index);
  out.erase(twice.begin(), twice.end());
  return out;
}

Classifier::Classifier(Hears hears, float bias, float threshold, const std::vector<float>& weights, std::size_t texts)
    : label_(hears), texts_(texts), bias_(bias), threshold_(threshold) {
  float most = 0;
  for (const float weight : weights) most = std::max(most, std::abs(weight));
  scale_ = most > 0 ? most / 127 : 1;
  weights_.reserve(kWeights);
  for (const float weight : weights) weights_.push_back(static_cast<std::int8_t>(std::lround(weight / scale_)));
  weights_.resize(kWeights);
}

std::string Classifier::to_text() const {
  std::string out(kFirstLine);
  const auto number = [](float value) {
    std::array<char, 32> digits{};
    return std::string(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
  };
  out += "\nhears: " + std::string(label_.name()) + "\ntexts: " + std::to_string(texts_) + "\nbits: " + std::to_string(kBits);
  out += "\nscale: " + number(scale_) + "\nbias: " + number(bias_) + "\nthreshold: " + number(threshold_) + "\nweights:\n";
  const std::string weights = base64(weights_);
  for (std::size_t at = 0; at < weights.size(); at += kColumns) out.append(weights, at, kColumns).push_back('\n');
  return out;
}

Loaded<Classifier> Classifier::parse(const std::string& file, std::string_view content) {
  const auto fault = [&](int line, std::string text) { return Faults{Fault{.file = file, .line = line, .column = 1, .text = std::move(text)}}; };
  std::map<std::string, std::pair<std::string, int>, std::less<>> fields;
  int line = 0;
  while (!content.empty()) {
    const std::size_t end = std::min(content.find('\n'), content.size());
    const std::string_view row = content.substr(0, end);
    content.remove_prefix(std::min(end + 1, content.size()));
    ++line;
    if (line == 1) {
      if (row != kFirstLine) return fault(1, "this is no classifier: its first line must be \"" + std::string(kFirstLine) + "\"");
      continue;
    }
    if (row == "weights:") break;
    const std::size_t colon = row.find(": ");
    if (colon == std::string_view::npos) return fault(line, "a line \"name: value\" is missing before the weights");
    fields.emplace(row.substr(0, colon), std::pair{std::string(row.substr(colon + 2)), line});
  }
  Classifier out;
  const auto number = [&](const char* key, float& value) {
    const auto at = fields.find(key);
    if (at == fields.end()) return false;
    const std::string& text = at->second.first;
    return std::from_chars(text.data(), text.data() + text.size(), value).ptr == text.data() + text.size();
  };
  const auto hears = fields.find("hears");
  const auto known = hears == fields.end() ? std::nullopt : Hears::from(hears->second.first);
  if (!known) return fault(hears == fields.end() ? 0 : hears->second.second, "\"hears\" must name a cue, an intent but opt_out, or ambiguous");
  out.label_ = *known;
  float bits = 0, texts = 0;
  for (const auto& [key, value] : {std::pair{"bits", &bits}, {"texts", &texts}, {"scale", &out.scale_}, {"bias", &out.bias_}, {"threshold", &out.threshold_}})
    if (!number(key, *value)) return fault(0, std::string("\"") + key + "\" is missing or no number");
  if (bits != static_cast<float>(kBits)) return fault(fields.find("bits")->second.second, "this gateway reads classifiers of " + std::to_string(kBits) + " bits");
  out.texts_ = static_cast<std::size_t>(texts);
  out.weights_ = from_base64(content);
  if (out.weights_.size() != kWeights) return fault(line, "there must be " + std::to_string(kWeights) + " weights, and there are " + std::to_string(out.weights_.size()));
  return out;
}

float Classifier::score(const std::vector<Feature>& features) const {
  int sum = 0;
  for (const Feature& feature : features) sum += weights_[feature.index];
  return bias_ + static_cast<float>(sum) * scale_ * gain(features.size());
}

std::vector<float> Classifier::shares(const std::vector<Feature>& features, std::size_t pieces) const {
  std::vector<float> out(pieces, 0);
  const float unit = scale_ * gain(features.size());
  for (const Feature& feature : features) {
    const auto count = static_cast<float>(feature.last - feature.first + 1);
    for (std::size_t i = feature.first; i <= feature.last && i < pieces; ++i) out[i] += static_cast<float>(weights_[feature.index]) * unit / count;
  }
  return out;
}

}  // namespace northstar::language
