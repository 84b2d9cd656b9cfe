#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/locale.h"
#include "gateway/directory/gazetteer_data.h"
#include "gateway/directory/surroundings.h"
#include "gateway/directory/wording.h"

namespace northstar::directory {

/// One text, searched for the place it names: what Gazetteer::find does. This room's own.
///
/// The text is cut into words once; then numbers, names, and only when those found nothing, names run together or
/// misspelt are looked for. Each finder takes the words it used (`taken_`), so that no word speaks twice, and what was
/// found is weighed at the end (`conclude`). One source file a kind of finding:
/// - place_search_numbers.cpp: ZIP codes, coordinates, area codes; telephone numbers are none of these (R37)
/// - place_search_names.cpp: names as the tables have them, and whether the words around make a place of them
/// - place_search_misspelt.cpp: scripts without spaces, endings that stick to a name, letters that slipped
/// - gazetteer_find.cpp: the order of it all, and what it comes to
class PlaceSearch {
 public:
  PlaceSearch(const Gazetteer::Data& data, std::string_view text, bool asked, Locale hint);
  /// Once for each search.
  PlaceFinding run();

 private:
  static constexpr std::size_t kCandidatesMax = 4;  // as many as one text can list

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

  /// What a misspelt stretch may have meant: the names that are the fewest letters away.
  struct Guess {
    std::size_t begin = 0, end = 0;
    int wrong = 99;  ///< letters
    std::vector<std::uint32_t> names;
  };

  const Target& target(std::uint32_t id) const { return data_.targets[id]; }

  /// "36.7,-119.8" and nothing else.
  std::optional<PlaceFinding> coordinates() const;
  /// A telephone number is no place, whatever its first digits are (R37).
  void set_phones_aside();
  void find_zips();
  const Zip* nearest_number(std::uint32_t number) const;
  /// Only when it is written as one, and only to be confirmed.
  void area_code(PlaceFinding& finding) const;

  bool all_filler_but(std::size_t begin, std::size_t end) const;
  /// Between two commas or line ends stands this and nothing else: "food, orange".
  bool own_clause(std::size_t begin, std::size_t end) const;

  void find_names();
  void look_up(std::string_view key, std::size_t begin, std::size_t end, std::vector<Hit>& found) const;
  /// Whether the words around it make this word a place.
  bool means_a_place(Hit& hit) const;
  /// Letters set apart by dots ("L.A.") are one word.
  std::size_t words_said(const Hit& hit) const;
  /// "en el centro" is downtown, wherever that is; "in el centro" is a town. Spanish hears the words, not the name.
  bool spanish_phrase(const Hit& hit) const;
  /// "la", "oc", "sf", "the valley".
  bool short_name(Hit& hit, bool whole, bool bare) const;
  bool means_outside(Hit& hit, bool whole) const;
  /// Which of its meanings. False when none is left.
  bool settle(Hit& hit) const;
  bool has_county(const std::vector<Meaning::Ref>& refs) const;
  bool same_county(const std::vector<std::uint32_t>& ids, std::uint32_t id) const;
  /// Two places of one name in one county ("Vincent") send a person to the same county.
  bool same_place(const std::vector<std::uint32_t>& ids, std::uint32_t id) const;

  void find_unspaced();
  bool take(std::string_view key, std::size_t begin, std::size_t end, bool whole);
  bool inside_run(std::size_t index);
  /// Russian, Armenian and others decline a name; Arabic puts its "in" before it.
  bool without_endings(std::size_t index);
  void find_misspelt();
  /// "enfresno", "inoakland": the word before has stuck to the name.
  bool glued(std::string_view key, std::size_t index);
  /// "los perros": but for the article, words that we know to be right.
  bool no_misspelling(std::size_t begin, std::size_t end) const;
  /// How many letters may be wrong here: more where a place is due.
  int allowance(std::string_view key, std::size_t begin, std::size_t end) const;
  void guess(std::string_view key, std::size_t begin, std::size_t end, int allowed, Guess& best) const;
  void accept(const Guess& guess);

  PlaceFinding conclude();
  /// "ontario canada", "hollywood, florida": the second word takes the first along; "las vegas nevada", "toronto
  /// ontario": a name better known elsewhere goes with the town before it.
  void join_outside();
  PlaceFinding by_zip(const std::vector<const Hit*>& ours) const;
  bool nothing_else() const;

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

}  // namespace northstar::directory
