#include "gateway/directory/directory.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include "gateway/directory/directory_data.h"

namespace northstar::directory {

Spot spot(Point point) {
  constexpr double kRadians = std::numbers::pi / 180;
  const double latitude = point.latitude * kRadians, longitude = point.longitude * kRadians;
  return {std::cos(latitude) * std::cos(longitude), std::cos(latitude) * std::sin(longitude), std::sin(latitude)};
}

std::uint32_t tongue_bit(Locale language) {
  std::string_view tag = language.tag().substr(0, language.tag().find('-'));
  if (tag == "fil") tag = "tl";
  for (std::size_t i = 0; i < kLocales.size(); ++i)
    if (kLocales[i].tag().substr(0, kLocales[i].tag().find('-')) == tag) return 1u << i;
  return 1u << 31;
}

bool offered(const Phone& phone, const Record& record) {
  if (phone.kind == PhoneKind::tip) return false;
  return phone.voice || phone.kind == PhoneKind::crisis || record.provider.phones.size() == 1;
}

namespace {

int tier_of(const Record& record) {
  if (record.provider.law_enforcement) return kProsecutor;
  const bool crisis = std::any_of(record.provider.phones.begin(), record.provider.phones.end(),
                                  [](const Phone& phone) { return phone.kind == PhoneKind::crisis; });
  return crisis ? kHelpLine : kOtherHelp;
}

}  // namespace

Card Directory::Data::card_of(const Record& record) {
  Card card;
  card.services = record.services;
  card.whom = record.populations;
  card.interprets = record.interprets;
  for (const Locale& language : record.provider.languages) card.tongues |= tongue_bit(language);
  card.first_span = static_cast<std::uint32_t>(spans.size());
  for (std::size_t i = 0; i < record.hours.size(); ++i) {
    if (!offered(record.provider.phones[i], record)) continue;
    const Hours& hours = record.hours[i];
    card.always = card.always || hours.is_always();
    card.unknown = card.unknown || !hours.known();
    spans.insert(spans.end(), hours.spans().begin(), hours.spans().end());
  }
  card.spans = static_cast<std::uint16_t>(spans.size() - card.first_span);
  if (record.verified_at) {
    card.verified_from = Instant(*record.verified_at) - std::chrono::hours(24);
    card.verified_until = Instant(*record.verified_at) + policy.verified_for;
  }
  return card;
}

void Directory::Data::index() {
  std::unordered_map<std::uint32_t, std::vector<Entry>> entries;
  tiers.resize(records.size());
  cards.reserve(records.size());
  for (std::uint32_t id = 0; id < records.size(); ++id) {
    const Record& record = records[id];
    by_key.emplace(record.provider.key, id);
    tiers[id] = static_cast<std::uint8_t>(tier_of(record));
    const Card& card = cards.emplace_back(card_of(record));
    const bool number = std::any_of(record.provider.phones.begin(), record.provider.phones.end(),
                                    [&](const Phone& phone) { return offered(phone, record); });
    // What can never be offered is not searched.
    if (!number || record.services.contains(Service::law_enforcement) || !trusted(record)) continue;
    if (record.statewide) {
      wide.push_back(id);
      continue;
    }
    const std::uint32_t openness = card.always ? kAlways : card.spans > 0 ? kTimed : kNotKnown;
    for (const Point& point : record.points)
      for (std::uint64_t left = record.services.bits(); left != 0; left &= left - 1) {
        const auto service = static_cast<std::uint32_t>(std::countr_zero(left));
        const Entry entry{spot(point), id};
        if (tiers[id] != kProsecutor) entries[tree_key(kEverywhere, tiers[id], service, openness)].push_back(entry);
        for (std::uint32_t county = 0; county < kCounties; ++county)
          if (record.counties.test(county)) entries[tree_key(county, tiers[id], service, openness)].push_back(entry);
      }
  }
  // Built from a range, a tree is packed, and its boxes overlap least.
  for (const auto& [key, list] : entries) trees.emplace(key, Tree(list));
}

/// The lines to give beside every answer: the trafficking hotline, then those for violence at home and sexual assault.
/// Lines for the young, for one people, or for thoughts of suicide have their own moments.
void Directory::Data::list_national(Instant now) {
  struct Line {
    bool first;
    std::string_view key;
    NationalLine line;
  };
  std::vector<Line> lines;
  for (const Record& record : records) {
    const Populations whom = record.populations;
    if (!record.national || record.provider.law_enforcement || !trusted(record) ||
        !(policy.demo || current(record, now)) || !record.services.contains(Service::crisis_line) ||
        record.services.contains(Service::mental_health))
      continue;
    const bool trafficking = whom.intersects({Population::sex_trafficking, Population::labor_trafficking});
    const bool general = whom.contains(Population::all) && !whom.intersects({Population::native, Population::lgbtq});
    if (!trafficking && !general) continue;
    const auto& phones = record.provider.phones;
    const auto phone = std::find_if(phones.begin(), phones.end(),
                                    [](const Phone& p) { return p.voice && p.kind == PhoneKind::crisis; });
    if (phone != phones.end()) lines.push_back({trafficking, record.provider.key, {&record.provider, &*phone}});
  }
  std::sort(lines.begin(), lines.end(),
            [](const Line& a, const Line& b) { return a.first != b.first ? a.first : a.key < b.key; });
  for (const Line& line : lines) national.push_back(line.line);
}

Loaded<Directory> Directory::load(const std::filesystem::path& folder, Policy policy, Instant now) {
  Faults faults;
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error))
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  if (error || files.empty()) return Faults{{folder.string(), 0, 0, "holds no .json file of providers", {}}};
  std::sort(files.begin(), files.end());

  auto data = std::make_unique<Data>();
  data->policy = policy;
  std::unordered_map<std::string, std::string> keys;
  for (const auto& file : files)
    for (Record& record : read_hsds(file, faults)) {
      const auto [known, fresh] = keys.emplace(record.provider.key, file.string());
      if (!fresh)
        faults.push_back(
            {file.string(), 0, 0, "x_key \"" + record.provider.key + "\" is in " + known->second + " already", {}});
      else
        data->records.push_back(std::move(record));
    }
  if (!faults.empty()) return faults;
  for (Record& record : data->records) {
    record.provider.verified = data->current(record, now);
    if (!record.provider.verified) ++data->unverified;
  }
  (void)minute_of_week(now);  // reads the time zone now, not when someone waits
  data->index();
  data->list_national(now);
  return Directory(std::move(data));
}

Directory::Directory(std::unique_ptr<const Data> data) : data_(std::move(data)) {}
Directory::Directory(Directory&&) noexcept = default;
Directory& Directory::operator=(Directory&&) noexcept = default;
Directory::~Directory() = default;

std::span<const NationalLine> Directory::national() const { return data_->national; }

const Provider* Directory::find(std::string_view key) const {
  const auto at = data_->by_key.find(std::string(key));
  return at == data_->by_key.end() ? nullptr : &data_->records[at->second].provider;
}

EnumSet<language::Need> answered_by(const Provider& provider, EnumSet<language::Need> needs) {
  Services does;
  for (std::size_t i = 0; i < kServiceCodes.size(); ++i) {
    if (std::find(provider.services.begin(), provider.services.end(), kServiceCodes[i]) != provider.services.end())
      does.insert(static_cast<Service>(i));
  }
  EnumSet<language::Need> itself, standing_in;
  for (const Answer& answer : kAnswers) {
    if (!needs.contains(answer.need)) continue;
    if (does.intersects(answer.fits)) itself.insert(answer.need);
    if (does.intersects(answer.stands_in)) standing_in.insert(answer.need);
  }
  return !itself.empty() ? itself : !standing_in.empty() ? standing_in : needs;
}

std::size_t Directory::size() const { return data_->records.size(); }
std::size_t Directory::unverified() const { return data_->unverified; }

}  // namespace northstar::directory
