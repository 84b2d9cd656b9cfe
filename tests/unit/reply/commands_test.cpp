#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "folder.h"
#include "gateway/app/commands/segments.h"
#include "gateway/app/commands/template.h"

namespace northstar::app {
namespace {

using ::testing::HasSubstr;

std::string line(std::string_view json) {
  const auto out = segments_line(json);
  return out ? *out : "error: " + out.error().text;
}

TEST(SegmentsCommand, one_line_in_gives_one_line_out_with_its_id) {
  EXPECT_EQ(line(R"({"id":"a","text":"hello"})"), R"({"id":"a","encoding":"GSM-7","segments":1,"units":5})");
  EXPECT_EQ(line(R"({"id":7,"text":"\u00e1"})"), R"({"id":7,"encoding":"UCS-2","segments":1,"units":1})");
  EXPECT_EQ(line(R"({"text":""})"), R"({"id":null,"encoding":"GSM-7","segments":1,"units":0})");
  EXPECT_EQ(line(R"({"id":"b","text":"\ud83d\ude00 [€]"})"), R"({"id":"b","encoding":"UCS-2","segments":1,"units":6})");
}

TEST(SegmentsCommand, half_a_surrogate_pair_is_one_unit_and_not_an_error) {
  EXPECT_EQ(line(R"({"id":1,"text":"a\ud83d"})"), R"({"id":1,"encoding":"UCS-2","segments":1,"units":2})");
  EXPECT_EQ(line(R"({"id":1,"text":"\ude00\ud83d\ude00"})"), R"({"id":1,"encoding":"UCS-2","segments":1,"units":3})");
  EXPECT_EQ(line(R"({"id":1,"text":"\\ud83d"})"), R"({"id":1,"encoding":"GSM-7","segments":1,"units":7})");
}

TEST(SegmentsCommand, what_cannot_be_read_is_said_without_its_words) {
  EXPECT_EQ(line(R"({"id":"a","text":"secret)"), R"(error: not a JSON object; write {"id": "1", "text": "..."})");
  EXPECT_EQ(line(R"({"id":"a","text":["secret"]})"), R"(error: "text" is missing, or is no string)");
  EXPECT_EQ(line(R"([1])"), R"(error: not a JSON object; write {"id": "1", "text": "..."})");
}

class TemplateCommand : public ::testing::Test {
 protected:
  static Result<TemplateView> view(const std::string& name, Locale locale,
                                   const std::map<std::string, std::string>& over = {}) {
    const auto catalog = reply::Catalog::load(reply::Folder::shipped());
    EXPECT_TRUE(catalog);
    return render_template(*catalog, reply::Folder::shipped(), name, locale, over, {});
  }
};

TEST_F(TemplateCommand, a_template_is_shown_filled_in_with_its_cost) {
  const auto shown = view("offer", Locale("en"), {{"place", "Bakersfield"}, {"open", "unknown"}});
  ASSERT_TRUE(shown);
  EXPECT_THAT(shown->text, HasSubstr("Near Bakersfield, hours not known"));
  EXPECT_EQ(shown->choices, (std::set<int>{0, 1, 2}));
  EXPECT_TRUE(shown->errors.empty());
  EXPECT_THAT(to_lines(*shown), HasSubstr("segments, GSM-7, "));
  EXPECT_THAT(to_json(*shown, "offer", Locale("en")), HasSubstr(R"("encoding":"GSM-7","segments":2)"));
}

TEST_F(TemplateCommand, a_count_given_as_text_chooses_the_plural) {
  const auto shown = view("queue", Locale("en"), {{"minutes", "1"}});
  ASSERT_TRUE(shown);
  EXPECT_THAT(shown->text, HasSubstr("about 1 minute."));
}

TEST_F(TemplateCommand, the_lint_speaks_of_this_template_only) {
  const auto shown = view("greet", Locale("es"));
  ASSERT_TRUE(shown);
  ASSERT_EQ(shown->warnings.size(), 1U);
  EXPECT_THAT(shown->warnings[0].to_string(), HasSubstr("\"greet\" (R87): is a draft"));
}

TEST_F(TemplateCommand, what_is_not_there_is_named) {
  EXPECT_EQ(view("gret", Locale("en")).error().text, "there is no template \"gret\"");
  EXPECT_EQ(view("greet", Locale("ko")).error().text, "\"greet\" has no text in \"ko\"");
  EXPECT_EQ(view("queue", Locale("en"), {{"minute", "1"}}).error().text, "\"queue\" has no {minute}; it has: minutes");
  EXPECT_EQ(view("queue", Locale("en"), {{"minutes", "soon"}}).error().text, "{minutes} is a whole number");
}

}  // namespace
}  // namespace northstar::app
