#pragma once
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/base/sensitive.h"
#include "gateway/base/time.h"

namespace northstar::app {

/// The log: JSON lines on stderr, one an event. It never holds a text, a number, an IP address or a search term (R71):
/// an event and a key are literals, a value is a number, a truth, a time, a literal, or a run-time string that the
/// caller has vouched for with `plain()`, a word that reviewers look for.
///
///   log(Level::info, "ready", {{"public", plain(endpoint)}, {"millis", 412}});
///   {"time":"2026-01-01T00:00:00.000Z","level":"info","event":"ready","public":"127.0.0.1:8080","millis":412}
enum class Level { debug, info, warn, error };

/// A string that stands in the source.
class Literal {
 public:
  template <std::size_t N>
  consteval Literal(const char (&text)[N]) : text_(text, N - 1) {}
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

/// A run-time string from configuration, a file or the system; never from a person who texts.
class Plain {
 public:
  std::string_view text() const { return text_; }

 private:
  explicit Plain(std::string text) : text_(std::move(text)) {}
  template <class T>
    requires std::constructible_from<std::string, T>
  friend Plain plain(T&& text);
  std::string text_;
};
template <class T>
  requires std::constructible_from<std::string, T>
Plain plain(T&& text) {
  return Plain(std::string(std::forward<T>(text)));
}

class Field {
 public:
  Field(Literal key, Literal value) : key_(key), value_(std::string(value.text())) {}
  Field(Literal key, Plain value) : key_(key), value_(std::string(value.text())) {}
  template <std::same_as<bool> T>  // a template, or every pointer would be a truth
  Field(Literal key, T value) : key_(key), value_(value) {}
  Field(Literal key, Millis value) : key_(key), value_(std::int64_t{value.count()}) {}
  template <std::integral T>
    requires(!std::same_as<T, bool> && !std::same_as<T, char>)
  Field(Literal key, T value) : key_(key), value_(static_cast<std::int64_t>(value)) {}
  template <std::floating_point T>
  Field(Literal key, T value) : key_(key), value_(static_cast<double>(value)) {}

  std::string_view key() const { return key_.text(); }
  const std::variant<std::string, bool, std::int64_t, double>& value() const { return value_; }

 private:
  Literal key_;
  std::variant<std::string, bool, std::int64_t, double> value_;
};
static_assert(!std::constructible_from<Field, Literal, MessageText> && !std::constructible_from<Field, Literal, PhoneNumber>,
              "people's words and numbers stay out of logs");
static_assert(!std::constructible_from<Field, Literal, std::string> && !std::constructible_from<Field, Literal, std::string_view>,
              "a run-time string is vouched for with plain()");

/// Starts the log, and sends what rooms below say by spdlog's own logger (fixed sentences, as the event "notice") the
/// same way. Before it, everything from `info` on is written.
void start_log(Level least);
Level level_from(std::string_view name);
void log(Level level, Literal event, std::initializer_list<Field> fields = {});

/// One line as it is written, without its end. Apart, for tests.
std::string log_line(Instant now, Level level, Literal event, std::initializer_list<Field> fields);

}  // namespace northstar::app
