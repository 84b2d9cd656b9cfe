#include "gateway/app/commands/route.h"

#include <boost/json.hpp>

#include "tests/unit/directory/shipped.h"

namespace northstar {
namespace {

namespace json = boost::json;
using directory::gazetteer;
using directory::kMorning;
using directory::shipped;

const language::Interpreter& interpreter() {
  static const language::Interpreter loaded = [] {
    auto result = language::Interpreter::load(NORTHSTAR_SOURCE_DIR "/config/lexicon");
    if (!result) throw std::runtime_error(directory::all(result.error()));
    return std::move(*result);
  }();
  return loaded;
}

json::object route(const std::string& text, bool with_needs = true) {
  const std::string line = json::serialize(json::object{{"id", 7}, {"text", text}});
  return json::parse(app::route_line(gazetteer(), shipped(), with_needs ? &interpreter() : nullptr, line, kMorning))
      .as_object();
}

std::string first(const json::object& out) {
  return out.at("providers").as_array().empty() ? ""
                                                : std::string(out.at("providers").as_array()[0].at("key").as_string());
}

TEST(Route, hears_need_and_place_in_one_text) {
  EXPECT_EQ(first(route("need somewhere to sleep tonite, fresno")), "mmc");
  EXPECT_EQ(first(route("legal help in bakersfield")), "kcfjc");
  EXPECT_EQ(first(route("alpine county, legal")), "calaveras-cc");
  EXPECT_EQ(first(route("food in fresno")), "211ca");
  EXPECT_EQ(first(route("refugio en merced")), "mountain-crisis");
}

TEST(Route, has_exactly_the_agreed_form) {
  const std::string out = app::route_line(gazetteer(), shipped(), nullptr, R"({"id":"a","text":"Fresno"})", kMorning);
  EXPECT_EQ(
      out.substr(0, out.find(",\"providers\"")),
      R"({"id":"a","place":{"precision":"place","county_fips":"06019","name":"Fresno","candidates":[{"name":"Fresno","county_fips":"06019","county":"Fresno"}]},"confirm":false)");
  const json::object parsed = json::parse(out).as_object();
  for (const json::value& provider : parsed.at("providers").as_array()) {
    EXPECT_TRUE(provider.at("key").is_string());
    EXPECT_TRUE(provider.at("km").is_number());
    EXPECT_TRUE(provider.at("tier").is_int64());
  }
  EXPECT_EQ(parsed.at("national").as_array()[0], "nhth");
}

TEST(Route, says_that_a_name_must_be_confirmed_and_lists_what_it_may_be) {
  const json::object out = route("burbank", false);
  EXPECT_TRUE(out.at("confirm").as_bool());
  EXPECT_EQ(out.at("place").at("candidates").as_array().size(), 2u);
  EXPECT_FALSE(out.at("providers").as_array().empty());
}

TEST(Route, sends_nobody_who_is_outside_california_or_nowhere_to_a_provider_but_always_to_the_national_line) {
  for (const char* text : {"texas", "10001", "i need a lawyer", "me too", ""}) {
    const json::object out = route(text, false);
    EXPECT_TRUE(out.at("providers").as_array().empty()) << text;
    EXPECT_EQ(out.at("place").at("county_fips"), "") << text;
    EXPECT_EQ(out.at("national").as_array()[0], "nhth") << text;
  }
  EXPECT_EQ(route("10001", false).at("place").at("precision"), "zip");
  EXPECT_EQ(route("me too", false).at("place").at("precision"), "none");
}

TEST(Route, answers_the_same_whatever_number_is_in_the_text_R37) {
  EXPECT_EQ(route("food in fresno 213-555-0142").at("providers"), route("food in fresno 619-555-0142").at("providers"));
  EXPECT_TRUE(route("call me 559-555-0142", false).at("providers").as_array().empty());
}

TEST(Route, refuses_a_wrong_line_without_repeating_it) {
  for (const char* line : {"", "fresno", "[]", R"({"id":3})", R"({"id":3,"text":7})", "{\"id\":3,\"text\":\"secret"}) {
    const std::string out = app::route_line(gazetteer(), shipped(), nullptr, line, kMorning);
    EXPECT_TRUE(json::parse(out).as_object().contains("error")) << line;
    EXPECT_EQ(out.find("secret"), std::string::npos);
  }
}

}  // namespace
}  // namespace northstar
