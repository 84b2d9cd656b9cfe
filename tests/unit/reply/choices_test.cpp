#include "gateway/reply/choices.h"

#include <gtest/gtest.h>

namespace northstar::reply {
namespace {

const std::set<std::string> kUnits{"minutes", "hours", "days", "minutos", "horas"};

TEST(Choices, a_digit_that_names_something_is_offered_and_no_other) {
  const struct {
    std::string_view text;
    std::set<int> digits;
  } kCases[] = {
      {"Is it OK to text you now? 1 Yes 2 Not now 3 It's urgent", {1, 2, 3}},
      {"1 Yes\n2 No", {1, 2}},
      {"1. Yes 2. No 3) Later", {1, 2, 3}},
      {"1 30 minutes 2 2 hours 3 Only when I text first", {1, 2, 3}},
      {"1 In 2 hours 4 In 3 days", {1, 4}},
      {"¿Puede escribir? 1 Puedo 2 Ahora no", {1, 2}},
      {"A person here is next: 0", {0}},
      {"Or 0 for a person.", {0}},
      {"Call 911. If not, text 911 your address", {}},
      {"559-233-4357, open 24/7, Mon-Fri 8am-5pm", {}},
      {"It takes 30 minutes, or 2 hours", {}},
      {"Or 1-888-373-7888.", {}},
      {"$5 a day", {}},
      {"7", {}},
      {"", {}},
  };
  for (const auto& one : kCases) EXPECT_EQ(choices_in(one.text, kUnits), one.digits) << one.text;
}

TEST(Choices, each_is_known_by_its_label) {
  const auto labels = labels_in("OK? 1 Yes, go on 2 Not now. More text", kUnits);
  ASSERT_EQ(labels.size(), 2U);
  EXPECT_EQ(labels[0], (std::pair<int, std::string>{1, "Yes, go on "}));
  EXPECT_EQ(labels[1], (std::pair<int, std::string>{2, "Not now"}));
}

}  // namespace
}  // namespace northstar::reply
