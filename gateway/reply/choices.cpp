#include "gateway/reply/choices.h"

#include <algorithm>
#include <optional>

namespace northstar::reply {
namespace {

constexpr std::string_view kSpace = " \n\t";
constexpr std::string_view kMayStandBefore = " \n\t(:.,;!?";  // what a digit may follow
constexpr std::string_view kMayCloseDigit = ".):=";           // "1. Yes", "1) Yes"
constexpr std::string_view kEndsLabel = ".!?;\n";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Offer {
  int digit;
  std::size_t at, label;  // where the digit stands, where its label begins
};

/// The offer at `at`, if the digit there is one.
std::optional<Offer> offer_at(std::string_view text, std::size_t at, const std::set<std::string>& units) {
  if (!is_digit(text[at])) return std::nullopt;
  if (at > 0 && kMayStandBefore.find(text[at - 1]) == std::string_view::npos) return std::nullopt;
  std::size_t after = at + 1;
  if (after < text.size() && kMayCloseDigit.find(text[after]) != std::string_view::npos) ++after;
  if (after < text.size() && kSpace.find(text[after]) == std::string_view::npos) return std::nullopt;
  const std::size_t word = text.find_first_not_of(kSpace, after);
  if (word == std::string_view::npos) {
    // "A person is next: 0" names the digit from in front; a text of one digit names nothing.
    if (at == 0) return std::nullopt;
    return Offer{text[at] - '0', at, text.size()};
  }
  const std::size_t word_end = text.find_first_of(" \n\t.,;:!?)", word);
  if (units.contains(std::string(text.substr(word, word_end - word)))) return std::nullopt;
  return Offer{text[at] - '0', at, word};
}

std::vector<Offer> offers_in(std::string_view text, const std::set<std::string>& units) {
  std::vector<Offer> offers;
  for (std::size_t at = 0; at < text.size(); ++at)
    if (auto offer = offer_at(text, at, units)) offers.push_back(*offer);
  return offers;
}

}  // namespace

std::set<int> choices_in(std::string_view text, const std::set<std::string>& units) {
  std::set<int> digits;
  for (const Offer& offer : offers_in(text, units)) digits.insert(offer.digit);
  return digits;
}

std::vector<std::pair<int, std::string>> labels_in(std::string_view text, const std::set<std::string>& units) {
  const std::vector<Offer> offers = offers_in(text, units);
  std::vector<std::pair<int, std::string>> labels;
  for (std::size_t i = 0; i < offers.size(); ++i) {
    std::size_t end = i + 1 < offers.size() ? offers[i + 1].at : text.size();
    if (offers[i].label < end) {
      end = std::min(end, text.find_first_of(kEndsLabel, offers[i].label));
      labels.emplace_back(offers[i].digit, std::string(text.substr(offers[i].label, end - offers[i].label)));
    } else {
      labels.emplace_back(offers[i].digit, std::string());
    }
  }
  return labels;
}

}  // namespace northstar::reply
