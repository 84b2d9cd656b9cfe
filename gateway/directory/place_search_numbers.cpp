#include "gateway/directory/place_search.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace northstar::directory {
namespace {

std::uint32_t value(const Word& word) {
  std::uint32_t out = 0;
  std::from_chars(word.text.data(), word.text.data() + std::min<std::size_t>(word.text.size(), 9), out);
  return out;
}

bool is_money(std::string_view word) {
  return word == "dollars" || word == "dollar" || word == "dolares" || word == "usd" || word == "pesos" ||
         word == "hours" || word == "horas" || word == "people" || word == "bucks" || word == "cash" ||
         word == "dlls" || word == "dls" || word == "miles" || word == "bills";
}

}  // namespace

std::optional<PlaceFinding> PlaceSearch::coordinates() const {
  const char* at = text_.data();
  const char* const end = at + text_.size();
  std::array<double, 2> values{};
  for (std::size_t i = 0; i < 2; ++i) {
    while (at != end && (*at == ' ' || *at == ',' || *at == '(' || *at == '\t')) ++at;
    const char* const from = at;
    const auto [next, error] = std::from_chars(at, end, values[i], std::chars_format::fixed);
    if (error != std::errc{} || std::find(from, next, '.') == next) return std::nullopt;
    at = next;
  }
  while (at != end && (*at == ' ' || *at == ')' || *at == '.')) ++at;
  if (at != end || std::abs(values[0]) > 90 || std::abs(values[1]) > 180) return std::nullopt;
  Point here{values[0], values[1]};
  // All of the state is west; people drop the sign.
  if (here.longitude > 100) here.longitude = -here.longitude;
  const Zip* nearest = nullptr;
  double least = std::numeric_limits<double>::max();
  for (const Zip& zip : data_.zips) {
    if (std::abs(zip.latitude - here.latitude) > 1.5) continue;
    if (const double km = kilometres(here, {zip.latitude, zip.longitude}); km < least) least = km, nearest = &zip;
  }
  PlaceFinding finding;
  finding.whole_text = true;
  if (!nearest || least > 150) {
    finding.outside = true;
    return finding;
  }
  Place place = data_.place_of(*nearest, {}, Precision::coordinate);
  place.point = here;
  place.name = place.county.empty() ? std::string() : place.county + " County";
  finding.outside = place.county_fips.empty();
  finding.candidates.push_back(std::move(place));
  return finding;
}

void PlaceSearch::set_phones_aside() {
  for (std::size_t i = 0; i < words_.size();) {
    if (!words_[i].digits) {
      ++i;
      continue;
    }
    std::size_t end = i + 1, digits = words_[i].text.size();
    while (end < words_.size() && words_[end].digits && words_[end].gap <= 3) digits += words_[end++].text.size();
    const bool zip_plus_four =
        end == i + 2 && words_[i].text.size() == 5 && words_[i + 1].text.size() == 4 && words_[i + 1].gap == 1;
    if (digits >= 7 && !zip_plus_four)
      for (std::size_t k = i; k < end; ++k)
        // Seven digits and more that hold a five-digit group alone ("555 93721 12") are no number that we know.
        if (words_[k].text.size() != 5) taken_[k] = phone_ = true;
    i = end;
  }
}

void PlaceSearch::find_zips() {
  for (std::size_t i = 0; i < words_.size(); ++i) {
    const Word& word = words_[i];
    if (!word.digits || word.text.size() != 5 || taken_[i] || word.before_money) continue;
    if (i + 1 < words_.size() && is_money(words_[i + 1].text)) continue;
    const bool alone = words_.size() == 1 || all_filler_but(i, i + 1);
    const bool named =
        i > 0 && (words_[i - 1].text == "zip" || words_[i - 1].text == "code" || words_[i - 1].text == "postal" ||
                  words_[i - 1].text == "is" || is_california(words_[i - 1].text));
    const std::uint32_t number = value(word);
    const Zip* zip = data_.zip(number);
    const bool ours = number >= 90001 && number <= 96162;
    // Elsewhere in the country any number of five digits is a ZIP code; here nearly any that looks so is one.
    if (!ours && !(alone || named || lead(words_, i) == Lead::firm)) continue;
    if (zip) {
      zips_.push_back(data_.place_of(*zip, word.text, Precision::zip));
    } else if (ours && (alone || named || asked_)) {
      // New codes come a few times a year, next to their neighbours.
      if (const Zip* neighbour = nearest_number(number)) {
        zips_.push_back(data_.place_of(*neighbour, word.text, Precision::zip));
        zips_.back().other_counties.clear();
        guessed_zip_ = true;
      } else {
        continue;
      }
    } else {
      continue;
    }
    taken_[i] = true;
    if (i + 1 < words_.size() && words_[i + 1].digits && words_[i + 1].text.size() == 4 && words_[i + 1].gap == 1)
      taken_[i + 1] = true;
  }
}

const Zip* PlaceSearch::nearest_number(std::uint32_t number) const {
  const Zip* best = nullptr;
  for (const Zip& zip : data_.zips) {
    if (!zip.county || zip.number / 100 != number / 100) continue;
    if (!best || std::abs(static_cast<int>(zip.number) - static_cast<int>(number)) <
                     std::abs(static_cast<int>(best->number) - static_cast<int>(number)))
      best = &zip;
  }
  return best;
}

void PlaceSearch::area_code(PlaceFinding& finding) const {
  if (phone_) return;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    if (!words_[i].digits || words_[i].text.size() != 3 || words_[i].before_money) continue;
    const std::string_view before = i > 0 ? std::string_view(words_[i - 1].text) : std::string_view{};
    const std::string_view after = i + 1 < words_.size() ? std::string_view(words_[i + 1].text) : std::string_view{};
    const bool said = before == "code" || before == "area" || before == "lada" || before == "codigo" ||
                      after == "area" || (before == "the" && lead(words_, i) == Lead::firm) ||
                      (before == "el" && i > 1 && words_[i - 2].text == "en") || (asked_ && all_filler_but(i, i + 1));
    if (!said) continue;
    const auto area = data_.area_codes.find(value(words_[i]));
    if (area == data_.area_codes.end()) continue;
    finding.confirm = true;
    finding.outside = !area->second.california;
    for (std::uint32_t county : area->second.counties) {
      if (finding.candidates.size() == kCandidatesMax) break;
      Place place = target(county).place;
      place.precision = Precision::area_code;
      finding.candidates.push_back(std::move(place));
    }
    return;
  }
}

}  // namespace northstar::directory
