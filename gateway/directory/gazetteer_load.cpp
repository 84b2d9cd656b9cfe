#include <algorithm>
#include <charconv>
#include <map>

#include "gateway/directory/gazetteer_data.h"
#include "gateway/directory/table.h"

namespace northstar::directory {
namespace {

template <class N>
bool number(std::string_view text, N& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

bool fips(std::string_view text) {
  return text.size() == 5 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::uint16_t last_three(std::string_view county_fips) {
  std::uint16_t out = 0;
  number(county_fips.substr(2), out);
  return out;
}

bool only_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

class Loader {
 public:
  Loader(Gazetteer::Data& data, const std::filesystem::path& folder) : data_(data), folder_(folder) {}

  Faults run() {
    counties();
    places();
    nicknames();
    aliases();
    ordinary_words();
    famous();
    outside();
    not_misspelt();
    zips();
    area_codes();
    settle();
    return std::move(faults_);
  }

 private:
  bool point(const Table& table, const Table::Row& row, std::string_view lat, std::string_view lon, Point& out) {
    if (number(lat, out.latitude) && number(lon, out.longitude) && out.latitude >= -90 && out.latitude <= 90 &&
        out.longitude >= -180 && out.longitude <= 180)
      return true;
    faults_.push_back(table.fault(row, "\"" + std::string(lat) + ", " + std::string(lon) + "\" is no point on Earth"));
    return false;
  }

  /// Null, and a fault, when the county is not one of California's.
  const Target* county_of(const Table& table, const Table::Row& row, std::string_view code) {
    const Target* county = data_.county(code);
    if (!county) faults_.push_back(table.fault(row, "\"" + std::string(code) + "\" is no county of California"));
    return county;
  }

  void mean(std::string_view words, std::uint32_t target, How how, bool only_where_due = false) {
    std::string key = data_.folding.joined(words);
    if (key.empty()) return;
    const std::size_t count = data_.folding.words(words).size();
    auto [at, fresh] = data_.meanings.try_emplace(std::move(key));
    Meaning& meaning = at->second;
    if (fresh) {
      meaning.words = static_cast<std::uint8_t>(count);
      meaning.only_where_a_place_is_due = only_where_due;
    }
    meaning.words = std::max(meaning.words, static_cast<std::uint8_t>(count));
    for (const Meaning::Ref& ref : meaning.refs)
      if (ref.target == target) return;
    meaning.refs.push_back({target, static_cast<std::uint32_t>(how)});
  }

  void counties() {
    const Table table =
        Table::read(folder_ / "ca-counties.tsv", {"county_fips", "name", "seat_lat", "seat_lon", "aliases"}, faults_);
    for (const Table::Row& row : table.rows()) {
      Target target;
      if (!fips(row.fields[0]) || !row.fields[0].starts_with("06") || last_three(row.fields[0]) >= 128) {
        faults_.push_back(table.fault(row, "\"" + std::string(row.fields[0]) + "\" is no county of California"));
        continue;
      }
      if (!point(table, row, row.fields[2], row.fields[3], target.place.point)) continue;
      target.place.precision = Precision::county;
      target.place.county_fips = row.fields[0];
      target.place.county = row.fields[1];
      target.place.name = target.place.county + " County";
      const auto id = static_cast<std::uint32_t>(data_.targets.size());
      data_.county_target[last_three(row.fields[0])] = static_cast<std::uint16_t>(id + 1);
      data_.targets.push_back(std::move(target));
      mean(row.fields[1], id, How::county);
      for (std::string_view alias : split(row.fields[4], '|')) aliases_.emplace_back(id, alias);
    }
  }

  void places() {
    const Table table = Table::read(folder_ / "ca-places.tsv",
                                    {"name", "county_fips", "lat", "lon", "population", "alternate_names"}, faults_);
    std::vector<std::pair<std::uint32_t, std::string_view>> alternates;
    for (const Table::Row& row : table.rows()) {
      Target target;
      const Target* county = county_of(table, row, row.fields[1]);
      if (!county || !point(table, row, row.fields[2], row.fields[3], target.place.point)) continue;
      if (!row.fields[4].empty() && !number(row.fields[4], target.population))
        faults_.push_back(table.fault(row, "\"" + std::string(row.fields[4]) + "\" is no population"));
      target.place.precision = Precision::place;
      target.place.name = row.fields[0];
      target.place.county_fips = county->place.county_fips;
      target.place.county = county->place.county;
      const auto id = static_cast<std::uint32_t>(data_.targets.size());
      data_.targets.push_back(std::move(target));
      mean(row.fields[0], id, How::name);
      for (std::string_view alternate : split(row.fields[5], '|')) alternates.emplace_back(id, alternate);
    }
    // A name is never overruled by what another place was once called: alternates come after all names.
    for (const auto& [id, alternate] : alternates) add_alternate(id, alternate);
  }

  void add_alternate(std::uint32_t id, std::string_view alternate) {
    // Persian and Urdu write "Fresno, California"; the place is what stands before the comma.
    for (std::string_view comma : {std::string_view("،"), std::string_view(",")})
      alternate = alternate.substr(0, alternate.find(comma));
    const std::string key = data_.folding.joined(alternate);
    const bool latin = only_ascii(key);
    // Two and three Latin letters mean anything ("Bel", "Bay", "Ros"); LA and SF are nicknames.
    if (key.size() < (latin ? 4u : 3u)) return;
    if (const auto known = data_.meanings.find(key); known != data_.meanings.end())
      for (const Meaning::Ref& ref : known->second.refs)
        if (static_cast<How>(ref.how) == How::name || static_cast<How>(ref.how) == How::county) return;
    How how = How::alternate;
    if (latin) {
      const std::string name = data_.folding.joined(data_.targets[id].place.name);
      const int allowed = static_cast<int>(std::max(key.size(), name.size()) * 2 / 5);
      if (misspelling(key, name, allowed) > allowed && sound(key) != sound(name)) how = How::old_name;
    }
    mean(alternate, id, how);
  }

  void nicknames() {
    const Table table = Table::read(folder_ / "nicknames.tsv", {"words", "targets", "use"}, faults_);
    for (const Table::Row& row : table.rows()) {
      if (row.fields[2] != "any" && row.fields[2] != "place") {
        faults_.push_back(table.fault(row, "use \"" + std::string(row.fields[2]) + "\" is neither any nor place"));
        continue;
      }
      const std::string key = data_.folding.joined(row.fields[0]);
      // What people say today goes before what a place was once called.
      if (const auto known = data_.meanings.find(key); known != data_.meanings.end())
        std::erase_if(known->second.refs, [](const Meaning::Ref& ref) {
          return static_cast<How>(ref.how) == How::alternate || static_cast<How>(ref.how) == How::old_name;
        });
      for (std::string_view target : split(row.fields[1], '|')) {
        const auto id = named(target);
        if (!id)
          faults_.push_back(table.fault(row, "\"" + std::string(target) + "\" is in none of the tables"));
        else
          mean(row.fields[0], *id, How::nickname, row.fields[2] == "place");
      }
      if (row.fields[2] == "place" && data_.meanings.contains(key))
        data_.meanings.find(key)->second.only_where_a_place_is_due = true;
    }
  }

  /// The county table's aliases say nothing of how they are used: what nicknames.tsv says of the same words goes first.
  void aliases() {
    for (const auto& [id, alias] : aliases_)
      if (alias.size() > 4 && !data_.meanings.contains(data_.folding.joined(alias))) mean(alias, id, How::county);
  }

  /// "county:06059" or "place:Oakland@06001".
  std::optional<std::uint32_t> named(std::string_view target) {
    if (target.starts_with("county:")) {
      const Target* county = data_.county(target.substr(7));
      if (county) return static_cast<std::uint32_t>(county - data_.targets.data());
      return std::nullopt;
    }
    const std::size_t at = target.find('@');
    if (!target.starts_with("place:") || at == std::string_view::npos) return std::nullopt;
    const std::string_view name = target.substr(6, at - 6), county = target.substr(at + 1);
    for (std::uint32_t i = 0; i < data_.targets.size(); ++i)
      if (data_.targets[i].place.precision == Precision::place && data_.targets[i].place.name == name &&
          data_.targets[i].place.county_fips == county)
        return i;
    return std::nullopt;
  }

  void ordinary_words() {
    static constexpr std::array<std::pair<std::string_view, Ordinary>, 5> kKinds{{{"en", Ordinary::english},
                                                                                  {"es", Ordinary::spanish},
                                                                                  {"both", Ordinary::both},
                                                                                  {"name", Ordinary::person},
                                                                                  {"never", Ordinary::never}}};
    const Table table = Table::read(folder_ / "common-words.tsv", {"words", "kind"}, faults_);
    for (const Table::Row& row : table.rows()) {
      const auto kind =
          std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& k) { return k.first == row.fields[1]; });
      if (kind == kKinds.end()) {
        faults_.push_back(
            table.fault(row, "kind \"" + std::string(row.fields[1]) + "\" is none of en, es, both, name, never"));
        continue;
      }
      std::string key = data_.folding.joined(row.fields[0]);
      if (kind->second != Ordinary::never) {
        // A word that is no place's name needs no warning.
        if (const auto known = data_.meanings.find(key); known != data_.meanings.end())
          known->second.ordinary = kind->second;
        continue;
      }
      Meaning& meaning = data_.meanings[std::move(key)];
      meaning.ordinary = Ordinary::never;
      meaning.words = static_cast<std::uint8_t>(data_.folding.words(row.fields[0]).size());
    }
  }

  void famous() {
    const Table table = Table::read(folder_ / "famous-elsewhere.tsv", {"name", "elsewhere"}, faults_);
    for (const Table::Row& row : table.rows()) {
      const auto known = data_.meanings.find(data_.folding.joined(row.fields[0]));
      if (known == data_.meanings.end()) {
        faults_.push_back(table.fault(row, "\"" + std::string(row.fields[0]) + "\" is no place in California"));
        continue;
      }
      for (const Meaning::Ref& ref : known->second.refs) data_.targets[ref.target].famous_elsewhere = true;
    }
  }

  void outside() {
    const Table table = Table::read(folder_ / "outside.tsv", {"words", "kind", "name", "region"}, faults_);
    for (const Table::Row& row : table.rows()) {
      Target target;
      target.place.precision = Precision::place;
      target.place.name = row.fields[2];
      target.region = row.fields[1] != "city";
      const auto id = static_cast<std::uint32_t>(data_.targets.size());
      data_.targets.push_back(std::move(target));
      mean(row.fields[0], id, row.fields[1] == "code" ? How::code : How::outside, row.fields[1] == "code");
    }
  }

  void not_misspelt() {
    const Table table = Table::read(folder_ / "not-misspelt.tsv", {"words"}, faults_);
    for (const Table::Row& row : table.rows()) data_.not_misspelt.emplace(data_.folding.joined(row.fields[0]));
  }

  void zips() {
    const Table table = Table::read(folder_ / "us-zips.tsv", {"zip", "lat", "lon", "county_fips", "state"}, faults_);
    data_.zips.reserve(table.rows().size());
    for (const Table::Row& row : table.rows()) {
      Zip zip{};
      Point where;
      if (row.fields[0].size() != 5 || !number(row.fields[0], zip.number)) {
        faults_.push_back(table.fault(row, "\"" + std::string(row.fields[0]) + "\" is no ZIP code"));
        continue;
      }
      if (!point(table, row, row.fields[1], row.fields[2], where)) continue;
      zip.latitude = static_cast<float>(where.latitude);
      zip.longitude = static_cast<float>(where.longitude);
      if (row.fields[4] == "CA") {
        if (!county_of(table, row, row.fields[3])) continue;
        zip.county = last_three(row.fields[3]);
      }
      data_.zips.push_back(zip);
    }
    std::sort(data_.zips.begin(), data_.zips.end(), [](const Zip& a, const Zip& b) { return a.number < b.number; });

    const Table ours = Table::read(folder_ / "ca-zips.tsv", {"zip", "county_fips", "other_county_fips"}, faults_);
    for (const Table::Row& row : ours.rows()) {
      std::uint32_t digits = 0;
      number(row.fields[0], digits);
      const Zip* known = data_.zip(digits);
      if (!known || !known->county) {
        faults_.push_back(
            ours.fault(row, "\"" + std::string(row.fields[0]) + "\" is not in us-zips.tsv as Californian"));
        continue;
      }
      auto& zip = data_.zips[static_cast<std::size_t>(known - data_.zips.data())];
      if (!county_of(ours, row, row.fields[1])) continue;
      zip.county = last_three(row.fields[1]);
      if (row.fields[2].empty()) continue;
      std::vector<std::string> others;
      for (std::string_view other : split(row.fields[2], '|'))
        if (county_of(ours, row, other)) others.emplace_back(other);
      zip.others = static_cast<std::uint16_t>(data_.zip_neighbours.size());
      data_.zip_neighbours.push_back(std::move(others));
    }
  }

  void area_codes() {
    const Table table =
        Table::read(folder_ / "area-codes.tsv", {"area_code", "state", "ca_county_share_percent"}, faults_);
    for (const Table::Row& row : table.rows()) {
      std::uint32_t code = 0;
      if (row.fields[0].size() != 3 || !number(row.fields[0], code)) {
        faults_.push_back(table.fault(row, "\"" + std::string(row.fields[0]) + "\" is no area code"));
        continue;
      }
      Gazetteer::Data::AreaCode& area = data_.area_codes[code];
      area.california = row.fields[1] == "CA";
      area.state = row.fields[1];
      for (std::string_view share : split(row.fields[2], '|'))
        if (const Target* county = county_of(table, row, share.substr(0, share.find(':'))))
          area.counties.push_back(static_cast<std::uint32_t>(county - data_.targets.data()));
    }
  }

  /// Best meaning first: a name before a county before what else it may be, the larger before the smaller; nicknames
  /// as their table lists them.
  void settle() {
    for (auto& [key, meaning] : data_.meanings) {
      if (static_cast<How>(meaning.refs.empty() ? 0 : meaning.refs.front().how) == How::nickname) continue;
      std::sort(meaning.refs.begin(), meaning.refs.end(), [&](const Meaning::Ref& a, const Meaning::Ref& b) {
        if (a.how != b.how) return a.how < b.how;
        const auto people = [&](const Meaning::Ref& ref) { return data_.targets[ref.target].population; };
        return people(a) != people(b) ? people(a) > people(b) : a.target < b.target;
      });
      meaning.refs.shrink_to_fit();
    }
    data_.index_misspellings();
  }

  Gazetteer::Data& data_;
  std::filesystem::path folder_;
  std::vector<std::pair<std::uint32_t, std::string>> aliases_;
  Faults faults_;
};

}  // namespace

std::uint32_t hash_of(std::string_view text, std::size_t without_a, std::size_t without_b) {
  std::uint32_t hash = 2166136261u;  // FNV-1a
  for (std::size_t i = 0; i < text.size(); ++i)
    if (i != without_a && i != without_b) hash = (hash ^ static_cast<unsigned char>(text[i])) * 16777619u;
  return hash;
}

void Gazetteer::Data::index_misspellings() {
  for (const auto& entry : meanings) {
    const auto& [key, meaning] = entry;
    if (meaning.refs.empty() || key.size() + 1 < kMisspeltFrom || key.size() > 40 || !only_ascii(key)) continue;
    const How how = static_cast<How>(meaning.refs.front().how);
    if (how != How::name && how != How::county && how != How::outside) continue;
    const auto id = static_cast<std::uint32_t>(spelled.size());
    spelled.push_back(&entry);
    sounds.emplace(sound(key), id);
    dropped.push_back({hash_of(key), id});
    for (std::size_t i = 0; i < key.size(); ++i) {
      dropped.push_back({hash_of(key, i), id});
      if (key.size() + 1 >= kTwiceMisspeltFrom)
        for (std::size_t j = i + 1; j < key.size(); ++j) dropped.push_back({hash_of(key, i, j), id});
    }
  }
  const auto order = [](const Dropped& a, const Dropped& b) {
    return a.hash != b.hash ? a.hash < b.hash : a.name < b.name;
  };
  std::sort(dropped.begin(), dropped.end(), order);
  dropped.erase(std::unique(dropped.begin(), dropped.end(),
                            [](const Dropped& a, const Dropped& b) { return a.hash == b.hash && a.name == b.name; }),
                dropped.end());
  dropped.shrink_to_fit();
}

const Target* Gazetteer::Data::county(std::uint16_t code) const {
  if (code >= county_target.size() || county_target[code] == 0) return nullptr;
  return &targets[county_target[code] - 1u];
}

const Target* Gazetteer::Data::county(std::string_view code) const {
  return fips(code) && code.starts_with("06") ? county(last_three(code)) : nullptr;
}

const Zip* Gazetteer::Data::zip(std::uint32_t number) const {
  const auto at = std::lower_bound(zips.begin(), zips.end(), number,
                                   [](const Zip& zip, std::uint32_t wanted) { return zip.number < wanted; });
  return at != zips.end() && at->number == number ? &*at : nullptr;
}

Place Gazetteer::Data::place_of(const Zip& zip, std::string name, Precision precision) const {
  Place place;
  place.precision = precision;
  place.name = std::move(name);
  place.point = {zip.latitude, zip.longitude};
  if (const Target* home = county(zip.county)) {
    place.county_fips = home->place.county_fips;
    place.county = home->place.county;
    place.other_counties = zip_neighbours[zip.others];
  }
  return place;
}

Loaded<Gazetteer> Gazetteer::load(const std::filesystem::path& geo_folder) {
  auto data = std::make_unique<Data>();
  if (Faults faults = Loader(*data, geo_folder).run(); !faults.empty()) return faults;
  return Gazetteer(std::move(data));
}

Gazetteer::Gazetteer(std::unique_ptr<const Data> data) : data_(std::move(data)) {}
Gazetteer::Gazetteer(Gazetteer&&) noexcept = default;
Gazetteer& Gazetteer::operator=(Gazetteer&&) noexcept = default;
Gazetteer::~Gazetteer() = default;

const Place* Gazetteer::county(std::string_view fips) const {
  const Target* target = data_->county(fips);
  return target ? &target->place : nullptr;
}

}  // namespace northstar::directory
