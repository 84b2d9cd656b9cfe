#include "gateway/directory/place.h"

#include <filesystem>
#include <fstream>

#include "gateway/directory/wording.h"
#include "tests/unit/directory/shipped.h"

namespace northstar::directory {
namespace {

TEST(Distance, is_the_great_circle_on_the_mean_earth) {
  EXPECT_NEAR(kilometres({0, 0}, {0, 180}), 20015.1, 0.1);
  EXPECT_NEAR(kilometres({34.0522, -118.2437}, {37.7749, -122.4194}), 559.1, 0.5);
  EXPECT_EQ(kilometres({36.7, -119.7}, {36.7, -119.7}), 0);
}

TEST(Gazetteer, knows_all_counties_by_their_code) {
  for (int i = 0; i < 58; ++i) {
    const Place* county = gazetteer().county(county_code(i));
    ASSERT_NE(county, nullptr) << county_code(i);
    EXPECT_EQ(county->precision, Precision::county);
    EXPECT_EQ(county->name, county->county + " County");
  }
  for (const char* none : {"", "06", "06002", "06117", "32003", "0600a", "060011"})
    EXPECT_EQ(gazetteer().county(none), nullptr) << none;
}

TEST(Gazetteer, finds_every_county_by_its_name) {
  for (int i = 0; i < 58; ++i) {
    const Place* county = gazetteer().county(county_code(i));
    for (const std::string& text :
         {county->county + " county", "county of " + county->county, "condado de " + county->county,
          "estoy en el condado de " + county->county, "im in " + county->county + " county ca"}) {
      const PlaceFinding heard = gazetteer().find(text, false);
      ASSERT_FALSE(heard.candidates.empty()) << text;
      EXPECT_EQ(heard.candidates.front().county_fips, county_code(i)) << text;
      EXPECT_EQ(heard.candidates.front().precision, Precision::county) << text;
      EXPECT_FALSE(heard.confirm) << text;
    }
  }
}

TEST(Gazetteer, never_sees_a_place_in_a_phone_number_and_never_decides_by_an_area_code_R37) {
  for (const char* number : {"559-555-0142", "(559) 555-0142", "559 555 0142", "5595550142", "+1 559 555 0142",
                             "15595550142", "my number is 213.555.0199", "llameme al 415 555 0101", "call 555-0142"})
    for (const bool asked : {false, true}) {
      const PlaceFinding heard = gazetteer().find(number, asked);
      EXPECT_TRUE(heard.candidates.empty()) << number;
      EXPECT_FALSE(heard.outside) << number;
    }
  // Written as an area code, it is a suggestion.
  for (const char* said : {"im in the 559", "559 area", "area code 559", "codigo de area 559", "the 559 area code"}) {
    const PlaceFinding heard = gazetteer().find(said, false);
    ASSERT_FALSE(heard.candidates.empty()) << said;
    EXPECT_TRUE(heard.confirm) << said;
    EXPECT_EQ(heard.candidates.front().precision, Precision::area_code) << said;
    EXPECT_EQ(heard.candidates.front().county_fips, "06019") << said;
  }
}

TEST(Gazetteer, asks_about_every_name_that_is_in_several_counties) {
  for (const char* name :
       {"Greenfield", "Rolling Hills", "Burbank", "Green Valley", "Live Oak", "Alta Sierra", "Las Flores", "Lucerne",
        "Bayview", "Mountain View", "Chinatown", "Fort Jones", "Deer Park", "Belvedere", "Westwood", "Cottonwood"}) {
    const PlaceFinding heard = gazetteer().find(name, true);
    EXPECT_TRUE(heard.confirm) << name;
    EXPECT_EQ(heard.candidates.size(), 2u) << name;
  }
  // The same name twice in one county is no question.
  for (const char* name : {"Indianola", "Vincent"})
    EXPECT_EQ(gazetteer().find(name, true).candidates.size(), 1u) << name;
}

TEST(Gazetteer, never_prefers_an_old_name_to_a_name) {
  const auto county = [](const char* text) { return gazetteer().find(text, true).candidates.front().county_fips; };
  EXPECT_EQ(county("santa rosa"), "06097");  // not Cambria
  EXPECT_EQ(county("clearlake"), "06033");   // not Angels Camp
  EXPECT_EQ(county("palm springs"), "06065");
  EXPECT_EQ(county("pleasanton"), "06001");
}

TEST(Gazetteer, a_zip_may_widen_the_search_but_keeps_its_county) {
  const PlaceFinding heard = gazetteer().find("94550", true);
  ASSERT_EQ(heard.candidates.size(), 1u);
  EXPECT_EQ(heard.candidates[0].county_fips, "06001");
  EXPECT_FALSE(heard.candidates[0].other_counties.empty());
}

TEST(Gazetteer, finds_every_name_of_its_own_table_when_asked) {
  std::ifstream table(NORTHSTAR_SOURCE_DIR "/config/geo/ca-places.tsv");
  std::string line;
  std::getline(table, line);
  int rows = 0;
  while (std::getline(table, line)) {
    const std::size_t tab = line.find('\t');
    const std::string name = line.substr(0, tab), county = line.substr(tab + 1, 5);
    const PlaceFinding heard = gazetteer().find(name, true);
    const bool found = std::any_of(heard.candidates.begin(), heard.candidates.end(),
                                   [&](const Place& place) { return place.county_fips == county; });
    EXPECT_TRUE(found) << name << " in " << county;
    ++rows;
  }
  EXPECT_EQ(rows, 1643);
}

TEST(Gazetteer, survives_any_bytes) {
  for (std::string text :
       {std::string("\xff\xfe\xc0"), std::string(9000, 'a'), std::string(2000, '9'), std::string("\0a\0", 3),
        std::string("\xf0\x9f\x98\x80\xf0\x9f\x98\x80"), std::string("\xe6\xb4"), std::string(500, ',')}) {
    for (const bool asked : {false, true}) EXPECT_TRUE(gazetteer().find(text, asked).candidates.empty());
  }
  std::string words;
  for (int i = 0; i < 2000; ++i) words += "san ";
  gazetteer().find(words, true);
}

TEST(Wording, folds_letters_that_people_write_differently) {
  const Folding folding;
  EXPECT_EQ(folding.joined("San José"), "sanjose");
  EXPECT_EQ(folding.joined("ＬＯＤＩ"), "lodi");
  EXPECT_EQ(folding.joined("St. Helena"), folding.joined("Saint Helena"));
  EXPECT_EQ(folding.joined("洛杉磯"), folding.joined("洛杉矶"));
  EXPECT_EQ(folding.joined("كاليفورنيا"), folding.joined("کالیفورنیا"));
}

TEST(Wording, counts_wrong_letters) {
  EXPECT_EQ(misspelling("fresno", "fresno", 2), 0);
  EXPECT_EQ(misspelling("fresnoo", "fresno", 2), 1);
  EXPECT_EQ(misspelling("sacramneto", "sacramento", 2), 1);  // swapped
  EXPECT_EQ(misspelling("losangls", "losangeles", 2), 2);
  EXPECT_GT(misspelling("riverside", "bakersfield", 2), 2);
}

class BrokenTables : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) / "northstar_geo_test";
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    for (const auto& file : std::filesystem::directory_iterator(NORTHSTAR_SOURCE_DIR "/config/geo"))
      if (file.path().extension() == ".tsv") std::filesystem::copy(file.path(), folder_ / file.path().filename());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void append(const char* file, const std::string& line) {
    std::ofstream(folder_ / file, std::ios::app) << line << "\n";
  }
  std::filesystem::path folder_;
};

TEST_F(BrokenTables, every_fault_is_named_with_its_file_and_line) {
  append("ca-places.tsv", "Nowhere\t06002\t1\t2\t\tplace\t\t\tours");
  append("nicknames.tsv", "my town\tplace:Nowhere@06001\tany");
  append("common-words.tsv", "weed\tplant");
  append("us-zips.tsv", "9372\t1\t2\t06019\tCA\tc");
  append("famous-elsewhere.tsv", "Atlantis\tthe sea");
  const auto loaded = Gazetteer::load(folder_);
  ASSERT_FALSE(loaded);
  const std::string faults = all(loaded.error());
  EXPECT_NE(faults.find("ca-places.tsv:1645:1: \"06002\" is no county of California"), std::string::npos) << faults;
  EXPECT_NE(faults.find("\"place:Nowhere@06001\" is in none of the tables"), std::string::npos) << faults;
  EXPECT_NE(faults.find("kind \"plant\""), std::string::npos) << faults;
  EXPECT_NE(faults.find("us-zips.tsv:41128:1: \"9372\" is no ZIP code"), std::string::npos) << faults;
  EXPECT_NE(faults.find("\"Atlantis\" is no place in California"), std::string::npos) << faults;
  EXPECT_EQ(loaded.error().size(), 5u) << faults;
}

TEST_F(BrokenTables, a_missing_file_or_column_is_named) {
  std::filesystem::remove(folder_ / "outside.tsv");
  std::ofstream(folder_ / "not-misspelt.tsv") << "word\ndanger\n";
  const auto loaded = Gazetteer::load(folder_);
  ASSERT_FALSE(loaded);
  const std::string faults = all(loaded.error());
  EXPECT_NE(faults.find("outside.tsv: cannot be read"), std::string::npos) << faults;
  EXPECT_NE(faults.find("not-misspelt.tsv:1:1: has no column \"words\""), std::string::npos) << faults;
}

}  // namespace
}  // namespace northstar::directory
