#include "gateway/conversation/hours_words.h"

#include <array>
#include <string_view>

namespace northstar::conversation {
namespace {

using directory::Hours;

constexpr unsigned kHour = 60, kHalfDay = 12 * kHour, kDay = 24 * kHour;
constexpr std::array<const char*, 7> kDays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

class Wording {
 public:
  Wording(const reply::Catalog& catalog, Locale locale) : catalog_(catalog), locale_(locale) {}

  std::string row(const Hours::Row& row) const {
    return said("hours_row", {{"days", days(row)}, {"times", times(row)}});
  }
  static void list(std::string& out, const std::string& more) { out += (out.empty() ? "" : ", ") + more; }

 private:
  std::string said(std::string_view name, const reply::Values& values) const {
    const auto what = catalog_.find(name);
    return what ? catalog_.render(*what, locale_, values).text : std::string{};
  }
  std::string day(unsigned day) const { return said("hours_day", {{"day", std::string(kDays[day])}}); }
  std::string days(const Hours::Row& row) const {
    std::string out;
    for (const auto& [first, last] : row.days) {
      if (first == 0 && last == 6) list(out, said("hours_daily", {}));
      else list(out, first == last ? day(first) : said("hours_days", {{"from", day(first)}, {"to", day(last)}}));
    }
    return out;
  }
  std::string times(const Hours::Row& row) const {
    std::string out;
    for (const auto& [from, to] : row.times) {
      if (from == 0 && to == kDay) list(out, said("hours_all_day", {}));
      else list(out, said("hours_times", {{"from", clock(from)}, {"to", clock(to)}}));
    }
    return out;
  }
  std::string clock(unsigned time) const {
    const unsigned hour = time % kHalfDay / kHour, minute = time % kHour;
    return said("hours_clock", {{"hour", std::to_string(hour == 0 ? 12 : hour)},
                                {"minute", minute == 0 ? std::string{} : (minute < 10 ? ":0" : ":") + std::to_string(minute)},
                                {"half", std::string(time % kDay < kHalfDay ? "am" : "pm")}});
  }

  const reply::Catalog& catalog_;
  Locale locale_;
};

}  // namespace

std::string hours_in(const Hours& hours, const reply::Catalog& catalog, Locale locale) {
  const Wording wording(catalog, locale);
  std::string out;
  for (const Hours::Row& row : hours.rows()) Wording::list(out, wording.row(row));
  return out;
}

}  // namespace northstar::conversation
