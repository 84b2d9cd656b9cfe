#include "gateway/directory/place_search.h"

#include <algorithm>

namespace northstar::directory {
namespace {

constexpr std::size_t kNameWordsMax = 7;  // "communications hill" has two; seven leaves room for broken-up ones
constexpr std::size_t kNameBytesMax = 64;

std::string_view compass(std::string_view word) {
  if (word == "n" || word == "no" || word == "nth") return "north";
  if (word == "s" || word == "so" || word == "sth") return "south";
  if (word == "e") return "east";
  if (word == "w") return "west";
  return {};
}

}  // namespace

bool PlaceSearch::all_filler_but(std::size_t begin, std::size_t end) const {
  for (std::size_t i = 0; i < words_.size(); ++i)
    if ((i < begin || i >= end) && !named_[i] && !is_filler(words_[i].text) && !is_county_word(words_[i].text))
      return false;
  return true;
}

bool PlaceSearch::own_clause(std::size_t begin, std::size_t end) const {
  return (begin == 0 || words_[begin].after_break) && (end == words_.size() || words_[end].after_break);
}

void PlaceSearch::find_names() {
  std::vector<Hit> found;
  std::string key;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    if (words_[i].digits || taken_[i]) continue;
    for (std::size_t count = 1; count <= kNameWordsMax && i + count <= words_.size(); ++count) {
      const std::size_t last = i + count - 1;
      if (words_[last].digits || taken_[last]) break;
      if (count == 1) key.clear();
      key += long_form(words_[last].text);
      if (key.size() > kNameBytesMax) break;
      look_up(key, i, i + count, found);
      if (const std::string_view side = compass(words_[i].text); count > 1 && !side.empty())
        look_up(std::string(side) + key.substr(words_[i].text.size()), i, i + count, found);
    }
  }
  for (const Hit& hit : found)
    if (!hit.meaning->refs.empty() && hit.meaning->ordinary == Ordinary::no &&
        !hit.meaning->only_where_a_place_is_due && static_cast<How>(hit.meaning->refs.front().how) <= How::outside)
      std::fill(named_.begin() + static_cast<std::ptrdiff_t>(hit.begin),
                named_.begin() + static_cast<std::ptrdiff_t>(hit.end), true);
  std::sort(found.begin(), found.end(), [](const Hit& a, const Hit& b) {
    return a.end - a.begin != b.end - b.begin ? a.end - a.begin > b.end - b.begin : a.begin < b.begin;
  });
  for (Hit& hit : found) {
    if (std::any_of(taken_.begin() + static_cast<std::ptrdiff_t>(hit.begin),
                    taken_.begin() + static_cast<std::ptrdiff_t>(hit.end), [](bool taken) { return taken; }))
      continue;
    const bool never = hit.meaning->ordinary == Ordinary::never;
    // "en salida, california", "in lake county": what stands behind makes a place of it after all.
    if (never && (says_california(words_, hit.end) || says_county(words_, hit.begin, hit.end))) continue;
    if (!never && !(means_a_place(hit) && settle(hit))) continue;
    std::fill(taken_.begin() + static_cast<std::ptrdiff_t>(hit.begin),
              taken_.begin() + static_cast<std::ptrdiff_t>(hit.end), true);
    if (never) {
      nevers_.push_back(hit.begin);
      continue;
    }
    hits_.push_back(std::move(hit));
  }
  std::sort(hits_.begin(), hits_.end(), [](const Hit& a, const Hit& b) { return a.begin < b.begin; });
}

void PlaceSearch::look_up(std::string_view key, std::size_t begin, std::size_t end, std::vector<Hit>& found) const {
  const auto at = data_.meanings.find(key);
  if (at == data_.meanings.end()) return;
  Hit hit;
  hit.begin = begin;
  hit.end = end;
  hit.meaning = &at->second;
  found.push_back(std::move(hit));
}

bool PlaceSearch::means_a_place(Hit& hit) const {
  const Meaning& meaning = *hit.meaning;
  if (meaning.refs.empty()) return false;
  const How how = static_cast<How>(meaning.refs.front().how);
  hit.lead = lead(words_, hit.begin);
  const bool california = says_california(words_, hit.end);
  const bool county = says_county(words_, hit.begin, hit.end);
  const bool city = (hit.end < words_.size() && words_[hit.end].text == "city") ||
                    (hit.begin > 0 && words_[hit.begin - 1].text == "ciudad");
  hit.said_where = california || county;
  const bool whole = all_filler_but(hit.begin, hit.end);
  const bool bare = hit.begin == 0 && hit.end == words_.size();
  if (how == How::outside) return means_outside(hit, whole);
  if (how == How::code) {
    // "va" and "ga" are words too, but hardly ever the last one behind a town.
    const bool last = hit.end == words_.size() || (words_[hit.end].digits && words_[hit.end].text.size() == 5);
    return bare ? asked_ : last && hit.begin > 0 && named_[hit.begin - 1];
  }
  if (hit.said_where) return how != How::old_name || asked_;
  // What other languages call a town counts in English letters only where a town is spoken of.
  if (how == How::alternate && static_cast<unsigned char>(words_[hit.begin].text[0]) < 0x80 && hit.lead == Lead::none &&
      !bare && !(asked_ && (whole || own_clause(hit.begin, hit.end))))
    return false;
  if (how == How::old_name) {
    hit.sure = false;
    return asked_ && bare;
  }
  // A name broken up ("bakers field") could be other words that met ("live more").
  if (words_said(hit) > meaning.words && hit.lead != Lead::firm && !(asked_ && whole)) return bare && asked_;
  if (meaning.only_where_a_place_is_due) return short_name(hit, whole, bare);
  switch (meaning.ordinary) {
    case Ordinary::no:
      return true;
    case Ordinary::never:
      return false;
    case Ordinary::person:
      if (asked_ && (whole || bare)) return true;
      if (asked_ && own_clause(hit.begin, hit.end)) return !(hit.sure = false);
      return hit.lead == Lead::firm || city;
    case Ordinary::english:
    case Ordinary::spanish:
    case Ordinary::both:
      break;
  }
  if (asked_ && bare) return true;
  if (spanish_phrase(hit)) return asked_ && whole && !(hit.sure = false);
  if (asked_ && (whole || own_clause(hit.begin, hit.end))) {
    hit.sure = hit.lead == Lead::firm || hit.lead == Lead::origin;
    return true;
  }
  if (hit.lead == Lead::firm || hit.lead == Lead::loose || hit.lead == Lead::origin || city) return true;
  // "need shelter chico": in an English sentence a Spanish word can only be a name, and the other way about.
  return (meaning.ordinary == Ordinary::spanish && tongue_.only_english()) ||
         (meaning.ordinary == Ordinary::english && tongue_.only_spanish());
}

std::size_t PlaceSearch::words_said(const Hit& hit) const {
  std::size_t count = 0;
  for (std::size_t i = hit.begin; i < hit.end; ++i)
    if (i == hit.begin || words_[i].text.size() > 1 || words_[i - 1].text.size() > 1) ++count;
  return count;
}

bool PlaceSearch::spanish_phrase(const Hit& hit) const {
  const std::string_view first = words_[hit.begin].text;
  return hit.end - hit.begin > 1 && (first == "el" || first == "la" || first == "los" || first == "las") &&
         tongue_.spanish > 0 && tongue_.english == 0;
}

bool PlaceSearch::short_name(Hit& hit, bool whole, bool bare) const {
  const bool article = hit.end == hit.begin + 1 && words_[hit.begin].text == "la";
  const bool shouted = words_[hit.begin].shouted && hit.end == hit.begin + 1;
  if (bare) return asked_ || shouted || !article;
  if (article) {
    // In Spanish "en la" waits for a noun; "LA" as the last word, or shouted in a quiet sentence, is the city.
    const bool last = hit.end == words_.size() || words_[hit.end].after_break;
    const bool others_quiet = std::any_of(words_.begin(), words_.end(), [](const Word& word) {
      return word.text.size() > 2 && !word.digits && !word.shouted;
    });
    if (shouted && others_quiet) return true;
    if (hit.lead == Lead::none) return asked_ && whole && last;
    return last || (tongue_.spanish == 0 && words_[hit.begin - 1].text != "en");
  }
  if (asked_ && (whole || own_clause(hit.begin, hit.end))) return true;
  return hit.lead != Lead::none || shouted;
}

bool PlaceSearch::means_outside(Hit& hit, bool whole) const {
  hit.outside = true;
  const Target& there = target(hit.meaning->refs.front().target);
  if (there.region && hit.begin > 0 && named_[hit.begin - 1]) return true;  // "paris texas"
  if (hit.begin == 0 && hit.end == words_.size()) return true;
  if (hit.end < words_.size() && hit.begin == 0 && whole) return true;
  if (asked_ && (whole || own_clause(hit.begin, hit.end))) return true;
  return hit.lead == Lead::firm && !about_others(words_, hit.begin);
}

bool PlaceSearch::settle(Hit& hit) const {
  const auto& refs = hit.meaning->refs;
  const How first = static_cast<How>(refs.front().how);
  if (first == How::outside || first == How::code) {
    hit.outside = true;
    hit.targets = {refs.front().target};
    return true;
  }
  const bool county = says_county(words_, hit.begin, hit.end);
  for (const Meaning::Ref& ref : refs) {
    const How how = static_cast<How>(ref.how);
    if (how == How::outside || how == How::code) continue;
    const bool is_county = target(ref.target).place.precision == Precision::county;
    if (county && first != How::nickname && has_county(refs) && !is_county) continue;
    if (how != first && how != How::county) continue;
    // The county round a town of the same name says nothing more.
    if (!county && is_county && first == How::name && same_county(hit.targets, ref.target)) continue;
    if (same_place(hit.targets, ref.target)) continue;
    hit.targets.push_back(ref.target);
  }
  if (hit.targets.size() > kCandidatesMax) hit.targets.resize(kCandidatesMax);
  return !hit.targets.empty();
}

bool PlaceSearch::has_county(const std::vector<Meaning::Ref>& refs) const {
  return std::any_of(refs.begin(), refs.end(),
                     [&](const Meaning::Ref& ref) { return target(ref.target).place.precision == Precision::county; });
}

bool PlaceSearch::same_county(const std::vector<std::uint32_t>& ids, std::uint32_t id) const {
  return std::any_of(ids.begin(), ids.end(), [&](std::uint32_t other) {
    return target(other).place.county_fips == target(id).place.county_fips;
  });
}

bool PlaceSearch::same_place(const std::vector<std::uint32_t>& ids, std::uint32_t id) const {
  return std::any_of(ids.begin(), ids.end(), [&](std::uint32_t other) {
    return target(other).place.county_fips == target(id).place.county_fips &&
           target(other).place.name == target(id).place.name;
  });
}

}  // namespace northstar::directory
