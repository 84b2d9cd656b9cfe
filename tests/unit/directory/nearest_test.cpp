#include <algorithm>
#include <random>

#include "gateway/directory/hsds.h"
#include "gateway/directory/needs.h"
#include "tests/unit/directory/providers.h"

namespace northstar::directory {
namespace {

using language::Need;

const Place& fresno() {
  static const Place place = gazetteer().find("fresno", true).candidates.front();
  return place;
}

std::vector<Match> ask(const Directory& directory, Need need, Place here = fresno(), Wish wish = {},
                       Instant now = kMorning) {
  wish.needs.insert(need);
  return directory.nearest(here, wish, now, 8);
}

std::vector<std::string> keys(const std::vector<Match>& matches) {
  std::vector<std::string> out;
  for (const Match& match : matches) out.push_back(match.provider->key);
  return out;
}

using Keys = std::vector<std::string>;

Place county(int number) { return *gazetteer().county(county_code(number)); }

bool has(const Provider& provider, std::string_view service) {
  return std::find(provider.services.begin(), provider.services.end(), service) != provider.services.end();
}

// ---- laws over the shipped directory: 58 counties, 13 needs, three kinds of people, day and night
// -----------------------

template <class F>
void everywhere(F&& check) {
  for (int c = 0; c < 58; ++c)
    for (unsigned n = 0; n < static_cast<unsigned>(Need::kCount); ++n)
      for (const Wish& who : {Wish{}, Wish{.minor = true}, Wish{.man = true, .language = Locale("es")},
                              Wish{.tonight = true, .language = Locale("vi")}})
        for (const Instant now : {kMorning, kEvening}) {
          Wish wish = who;
          wish.needs.insert(static_cast<Need>(n));
          const Place here = county(c);
          SCOPED_TRACE(here.name + ", " +
                       std::string(kAnswers[n].need == Need::other ? "other" : "need " + std::to_string(n)));
          check(here, wish, now, shipped().nearest(here, wish, now, 8));
        }
}

TEST(Nearest, never_offers_law_enforcement_a_tip_line_a_silent_record_or_one_of_low_confidence) {
  everywhere([](const Place&, const Wish&, Instant, const std::vector<Match>& matches) {
    for (const Match& match : matches) {
      EXPECT_FALSE(has(*match.provider, "law_enforcement")) << match.provider->key;
      ASSERT_NE(match.phone, nullptr);
      EXPECT_NE(match.phone->kind, PhoneKind::tip) << match.provider->key;
      EXPECT_FALSE(match.phone->number.empty());
      EXPECT_NE(match.provider->confidence, "low") << match.provider->key;
    }
  });
}

TEST(Nearest, puts_prosecutors_last_and_in_the_third_tier_R96) {
  everywhere([](const Place&, const Wish&, Instant, const std::vector<Match>& matches) {
    bool prosecutors = false;
    for (const Match& match : matches) {
      EXPECT_EQ(match.tier == 3, match.provider->law_enforcement) << match.provider->key;
      EXPECT_FALSE(prosecutors && match.tier != 3) << match.provider->key << " comes after a prosecutor";
      prosecutors = prosecutors || match.tier == 3;
    }
  });
}

TEST(Nearest, returns_who_does_not_serve_the_county_only_as_being_in_another_and_within_200_km) {
  Faults faults;
  const std::vector<Record> records =
      read_hsds(NORTHSTAR_SOURCE_DIR "/config/directory/providers-california.json", faults);
  everywhere([&](const Place& here, const Wish&, Instant, const std::vector<Match>& matches) {
    bool own = false;
    for (const Match& match : matches) {
      const auto record = std::find_if(records.begin(), records.end(),
                                       [&](const Record& r) { return r.provider.key == match.provider->key; });
      const bool serves = record->statewide || record->counties.test(*county_number(here.county_fips));
      EXPECT_EQ(!serves, match.other_county) << match.provider->key;
      EXPECT_EQ(record->statewide, match.statewide) << match.provider->key;
      if (match.other_county) {
        EXPECT_LE(match.km, 200.0);
      }
      own = own || serves;
    }
  });
}

TEST(Nearest, answers_every_need_in_every_county_or_has_nobody_within_reach) {
  int answered = 0, asked = 0;
  everywhere([&](const Place&, const Wish& wish, Instant, const std::vector<Match>& matches) {
    if (wish.language.known() || wish.minor) return;
    ++asked;
    answered += !matches.empty();
  });
  // 58 counties by 13 needs, at two hours.
  EXPECT_EQ(asked, 58 * 13 * 2);
  EXPECT_EQ(answered, asked);
}

TEST(Nearest, is_in_order_of_tier_then_known_hours_then_distance_among_those_that_serve) {
  everywhere([](const Place&, const Wish& wish, Instant, const std::vector<Match>& matches) {
    if (wish.needs.intersects({Need::legal, Need::immigration, Need::clear_record})) return;  // R98 has its own test
    const Match* before = nullptr;
    for (const Match& match : matches) {
      if (match.other_county || match.tier == 3 || match.reserved) continue;
      if (before) {
        EXPECT_LE(before->tier, match.tier) << before->provider->key << " before " << match.provider->key;
      }
      before = &match;
    }
  });
}

// ---- what people get
// ----------------------------------------------------------------------------------------------------

TEST(Nearest, sends_someone_in_fresno_who_needs_a_bed_to_the_marjaree_mason_center) {
  const auto matches = ask(shipped(), Need::shelter);
  ASSERT_FALSE(matches.empty());
  EXPECT_EQ(matches[0].provider->key, "mmc");
  EXPECT_EQ(matches[0].phone->number, "559-233-4357");
  EXPECT_EQ(matches[0].tier, 1);
  EXPECT_EQ(matches[0].open, Open::always);
  EXPECT_EQ(matches[0].hours, "24/7");
}

TEST(Nearest, says_that_the_nearest_bed_is_in_another_county_when_none_covers_theirs) {
  const auto matches = ask(shipped(), Need::shelter, gazetteer().find("merced", true).candidates.front());
  ASSERT_FALSE(matches.empty());
  EXPECT_EQ(matches[0].provider->key, "mountain-crisis");
  for (const Match& match : matches) EXPECT_TRUE(match.other_county);
  EXPECT_TRUE(
      std::is_sorted(matches.begin(), matches.end(), [](const Match& a, const Match& b) { return a.km < b.km; }));
}

TEST(Nearest, names_nobody_first_who_serves_one_people_only_R38_R98) {
  std::size_t reserved = 0;
  everywhere([&](const Place&, const Wish& wish, Instant, const std::vector<Match>& matches) {
    bool passed = false;
    for (const Match& match : matches) {
      const auto& codes = match.provider->populations;
      const auto serves = [&](const char* whom) { return std::find(codes.begin(), codes.end(), whom) != codes.end(); };
      // Who writes Vietnamese has said it of the third.
      const bool group = serves("native") || serves("lgbtq") ||
                         (serves("asian_pacific_islander") && wish.language != Locale("vi"));
      EXPECT_TRUE(match.reserved || !group || serves("all")) << match.provider->key;
      EXPECT_FALSE(passed && !match.reserved && !match.other_county && match.tier != 3)
          << match.provider->key << " serves everyone here, and comes later";
      passed = passed || match.reserved;
      reserved += match.reserved;
    }
    const bool anyone = std::any_of(matches.begin(), matches.end(), [](const Match& m) { return !m.reserved && m.tier != 3; });
    EXPECT_FALSE(anyone && matches.front().reserved) << matches.front().provider->key;
  });
  EXPECT_GT(reserved, 0U);  // they are still named
}

TEST(Nearest, offers_a_lawyer_for_native_people_after_who_serves_everyone_R98) {
  for (Need need : {Need::legal, Need::clear_record})
    for (const char* where : {"alpine county", "calaveras county", "merced", "fresno"}) {
      const Keys offered = keys(ask(shipped(), need, gazetteer().find(where, true).candidates.front()));
      ASSERT_GT(offered.size(), 1u) << where;
      EXPECT_NE(offered.front(), "cils") << where;
      EXPECT_NE(std::find(offered.begin(), offered.end(), "cils"), offered.end()) << where;
    }
}

TEST(Nearest, knows_where_food_wages_and_costs_are_helped_with) {
  EXPECT_EQ(ask(shipped(), Need::food)[0].provider->key, "211ca");
  EXPECT_EQ(ask(shipped(), Need::pay)[0].provider->key, "whd");
  // The county's own office for wages does not say when it is open, so it follows the one that does.
  EXPECT_EQ(keys(ask(shipped(), Need::pay, gazetteer().find("san jose", true).candidates.front())),
            (Keys{"whd", "olse-sc"}));
  EXPECT_EQ(keys(ask(shipped(), Need::costs)), (Keys{"calvcb", "vw-fresno"}));
}

TEST(Nearest, gives_the_number_for_the_county_and_the_age) {
  EXPECT_EQ(ask(shipped(), Need::talk, gazetteer().find("crescent city", true).candidates.front())[0].phone->number,
            "707-465-2851");
  const Place city = gazetteer().find("san francisco", true).candidates.front();
  const auto phone = [&](bool minor) {
    for (const Match& match : ask(shipped(), Need::shelter, city, {.minor = minor}))
      if (match.provider->key == "lacasa") return match.phone->number;
    return std::string();
  };
  EXPECT_EQ(phone(false), "877-503-1850");
  EXPECT_EQ(phone(true), "877-923-0700");
}

TEST(Nearest, gives_a_young_person_lines_for_the_young) {
  const Keys young = keys(ask(shipped(), Need::talk, fresno(), {.minor = true}));
  const Keys grown = keys(ask(shipped(), Need::talk, fresno()));
  EXPECT_NE(std::find(young.begin(), young.end(), "nrs"), young.end());
  EXPECT_EQ(std::find(grown.begin(), grown.end(), "nrs"), grown.end());
}

TEST(Nearest, gives_nobody_outside_california_and_the_whole_state_to_who_skips_the_question) {
  Place outside;
  outside.precision = Precision::place;
  outside.name = "Texas";
  EXPECT_TRUE(ask(shipped(), Need::shelter, outside).empty());
  for (const Match& match : ask(shipped(), Need::food, Place{})) EXPECT_TRUE(match.statewide);
  EXPECT_EQ(ask(shipped(), Need::food, Place{})[0].provider->key, "211ca");
}

// ---- rules, on small directories
// ------------------------------------------------------------------------------------------

TEST(Order, nearest_first_but_unknown_hours_after_known_ones_R38) {
  const Directory directory = directory_of({{.key = "far", .latitude = 36.9},
                                            {.key = "near", .latitude = 36.8},
                                            {.key = "unknown", .latitude = 36.75, .hours = ""},
                                            {.key = "shut", .latitude = 36.76, .hours = "Sat 8am-9am"}});
  EXPECT_EQ(keys(ask(directory, Need::shelter)), (Keys{"near", "far", "shut", "unknown"}));
  EXPECT_EQ(keys(ask(directory, Need::shelter, fresno(), {.tonight = true})), (Keys{"near", "far", "unknown", "shut"}));
}

TEST(Order, hours_count_at_the_hour_of_asking) {
  const Directory directory = directory_of(
      {{.key = "office", .hours = "Mon-Fri 8am-5pm"}, {.key = "night", .latitude = 36.9, .hours = "daily 6pm-6am"}});
  EXPECT_EQ(keys(ask(directory, Need::shelter, fresno(), {}, kMorning)), (Keys{"office", "night"}));
  EXPECT_EQ(keys(ask(directory, Need::shelter, fresno(), {}, kEvening)), (Keys{"night", "office"}));
  EXPECT_EQ(ask(directory, Need::shelter, fresno(), {}, kEvening)[1].open, Open::closed_now);
  EXPECT_EQ(ask(directory, Need::shelter, fresno(), {}, kEvening)[1].hours, "Mon-Fri 8am-5pm");
}

TEST(Order, help_lines_then_other_help_then_prosecutors) {
  const Directory directory =
      directory_of({{.key = "prosecutor", .services = {"advocacy", "victim_witness"}, .phone_kind = "office"},
                    {.key = "office", .services = {"advocacy"}, .phone_kind = "office"},
                    {.key = "line", .services = {"advocacy"}, .latitude = 37.2}});
  const auto matches = ask(directory, Need::other);
  EXPECT_EQ(keys(matches), (Keys{"line", "office", "prosecutor"}));
  EXPECT_EQ(matches[0].tier, 1);
  EXPECT_EQ(matches[1].tier, 2);
  EXPECT_EQ(matches[2].tier, 3);
}

TEST(Order, statewide_legal_help_comes_first_where_no_lawyer_serves_the_county_unless_it_is_for_one_people_R98) {
  const Org away{.key = "away", .services = {"legal"}, .counties = {"06107"}, .latitude = 36.33, .phone_kind = "office"};
  const Org refers{.key = "refers", .services = {"legal_referral"}};
  const Org state{.key = "state", .services = {"legal"}, .counties = {"US-CA"}, .phone_kind = "office", .scope = "state"};
  Org native = state;
  native.key = "native";
  native.populations = {"native"};
  EXPECT_EQ(keys(ask(directory_of({away, refers, state, native}), Need::legal)), (Keys{"state", "refers", "native"}));
  EXPECT_EQ(keys(ask(directory_of({away, refers, native}), Need::legal)), (Keys{"refers", "native"}));
  EXPECT_EQ(keys(ask(directory_of({away, native}), Need::legal)), (Keys{"away", "native"}));
  EXPECT_EQ(keys(ask(directory_of({native}), Need::legal)), (Keys{"native"}));
}

TEST(Order, a_county_that_has_only_help_for_one_people_has_none_for_others_R38) {
  const Directory directory =
      directory_of({{.key = "tribe", .services = {"shelter", "crisis_line"}, .populations = {"native", "families"}},
                    {.key = "line", .services = {"crisis_line"}},
                    {.key = "bed", .counties = {"06107"}, .latitude = 36.33}});
  const auto matches = ask(directory, Need::shelter);
  EXPECT_EQ(keys(matches), (Keys{"line", "bed", "tribe"}));
  EXPECT_TRUE(matches[2].reserved);
}

TEST(Order, a_prosecutor_alone_is_no_first_answer_when_help_is_in_reach) {
  const Directory directory = directory_of(
      {{.key = "da", .services = {"advocacy"}, .phone_kind = "office", .name = "Some County District Attorney"},
       {.key = "away", .services = {"advocacy"}, .counties = {"06107"}, .latitude = 36.33}});
  const auto matches = ask(directory, Need::other);
  EXPECT_EQ(keys(matches), (Keys{"away", "da"}));
  EXPECT_TRUE(matches[0].other_county);
  EXPECT_TRUE(matches[1].provider->law_enforcement);
}

TEST(Order, in_the_same_town_those_who_know_trafficking_come_first) {
  const Directory directory = directory_of(
      {{.key = "a", .populations = {"domestic_violence"}}, {.key = "b", .populations = {"labor_trafficking"}}});
  EXPECT_EQ(keys(ask(directory, Need::shelter)), (Keys{"b", "a"}));
}

TEST(Fit, of_age_and_gender_without_holding_the_unknown_against_anyone_R38) {
  const Directory directory = directory_of({{.key = "adults", .populations = {"adults"}},
                                            {.key = "minors", .populations = {"minors", "sex_trafficking"}},
                                            {.key = "women", .populations = {"women"}},
                                            {.key = "unsaid", .populations = {}},
                                            {.key = "everyone", .populations = {"all", "women"}}});
  const auto offered = [&](Wish wish) {
    Keys found = keys(ask(directory, Need::shelter, fresno(), wish));
    std::sort(found.begin(), found.end());
    return found;
  };
  EXPECT_EQ(offered({}), (Keys{"adults", "everyone", "unsaid", "women"}));
  EXPECT_EQ(offered({.man = true}), (Keys{"adults", "everyone", "unsaid"}));
  EXPECT_EQ(offered({.minor = true}), (Keys{"everyone", "minors", "unsaid", "women"}));
  EXPECT_EQ(keys(ask(directory, Need::shelter, fresno(), {.minor = true}))[0], "minors");
}

TEST(Fit, of_language_known_before_unknown_and_never_one_that_says_it_is_another_R38) {
  const Directory directory = directory_of({{.key = "unknown"},
                                            {.key = "spanish", .latitude = 36.9, .languages = {"en", "es"}},
                                            {.key = "english", .languages = {"en"}},
                                            {.key = "interpreters",
                                             .services = {"shelter", "crisis_line", "interpretation"},
                                             .latitude = 36.8,
                                             .languages = {"en"}}});
  EXPECT_EQ(keys(ask(directory, Need::shelter, fresno(), {.language = Locale("es")})),
            (Keys{"interpreters", "spanish", "unknown"}));
  EXPECT_EQ(keys(ask(directory, Need::shelter, fresno(), {.language = Locale("vi")})),
            (Keys{"interpreters", "unknown"}));
  EXPECT_EQ(ask(directory, Need::shelter).size(), 4u);
}

TEST(Fit, several_needs_are_best_answered_in_one_place) {
  const Directory directory = directory_of(
      {{.key = "bed"}, {.key = "both", .services = {"shelter", "legal", "crisis_line"}, .latitude = 37.0}});
  EXPECT_EQ(keys(directory.nearest(fresno(), {.needs = {Need::shelter, Need::legal}}, kMorning, 8)),
            (Keys{"both", "bed"}));
}

TEST(Reach, a_line_in_the_county_that_can_find_a_bed_goes_before_a_bed_elsewhere) {
  const Directory directory = directory_of(
      {{.key = "line", .services = {"crisis_line"}}, {.key = "bed", .counties = {"06107"}, .latitude = 36.33}});
  const auto matches = ask(directory, Need::shelter);
  EXPECT_EQ(keys(matches), (Keys{"line", "bed"}));
  EXPECT_FALSE(matches[0].other_county);
  EXPECT_TRUE(matches[1].other_county);
}

TEST(Reach, ends_at_200_kilometres) {
  const Directory directory =
      directory_of({{.key = "bed", .counties = {"06025"}, .latitude = 32.792, .longitude = -115.5631}});
  EXPECT_TRUE(ask(directory, Need::shelter).empty());
}

TEST(Shown, are_only_verified_records_outside_a_demo_and_only_for_a_year_R38) {
  const std::vector<Org> orgs{
      {.key = "never"}, {.key = "fresh", .verified_at = "2026-06-01"}, {.key = "stale", .verified_at = "2025-11-01"}};
  const Directory live = directory_of(orgs, {.demo = false});
  EXPECT_EQ(keys(ask(live, Need::shelter)), (Keys{"fresh"}));
  EXPECT_EQ(live.unverified(), 2u);
  EXPECT_TRUE(live.find("fresh")->verified);
  // The same directory, a year on.
  EXPECT_TRUE(ask(live, Need::shelter, fresno(), {}, kMorning + std::chrono::hours(24 * 366)).empty());
  EXPECT_EQ(ask(directory_of(orgs), Need::shelter).size(), 3u);
}

TEST(Shown, are_low_records_only_where_the_operator_wants_them) {
  const std::vector<Org> orgs{{.key = "low", .confidence = "low"}};
  EXPECT_TRUE(ask(directory_of(orgs), Need::shelter).empty());
  EXPECT_EQ(ask(directory_of(orgs, {.low_confidence = true}), Need::shelter).size(), 1u);
}

TEST(Shown, are_only_those_with_a_number_that_is_no_tip_line) {
  EXPECT_TRUE(ask(directory_of({{.key = "silent", .number = false}}), Need::shelter).empty());
  EXPECT_TRUE(ask(directory_of({{.key = "tip", .phone_kind = "tip"}}), Need::shelter).empty());
  EXPECT_TRUE(
      ask(directory_of({{.key = "agents", .services = {"law_enforcement", "shelter"}}}), Need::shelter).empty());
}

// ---- the index against a plain scan
// -----------------------------------------------------------------------------------------

TEST(Index, finds_the_same_nearest_as_looking_at_everyone) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> latitude(33, 41), longitude(-124, -115);
  std::vector<Org> orgs;
  for (int i = 0; i < 400; ++i)
    orgs.push_back(
        {.key = "p" + std::to_string(i),
         .counties = {county_code(static_cast<int>(random() % 6)), county_code(static_cast<int>(random() % 58))},
         .latitude = std::round(latitude(random) * 1e4) / 1e4,
         .longitude = std::round(longitude(random) * 1e4) / 1e4});
  const Directory directory = directory_of(orgs);
  for (int c = 0; c < 6; ++c) {
    const Place here = county(c);
    std::vector<std::pair<double, std::string>> expected;
    for (const Org& org : orgs)
      if (std::find(org.counties.begin(), org.counties.end(), here.county_fips) != org.counties.end())
        expected.emplace_back(kilometres(here.point, {org.latitude, org.longitude}), org.key);
    std::sort(expected.begin(), expected.end());
    const auto matches = ask(directory, Need::shelter, here);
    ASSERT_EQ(matches.size(), 8u);
    for (std::size_t i = 0; i < matches.size(); ++i) EXPECT_EQ(matches[i].provider->key, expected[i].second);
  }
}

}  // namespace
}  // namespace northstar::directory
