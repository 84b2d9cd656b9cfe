#pragma once
#include <bitset>
#include <filesystem>
#include <optional>
#include <vector>

#include <date/date.h>

#include "gateway/directory/directory.h"
#include "gateway/directory/hours.h"
#include "gateway/directory/needs.h"
#include "gateway/directory/place.h"

namespace northstar::directory {

/// California's counties by the last three digits of their FIPS, halved: they are all odd.
inline constexpr std::size_t kCounties = 58;
using Counties = std::bitset<kCounties>;
/// The county's number, or nothing when the code is none of California's.
std::optional<std::size_t> county_number(std::string_view fips);

/// One organization as it was read, with what its search needs.
struct Record {
  Provider provider;
  Services services;
  Populations populations;
  Counties counties;
  bool statewide = false;  ///< the whole state or country
  bool national = false;
  bool interprets = false;
  std::vector<Point> points;  ///< the middles of its towns
  std::vector<Hours> hours;   ///< of each phone
  std::optional<date::sys_days> verified_at;
};

/// Reads one file of HSDS 3.0 organizations. What is wrong goes to `faults`, with the line, column and JSON path of the
/// member; a file with faults gives no records.
std::vector<Record> read_hsds(const std::filesystem::path& file, Faults& faults);

/// Whether a text seems to hold a street address, a post-office box or a ZIP code: none may be stored (R39).
bool looks_like_an_address(std::string_view text);

/// At most forty characters of the GSM alphabet to ask for them by.
std::string short_name(std::string_view name);

}  // namespace northstar::directory
