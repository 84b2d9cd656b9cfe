#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// From bytes to words: the first half of reading a text.
namespace northstar::language {

/// Ten concatenated segments of UCS-2 or GSM-7 are under 1,600 characters; what is longer was not typed by a person
/// in need, and is read to here.
inline constexpr std::size_t kTextBytesMax = 8192;
/// More words than any text of that length holds in earnest.
inline constexpr std::size_t kTokensMax = 400;

/// Which letters a word is made of; what identifies most languages outright.
enum class Script : std::uint8_t {
  none,
  latin,
  cyrillic,
  greek,
  hebrew,
  arabic,
  devanagari,
  gurmukhi,
  bengali,
  tamil,
  telugu,
  thai,
  lao,
  khmer,
  myanmar,
  georgian,
  armenian,
  ethiopic,
  hangul,
  kana,
  han,
  other
};

/// A word, a number, or one character of a script that writes no spaces.
struct Piece {
  std::string_view text;     ///< of the normalised text
  std::uint16_t clause = 0;  ///< sentences, and lines, counted from 0
  Script script = Script::none;
  bool number = false;  ///< decimal digits only
};

/// The pieces of a normalised text, at most kTokensMax, and for each clause whether it asks.
struct Pieces {
  std::vector<Piece> all;
  std::vector<bool> asks;  ///< by clause
};
Pieces pieces_of(std::string_view normalised);

}  // namespace northstar::language
