#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "gateway/base/time.h"
#include "gateway/directory/directory.h"

namespace northstar::directory {

/// When a line answers: always, at some minutes of the week, or not known.
class Hours {
 public:
  struct Span {
    std::uint16_t from = 0, to = 0;  ///< minutes since Monday 00:00, Pacific time; `to` may pass the week's end
    bool holds(unsigned minute) const {
      constexpr unsigned kWeek = 7 * 24 * 60;
      return (minute >= from && minute < to) || (minute + kWeek >= from && minute + kWeek < to);
    }
    friend bool operator==(const Span&, const Span&) = default;
  };

  static Hours unknown() { return {}; }
  static Hours always();

  /// "Mon-Fri 8am-12pm, 1pm-5pm", "24/7", "Mon-Thu 8am-3pm, Fri 8am-12pm (walk-in)". What is not plain stays unknown:
  /// a person sent to a closed door has lost more than one who was told that we do not know.
  static Hours from(std::string_view text);
  /// An HSDS schedule: RRULE days ("MO,TU" or, for every day, "") with local opening and closing times.
  static Hours from(std::string_view byday, std::string_view opens_at, std::string_view closes_at);

  void add(const Hours& more);
  bool known() const { return always_ || !spans_.empty(); }
  bool is_always() const { return always_; }
  Open at(unsigned minute_of_week) const;
  const std::vector<Span>& spans() const { return spans_; }

  /// For showing: days in a row with the same times, Monday first. Empty when not known or always.
  struct Row {
    struct Days {
      unsigned first = 0, last = 0;  ///< 0 is Monday
      friend bool operator==(const Days&, const Days&) = default;
    };
    struct Time {
      unsigned from = 0, to = 0;  ///< minutes since midnight, both below 1440 but for a whole day: 0 to 1440
      friend bool operator==(const Time&, const Time&) = default;
    };
    std::vector<Days> days;
    std::vector<Time> times;
    friend bool operator==(const Row&, const Row&) = default;
  };
  std::vector<Row> rows() const;

 private:
  bool always_ = false;
  std::vector<Span> spans_;
};

/// Minutes since Monday 00:00 in California.
unsigned minute_of_week(Instant now);

}  // namespace northstar::directory
