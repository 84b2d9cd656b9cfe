#pragma once
#include <boost/geometry.hpp>
#include <boost/geometry/index/rtree.hpp>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gateway/directory/directory.h"
#include "gateway/directory/hours.h"
#include "gateway/directory/hsds.h"
#include "gateway/directory/needs.h"
#include "gateway/directory/place.h"

/// How a directory keeps its providers, and what a search reads: this room's own. directory.cpp builds it, nearest.cpp
/// searches it; neither changes it afterwards.
namespace northstar::directory {

/// The tiers of an answer (R38).
inline constexpr int kHelpLine = 1, kOtherHelp = 2, kProsecutor = 3;

// Points are kept on the unit sphere in three dimensions: the nearest by chord is the nearest by great circle.
using Spot = boost::geometry::model::point<double, 3, boost::geometry::cs::cartesian>;
using Entry = std::pair<Spot, std::uint32_t>;
using Tree = boost::geometry::index::rtree<Entry, boost::geometry::index::rstar<16>>;

Spot spot(Point point);

/// One bit a language of ours; "zh" serves both scripts, "es-MX" is Spanish. Other languages share the last bit.
std::uint32_t tongue_bit(Locale language);

/// A number that may be given. A provider's own crisis line to text is a help; a bare text line of an office is not
/// known to be read.
bool offered(const Phone& phone, const Record& record);

/// What ranking looks at, small enough that a search stays in the processor's cache.
struct Card {
  Services services;
  Populations whom;
  std::uint32_t tongues = 0;  ///< 0: not known
  std::uint32_t first_span = 0;
  std::uint16_t spans = 0;
  bool always = false, unknown = false;  ///< some number always answers; some number's hours are not known
  bool interprets = false;
  Instant verified_from{}, verified_until{};
};

/// Records whose hours can be told apart beforehand are kept apart, so that a search need not walk past those that
/// cannot be better than what it has.
enum Openness : std::uint32_t { kAlways, kTimed, kNotKnown, kOpennesses };
inline constexpr std::uint32_t kEverywhere = kCounties;  // the "county" of the trees for the whole state

constexpr std::uint32_t tree_key(std::uint32_t county, int tier, std::uint32_t service, std::uint32_t openness) {
  return ((county * 4 + static_cast<std::uint32_t>(tier)) * 32 + service) * 4 + openness;
}

struct Directory::Data {
  Policy policy;
  std::vector<Record> records;
  std::vector<std::uint8_t> tiers;
  std::unordered_map<std::string, std::uint32_t> by_key;
  std::vector<Card> cards;
  std::vector<Hours::Span> spans;
  std::unordered_map<std::uint32_t, Tree> trees;  ///< by county, tier, service and openness
  std::vector<std::uint32_t> wide;                ///< for the whole state or country
  std::vector<NationalLine> national;
  std::size_t unverified = 0;

  bool current(const Record& record, Instant now) const {
    if (!record.verified_at) return false;
    return now >= Instant(*record.verified_at) - std::chrono::hours(24) &&
           now <= Instant(*record.verified_at) + policy.verified_for;
  }
  bool trusted(const Record& record) const { return policy.low_confidence || record.provider.confidence != "low"; }
  const Tree* tree(std::uint32_t county, int tier, std::uint32_t service, std::uint32_t openness) const {
    const auto at = trees.find(tree_key(county, tier, service, openness));
    return at == trees.end() ? nullptr : &at->second;
  }
  Card card_of(const Record& record);
  void index();
  void list_national(Instant now);
};

}  // namespace northstar::directory
