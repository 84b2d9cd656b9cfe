#include "gateway/app/log.h"

#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace northstar::app {
namespace {

constexpr std::array<std::string_view, 4> kNames{"debug", "info", "warn", "error"};
constexpr std::array kLevels{spdlog::level::debug, spdlog::level::info, spdlog::level::warn, spdlog::level::err};

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> one = [] {
    auto made = std::make_shared<spdlog::logger>("northstar", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->flush_on(spdlog::level::debug);
    return made;
  }();
  return *one;
}

void quote(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

/// A line of a room that knows nothing of this log: its sentence becomes a value.
class Notice final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const auto level = std::ranges::find(kLevels, message.level);
    const auto index = std::min<std::size_t>(static_cast<std::size_t>(level - kLevels.begin()), kNames.size() - 1);
    const std::string line = log_line(std::chrono::floor<Millis>(message.time), static_cast<Level>(index), "notice",
                                      {{"what", plain(std::string(message.payload.data(), message.payload.size()))}});
    out.append(line);
    out.push_back('\n');
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<Notice>(); }
};

struct Writer {
  std::string& out;
  void operator()(const std::string& text) const { quote(out, text); }
  void operator()(bool truth) const { out += truth ? "true" : "false"; }
  void operator()(std::int64_t number) const { fmt::format_to(std::back_inserter(out), "{}", number); }
  void operator()(double number) const {  // JSON has no infinities
    if (std::isfinite(number)) {
      fmt::format_to(std::back_inserter(out), "{}", number);
    } else {
      out += "null";
    }
  }
};

}  // namespace

void start_log(Level least) {
  const auto threshold = kLevels[static_cast<std::size_t>(least)];
  logger().set_level(threshold);
  auto notices = std::make_shared<spdlog::logger>("notices", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  notices->set_formatter(std::make_unique<Notice>());
  notices->set_level(threshold);
  spdlog::set_default_logger(std::move(notices));
}

Level level_from(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Level>(i);
  }
  return Level::info;
}

std::string log_line(Instant now, Level level, Literal event, std::initializer_list<Field> fields) {
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{now - day};
  std::string out = fmt::format(R"({{"time":"{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z","level":"{}","event":)",
                                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                                static_cast<unsigned>(date.day()), time.hours().count(), time.minutes().count(),
                                time.seconds().count(), time.subseconds().count(),
                                kNames[static_cast<std::size_t>(level)]);
  quote(out, event.text());
  for (const Field& field : fields) {
    out += ',';
    quote(out, field.key());
    out += ':';
    std::visit(Writer{out}, field.value());
  }
  out += '}';
  return out;
}

void log(Level level, Literal event, std::initializer_list<Field> fields) {
  const auto threshold = kLevels[static_cast<std::size_t>(level)];
  if (!logger().should_log(threshold)) return;
  const Instant now = std::chrono::floor<Millis>(std::chrono::system_clock::now());
  logger().log(threshold, spdlog::string_view_t(log_line(now, level, event, fields)));
}

}  // namespace northstar::app
