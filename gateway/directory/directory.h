#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/enum_set.h"
#include "gateway/base/locale.h"
#include "gateway/base/result.h"
#include "gateway/base/time.h"
#include "gateway/directory/place.h"
#include "gateway/language/understanding.h"

namespace northstar::directory {

/// Where help is, and how far. HSDS 3.0 terms: an organization's service with phones, schedules, service areas.
enum class PhoneKind { crisis, information, office, tip };

struct Phone {
  std::string number;  ///< as a text shows it: "559-233-4357", "988"
  bool voice = true;   ///< false: a number to text
  PhoneKind kind = PhoneKind::office;
  std::string hours;   ///< as the source says them; empty when not known
  std::string description;
};

enum class Open { unknown, always, open_now, closed_now };
class Hours;

/// One provider as the product shows it. Strings live as long as the Directory.
struct Provider {
  std::string key;   ///< the directory's `x_key`
  std::string name;  ///< as said in a text: no more than it takes to ask for them by name
  std::vector<Phone> phones;
  std::vector<Locale> languages;  ///< empty: not known
  std::vector<std::string> populations, services;  ///< taxonomy codes
  std::string scope;              ///< "national", "state" or "regional"
  std::string home_county_fips;
  std::string confidence;
  bool law_enforcement = false;   ///< police, a prosecutor, or part of their office (R96): named as such before its number
  bool verified = false;
};

/// Who asks, as far as they told. Unknown is never held against them.
struct Wish {
  EnumSet<language::Need> needs;
  bool tonight = false;
  bool minor = false;
  bool man = false;
  Locale language;  ///< the talk's
};

/// Those of the needs that this provider answers, itself or else standing in; all of them when none is known.
EnumSet<language::Need> answered_by(const Provider& provider, EnumSet<language::Need> needs);

struct Match {
  const Provider* provider = nullptr;
  const Phone* phone = nullptr;  ///< the one to give for this wish, at this hour
  double km = 0;
  int tier = 1;                  ///< 1 help lines, 2 other help, 3 prosecutors' victim-witness offices
  Open open = Open::unknown;
  std::string hours;             ///< what is known of them, in the source's words
  const Hours* times = nullptr;  ///< the same, understood; null where nobody looked
  bool other_county = false;     ///< nobody of this kind covers the county; this one is said to be in another
  bool statewide = false;        ///< help by phone for the whole state
  bool reserved = false;         ///< for one people or group, and they have not said that they are of it
};

/// The numbers to give beside every answer. `nhth` first.
struct NationalLine {
  const Provider* provider = nullptr;
  const Phone* phone = nullptr;
};

/// What may be shown. Demo deployments show unverified records, and say so; others only those verified within a year.
struct Policy {
  bool demo = true;
  bool low_confidence = false;
  std::chrono::days verified_for{365};
};

/// A Directory is immutable; a reload builds a new one. Lookups use a spatial index, never a scan.
/// Safe to use from many threads.
class Directory {
 public:
  /// Loads HSDS JSON files of the folder. Every fault is reported with file and field: a street address, a confidential
  /// location, an unknown taxonomy code, a number that is none.
  static Loaded<Directory> load(const std::filesystem::path& folder, Policy policy, Instant now);
  Directory(Directory&&) noexcept;
  Directory& operator=(Directory&&) noexcept;
  ~Directory();

  /// The providers that can serve `wish` from `here`, best first, at most `limit`. Only those that serve the county
  /// (all of them when none of that kind does: nearest within 200 km, `other_county` set). Those for one people or group
  /// come after all others but prosecutors' offices. Law enforcement and tip lines never; a record without a number
  /// never.
  std::vector<Match> nearest(const Place& here, const Wish& wish, Instant now, std::size_t limit) const;

  std::span<const NationalLine> national() const;
  const Provider* find(std::string_view key) const;
  std::size_t size() const;
  std::size_t unverified() const;

  struct Data;  ///< the records and their index; this room's own

 private:
  explicit Directory(std::unique_ptr<const Data>);
  std::unique_ptr<const Data> data_;
};

}  // namespace northstar::directory
