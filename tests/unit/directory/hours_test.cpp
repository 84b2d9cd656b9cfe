#include "gateway/directory/hours.h"

#include <date/date.h>
#include <gtest/gtest.h>

namespace northstar::directory {
namespace {

constexpr unsigned at(unsigned day, unsigned hour, unsigned minute = 0) { return day * 1440 + hour * 60 + minute; }
constexpr unsigned kMon = 0, kTue = 1, kThu = 3, kFri = 4, kSat = 5, kSun = 6;

struct Case {
  const char* text;
  unsigned minute;
  Open expected;
};

class HoursSaid : public testing::TestWithParam<Case> {};

TEST_P(HoursSaid, are_understood_or_left_unknown) {
  const Case& c = GetParam();
  EXPECT_EQ(Hours::from(c.text).at(c.minute), c.expected) << c.text << " at minute " << c.minute;
}

INSTANTIATE_TEST_SUITE_P(
    Table, HoursSaid,
    testing::Values(
        Case{"24/7", at(kSun, 3), Open::always}, Case{"24/7 crisis hotline", at(kSun, 3), Open::always},
        Case{"24-hour help line", at(kSun, 3), Open::always},
        Case{"24/7 in most counties (13 rural counties lack full 24/7 service)", at(kMon, 10), Open::unknown},
        Case{"Mon-Fri 8am-12pm, 1pm-5pm", at(kMon, 8), Open::open_now},
        Case{"Mon-Fri 8am-12pm, 1pm-5pm", at(kMon, 7, 59), Open::closed_now},
        Case{"Mon-Fri 8am-12pm, 1pm-5pm", at(kFri, 12, 30), Open::closed_now},
        Case{"Mon-Fri 8am-12pm, 1pm-5pm", at(kFri, 13), Open::open_now},
        Case{"Mon-Fri 8am-12pm, 1pm-5pm", at(kFri, 17), Open::closed_now},
        Case{"Mon-Fri 8am-12pm, 1pm-5pm", at(kSat, 10), Open::closed_now},
        Case{"Mon-Thu 8am-3pm, Fri 8am-12pm (walk-in)", at(kFri, 11), Open::open_now},
        Case{"Mon-Thu 8am-3pm, Fri 8am-12pm (walk-in)", at(kFri, 14), Open::closed_now},
        Case{"Mon-Thu 8am-3pm, Fri 8am-12pm (walk-in)", at(kThu, 14), Open::open_now},
        Case{"Mon-Fri 8:30am-4pm", at(kTue, 8, 29), Open::closed_now},
        Case{"Mon-Fri 8:30am-4pm", at(kTue, 8, 30), Open::open_now},
        Case{"Mon-Fri 8am-5pm, closed county holidays", at(kTue, 16, 59), Open::open_now},
        Case{"Mon-Fri 8:00am-4:30pm local; after hours answered by the DOL National Contact Center", at(kTue, 16, 29),
             Open::open_now},
        Case{"Mon-Fri 8:00am-4:30pm local time; nights and weekends answered elsewhere", at(kSat, 9), Open::closed_now},
        Case{"Mon-Fri 9-5pm", at(kTue, 9), Open::open_now}, Case{"Mon-Fri 1-5pm", at(kTue, 13), Open::open_now},
        Case{"Mon-Fri 1-5pm", at(kTue, 2), Open::closed_now}, Case{"Mon-Fri 9-5", at(kTue, 10), Open::unknown},
        Case{"daily 6pm-6am", at(kSun, 23), Open::open_now},
        Case{"daily 6pm-6am", at(kMon, 2), Open::open_now},  // Sunday's night runs into Monday
        Case{"daily 6pm-6am", at(kMon, 12), Open::closed_now},
        Case{"Tuesdays and Thursdays 10am-noon", at(kThu, 11), Open::open_now},
        Case{"Fri-Mon 09:00-17:00", at(kSun, 10), Open::open_now},
        Case{"Fri-Mon 09:00-17:00", at(kTue, 10), Open::closed_now},
        Case{"by appointment", at(kTue, 10), Open::unknown}, Case{"Mon-Fri", at(kTue, 10), Open::unknown},
        Case{"Mon-Fri 8am-5pm by appointment", at(kTue, 10), Open::unknown},
        Case{"Mon-Fri 25am-5pm", at(kTue, 10), Open::unknown}, Case{"", at(kTue, 10), Open::unknown}));

TEST(Hours, of_an_hsds_schedule_are_days_and_times) {
  const Hours hours = Hours::from("MO,WE", "09:00", "12:30:00");
  EXPECT_EQ(hours.at(at(2, 12)), Open::open_now);
  EXPECT_EQ(hours.at(at(1, 12)), Open::closed_now);
  EXPECT_FALSE(Hours::from("MO", "nine", "12:00").known());
}

TEST(Hours, are_shown_in_rows_of_days_with_the_same_times) {
  using Rows = std::vector<Hours::Row>;
  EXPECT_EQ(Hours::from("Mon-Fri 8am-12pm, 1pm-5pm").rows(), (Rows{{{{0, 4}}, {{480, 720}, {780, 1020}}}}));
  EXPECT_EQ(Hours::from("Mon-Thu 8am-3pm, Fri 8am-12pm (walk-in)").rows(),
            (Rows{{{{0, 3}}, {{480, 900}}}, {{{4, 4}}, {{480, 720}}}}));
  EXPECT_EQ(Hours::from("Mon, Wed, Fri 9am-5pm").rows(), (Rows{{{{0, 0}, {2, 2}, {4, 4}}, {{540, 1020}}}}));
  EXPECT_EQ(Hours::from("daily 6pm-6am").rows(), (Rows{{{{0, 6}}, {{1080, 360}}}})) << "a night ends in the morning";
  EXPECT_EQ(Hours::from("SA", "00:00", "24:00").rows(), (Rows{{{{5, 5}}, {{0, 1440}}}}));
  EXPECT_TRUE(Hours::always().rows().empty());
  EXPECT_TRUE(Hours::from("by appointment").rows().empty());
}

TEST(Hours, are_californian_in_summer_and_winter_and_beyond_the_library) {
  using namespace date;
  const auto utc = [](sys_days day, int hour) { return Instant(day) + std::chrono::hours(hour); };
  EXPECT_EQ(minute_of_week(utc(2026_y / 11 / 24, 20)), at(kTue, 12));  // PST
  EXPECT_EQ(minute_of_week(utc(2026_y / 7 / 21, 20)), at(kTue, 13));   // PDT
  // The hour that happens twice, and the one that never does.
  EXPECT_EQ(minute_of_week(utc(2026_y / 11 / 1, 8)), at(kSun, 1));
  EXPECT_EQ(minute_of_week(utc(2026_y / 11 / 1, 9)), at(kSun, 1));
  EXPECT_EQ(minute_of_week(utc(2026_y / 3 / 8, 10)), at(kSun, 3));
  EXPECT_EQ(minute_of_week(utc(2054_y / 7 / 21, 20)), at(kTue, 13));  // as in 2026
}

}  // namespace
}  // namespace northstar::directory
