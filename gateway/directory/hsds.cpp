#include "gateway/directory/hsds.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <regex>

#include "gateway/directory/json_position.h"

namespace northstar::directory {
namespace {

namespace json = boost::json;

constexpr std::size_t kShortNameMax = 40;  // beside a number, hours and two choices, more would be a second segment

/// A stretch of the document: where it is, and what it is called.
class Node {
 public:
  Node(const json::value* value, std::string path) : value_(value), path_(std::move(path)) {}

  const std::string& path() const { return path_; }
  explicit operator bool() const { return value_ && !value_->is_null(); }
  bool is_string() const { return value_ && value_->is_string(); }
  std::string_view text() const {
    return is_string() ? std::string_view(value_->get_string().data(), value_->get_string().size())
                       : std::string_view{};
  }
  const json::object* object() const { return value_ ? value_->if_object() : nullptr; }
  const json::array* array() const { return value_ ? value_->if_array() : nullptr; }
  const json::value* value() const { return value_; }

  Node at(std::string_view key) const {
    const json::object* members = object();
    return {members ? members->if_contains(key) : nullptr,
            path_.empty() ? std::string(key) : path_ + "." + std::string(key)};
  }
  std::vector<Node> each() const {
    std::vector<Node> nodes;
    if (const json::array* elements = array())
      for (std::size_t i = 0; i < elements->size(); ++i)
        nodes.emplace_back(&(*elements)[i], path_ + "[" + std::to_string(i) + "]");
    return nodes;
  }

 private:
  const json::value* value_;
  std::string path_;
};

template <class E, std::size_t N>
std::optional<E> code_of(const std::array<std::string_view, N>& codes, std::string_view code) {
  const auto at = std::find(codes.begin(), codes.end(), code);
  if (at == codes.end()) return std::nullopt;
  return static_cast<E>(at - codes.begin());
}

bool digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// "+1 559-233-4357" as people write it, "559-233-4357"; a short code as it is. Empty when it is no number.
std::string shown_number(std::string_view number) {
  if (digits(number)) return number.size() >= 3 && number.size() <= 6 ? std::string(number) : std::string();
  if (!number.starts_with("+1 ") || number.size() != 15) return {};
  number.remove_prefix(3);
  const bool shaped = digits(number.substr(0, 3)) && number[3] == '-' && digits(number.substr(4, 3)) &&
                      number[7] == '-' && digits(number.substr(8));
  // North American numbers: area code and exchange begin with 2 to 9.
  if (!shaped || number[0] < '2' || number[4] < '2') return {};
  return std::string(number);
}

std::optional<date::sys_days> day(std::string_view text) {
  unsigned y = 0, m = 0, d = 0;
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto read = [&](std::size_t from, std::size_t length, unsigned& out) {
    const auto [end, error] = std::from_chars(text.data() + from, text.data() + from + length, out);
    return error == std::errc{} && end == text.data() + from + length;
  };
  if (!read(0, 4, y) || !read(5, 2, m) || !read(8, 2, d)) return std::nullopt;
  const date::year_month_day date{date::year{static_cast<int>(y)}, date::month{m}, date::day{d}};
  if (!date.ok()) return std::nullopt;
  return date::sys_days{date};
}

class File {
 public:
  File(const std::filesystem::path& path, Faults& faults) : file_(path.string()), faults_(faults) {}

  std::vector<Record> read(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) {
      faults_.push_back({file_, 0, 0, "cannot be read", {}});
      return {};
    }
    bytes_.assign(std::istreambuf_iterator<char>(in), {});
    json::stream_parser parser;
    json::error_code error;
    const std::size_t read = parser.write_some(bytes_.data(), bytes_.size(), error);
    if (!error && !parser.done()) parser.finish(error);
    if (error) {
      const Position at = position_of(bytes_, std::min(read, bytes_.size()));
      faults_.push_back({file_, at.line, at.column, "is no JSON: " + error.message(), {}});
      return {};
    }
    const json::value document = parser.release();
    const std::size_t before = faults_.size();
    std::vector<Record> records;
    const Node contents = Node(&document, {}).at("contents");
    if (!contents.array()) fault(contents, "must be a list of organizations");
    for (const Node& organization : contents.each()) records.push_back(organization_of(organization));
    if (faults_.size() > before) records.clear();
    return records;
  }

 private:
  void fault(const Node& node, const std::string& text) {
    const Position at = position_of(bytes_, std::string_view(node.path()));
    faults_.push_back({file_, at.line, at.column, node.path() + ": " + text, {}});
  }

  std::string_view required(const Node& object, std::string_view key) {
    const Node node = object.at(key);
    if (node.is_string() && !node.text().empty()) return node.text();
    fault(node, node ? "must be a text that is not empty" : "is missing");
    return {};
  }

  /// R39: no address in any form, in any field that people fill in.
  void no_address(const Node& object) {
    static constexpr std::array<std::string_view, 9> kFields{"address",        "addresses",        "address_1",
                                                             "address_2",      "physical_address", "physical_addresses",
                                                             "postal_address", "postal_addresses", "x_address"};
    for (std::string_view field : kFields)
      if (const Node node = object.at(field)) fault(node, "an address may not be stored (R39); a town's middle serves");
    if (!object.object()) return;
    for (const auto& member : *object.object()) {
      if (!member.value().is_string()) continue;
      const std::string_view key(member.key().data(), member.key().size());
      if (key == "website" || key == "url" || key == "id" || key.ends_with("_id") || key == "number" || key == "email")
        continue;
      const Node node = object.at(key);
      if (looks_like_an_address(node.text())) fault(node, "looks like an address, which may not be stored (R39)");
    }
  }

  Record organization_of(const Node& organization) {
    Record record;
    Provider& provider = record.provider;
    if (!organization.object()) {
      fault(organization, "must be an organization");
      return record;
    }
    no_address(organization);
    provider.key = required(organization, "x_key");
    const std::string_view name = required(organization, "name");
    provider.scope = required(organization, "x_scope");
    if (!provider.scope.empty() && provider.scope != "national" && provider.scope != "state" &&
        provider.scope != "regional")
      fault(organization.at("x_scope"), "\"" + provider.scope + "\" is none of national, state, regional");
    provider.confidence = required(organization, "x_confidence");
    if (!provider.confidence.empty() && provider.confidence != "high" && provider.confidence != "medium" &&
        provider.confidence != "low")
      fault(organization.at("x_confidence"), "\"" + provider.confidence + "\" is none of high, medium, low");
    if (const Node home = organization.at("x_home_county_fips")) {
      provider.home_county_fips = home.text();
      if (!county_number(home.text())) fault(home, "\"" + std::string(home.text()) + "\" is no county of California");
    }
    if (const Node at = organization.at("x_verified_at")) {
      record.verified_at = day(at.text());
      if (!record.verified_at) fault(at, "must be a day such as 2026-11-24");
    }
    provider.name = short_name(name);
    if (const Node own = organization.at("x_short_name")) {
      provider.name = own.text();
      if (short_name(own.text()) != own.text() || own.text().empty())
        fault(own, "must have one to forty characters of the GSM alphabet");
    }
    const std::vector<Node> services = organization.at("services").each();
    if (services.empty()) fault(organization.at("services"), "must hold at least one service");
    std::string about = std::string(name);
    for (const Node& service : services) {
      service_of(service, record);
      if (about != service.at("name").text()) about += " " + std::string(service.at("name").text());
    }
    for (const Node& location : organization.at("locations").each()) location_of(location, record);
    if (provider.scope == "regional" && record.points.empty())
      fault(organization.at("locations"),
            "a regional organization needs the middle of a town, so that what is near can be found");
    if (record.counties.none() && !record.statewide) fault(organization.at("services"), "serves no area");
    provider.law_enforcement = law_enforcement(organization, record, about);
    record.national = provider.scope == "national";
    return record;
  }

  /// R96. Programs for victims and witnesses are parts of prosecutors' offices, nearly all of them.
  bool law_enforcement(const Node& organization, const Record& record, const std::string& about) {
    if (const Node said = organization.at("x_law_enforcement")) {
      if (said.value()->is_bool()) return said.value()->get_bool();
      fault(said, "must be true or false");
    }
    static const std::regex kOffices(
        "district attorney|city attorney|attorney general|\\bda\\b|sheriff|police|prosecutor|homeland security|"
        "department of justice",
        std::regex::icase);
    return record.services.intersects({Service::law_enforcement, Service::victim_witness}) ||
           std::regex_search(about, kOffices);
  }

  void service_of(const Node& service, Record& record) {
    if (!service.object()) return fault(service, "must be a service");
    no_address(service);
    required(service, "name");
    if (const Node status = service.at("status"); status && status.text() != "active") return;
    Hours general = schedules_of(service);
    record.interprets = record.interprets || service.at("interpretation_services");
    for (const Node& attribute : service.at("attributes").each()) attribute_of(attribute, record);
    for (const Node& language : service.at("languages").each()) {
      const std::string_view code = required(language, "code");
      if (!code.empty()) record.provider.languages.emplace_back(code);
    }
    for (const Node& area : service.at("service_areas").each()) area_of(area, record);
    for (const Node& phone : service.at("phones").each()) phone_of(phone, general, record);
  }

  void attribute_of(const Node& attribute, Record& record) {
    const Node code = attribute.at("taxonomy_term").at("code");
    const std::string_view type = required(attribute, "link_type");
    if (!code.is_string()) return fault(code, "is missing");
    if (type == "service_category") {
      const auto known = code_of<Service>(kServiceCodes, code.text());
      if (!known) return fault(code, "\"" + std::string(code.text()) + "\" is no kind of service");
      record.services.insert(*known);
      record.provider.services.emplace_back(code.text());
      record.interprets = record.interprets || *known == Service::interpretation;
    } else if (type == "population") {
      const auto known = code_of<Population>(kPopulationCodes, code.text());
      if (!known) return fault(code, "\"" + std::string(code.text()) + "\" is no population");
      record.populations.insert(*known);
      record.provider.populations.emplace_back(code.text());
    } else if (!type.empty()) {
      fault(attribute.at("link_type"), "\"" + std::string(type) + "\" is neither service_category nor population");
    }
  }

  void area_of(const Node& area, Record& record) {
    const std::string_view type = required(area, "extent_type"), extent = required(area, "extent");
    if (type.empty() || extent.empty()) return;
    if (type == "us-county-fips") {
      const auto number = county_number(extent);
      if (!number) return fault(area.at("extent"), "\"" + std::string(extent) + "\" is no county of California");
      record.counties.set(*number);
    } else if ((type == "iso3166-2" && extent == "US-CA") || (type == "iso3166-1" && extent == "US")) {
      record.statewide = true;
    } else {
      fault(area.at("extent"), "\"" + std::string(type) + "\" \"" + std::string(extent) + "\" is no area that we know");
    }
  }

  void phone_of(const Node& phone, const Hours& general, Record& record) {
    no_address(phone);
    const std::string_view number = required(phone, "number"), kind = required(phone, "x_kind");
    static constexpr std::array<std::string_view, 4> kKinds{"crisis", "information", "office", "tip"};
    Phone out;
    out.number = shown_number(number);
    if (!number.empty() && out.number.empty())
      fault(phone.at("number"), "is no number: write +1 559-233-4357, or a short code of three to six digits");
    const auto known = code_of<PhoneKind>(kKinds, kind);
    if (!kind.empty() && !known)
      fault(phone.at("x_kind"), "\"" + std::string(kind) + "\" is none of crisis, information, office, tip");
    out.kind = known.value_or(PhoneKind::office);
    const std::string_view type = phone.at("type") ? phone.at("type").text() : std::string_view("voice");
    if (type != "voice" && type != "text" && type != "video" && type != "tty" && type != "fax")
      fault(phone.at("type"), "\"" + std::string(type) + "\" is no type of phone");
    if (type == "video" || type == "tty" || type == "fax") return;  // no use to someone who reads a text
    out.voice = type == "voice";
    out.description = phone.at("description").text();
    out.hours = phone.at("x_hours").text();
    if (const Node extension = phone.at("extension"); extension && !out.number.empty()) {
      if (extension.value()->is_int64())
        out.number += " ext. " + std::to_string(extension.value()->get_int64());
      else if (digits(extension.text()))
        out.number += " ext. " + std::string(extension.text());
      else
        fault(extension, "must be a number");
    }
    Hours hours = Hours::from(out.hours);
    // A line that is always open says nothing of the office's hours; office hours hold for every phone.
    if (!hours.known() && out.hours.empty() && (!general.is_always() || out.kind == PhoneKind::crisis)) {
      hours = general;
      if (hours.is_always())
        out.hours = "24/7";
      else if (hours.known())
        out.hours = general_text_;
    }
    record.provider.phones.push_back(std::move(out));
    record.hours.push_back(std::move(hours));
  }

  Hours schedules_of(const Node& service) {
    Hours hours;
    general_text_.clear();
    for (const Node& schedule : service.at("schedules").each()) {
      no_address(schedule);
      const std::string_view description = schedule.at("description").text();
      const Node freq = schedule.at("freq"), byday = schedule.at("byday");
      if (freq && freq.text() != "WEEKLY" && freq.text() != "DAILY") continue;  // monthly clinics: hours not known
      const Node opens = schedule.at("opens_at"), closes = schedule.at("closes_at");
      if (opens || closes) {
        const Hours timed = Hours::from(byday.text(), opens.text(), closes.text());
        if (!timed.known()) fault(opens ? opens : closes, "opens_at and closes_at must be times such as 09:00");
        hours.add(timed);
      } else {
        hours.add(Hours::from(description));
      }
      if (general_text_.empty()) general_text_ = description;
    }
    return hours;
  }

  void location_of(const Node& location, Record& record) {
    if (!location.object()) return fault(location, "must be a location");
    // A location is the middle of a town and nothing else: what HSDS could say of a building has no place here (R39).
    static constexpr std::array<std::string_view, 10> kAllowed{"id",
                                                               "organization_id",
                                                               "location_type",
                                                               "name",
                                                               "alternate_name",
                                                               "description",
                                                               "latitude",
                                                               "longitude",
                                                               "external_identifier",
                                                               "external_identifier_type"};
    for (const auto& member : *location.object()) {
      const std::string_view key(member.key().data(), member.key().size());
      if (std::find(kAllowed.begin(), kAllowed.end(), key) == kAllowed.end())
        fault(location.at(key), "a location is the middle of a town; it may hold nothing more (R39)");
    }
    no_address(location);
    Point point;
    if (!coordinate(location.at("latitude"), 90, point.latitude) ||
        !coordinate(location.at("longitude"), 180, point.longitude))
      return;
    record.points.push_back(point);
    if (const Node code = location.at("external_identifier");
        code && location.at("external_identifier_type").text() == "us-county-fips" && !county_number(code.text()) &&
        code.text().starts_with("06"))
      fault(code, "\"" + std::string(code.text()) + "\" is no county of California");
  }

  bool coordinate(const Node& node, double most, double& out) {
    if (!node.value() || !node.value()->is_number()) return fault(node, "must be a number"), false;
    out = node.value()->to_number<double>();
    if (std::abs(out) > most) return fault(node, "is no point on Earth"), false;
    const double scaled = out * 1e4;
    if (std::abs(scaled - std::round(scaled)) > 1e-3)
      return fault(node, "is closer than a town's middle: at most four decimals (R39)"), false;
    return true;
  }

  std::string file_;
  Faults& faults_;
  std::string bytes_;
  std::string general_text_;
};

}  // namespace

std::optional<std::size_t> county_number(std::string_view fips) {
  unsigned code = 0;
  if (fips.size() != 5 || !fips.starts_with("06") || !digits(fips)) return std::nullopt;
  std::from_chars(fips.data() + 2, fips.data() + 5, code);
  if (code % 2 == 0 || code > 115) return std::nullopt;
  return (code - 1) / 2;
}

bool looks_like_an_address(std::string_view text) {
  // "1234 Main Street", "P.O. Box 12", "Suite 4", "CA 93721". "24-hour line" and "7 days" are none.
  static const std::regex kAddress(
      "\\b\\d{1,6}\\s+(?:[NSEW]\\.?\\s+)?(?:[A-Za-z0-9'.]+\\s+){1,3}"
      "(?:street|st\\.?|avenue|ave\\.?|boulevard|blvd\\.?|road|rd\\.?|drive|dr\\.?|lane|ln\\.?|court|ct\\.?|highway|"
      "hwy\\.?|"
      "parkway|pkwy\\.?|plaza|circle|terrace|calle|camino)(?:\\b|$)"
      "|\\bp\\.?\\s*o\\.?\\s+box\\b|\\b(?:suite|ste\\.|apt\\.?|unit)\\s+#?\\d|\\bca(?:lifornia)?,?\\s+9[0-6]\\d{3}\\b",
      std::regex::icase);
  return std::regex_search(text.begin(), text.end(), kAddress);
}

std::string short_name(std::string_view name) {
  const auto plain = [](char c) {
    return c >= ' ' && c <= '~' && c != '`' && c != '[' && c != ']' && c != '{' && c != '}' && c != '\\' && c != '^' &&
           c != '|' && c != '~';
  };
  std::string out;
  for (const char c : name)
    if (plain(c)) out.push_back(c);
  if (out.size() <= kShortNameMax) return out;
  // What stands in brackets or behind a dash explains; the rest is the name.
  for (std::string_view mark : {" (", " - ", ", "})
    if (const std::size_t at = out.find(mark); at != std::string::npos && at > 3) out.resize(at);
  if (out.size() <= kShortNameMax) return out;
  const std::size_t space = out.rfind(' ', kShortNameMax);
  out.resize(space == std::string::npos ? kShortNameMax : space);
  return out;
}

std::vector<Record> read_hsds(const std::filesystem::path& file, Faults& faults) {
  return File(file, faults).read(file);
}

}  // namespace northstar::directory
