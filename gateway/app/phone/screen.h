#pragma once
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace northstar::app {

/// How many columns a terminal takes for it: wide scripts two a character, combining marks none.
std::size_t columns(std::string_view utf8);
/// Lines of at most `width` columns, broken between words where it can be.
std::vector<std::string> wrapped(std::string_view utf8, std::size_t width);

/// What the phone shows. On a terminal: bubbles, ours of the gateway on the left, the person's on the right. Otherwise, or
/// with `plain`: one line a text, `>` the person, `<` the gateway, `=` a remark. Safe from two threads: a text that
/// arrives while somebody types is drawn above what they type at.
class Screen {
 public:
  explicit Screen(bool plain);

  void theirs(std::string_view text, std::string_view remark);  ///< what the person wrote
  void ours(std::string_view text, std::string_view remark);    ///< what the gateway sent
  void note(std::string_view text);                             ///< about the phone itself
  void trouble(std::string_view text);
  void prompt();

 private:
  void bubble(std::string_view text, std::string_view remark, bool right);
  void line(std::string_view text);
  std::mutex mutex_;
  bool plain_;
  bool prompting_ = false;
  std::size_t width_ = 72;
};

}  // namespace northstar::app
