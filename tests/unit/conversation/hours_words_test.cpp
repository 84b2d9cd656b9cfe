// Opening hours are said in the language of the talk, in the catalog's words (R38, R88).
#include "gateway/conversation/hours_words.h"

#include "tests/unit/conversation/talk.h"

namespace northstar::conversation {
namespace {

using directory::Hours;

std::string in(Locale locale, std::string_view source) { return hours_in(Hours::from(source), catalog(), locale); }

TEST(HoursWords, are_english_in_an_english_talk) {
  constexpr Locale en{"en"};
  EXPECT_EQ(in(en, "Mon-Fri 9am-5pm"), "Mon-Fri 9am-5pm");
  EXPECT_EQ(in(en, "Mon-Fri 8:00am-4:30pm local; after hours answered by others"), "Mon-Fri 8am-4:30pm");
  EXPECT_EQ(in(en, "Mon-Fri 8am-12pm, 1pm-5pm"), "Mon-Fri 8am-12pm, 1pm-5pm");
  EXPECT_EQ(in(en, "Mon, Wed 10am-noon"), "Mon, Wed 10am-12pm");
  EXPECT_EQ(in(en, "daily 6pm-6am"), "every day 6pm-6am");
  EXPECT_EQ(hours_in(Hours::from("SA,SU", "00:00", "24:00"), catalog(), en), "Sat-Sun 24 hours");
}

TEST(HoursWords, are_spanish_in_a_spanish_talk) {
  constexpr Locale es{"es"};
  EXPECT_EQ(in(es, "Mon-Fri 9am-5pm"), "lun-vie de 9 a. m. a 5 p. m.");
  EXPECT_EQ(in(es, "Mon-Thu 8am-3pm, Fri 8am-12pm (walk-in)"), "lun-jue de 8 a. m. a 3 p. m., vie de 8 a. m. a 12 p. m.");
  EXPECT_EQ(in(es, "Wed 8:30am-4pm"), "mié de 8:30 a. m. a 4 p. m.");
  EXPECT_EQ(in(es, "daily 6pm-6am"), "a diario de 6 p. m. a 6 a. m.");
  EXPECT_EQ(hours_in(Hours::from("SU", "00:00", "24:00"), catalog(), es), "dom las 24 horas");
}

TEST(HoursWords, are_none_where_nothing_is_known_or_it_is_always_open) {
  for (Locale locale : catalog().locales()) {
    EXPECT_EQ(in(locale, "by appointment"), "");
    EXPECT_EQ(in(locale, "24/7"), "");
  }
}

TEST(HoursWords, never_cost_a_text_its_short_alphabet_R25) {
  for (Locale locale : catalog().locales())
    for (const char* source : {"Mon-Sun 9am-5pm", "Tue, Thu, Sat 9am-5pm", "Sat 24 hours", "Wed 9am-5pm, Sun 1pm-5pm"})
      EXPECT_FALSE(reply::encode_sms(in(locale, source)).ucs2) << source;
}

}  // namespace
}  // namespace northstar::conversation
