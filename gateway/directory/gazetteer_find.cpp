#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "gateway/directory/gazetteer_data.h"
#include "gateway/directory/surroundings.h"

namespace northstar::directory {
namespace {

constexpr std::size_t kCandidatesMax = 4;  // as many as one text can list
constexpr std::size_t kNameWordsMax = 7;   // "communications hill" has two; seven leaves room for broken-up ones
constexpr std::size_t kNameBytesMax = 64;
constexpr int kGuessesMax = 48;  // a text of ten segments must not cost more than a few of them do

/// A stretch of words that stands for a place.
struct Hit {
  std::size_t begin = 0, end = 0;
  const Meaning* meaning = nullptr;
  std::vector<std::uint32_t> targets;  ///< best first
  Lead lead = Lead::none;
  bool outside = false;
  bool sure = true;         ///< false: ask
  bool said_where = false;  ///< "CA" or the county stands beside it
};

class Search {
 public:
  Search(const Gazetteer::Data& data, std::string_view text, bool asked, Locale hint)
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

  PlaceFinding run() {
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

 private:
  const Target& target(std::uint32_t id) const { return data_.targets[id]; }

  // ---- numbers -----------------------------------------------------------------------------------------------------

  static std::uint32_t value(const Word& word) {
    std::uint32_t out = 0;
    std::from_chars(word.text.data(), word.text.data() + std::min<std::size_t>(word.text.size(), 9), out);
    return out;
  }

  /// "36.7,-119.8" and nothing else.
  std::optional<PlaceFinding> coordinates() const {
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

  /// A telephone number is no place, whatever its first digits are (R37).
  void set_phones_aside() {
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

  void find_zips() {
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

  static bool is_money(std::string_view word) {
    return word == "dollars" || word == "dollar" || word == "dolares" || word == "usd" || word == "pesos" ||
           word == "hours" || word == "horas" || word == "people" || word == "bucks" || word == "cash" ||
           word == "dlls" || word == "dls" || word == "miles" || word == "bills";
  }

  const Zip* nearest_number(std::uint32_t number) const {
    const Zip* best = nullptr;
    for (const Zip& zip : data_.zips) {
      if (!zip.county || zip.number / 100 != number / 100) continue;
      if (!best || std::abs(static_cast<int>(zip.number) - static_cast<int>(number)) <
                       std::abs(static_cast<int>(best->number) - static_cast<int>(number)))
        best = &zip;
    }
    return best;
  }

  /// Only when it is written as one, and only to be confirmed.
  void area_code(PlaceFinding& finding) const {
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
      // Three digits alone are as well a ZIP cut short: they send nobody out of the state.
      if (!area->second.california && words_.size() == 1) continue;
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

  // ---- names -------------------------------------------------------------------------------------------------------

  bool all_filler_but(std::size_t begin, std::size_t end) const {
    for (std::size_t i = 0; i < words_.size(); ++i)
      if ((i < begin || i >= end) && !named_[i] && !is_filler(words_[i].text) && !is_county_word(words_[i].text))
        return false;
    return true;
  }

  /// Between two commas or line ends stands this and nothing else: "food, orange".
  bool own_clause(std::size_t begin, std::size_t end) const {
    return (begin == 0 || words_[begin].after_break) && (end == words_.size() || words_[end].after_break);
  }

  void find_names() {
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

  static std::string_view compass(std::string_view word) {
    if (word == "n" || word == "no" || word == "nth") return "north";
    if (word == "s" || word == "so" || word == "sth") return "south";
    if (word == "e") return "east";
    if (word == "w") return "west";
    return {};
  }

  void look_up(std::string_view key, std::size_t begin, std::size_t end, std::vector<Hit>& found) const {
    const auto at = data_.meanings.find(key);
    if (at == data_.meanings.end()) return;
    Hit hit;
    hit.begin = begin;
    hit.end = end;
    hit.meaning = &at->second;
    found.push_back(std::move(hit));
  }

  /// Whether the words around it make this word a place.
  bool means_a_place(Hit& hit) const {
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
    if (how == How::alternate && static_cast<unsigned char>(words_[hit.begin].text[0]) < 0x80 &&
        hit.lead == Lead::none && !bare && !(asked_ && (whole || own_clause(hit.begin, hit.end))))
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

  /// Letters set apart by dots ("L.A.") are one word.
  std::size_t words_said(const Hit& hit) const {
    std::size_t count = 0;
    for (std::size_t i = hit.begin; i < hit.end; ++i)
      if (i == hit.begin || words_[i].text.size() > 1 || words_[i - 1].text.size() > 1) ++count;
    return count;
  }

  /// "en el centro" is downtown, wherever that is; "in el centro" is a town. Spanish hears the words, not the name.
  bool spanish_phrase(const Hit& hit) const {
    const std::string_view first = words_[hit.begin].text;
    return hit.end - hit.begin > 1 && (first == "el" || first == "la" || first == "los" || first == "las") &&
           tongue_.spanish > 0 && tongue_.english == 0;
  }

  /// "la", "oc", "sf", "the valley".
  bool short_name(Hit& hit, bool whole, bool bare) const {
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

  bool means_outside(Hit& hit, bool whole) const {
    hit.outside = true;
    const Target& there = target(hit.meaning->refs.front().target);
    if (there.region && hit.begin > 0 && named_[hit.begin - 1]) return true;  // "paris texas"
    if (hit.begin == 0 && hit.end == words_.size()) return true;
    if (hit.end < words_.size() && hit.begin == 0 && whole) return true;
    if (asked_ && (whole || own_clause(hit.begin, hit.end))) return true;
    return hit.lead == Lead::firm && !about_others(words_, hit.begin);
  }

  /// Which of its meanings. False when none is left.
  bool settle(Hit& hit) const {
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

  bool has_county(const std::vector<Meaning::Ref>& refs) const {
    return std::any_of(refs.begin(), refs.end(), [&](const Meaning::Ref& ref) {
      return target(ref.target).place.precision == Precision::county;
    });
  }
  bool same_county(const std::vector<std::uint32_t>& ids, std::uint32_t id) const {
    return std::any_of(ids.begin(), ids.end(), [&](std::uint32_t other) {
      return target(other).place.county_fips == target(id).place.county_fips;
    });
  }
  /// Two places of one name in one county ("Vincent") send a person to the same county.
  bool same_place(const std::vector<std::uint32_t>& ids, std::uint32_t id) const {
    return std::any_of(ids.begin(), ids.end(), [&](std::uint32_t other) {
      return target(other).place.county_fips == target(id).place.county_fips &&
             target(other).place.name == target(id).place.name;
    });
  }

  // ---- scripts that set no spaces, endings that stick to a name
  // ------------------------------------------------------

  void find_unspaced() {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      const std::string& text = words_[i].text;
      if (text.empty() || static_cast<unsigned char>(text[0]) < 0x80) continue;
      if (words_[i].unspaced) {
        if (inside_run(i)) return;
      } else if (without_endings(i)) {
        return;
      }
    }
  }

  bool take(std::string_view key, std::size_t begin, std::size_t end, bool whole) {
    const auto at = data_.meanings.find(key);
    if (at == data_.meanings.end() || at->second.refs.empty()) return false;
    Hit hit;
    hit.begin = begin;
    hit.end = end;
    hit.meaning = &at->second;
    if (static_cast<How>(at->second.refs.front().how) == How::code || !settle(hit)) return false;
    part_of_word_ = !whole;
    std::fill(taken_.begin() + static_cast<std::ptrdiff_t>(begin), taken_.begin() + static_cast<std::ptrdiff_t>(end),
              true);
    hits_.push_back(std::move(hit));
    return true;
  }

  bool inside_run(std::size_t index) {
    const std::string& run = words_[index].text;
    std::vector<std::size_t> starts;
    for (std::size_t i = 0; i < run.size(); ++i)
      if ((static_cast<unsigned char>(run[i]) & 0xC0) != 0x80) starts.push_back(i);
    starts.push_back(run.size());
    constexpr std::size_t kLongest = 16, kShortest = 2;
    for (std::size_t length = std::min(kLongest, starts.size() - 1); length >= kShortest; --length)
      for (std::size_t i = 0; i + length < starts.size(); ++i)
        if (take(std::string_view(run).substr(starts[i], starts[i + length] - starts[i]), index, index + 1,
                 starts[i] == 0 && starts[i + length] == run.size()))
          return true;
    return false;
  }

  /// Russian, Armenian and others decline a name; Arabic puts its "in" before it.
  bool without_endings(std::size_t index) {
    std::string key;
    for (std::size_t from = index; from + 3 > index && from < words_.size(); --from) {
      key.clear();
      for (std::size_t i = from; i <= index; ++i) key += words_[i].text;
      std::string shorter = key;
      for (int dropped = 0; dropped < 3; ++dropped) {
        while (!shorter.empty() && (static_cast<unsigned char>(shorter.back()) & 0xC0) == 0x80) shorter.pop_back();
        if (!shorter.empty()) shorter.pop_back();
        if (shorter.size() < 8) break;
        if (take(shorter, from, index + 1, true)) return true;
        // Russian puts an ending in the place of a vowel: "Оклэнде", "Калифорнии".
      }
      static constexpr std::array<std::string_view, 3> kArabicIn{"ب", "ل", "و"};
      for (std::string_view prefix : kArabicIn)
        if (key.starts_with(prefix) && key.size() > prefix.size() + 6 &&
            take(std::string_view(key).substr(prefix.size()), from, index + 1, true))
          return true;
      if (from == 0) break;
    }
    return false;
  }

  // ---- misspelt ----------------------------------------------------------------------------------------------------

  struct Guess {
    std::size_t begin = 0, end = 0;
    int wrong = 99;
    std::vector<std::uint32_t> names;
  };

  void find_misspelt() {
    Guess best;
    int guesses = 0;
    const std::size_t most_words = 4;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      std::string key;
      for (std::size_t count = 1; count <= most_words && i + count <= words_.size(); ++count) {
        const Word& last = words_[i + count - 1];
        if (last.digits || taken_[i + count - 1] || joins_sentences(last.text) || (count > 1 && last.after_break))
          break;
        key += long_form(last.text);
        if (key.size() > 32) break;
        if (key.size() < kMisspeltFrom || static_cast<unsigned char>(key[0]) >= 0x80) continue;
        if (count == 1 && is_filler(key)) continue;
        if (count == 1 && glued(key, i)) return;
        if (no_misspelling(i, i + count) || data_.not_misspelt.contains(key) || data_.meanings.contains(key)) continue;
        const int allowed = allowance(key, i, i + count);
        if (allowed > 0 && ++guesses <= kGuessesMax) guess(key, i, i + count, allowed, best);
      }
    }
    if (!best.names.empty()) accept(best);
  }

  /// "enfresno", "inoakland": the word before has stuck to the name.
  bool glued(std::string_view key, std::size_t index) {
    for (std::string_view stuck : {"near", "de", "en", "in"}) {
      if (!key.starts_with(stuck) || key.size() < stuck.size() + kMisspeltFrom || data_.not_misspelt.contains(key))
        continue;
      const auto at = data_.meanings.find(key.substr(stuck.size()));
      if (at == data_.meanings.end() || at->second.refs.empty() || at->second.ordinary != Ordinary::no ||
          static_cast<How>(at->second.refs.front().how) > How::county)
        continue;
      return take(at->first, index, index + 1, false);
    }
    return false;
  }

  /// "los perros": but for the article, words that we know to be right.
  bool no_misspelling(std::size_t begin, std::size_t end) const {
    return std::all_of(
        words_.begin() + static_cast<std::ptrdiff_t>(begin), words_.begin() + static_cast<std::ptrdiff_t>(end),
        [&](const Word& word) { return word.text.size() <= 3 || data_.not_misspelt.contains(word.text); });
  }

  /// How many letters may be wrong here: more where a place is due.
  int allowance(std::string_view key, std::size_t begin, std::size_t end) const {
    const Lead before = lead(words_, begin);
    const bool due = before == Lead::firm || says_california(words_, end) || says_county(words_, begin, end);
    const bool whole = all_filler_but(begin, end);
    if (asked_ && (whole || own_clause(begin, end))) return key.size() >= kTwiceMisspeltFrom ? 2 : 1;
    if (due) return key.size() > kTwiceMisspeltFrom ? 2 : 1;
    if (before == Lead::origin || before == Lead::toward || before == Lead::loose || asked_) return 1;
    // Nothing says that a place is meant: only a long name, or a text that is nothing else.
    return key.size() >= kTwiceMisspeltFrom + 1 || words_.size() <= 2 ? 1 : 0;
  }

  void guess(std::string_view key, std::size_t begin, std::size_t end, int allowed, Guess& best) const {
    const auto consider = [&](std::uint32_t name, bool heard) {
      const auto& [spelling, meaning] = *data_.spelled[name];
      int wrong = misspelling(key, spelling, allowed);
      if (heard && wrong > 1) wrong = 1;
      if (wrong > allowed || wrong == 0) return;
      // What begins with another letter is seldom a slip.
      if (!heard && spelling[0] != key[0] && sound(spelling)[0] != sound(key)[0] && !(wrong == 1 && key.size() >= 8))
        return;
      if (meaning.ordinary != Ordinary::no && meaning.ordinary != Ordinary::person && !asked_ && wrong > 0 &&
          lead(words_, begin) != Lead::firm)
        return;
      // Far more words look like Chile, Paris or Boise than mean them.
      if (static_cast<How>(meaning.refs.front().how) == How::outside &&
          (wrong > 1 || key.size() < 6 || begin != 0 || end != words_.size()))
        return;
      const bool better = wrong < best.wrong || (wrong == best.wrong && end - begin > best.end - best.begin);
      if (!better && !(wrong == best.wrong && begin == best.begin && end == best.end)) return;
      if (better) best = {begin, end, wrong, {}};
      if (std::find(best.names.begin(), best.names.end(), name) == best.names.end()) best.names.push_back(name);
    };
    const auto [from, to] = data_.sounds.equal_range(sound(key));
    for (auto at = from; at != to; ++at) consider(at->second, true);
    const auto drop = [&](std::uint32_t hash) {
      auto at = std::lower_bound(data_.dropped.begin(), data_.dropped.end(), hash,
                                 [](const auto& entry, std::uint32_t wanted) { return entry.hash < wanted; });
      for (; at != data_.dropped.end() && at->hash == hash; ++at) consider(at->name, false);
    };
    drop(hash_of(key));
    for (std::size_t i = 0; i < key.size(); ++i) {
      drop(hash_of(key, i));
      if (allowed > 1)
        for (std::size_t j = i + 1; j < key.size(); ++j) drop(hash_of(key, i, j));
    }
  }

  void accept(const Guess& guess) {
    Hit hit;
    hit.begin = guess.begin;
    hit.end = guess.end;
    hit.lead = lead(words_, guess.begin);
    hit.said_where = says_california(words_, guess.end) || says_county(words_, guess.begin, guess.end);
    bool outside = false;
    for (std::uint32_t name : guess.names) {
      Hit one = hit;
      one.meaning = &data_.spelled[name]->second;
      if (static_cast<How>(one.meaning->refs.front().how) == How::outside) {
        outside = true;
        if (guess.names.size() > 1) continue;
        if (!means_outside(one, all_filler_but(guess.begin, guess.end))) return;
      }
      if (!settle(one)) continue;
      hit.outside = one.outside;
      for (std::uint32_t id : one.targets)
        if (!same_place(hit.targets, id) &&
            !(target(id).place.precision == Precision::county && same_county(hit.targets, id)))
          hit.targets.push_back(id);
      if (one.meaning->ordinary != Ordinary::no) hit.sure = false;
    }
    if (hit.targets.empty()) return;
    std::sort(hit.targets.begin(), hit.targets.end(), [&](std::uint32_t a, std::uint32_t b) {
      return target(a).population != target(b).population ? target(a).population > target(b).population : a < b;
    });
    hit.sure = hit.sure && guess.wrong == 1 && hit.targets.size() == 1 && !outside;
    if (hit.outside && guess.names.size() == 1) hit.sure = guess.wrong == 1;
    if (hit.targets.size() > kCandidatesMax) hit.targets.resize(kCandidatesMax);
    std::fill(taken_.begin() + static_cast<std::ptrdiff_t>(hit.begin),
              taken_.begin() + static_cast<std::ptrdiff_t>(hit.end), true);
    hits_.push_back(std::move(hit));
  }

  // ---- what it comes to --------------------------------------------------------------------------------------------

  PlaceFinding conclude() {
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
    const auto weight = [](const Hit* hit) {
      return hit->lead == Lead::origin ? 0 : hit->lead == Lead::toward ? 1 : 2;
    };
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

  /// "ontario canada", "hollywood, florida": the second word takes the first along; "las vegas nevada", "toronto
  /// ontario": a name better known elsewhere goes with the town before it.
  void join_outside() {
    for (std::size_t i = 1; i < hits_.size(); ++i)
      if (hits_[i - 1].outside && !hits_[i].outside && hits_[i - 1].end == hits_[i].begin && !hits_[i].said_where &&
          target(hits_[i].targets.front()).famous_elsewhere)
        hits_[i].outside = true, hits_[i].targets = hits_[i - 1].targets;
    for (std::size_t i = 0; i + 1 < hits_.size(); ++i)
      if (!hits_[i].outside && hits_[i + 1].outside && target(hits_[i + 1].targets.front()).region &&
          hits_[i].end == hits_[i + 1].begin && !hits_[i].said_where)
        hits_[i].outside = true, hits_[i].targets = hits_[i + 1].targets;
  }

  PlaceFinding by_zip(const std::vector<const Hit*>& ours) const {
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

  bool nothing_else() const {
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

  const Gazetteer::Data& data_;
  std::string_view text_;
  bool asked_;
  std::vector<Word> words_;
  std::vector<bool> taken_, named_;  ///< taken: words that are part of a place, a telephone number or a phrase that is
                                     ///< no place; named: words that are part of what is some place's name
  Tongue tongue_;
  std::vector<Hit> hits_;
  std::vector<std::size_t> nevers_;
  std::vector<Place> zips_;
  bool phone_ = false, guessed_zip_ = false, part_of_word_ = false;
};

}  // namespace

PlaceFinding Gazetteer::find(std::string_view text, bool asked, Locale hint) const {
  return Search(*data_, text, asked, hint).run();
}

}  // namespace northstar::directory
