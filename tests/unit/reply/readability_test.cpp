#include "gateway/reply/readability.h"

#include <gtest/gtest.h>

namespace northstar::reply {
namespace {

TEST(Readability, plain_english_is_below_the_sixth_grade_and_legal_english_far_above) {
  EXPECT_LT(english_grade("You choose what to tell. You can ask them first. Write more, or just wait here with us."),
            4);
  EXPECT_GT(english_grade(
                "Participation constitutes acceptance of applicable terms, including mandatory disclosure obligations "
                "imposed upon professionals pursuant to governing statutory provisions."),
            12);
}

// 12 words, 2 sentences, 14 syllables: 0.39 * 6 + 11.8 * 14 / 12 - 15.59, counted by hand.
TEST(Readability, the_grade_is_kincaids_formula) {
  EXPECT_NEAR(english_grade("The cat sat on the table. A dog ran over the hill."), 0.39 * 6 + 11.8 * 14 / 12 - 15.59,
              0.01);
}

// el ga-to co-me pan y le-che: 9; la ni-ña jue-ga bien: 6; 10 words, 2 sentences, counted by hand.
TEST(Readability, the_ease_is_szigriszts_formula) {
  EXPECT_NEAR(spanish_ease("El gato come pan y leche. La niña juega bien."), 206.835 - 62.3 * 15 / 10 - 10.0 / 2, 0.01);
}

TEST(Readability, diphthongs_are_one_beat_and_accents_part_them) {
  // día 2, tía 2, río 2, país 2, aún 2, quien 1, guerra 2, agua 2, ciudad 2, voy 1 = 18 in 10 words, one sentence.
  EXPECT_NEAR(spanish_ease("día tía río país aún quien guerra agua ciudad voy"), 206.835 - 62.3 * 18 / 10 - 10, 0.01);
}

TEST(Readability, a_menu_is_not_one_long_sentence_and_numbers_are_not_words) {
  EXPECT_LT(
      english_grade("What would help? 1 A place to stay 2 Someone to talk to 3 Legal help 4 Food 5 Something else"), 5);
  EXPECT_DOUBLE_EQ(english_grade("888-373-7888, 559-233-4357"), 0);
}

TEST(Readability, too_few_words_are_not_judged) {
  EXPECT_DOUBLE_EQ(english_grade("Immigration documentation"), 0);
  EXPECT_DOUBLE_EQ(spanish_ease("Listo."), 100);
}

}  // namespace
}  // namespace northstar::reply
