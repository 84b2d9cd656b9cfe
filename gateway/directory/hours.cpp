#include "gateway/directory/hours.h"

#include <date/tz.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>

namespace northstar::directory {
namespace {

constexpr unsigned kDay = 24 * 60;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

/// Reads hours from left to right; any step that fails leaves the whole unknown.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(lower(text)), left_(text_) {}

  std::optional<std::vector<Hours::Span>> spans() {
    std::vector<Hours::Span> out;
    unsigned days = 0;
    for (bool first = true; !done(); first = false) {
      if (!first) {
        if (remark()) break;
        if (!separator()) return std::nullopt;
        if (remark()) break;
      }
      if (const auto named = day_set()) days = *named;
      if (days == 0) return std::nullopt;
      const auto from = clock();
      if (!from || !dash()) return std::nullopt;
      const auto to = clock();
      if (!to) return std::nullopt;
      unsigned opens = from->minutes, closes = to->minutes;
      // "1-5pm": the first takes the half of the day from the second, unless that would turn it round.
      if (!from->half) {
        if (!to->half) return std::nullopt;
        if (to->afternoon && opens < 720 && opens + 720 < closes) opens += 720;
      }
      if (!to->half) return std::nullopt;
      if (closes <= opens) closes += kDay;
      for (unsigned day = 0; day < 7; ++day)
        if (days & (1u << day))
          out.push_back(
              {static_cast<std::uint16_t>(day * kDay + opens), static_cast<std::uint16_t>(day * kDay + closes)});
    }
    if (out.empty()) return std::nullopt;
    return out;
  }

 private:
  struct Clock {
    unsigned minutes = 0;
    bool half = false;  ///< am, pm, noon, midnight or a 24-hour time was said
    bool afternoon = false;
  };

  void spaces() {
    while (left_.starts_with(' ')) left_.remove_prefix(1);
  }
  bool done() {
    spaces();
    return left_.empty();
  }
  bool eat(std::string_view word) {
    spaces();
    if (!left_.starts_with(word)) return false;
    left_.remove_prefix(word.size());
    return true;
  }
  bool separator() { return eat(",") || eat("and ") || eat("&") || day_follows(); }
  bool day_follows() {
    spaces();
    return !left_.empty() && left_[0] >= 'a' && left_[0] <= 'z' && day_at(left_).has_value();
  }
  bool dash() { return eat("-") || eat("–") || eat("—") || eat("to ") || eat("until "); }

  /// What may follow the hours without changing them.
  bool remark() {
    spaces();
    for (std::string_view word :
         {"(walk-in)", "local", "pacific", "pst", "pt", "closed county holidays", "closed holidays", "except holidays"})
      if (left_.starts_with(word)) return left_ = {}, true;
    return left_.starts_with(';') ? (left_ = {}, true) : false;
  }

  struct Day {
    unsigned index;
    std::size_t length;
  };
  static std::optional<Day> day_at(std::string_view text) {
    static constexpr std::array<std::string_view, 7> kFull{"monday", "tuesday",  "wednesday", "thursday",
                                                           "friday", "saturday", "sunday"};
    static constexpr std::array<std::string_view, 4> kShort{"thurs", "thur", "tues", "weds"};
    static constexpr std::array<unsigned, 4> kShortDay{3, 3, 1, 2};
    for (unsigned i = 0; i < 7; ++i)
      if (text.starts_with(kFull[i]))
        return Day{i, kFull[i].size() + (text.substr(kFull[i].size()).starts_with('s') ? 1 : 0)};
    for (unsigned i = 0; i < 4; ++i)
      if (text.starts_with(kShort[i])) return Day{kShortDay[i], kShort[i].size()};
    for (unsigned i = 0; i < 7; ++i)
      if (text.starts_with(kFull[i].substr(0, 3))) return Day{i, 3};
    return std::nullopt;
  }

  std::optional<unsigned> day_set() {
    spaces();
    if (eat("daily") || eat("every day") || eat("7 days a week")) return 0x7Fu;
    if (eat("weekdays")) return 0x1Fu;
    if (eat("weekends")) return 0x60u;
    unsigned days = 0;
    while (const auto first = day_at(left_)) {
      left_.remove_prefix(first->length);
      eat(".");
      unsigned last = first->index;
      const std::string_view before = left_;
      if (dash()) {
        spaces();
        if (const auto second = day_at(left_)) {
          left_.remove_prefix(second->length);
          last = second->index;
        } else {
          left_ = before;
        }
      }
      for (unsigned day = first->index;; day = (day + 1) % 7) {
        days |= 1u << day;
        if (day == last) break;
      }
      const std::string_view after = left_;
      if (!(eat(",") || eat("&") || eat("and ") || eat("/"))) break;
      spaces();
      if (!day_at(left_)) {
        left_ = after;
        break;
      }
    }
    eat(":");
    eat("from ");
    return days ? std::optional<unsigned>(days) : std::nullopt;
  }

  std::optional<Clock> clock() {
    spaces();
    if (eat("noon")) return Clock{720, true, true};
    if (eat("midnight")) return Clock{0, true, false};
    unsigned hour = 0, minute = 0;
    const auto [end, error] = std::from_chars(left_.data(), left_.data() + left_.size(), hour);
    if (error != std::errc{} || hour > 24) return std::nullopt;
    left_.remove_prefix(static_cast<std::size_t>(end - left_.data()));
    bool minutes = false;
    if (left_.starts_with(':')) {
      if (left_.size() < 3) return std::nullopt;
      const auto [stop, wrong] = std::from_chars(left_.data() + 1, left_.data() + 3, minute);
      if (wrong != std::errc{} || stop != left_.data() + 3 || minute > 59) return std::nullopt;
      left_.remove_prefix(3);
      minutes = true;
    }
    const std::string_view rest = left_;
    const bool morning = eat("am") || eat("a.m.");
    const bool evening = !morning && (eat("pm") || eat("p.m."));
    if (!morning && !evening) left_ = rest;
    if (morning || evening) {
      if (hour == 0 || hour > 12) return std::nullopt;
      return Clock{(hour % 12 + (evening ? 12 : 0)) * 60 + minute, true, evening};
    }
    const bool day_clock = hour > 12 || (minutes && hour == 0);
    return Clock{hour * 60 + minute, day_clock, hour >= 12};
  }

  std::string text_;
  std::string_view left_;
};

bool all_hours(std::string_view text) {
  const std::string low = lower(text);
  std::string_view left = low;
  const bool begins = left.starts_with("24/7") || left.starts_with("24-7") || left.starts_with("24-hour") ||
                      left.starts_with("24 hours") || left.starts_with("open 24 hours");
  if (!begins) return false;
  // "24/7 in most counties" is no promise for any of them.
  for (std::string_view doubt :
       {"most", "some", "except", "weekday", "mon", "sat", "limited", "may ", "varies", "not ", "where"})
    if (left.find(doubt) != std::string_view::npos) return false;
  return true;
}

std::optional<unsigned> minutes_of(std::string_view time) {
  unsigned hour = 0, minute = 0;
  if (time.size() < 5 || time[2] != ':') return std::nullopt;
  if (std::from_chars(time.data(), time.data() + 2, hour).ptr != time.data() + 2) return std::nullopt;
  if (std::from_chars(time.data() + 3, time.data() + 5, minute).ptr != time.data() + 5) return std::nullopt;
  if (hour > 24 || minute > 59) return std::nullopt;
  return hour * 60 + minute;
}

}  // namespace

Hours Hours::always() {
  Hours hours;
  hours.always_ = true;
  return hours;
}

Hours Hours::from(std::string_view text) {
  if (all_hours(text)) return always();
  Hours hours;
  if (auto spans = Reader(text).spans()) hours.spans_ = std::move(*spans);
  return hours;
}

Hours Hours::from(std::string_view byday, std::string_view opens_at, std::string_view closes_at) {
  static constexpr std::array<std::string_view, 7> kDays{"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
  const auto opens = minutes_of(opens_at), closes = minutes_of(closes_at);
  Hours hours;
  if (!opens || !closes) return hours;
  const unsigned end = *closes <= *opens ? *closes + kDay : *closes;
  for (unsigned day = 0; day < 7; ++day)
    if (byday.empty() || byday.find(kDays[day]) != std::string_view::npos)
      hours.spans_.push_back(
          {static_cast<std::uint16_t>(day * kDay + *opens), static_cast<std::uint16_t>(day * kDay + end)});
  return hours;
}

void Hours::add(const Hours& more) {
  always_ = always_ || more.always_;
  spans_.insert(spans_.end(), more.spans_.begin(), more.spans_.end());
}

std::vector<Hours::Row> Hours::rows() const {
  std::array<std::vector<Row::Time>, 7> week;
  for (const Span& span : spans_) {
    const unsigned from = span.from % kDay;
    const bool whole_day = from == 0 && span.to - span.from == kDay;
    week[(span.from / kDay) % 7].push_back({from, whole_day ? kDay : span.to % kDay});
  }
  std::vector<Row> rows;
  for (unsigned day = 0; day < 7; ++day) {
    auto& times = week[day];
    std::sort(times.begin(), times.end(), [](auto a, auto b) { return std::pair(a.from, a.to) < std::pair(b.from, b.to); });
    times.erase(std::unique(times.begin(), times.end()), times.end());
    if (times.empty()) continue;
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return r.times == times; });
    if (row == rows.end()) rows.push_back({{{day, day}}, times});
    else if (row->days.back().last + 1 == day) row->days.back().last = day;
    else row->days.push_back({day, day});
  }
  return rows;
}

Open Hours::at(unsigned minute) const {
  if (always_) return Open::always;
  if (spans_.empty()) return Open::unknown;
  for (const Span& span : spans_)
    if (span.holds(minute)) return Open::open_now;
  return Open::closed_now;
}

unsigned minute_of_week(Instant now) {
  static const date::time_zone* const california = date::locate_zone("America/Los_Angeles");
  // The time-zone library is wrong after 2037; 28 years earlier the calendar and its changes are the same.
  constexpr auto kRight = date::sys_days{date::year{2037} / 1 / 1};
  constexpr auto kCycle = std::chrono::hours{24} * (28 * 365 + 7);
  auto instant = std::chrono::time_point_cast<std::chrono::seconds>(now);
  while (instant >= kRight) instant -= kCycle;
  const auto local = california->to_local(instant);
  const auto day = date::floor<date::days>(local);
  const unsigned weekday = date::weekday{day}.iso_encoding() - 1;
  return weekday * kDay + static_cast<unsigned>(std::chrono::duration_cast<std::chrono::minutes>(local - day).count());
}

}  // namespace northstar::directory
