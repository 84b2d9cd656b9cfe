#include "gateway/directory/place_search.h"

#include <algorithm>

namespace northstar::directory {

PlaceSearch::PlaceSearch(const Gazetteer::Data& data, std::string_view text, bool asked, Locale hint)
    : data_(data),
      text_(text),
      asked_(asked),
      words_(data.folding.words(text)),
      taken_(words_.size(), false),
      named_(words_.size(), false) {
  tongue_ = tongue(words_);
  if (hint == Locale("en")) ++tongue_.english;
  if (hint == Locale("es")) ++tongue_.spanish;
}

PlaceFinding PlaceSearch::run() {
  if (words_.empty()) return {};
  if (auto point = coordinates()) return std::move(*point);
  set_phones_aside();
  find_zips();
  find_names();
  if (hits_.empty() && zips_.empty()) find_unspaced();
  if (hits_.empty() && zips_.empty()) find_misspelt();
  PlaceFinding finding = conclude();
  if (finding.candidates.empty() && !finding.outside) area_code(finding);
  if (!finding.candidates.empty() || finding.outside) finding.whole_text = nothing_else();
  return finding;
}

PlaceFinding PlaceSearch::conclude() {
  PlaceFinding finding;
  join_outside();
  std::vector<const Hit*> ours, away;
  for (const Hit& hit : hits_) (hit.outside ? away : ours).push_back(&hit);
  if (!zips_.empty()) return by_zip(ours);
  if (ours.empty()) {
    if (away.empty()) return finding;
    finding.outside = true;
    finding.confirm = !away.front()->sure;
    finding.candidates.push_back(target(away.front()->targets.front()).place);
    return finding;
  }
  // Where they are goes before where they came from or are bound for.
  const auto weight = [](const Hit* hit) { return hit->lead == Lead::origin ? 0 : hit->lead == Lead::toward ? 1 : 2; };
  const int heaviest = weight(
      *std::max_element(ours.begin(), ours.end(), [&](const Hit* a, const Hit* b) { return weight(a) < weight(b); }));
  std::erase_if(ours, [&](const Hit* hit) { return weight(hit) < heaviest; });

  std::vector<std::uint32_t> left = ours.front()->targets;
  bool sure = ours.front()->sure, said_where = ours.front()->said_where;
  for (std::size_t i = 1; i < ours.size(); ++i) {
    const std::vector<std::uint32_t>& more = ours[i]->targets;
    std::vector<std::uint32_t> both;
    for (std::uint32_t id : left)
      if (same_county(more, id)) both.push_back(id);
    if (both.empty()) {
      for (std::uint32_t id : more)
        if (!same_place(left, id)) left.push_back(id);
      sure = false;
      continue;
    }
    // "burbank, los angeles": the second says which; a town says more than its county.
    for (std::uint32_t& id : both) {
      if (target(id).place.precision != Precision::county) continue;
      const auto town = std::find_if(more.begin(), more.end(), [&](std::uint32_t other) {
        return target(other).place.precision != Precision::county &&
               target(other).place.county_fips == target(id).place.county_fips;
      });
      if (town != more.end()) id = *town;
    }
    left = std::move(both);
    said_where = true;
  }
  if (left.size() > kCandidatesMax) left.resize(kCandidatesMax);
  const bool famous = target(left.front()).famous_elsewhere && !said_where;
  finding.confirm = !sure || left.size() > 1 || famous;
  for (std::uint32_t id : left) finding.candidates.push_back(target(id).place);
  return finding;
}

void PlaceSearch::join_outside() {
  for (std::size_t i = 1; i < hits_.size(); ++i)
    if (hits_[i - 1].outside && !hits_[i].outside && hits_[i - 1].end == hits_[i].begin && !hits_[i].said_where &&
        target(hits_[i].targets.front()).famous_elsewhere)
      hits_[i].outside = true, hits_[i].targets = hits_[i - 1].targets;
  for (std::size_t i = 0; i + 1 < hits_.size(); ++i)
    if (!hits_[i].outside && hits_[i + 1].outside && target(hits_[i + 1].targets.front()).region &&
        hits_[i].end == hits_[i + 1].begin && !hits_[i].said_where)
      hits_[i].outside = true, hits_[i].targets = hits_[i + 1].targets;
}

PlaceFinding PlaceSearch::by_zip(const std::vector<const Hit*>& ours) const {
  PlaceFinding finding;
  for (const Place& zip : zips_) {
    const bool known = std::any_of(finding.candidates.begin(), finding.candidates.end(),
                                   [&](const Place& other) { return other.name == zip.name; });
    if (!known && finding.candidates.size() < kCandidatesMax) finding.candidates.push_back(zip);
  }
  finding.outside = finding.candidates.front().county_fips.empty();
  finding.confirm = guessed_zip_ || finding.candidates.size() > 1;
  // "fresno 90001": one of the two is a slip.
  for (const Hit* hit : ours) {
    const bool agrees = std::any_of(hit->targets.begin(), hit->targets.end(), [&](std::uint32_t id) {
      const Place& zip = finding.candidates.front();
      return target(id).place.county_fips == zip.county_fips ||
             std::find(zip.other_counties.begin(), zip.other_counties.end(), target(id).place.county_fips) !=
                 zip.other_counties.end();
    });
    if (agrees || hit->lead == Lead::origin || finding.candidates.size() == kCandidatesMax) continue;
    finding.candidates.push_back(target(hit->targets.front()).place);
    finding.confirm = true;
    finding.outside = false;
  }
  return finding;
}

bool PlaceSearch::nothing_else() const {
  if (part_of_word_ || !nevers_.empty()) return false;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    if (taken_[i] || named_[i] || words_[i].digits) continue;
    const std::string_view word = words_[i].text;
    if (!is_california(word) && !is_county_word(word) && word != "city" && word != "of" && word != "de" &&
        word != "zip" && word != "code" && word != "usa" && word != "us" && word != "the" && word != "area")
      return false;
  }
  return true;
}

PlaceFinding Gazetteer::find(std::string_view text, bool asked, Locale hint) const {
  return PlaceSearch(*data_, text, asked, hint).run();
}

}  // namespace northstar::directory
