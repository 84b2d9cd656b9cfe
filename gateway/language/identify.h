#pragma once
#include <span>
#include <string_view>

#include "gateway/base/locale.h"
#include "gateway/language/lexicon.h"

/// Which language a text is in: our own words first, then its script, then CLD2.
namespace northstar::language {

struct Identified {
  Locale language;
  float confidence = 0;
};

/// `hint` is the talk's language: it settles what is otherwise a draw, and nothing more.
/// `text` as it came: folding hides what tells Farsi from Arabic.
Identified identify(const Lexicon& lexicon, std::string_view text, const Pieces& pieces, std::span<const Slot> slots,
                    Locale hint);

}  // namespace northstar::language
