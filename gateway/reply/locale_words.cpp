#include "gateway/reply/locale_words.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <functional>
#include <map>

#include "gateway/reply/strict_yaml.h"

namespace northstar::reply {
namespace {

bool matches(const std::string& word, const std::string& token, bool open_front, bool open_back) {
  if (open_front && open_back) return word.find(token) != std::string::npos;
  if (open_back) return word.starts_with(token);
  if (open_front) return word.ends_with(token);
  return word == token;
}

}  // namespace

std::vector<std::string> folded_words(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* decompose = icu::Normalizer2::getNFKDInstance(status);
  icu::UnicodeString folded = icu::UnicodeString::fromUTF8({text.data(), static_cast<int>(text.size())}).foldCase();
  if (U_SUCCESS(status)) folded = decompose->normalize(folded, status);
  std::vector<std::string> words(1);
  for (int at = 0; at < folded.length(); at = folded.moveIndex32(at, 1)) {
    const UChar32 c = folded.char32At(at);
    const auto kind = u_charType(c);
    if (kind == U_NON_SPACING_MARK && c < 0x370) continue;  // Latin accents; other scripts' marks are letters
    if (c == '\'') continue;                                // "don't" is one word
    if (u_isalnum(c) || kind == U_NON_SPACING_MARK || kind == U_COMBINING_SPACING_MARK) {
      icu::UnicodeString(c).toUTF8String(words.back());
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

WordList::WordList(const std::vector<std::string>& entries) {
  for (const std::string& entry : entries) {
    Phrase phrase{entry, {}};
    for (const std::string& word : folded_words(entry)) phrase.tokens.push_back({.text = word});
    if (phrase.tokens.empty()) continue;
    phrase.tokens.front().open_front = entry.starts_with('*');
    phrase.tokens.back().open_back = entry.ends_with('*');
    phrases_.push_back(std::move(phrase));
  }
}

std::string WordList::found_in(std::string_view text) const {
  const std::vector<std::string> words = folded_words(text);
  for (const Phrase& phrase : phrases_) {
    const std::size_t count = phrase.tokens.size();
    for (std::size_t from = 0; from + count <= words.size(); ++from) {
      bool all = true;
      for (std::size_t i = 0; i < count && all; ++i)
        all = matches(words[from + i], phrase.tokens[i].text, phrase.tokens[i].open_front, phrase.tokens[i].open_back);
      if (all) return phrase.written;
    }
  }
  return {};
}

LocaleWords LocaleWords::read(const std::filesystem::path& file, Faults& faults) {
  LocaleWords words;
  StrictYaml yaml(file, faults);
  const auto root = yaml.read();
  if (!root) return words;
  const std::map<std::string, WordList*> lists{{"revealing", &words.revealing}, {"filter_risk", &words.filter_risk},
                                               {"opt_out", &words.opt_out},     {"free", &words.free},
                                               {"rates", &words.rates},         {"claims", &words.claims},
                                               {"automatic", &words.automatic}};
  yaml.entries(*root, "the list of words", [&](const std::string& key, const YAML::Node& at, const YAML::Node& value) {
    if (const auto list = lists.find(key); list != lists.end()) {
      *list->second = WordList(yaml.words(value, "\"" + key + "\""));
    } else if (key == "units") {
      for (std::string& unit : yaml.words(value, "\"units\"")) words.units.insert(std::move(unit));
    } else {
      yaml.fault(at, "\"" + key +
                         "\" is not known here; known are revealing, filter_risk, opt_out, free, rates, claims, "
                         "automatic and units");
    }
  });
  for (const auto& [name, list] : lists)
    if (list->empty()) yaml.fault(*root, "\"" + name + "\" is missing or empty: the lint would look for nothing");
  return words;
}

}  // namespace northstar::reply
