#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace northstar::reply {

/// The digits that a text offers: "1 Yes 2 Not now" offers 1 and 2, "A person: 0" offers 0. A digit counts when it
/// stands alone and names something; "911", "559-233-4357", "24/7" and "30 minutes" offer nothing, nor does a digit
/// before one of `units` ("2 hours").
std::set<int> choices_in(std::string_view text, const std::set<std::string>& units);

/// What each offered digit is called: from the digit to the next one or the end of the sentence.
std::vector<std::pair<int, std::string>> labels_in(std::string_view text, const std::set<std::string>& units);

}  // namespace northstar::reply
