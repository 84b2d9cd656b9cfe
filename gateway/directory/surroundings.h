#pragma once
#include <string_view>
#include <vector>

#include "gateway/directory/wording.h"

namespace northstar::directory {

/// What the words before a name make of it. "in orange" is a town, "orange" may be a fruit; "from texas" is where
/// someone was, "in texas" where they are.
enum class Lead : std::uint8_t { none, origin, toward, loose, firm };

/// The lead of the name that begins at `begin`.
Lead lead(const std::vector<Word>& words, std::size_t begin);

/// "ca", "california" right behind the name that ends before `end`.
bool says_california(const std::vector<Word>& words, std::size_t end);
/// "county" or "condado de" beside it; `past` is moved over a word behind.
bool says_county(const std::vector<Word>& words, std::size_t begin, std::size_t end);

bool is_county_word(std::string_view word);
bool is_california(std::string_view word);
/// Words of English or Spanish that hold a sentence together and are no part of a misspelt name.
bool joins_sentences(std::string_view word);
/// Words that people put around an answer to "where?" and that tell nothing else.
bool is_filler(std::string_view word);

struct Tongue {
  int english = 0, spanish = 0;
  bool only_english() const { return english > 0 && spanish == 0; }
  bool only_spanish() const { return spanish > 0 && english == 0; }
};
Tongue tongue(const std::vector<Word>& words);

/// Someone or some time else is meant: "my mom is in texas", "I was born in mexico".
bool about_others(const std::vector<Word>& words, std::size_t begin);

}  // namespace northstar::directory
