#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/locale.h"
#include "gateway/base/result.h"

namespace northstar::directory {

/// Decimal degrees, west negative.
struct Point {
  double latitude = 0;
  double longitude = 0;
};

/// Great-circle distance in kilometres, mean Earth radius 6371.009 km (IUGG).
double kilometres(Point a, Point b);

enum class Precision { none, area_code, county, place, zip, coordinate };
std::string_view name(Precision);

/// A place in California, or a state outside it.
struct Place {
  Precision precision = Precision::none;
  std::string name;         ///< "Fresno", "Alpine County", "93721"
  std::string county_fips;  ///< five digits; empty when outside California
  std::string county;       ///< "San Bernardino"
  Point point;
  std::vector<std::string> other_counties;  ///< FIPS of counties that a ZIP may reach into: only ever widens a search
};

/// What a text says of a place.
struct PlaceFinding {
  std::vector<Place> candidates;  ///< best first, at most four; empty when no place was heard
  bool confirm = false;           ///< ask before using it: several candidates, a misspelling, an ambiguous name
  bool outside = false;           ///< a place outside California: the national line serves
  bool whole_text = false;        ///< the text is a place and nothing else ("ontario", "fresno ca")
};

/// Finds places in what people text: ZIP, city, neighbourhood, county, abbreviation, other scripts, misspellings,
/// inside a sentence in English or Spanish. Immutable; safe from many threads. An area code only ever suggests a
/// county to be confirmed, and only when it is written in the text; the sender's number is never looked at (R37).
class Gazetteer {
 public:
  static Loaded<Gazetteer> load(const std::filesystem::path& geo_folder);
  Gazetteer(Gazetteer&&) noexcept;
  Gazetteer& operator=(Gazetteer&&) noexcept;
  ~Gazetteer();

  /// `asked`: the text answers our question where. Without it, only words that are plainly a place count
  /// ("i need a lawyer" is not Need, "me too" is not a town).
  PlaceFinding find(std::string_view text, bool asked, Locale hint = {}) const;

  /// A county by FIPS: its seat as point, precision county. Null when unknown.
  const Place* county(std::string_view fips) const;

  struct Data;  ///< the tables; this room's own

 private:
  explicit Gazetteer(std::unique_ptr<const Data>);
  std::unique_ptr<const Data> data_;
};

}  // namespace northstar::directory
