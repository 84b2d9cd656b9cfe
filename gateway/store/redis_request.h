#pragma once
#include <charconv>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace northstar::store {

/// Which of a Cluster's 16,384 slots a key lies in (CRC-16/XMODEM of its hash tag).
std::uint16_t slot_of_key(std::string_view key);

/// One or a few commands that travel together to the node that serves `slot`, in Redis's wire form (RESP).
/// Several commands in one request are retried as one, so they must be reads, or one write alone.
class Request {
 public:
  static constexpr std::uint16_t kAnySlot = 0xffff;

  explicit Request(std::uint16_t slot = kAnySlot, std::size_t reserve = 128) : slot_(slot) { bytes_.reserve(reserve); }

  /// Begins a command of `arguments` words; that many `arg` calls must follow.
  Request& begin(std::size_t arguments) {
    ++commands_;
    header('*', arguments);
    return *this;
  }
  Request& arg(std::string_view word) {
    header('$', word.size());
    bytes_.append(word);
    bytes_.append("\r\n", 2);
    return *this;
  }
  /// One word in two pieces, which saves joining them first.
  Request& arg(std::string_view head, std::string_view tail) {
    header('$', head.size() + tail.size());
    bytes_.append(head);
    bytes_.append(tail);
    bytes_.append("\r\n", 2);
    return *this;
  }
  Request& arg(std::int64_t number) {
    char digits[24];
    return arg(std::string_view{digits, static_cast<std::size_t>(std::to_chars(digits, digits + sizeof digits, number).ptr - digits)});
  }
  Request& command(std::initializer_list<std::string_view> words) {
    begin(words.size());
    for (const std::string_view word : words) arg(word);
    return *this;
  }
  /// Redis's clock comes with the answer, shared by all requests of one turn of the loop.
  Request& with_time() {
    wants_time_ = true;
    return *this;
  }

  /// The one of its commands, alone.
  Request only(std::size_t index) const;

  const std::string& bytes() const { return bytes_; }
  std::uint16_t slot() const { return slot_; }
  std::uint16_t commands() const { return commands_; }
  bool wants_time() const { return wants_time_; }

 private:
  void header(char tag, std::size_t number) {
    char text[24];
    text[0] = tag;
    char* end = std::to_chars(text + 1, text + 22, number).ptr;
    *end++ = '\r';
    *end++ = '\n';
    bytes_.append(text, static_cast<std::size_t>(end - text));
  }

  std::string bytes_;
  std::uint16_t slot_, commands_ = 0;
  bool wants_time_ = false;
};

}  // namespace northstar::store
