#include "gateway/directory/json_position.h"

#include <algorithm>
#include <charconv>

namespace northstar::directory {
namespace {

/// Walks a well-formed JSON text without building anything.
class Walker {
 public:
  explicit Walker(std::string_view json) : json_(json) {}

  std::size_t find(std::string_view path) {
    space();
    std::size_t found = at_;
    while (!path.empty()) {
      if (path[0] == '.') path.remove_prefix(1);
      if (path[0] == '[') {
        std::size_t index = 0;
        const std::size_t close = path.find(']');
        std::from_chars(path.data() + 1, path.data() + close, index);
        path.remove_prefix(close + 1);
        if (!element(index)) return found;
      } else {
        const std::size_t end = std::min(path.find_first_of(".["), path.size());
        if (!member(path.substr(0, end))) return found;
        path.remove_prefix(end);
        found = key_;
        if (path.empty()) return found;
      }
      space();
      found = at_;
    }
    return found;
  }

 private:
  char peek() const { return at_ < json_.size() ? json_[at_] : '\0'; }
  void space() {
    while (at_ < json_.size() && (json_[at_] == ' ' || json_[at_] == '\n' || json_[at_] == '\r' || json_[at_] == '\t'))
      ++at_;
  }
  void skip_string() {
    for (++at_; at_ < json_.size() && json_[at_] != '"'; ++at_)
      if (json_[at_] == '\\') ++at_;
    ++at_;
  }
  void skip_value() {
    space();
    int depth = 0;
    do {
      space();
      const char c = peek();
      if (c == '"')
        skip_string();
      else if (c == '{' || c == '[')
        ++depth, ++at_;
      else if (c == '}' || c == ']')
        --depth, ++at_;
      else if (c == ',' || c == ':')
        ++at_;
      else
        while (at_ < json_.size() && std::string_view(" \n\r\t,:{}[]\"").find(json_[at_]) == std::string_view::npos)
          ++at_;
    } while (depth > 0 && at_ < json_.size());
  }
  bool member(std::string_view name) {
    space();
    if (peek() != '{') return false;
    for (++at_;;) {
      space();
      if (peek() != '"') return false;
      const std::size_t from = at_;
      skip_string();
      const bool wanted = json_.substr(from + 1, at_ - from - 2) == name;
      space();
      ++at_;  // the colon
      space();
      if (wanted) return key_ = from, true;
      skip_value();
      space();
      if (peek() != ',') return false;
      ++at_;
    }
  }
  bool element(std::size_t index) {
    space();
    if (peek() != '[') return false;
    for (++at_; index > 0; --index) {
      skip_value();
      space();
      if (peek() != ',') return false;
      ++at_;
    }
    return true;
  }

  std::string_view json_;
  std::size_t at_ = 0, key_ = 0;
};

}  // namespace

Position position_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_start = before.rfind('\n');
  return {static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
          static_cast<int>(offset - (line_start == std::string_view::npos ? 0 : line_start + 1)) + 1};
}

Position position_of(std::string_view json, std::string_view path) {
  return position_of(json, Walker(json).find(path));
}

}  // namespace northstar::directory
