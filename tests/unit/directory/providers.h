#pragma once
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/unit/directory/shipped.h"

namespace northstar::directory {

/// An organization to be written into a test's file. Numbers are of the kind that nobody has.
struct Org {
  std::string key;
  std::vector<std::string> services{"shelter", "crisis_line"};
  std::vector<std::string> populations{};
  std::vector<std::string> counties{"06019"};
  double latitude = 36.7477, longitude = -119.7724;
  std::string phone_kind = "crisis";
  std::string hours = "24/7";
  std::vector<std::string> languages{};
  std::string confidence = "high";
  std::string verified_at{};
  std::string scope = "regional";
  std::string name{};
  bool number = true;
};

inline std::string json_of(const Org& org) {
  const auto attribute = [](const std::string& type, const std::string& code) {
    return R"({"link_type":")" + type + R"(","taxonomy_term":{"code":")" + code + R"("}})";
  };
  std::string attributes, areas, languages;
  for (const std::string& code : org.services)
    attributes += (attributes.empty() ? "" : ",") + attribute("service_category", code);
  for (const std::string& code : org.populations)
    attributes += (attributes.empty() ? "" : ",") + attribute("population", code);
  for (const std::string& code : org.counties)
    areas += (areas.empty() ? "" : ",") + std::string(R"({"extent":")") + code + R"(","extent_type":")" +
             (code == "US-CA" ? "iso3166-2"
              : code == "US"  ? "iso3166-1"
                              : "us-county-fips") +
             "\"}";
  for (const std::string& code : org.languages)
    languages += (languages.empty() ? "" : ",") + std::string(R"({"code":")") + code + "\"}";
  const std::string phones = org.number
                                 ? R"({"number":"+1 559-555-0142","type":"voice","x_kind":")" + org.phone_kind + "\"" +
                                       (org.hours.empty() ? "" : R"(,"x_hours":")" + org.hours + "\"") + "}"
                                 : "";
  return R"({"name":")" + (org.name.empty() ? "Test " + org.key : org.name) + R"(","x_key":")" + org.key +
         R"(","x_scope":")" + org.scope + R"(","x_confidence":")" + org.confidence + "\"" +
         (org.verified_at.empty() ? "" : R"(,"x_verified_at":")" + org.verified_at + "\"") +
         R"(,"services":[{"name":"Help","status":"active","phones":[)" + phones + R"(],"service_areas":[)" + areas +
         R"(],"languages":[)" + languages + R"(],"attributes":[)" + attributes +
         R"(]}],"locations":[{"name":"Town","latitude":)" + std::to_string(org.latitude) + R"(,"longitude":)" +
         std::to_string(org.longitude) + "}]}";
}

/// A folder of providers that lasts as long as the object.
class Folder {
 public:
  explicit Folder(const std::string& name) : path_(std::filesystem::path(testing::TempDir()) / ("northstar_" + name)) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void write(const std::string& file, const std::string& text) const { std::ofstream(path_ / file) << text; }
  void write(const std::vector<Org>& orgs) const {
    std::string text = "{\"contents\":[";
    for (std::size_t i = 0; i < orgs.size(); ++i) text += (i ? ",\n" : "\n") + json_of(orgs[i]);
    write("providers.json", text + "\n]}");
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline Directory directory_of(const std::vector<Org>& orgs, Policy policy = {}, Instant now = kMorning) {
  const Folder folder("nearest");
  folder.write(orgs);
  auto loaded = Directory::load(folder.path(), policy, now);
  if (!loaded) throw std::runtime_error(all(loaded.error()));
  return std::move(*loaded);
}

}  // namespace northstar::directory
