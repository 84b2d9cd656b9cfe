#include "gateway/app/commands/understand.h"

#include "tests/unit/language/loaded.h"

namespace northstar::language {
namespace {

std::string answer(std::string_view line) { return app::understand_line(shipped(), line); }

TEST(UnderstandLine, answers_with_the_fixed_names_and_without_the_text) {
  const std::string shelter = answer(R"({"id":7,"text":"i need a shelter for tonight"})");
  EXPECT_TRUE(shelter.starts_with(R"({"id":7,"language":"en","confidence":)")) << shelter;
  EXPECT_TRUE(shelter.ends_with(R"("intents":[],"cues":[],"needs":["shelter"],"ambiguous":false,"tonight":true})"))
      << shelter;
  const std::string stop = answer(R"({"id":"a","text":"STOP","locale":"en"})");
  EXPECT_NE(stop.find(R"("id":"a")"), std::string::npos) << stop;
  EXPECT_NE(stop.find(R"("intents":["opt_out"])"), std::string::npos) << stop;
  EXPECT_NE(answer(R"({"id":1,"text":"stop it"})").find(R"("ambiguous":true)"), std::string::npos);
  EXPECT_NE(answer(R"({"id":1,"text":"borra todo"})").find(R"("delete")"), std::string::npos);
  EXPECT_EQ(answer(R"({"id":1,"text":"skip"})").find("skip"), std::string::npos) << "not among the printed names";
  EXPECT_NE(answer(R"({"id":1,"text":"asdf qwe"})").find(R"("language":"und")"), std::string::npos);
}

TEST(UnderstandLine, says_what_is_wrong_with_a_line) {
  EXPECT_EQ(answer("nonsense"), R"({"id":null,"error":"this line is not JSON"})");
  EXPECT_EQ(answer("[1]"), R"({"id":null,"error":"this line is not a JSON object"})");
  EXPECT_EQ(answer(R"({"id":3})"), R"({"id":3,"error":"\"text\" is missing, or is not a string"})");
  EXPECT_EQ(answer(R"({"id":3,"text":"hi","locale":5})"), R"({"id":3,"error":"\"locale\" is not a string"})");
}

}  // namespace
}  // namespace northstar::language
