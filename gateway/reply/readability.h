#pragma once
#include <string_view>

namespace northstar::reply {

/// Flesch-Kincaid grade of an English text: the school year that reads it with ease (Kincaid and others, 1975).
/// A menu is not one long sentence: each choice counts as its own. Too few words to judge give 0.
double english_grade(std::string_view text);

/// INFLESZ: the Flesch-Szigriszt score of a Spanish text, by its five bands (Barrio-Cantalejo and others, 2008).
/// 65 and more is "quite easy". Too few words to judge give 100.
double spanish_ease(std::string_view text);

}  // namespace northstar::reply
