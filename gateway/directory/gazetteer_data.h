#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "gateway/directory/place.h"
#include "gateway/directory/wording.h"

namespace northstar::directory {

struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
template <class V>
using ByName = std::unordered_map<std::string, V, StringHash, std::equal_to<>>;
using NameSet = std::unordered_set<std::string, StringHash, std::equal_to<>>;

/// Which language a place's name is also an ordinary word of; `person`: also a name that people bear.
enum class Ordinary : std::uint8_t { no, english, spanish, both, person, never };

enum class How : std::uint8_t { name, county, nickname, outside, code, alternate, old_name };

/// Something that a name can mean.
struct Target {
  Place place;
  std::uint32_t population = 0;
  bool famous_elsewhere = false;
  bool region = false;  ///< outside: a state or a country, which says of a town before it that it is not here
};

/// What a key (a name's words, joined) stands for.
struct Meaning {
  struct Ref {
    std::uint32_t target : 24;
    std::uint32_t how : 8;
  };
  std::vector<Ref> refs;
  Ordinary ordinary = Ordinary::no;
  bool only_where_a_place_is_due = false;
  std::uint8_t words = 1;  ///< of the name; a text that has more of them broke it up
};

struct Zip {
  std::uint32_t number;
  float latitude, longitude;
  std::uint16_t county;  ///< the last three digits of a Californian county's FIPS; 0 outside
  std::uint16_t others;  ///< into `zip_neighbours`, 0 for none
};

struct Gazetteer::Data {
  Folding folding;
  std::vector<Target> targets;  ///< counties first, by their code
  std::array<std::uint16_t, 128> county_target{};
  ByName<Meaning> meanings;
  std::vector<Zip> zips;  ///< by number
  std::vector<std::vector<std::string>> zip_neighbours{{}};
  struct AreaCode {
    bool california = false;
    std::string state;
    std::vector<std::uint32_t> counties;  ///< targets, most numbers first
  };
  std::unordered_map<std::uint32_t, AreaCode> area_codes;

  /// Names by what is left when one or two letters are dropped: finds what a misspelling may have meant.
  struct Dropped {
    std::uint32_t hash;
    std::uint32_t name;  ///< into `spelled`
  };
  std::vector<const std::pair<const std::string, Meaning>*> spelled;
  std::vector<Dropped> dropped;
  std::unordered_multimap<std::string, std::uint32_t> sounds;
  NameSet not_misspelt;

  const Target* county(std::string_view fips) const;
  const Target* county(std::uint16_t last_three) const;
  const Zip* zip(std::uint32_t number) const;
  Place place_of(const Zip& zip, std::string name, Precision precision) const;
  void index_misspellings();
};

std::uint32_t hash_of(std::string_view text, std::size_t without_a = ~std::size_t{0},
                      std::size_t without_b = ~std::size_t{0});

/// Names shorter than this are not matched misspelt; from the second number on, two letters may be wrong.
inline constexpr std::size_t kMisspeltFrom = 5, kTwiceMisspeltFrom = 8;

}  // namespace northstar::directory
