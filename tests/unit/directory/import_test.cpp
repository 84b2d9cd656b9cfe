#include <algorithm>

#include "gateway/directory/hsds.h"
#include "tests/unit/directory/providers.h"

namespace northstar::directory {
namespace {

std::string faults_of(const std::string& json) {
  const Folder folder("import");
  folder.write("providers.json", json);
  const auto loaded = Directory::load(folder.path(), {}, kMorning);
  return loaded ? std::string() : all(loaded.error());
}

/// A good organization with one piece replaced.
std::string with(const std::string& what, const std::string& instead) {
  std::string json = "{\"contents\":[\n" + json_of({.key = "one"}) + "\n]}";
  const std::size_t at = json.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return json.replace(at, what.size(), instead);
}

struct Wrong {
  const char* what;
  const char* instead;
  const char* path;
  const char* says;
};

class ImportRefuses : public testing::TestWithParam<Wrong> {};

TEST_P(ImportRefuses, and_names_the_member_and_what_is_wrong_with_it) {
  const Wrong& c = GetParam();
  const std::string faults = faults_of(with(c.what, c.instead));
  EXPECT_NE(faults.find(std::string(c.path) + ": "), std::string::npos) << faults;
  EXPECT_NE(faults.find(c.says), std::string::npos) << faults;
  EXPECT_NE(faults.find("providers.json:2:"), std::string::npos) << faults;
}

INSTANTIATE_TEST_SUITE_P(
    Table, ImportRefuses,
    testing::Values(
        // R39: no field for an address, and none smuggled in.
        Wrong{R"("name":"Town")", R"("name":"Town","addresses":[{"address_1":"x"}])",
              "contents[0].locations[0].addresses", "R39"},
        Wrong{R"("name":"Town")", R"("name":"Town","physical_address":"x")",
              "contents[0].locations[0].physical_address", "R39"},
        Wrong{R"("name":"Town")", R"("name":"Town","postal_address":"x")", "contents[0].locations[0].postal_address",
              "R39"},
        Wrong{R"("name":"Town")", R"("name":"Town","transportation":"bus 9")",
              "contents[0].locations[0].transportation", "R39"},
        Wrong{R"("name":"Town")", R"("name":"12 Example Street")", "contents[0].locations[0].name",
              "looks like an address"},
        Wrong{R"("name":"Help")", R"("name":"Help","description":"Come to 4500 North Example Ave.")",
              "contents[0].services[0].description", "R39"},
        Wrong{R"("name":"Help")", R"("name":"Help","alert":"write to P.O. Box 12")", "contents[0].services[0].alert",
              "R39"},
        Wrong{R"("name":"Help")", R"("name":"Help","addresses":[])", "contents[0].services[0].addresses", "R39"},
        Wrong{R"("x_key":"one")", R"("x_key":"one","address":"x")", "contents[0].address", "R39"},
        Wrong{"36.747700", "36.747712", "contents[0].locations[0].latitude", "at most four decimals"},
        Wrong{"36.747700", "\"north\"", "contents[0].locations[0].latitude", "must be a number"},
        Wrong{"36.747700", "136.7", "contents[0].locations[0].latitude", "no point on Earth"},
        // Numbers.
        Wrong{"+1 559-555-0142", "559-555-0142", "contents[0].services[0].phones[0].number", "is no number"},
        Wrong{"+1 559-555-0142", "+1 159-555-0142", "contents[0].services[0].phones[0].number", "is no number"},
        Wrong{"+1 559-555-0142", "+1 559-155-0142", "contents[0].services[0].phones[0].number", "is no number"},
        Wrong{"+1 559-555-0142", "12", "contents[0].services[0].phones[0].number", "is no number"},
        Wrong{R"("x_kind":"crisis")", R"("x_kind":"hot")", "contents[0].services[0].phones[0].x_kind",
              "none of crisis"},
        Wrong{R"("type":"voice")", R"("type":"pigeon")", "contents[0].services[0].phones[0].type", "no type of phone"},
        // Taxonomies, areas and the rest.
        Wrong{R"("code":"shelter")", R"("code":"refuge")", "contents[0].services[0].attributes[0].taxonomy_term.code",
              "\"refuge\" is no kind of service"},
        Wrong{R"("link_type":"service_category")", R"("link_type":"mood")",
              "contents[0].services[0].attributes[0].link_type", "\"mood\""},
        Wrong{R"("extent":"06019")", R"("extent":"06020")", "contents[0].services[0].service_areas[0].extent",
              "no county of California"},
        Wrong{R"("extent_type":"us-county-fips")", R"("extent_type":"galaxy")",
              "contents[0].services[0].service_areas[0].extent", "no area"},
        Wrong{R"("x_scope":"regional")", R"("x_scope":"local")", "contents[0].x_scope", "none of national"},
        Wrong{R"("x_confidence":"high")", R"("x_confidence":"sure")", "contents[0].x_confidence", "none of high"},
        Wrong{R"("x_confidence":"high",)", R"()", "contents[0].x_confidence", "is missing"},
        Wrong{R"("x_key":"one")", R"("x_key":"")", "contents[0].x_key", "not empty"},
        Wrong{R"("x_key":"one")", R"("x_key":"one","x_verified_at":"soon")", "contents[0].x_verified_at",
              "must be a day"},
        Wrong{R"("x_key":"one")", R"("x_key":"one","x_short_name":"A name that is far too long for one text message")",
              "contents[0].x_short_name", "forty"},
        Wrong{R"("x_key":"one")", R"("x_key":"one","x_law_enforcement":"yes")", "contents[0].x_law_enforcement",
              "true or false"},
        Wrong{R"("x_key":"one")", R"("x_key":"one","x_home_county_fips":"32003")", "contents[0].x_home_county_fips",
              "no county"}));

TEST(Import, tells_all_faults_at_once_and_where_the_json_breaks) {
  std::string json = with("+1 559-555-0142", "12");
  json.replace(json.find("\"high\""), 6, "\"low!\"");
  const std::string faults = faults_of(json);
  EXPECT_EQ(std::count(faults.begin(), faults.end(), '\n'), 2) << faults;
  EXPECT_NE(faults_of("{\"contents\":\n [,]}").find("providers.json:2:3: is no JSON"), std::string::npos);
  EXPECT_NE(faults_of("{}").find("contents: must be a list"), std::string::npos);
  EXPECT_NE(faults_of("{\"contents\":[7]}").find("contents[0]: must be an organization"), std::string::npos);
}

TEST(Import, points_at_the_line_of_the_member) {
  const std::string faults = faults_of(
      "{\n \"contents\": [\n" + json_of({.key = "a"}) +
      ",\n{\n\"name\": \"B\",\n\"x_key\": \"b\",\n\"x_scope\": \"odd\",\n" +
      R"("x_confidence":"high","services":[{"name":"x","service_areas":[{"extent":"US","extent_type":"iso3166-1"}]}]}]})");
  EXPECT_NE(faults.find("providers.json:7:1: contents[1].x_scope"), std::string::npos) << faults;
}

TEST(Import, refuses_a_key_that_two_files_use) {
  const Folder folder("keys");
  folder.write("a.json", "{\"contents\":[" + json_of({.key = "same"}) + "]}");
  folder.write("b.json", "{\"contents\":[" + json_of({.key = "same"}) + "]}");
  const auto loaded = Directory::load(folder.path(), {}, kMorning);
  ASSERT_FALSE(loaded);
  EXPECT_NE(all(loaded.error()).find("b.json: x_key \"same\" is in"), std::string::npos);
}

TEST(Import, an_empty_or_missing_folder_is_a_fault) {
  const Folder folder("empty");
  EXPECT_FALSE(Directory::load(folder.path(), {}, kMorning));
  EXPECT_FALSE(Directory::load(folder.path() / "nowhere", {}, kMorning));
}

TEST(Addresses, are_told_from_what_only_holds_numbers) {
  for (const char* text : {"1234 Main Street", "call at 55 W. Example Blvd", "PO Box 99", "p.o. box 7", "Suite 300",
                           "Fresno, CA 93721", "1 Camino Real Road", "77 Calle Avenida Drive"})
    EXPECT_TRUE(looks_like_an_address(text)) << text;
  for (const char* text : {"24/7 hotline", "24-hour crisis line (623-HELP)", "Mon-Fri 8am-12pm",
                           "over 170 languages through interpreters (2018)", "Contact given after the 2020 fire",
                           "18 to 24 years", "13 rural counties lack full 24/7 service", "Main Street project"})
    EXPECT_FALSE(looks_like_an_address(text)) << text;
}

TEST(ShippedDirectory, loads_whole_and_is_called_unverified) {
  EXPECT_EQ(shipped().size(), 153u);
  EXPECT_EQ(shipped().unverified(), 153u);
  ASSERT_NE(shipped().find("mmc"), nullptr);
  EXPECT_EQ(shipped().find("mmc")->name, "Marjaree Mason Center");
  EXPECT_EQ(shipped().find("mmc")->phones.front().number, "559-233-4357");
  EXPECT_EQ(shipped().find("nobody"), nullptr);
}

TEST(ShippedDirectory, every_name_fits_a_text) {
  std::vector<Record> records;
  Faults faults;
  records = read_hsds(NORTHSTAR_SOURCE_DIR "/config/directory/providers-california.json", faults);
  ASSERT_TRUE(faults.empty()) << all(faults);
  for (const Record& record : records) {
    EXPECT_LE(record.provider.name.size(), 40u) << record.provider.key;
    EXPECT_EQ(short_name(record.provider.name), record.provider.name) << record.provider.key;
  }
}

TEST(ShippedDirectory, names_whoever_is_police_a_prosecutor_or_part_of_their_office_R96) {
  for (const char* key :
       {"coco-da-ht",   "scruz-da-ht",   "dhs-tip",        "doj-ht",          "vw-alameda", "vw-butte",
        "vw-fresno",    "vw-glenn",      "vw-humboldt",    "vw-inyo",         "vw-kern",    "vw-la",
        "vw-riverside", "vw-sacramento", "vw-san-joaquin", "vw-sb",           "vw-sd",      "vw-sf",
        "vw-slo",       "vw-stanislaus", "vw-tulare",      "your-safe-place", "fjc-solano"})
    EXPECT_TRUE(shipped().find(key)->law_enforcement) << key;
  for (const char* key :
       {"mmc", "cast", "nhth", "house-of-ruth", "yurok-mmip", "whd", "olse-sc", "kcfjc", "monterey-rcc", "ywca-sonoma"})
    EXPECT_FALSE(shipped().find(key)->law_enforcement) << key;
}

TEST(ShippedDirectory, the_national_hotline_comes_first) {
  ASSERT_FALSE(shipped().national().empty());
  EXPECT_EQ(shipped().national().front().provider->key, "nhth");
  EXPECT_EQ(shipped().national().front().phone->number, "888-373-7888");
  for (const NationalLine& line : shipped().national()) {
    EXPECT_NE(line.provider->key, "988");
    EXPECT_FALSE(line.provider->law_enforcement);
  }
}

}  // namespace
}  // namespace northstar::directory
