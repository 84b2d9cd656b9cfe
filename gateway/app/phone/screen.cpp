#include "gateway/app/phone/screen.h"

#include <sys/ioctl.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>

namespace northstar::app {
namespace {

constexpr std::string_view kDim = "\033[2m", kBlue = "\033[34m", kGreen = "\033[32m", kRed = "\033[31m", kOff = "\033[0m";
constexpr std::string_view kClearLine = "\r\033[2K", kUp = "\033[1A";

struct Letter {
  std::string_view bytes;
  std::size_t columns;
  bool space;
};

std::vector<Letter> letters(std::string_view utf8) {
  std::vector<Letter> out;
  const auto size = static_cast<std::int32_t>(utf8.size());
  for (std::int32_t at = 0; at < size;) {
    const std::int32_t begin = at;
    UChar32 code = 0;
    U8_NEXT(utf8.data(), at, size, code);
    std::size_t width = 1;
    if (code >= 0) {
      const auto type = u_charType(code);
      const int east = u_getIntPropertyValue(code, UCHAR_EAST_ASIAN_WIDTH);
      if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR) width = 0;
      if (east == U_EA_WIDE || east == U_EA_FULLWIDTH) width = 2;
    }
    out.push_back({utf8.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(at - begin)), width, code == ' '});
  }
  return out;
}

std::string repeated(std::string_view piece, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}

}  // namespace

std::size_t columns(std::string_view utf8) {
  std::size_t sum = 0;
  for (const Letter& letter : letters(utf8)) sum += letter.columns;
  return sum;
}

std::vector<std::string> wrapped(std::string_view utf8, std::size_t width) {
  std::vector<std::string> lines;
  while (true) {
    const std::size_t newline = utf8.find('\n');
    std::string line, word;
    std::size_t used = 0, word_used = 0;
    const auto place_word = [&] {
      if (used > 0 && used + 1 + word_used > width) {
        lines.push_back(std::move(line));
        line.clear();
        used = 0;
      }
      if (used > 0) {
        line += ' ';
        ++used;
      }
      line += word;
      used += word_used;
      word.clear();
      word_used = 0;
    };
    for (const Letter& letter : letters(utf8.substr(0, newline))) {
      if (letter.space) {
        if (!word.empty()) place_word();
        continue;
      }
      if (word_used + letter.columns > width) place_word();  // longer than a line: cut where it must be
      word += letter.bytes;
      word_used += letter.columns;
    }
    place_word();
    lines.push_back(std::move(line));
    if (newline == std::string_view::npos) return lines;
    utf8.remove_prefix(newline + 1);
  }
}

Screen::Screen(bool plain) : plain_(plain || isatty(STDOUT_FILENO) == 0) {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    width_ = std::clamp<std::size_t>(size.ws_col, 30, 76);
  }
}

void Screen::line(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fputc('\n', stdout);
}

void Screen::theirs(std::string_view text, std::string_view remark) {
  const std::lock_guard lock(mutex_);
  if (plain_) {
    line("> " + std::string(text));
    if (!remark.empty()) line("= " + std::string(remark));
  } else {
    // What was typed stands in the line above: the bubble takes its place.
    if (prompting_) std::fputs((std::string(kUp) + std::string(kClearLine)).c_str(), stdout);
    prompting_ = false;
    bubble(text, remark, true);
  }
  std::fflush(stdout);
}

void Screen::ours(std::string_view text, std::string_view remark) {
  const std::lock_guard lock(mutex_);
  if (plain_) {
    line("< " + std::string(text));
    if (!remark.empty()) line("= " + std::string(remark));
  } else {
    if (prompting_) std::fputs(std::string(kClearLine).c_str(), stdout);
    bubble(text, remark, false);
    if (prompting_) std::fputs("text: ", stdout);
  }
  std::fflush(stdout);
}

void Screen::note(std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (!plain_ && prompting_) std::fputs(std::string(kClearLine).c_str(), stdout);
  line(plain_ ? "= " + std::string(text) : std::string(kDim) + "  " + std::string(text) + std::string(kOff));
  if (!plain_ && prompting_) std::fputs("text: ", stdout);
  std::fflush(stdout);
}

void Screen::trouble(std::string_view text) {
  if (plain_) return note(text);
  const std::lock_guard lock(mutex_);
  if (prompting_) std::fputs(std::string(kClearLine).c_str(), stdout);
  line(std::string(kRed) + "  " + std::string(text) + std::string(kOff));
  if (prompting_) std::fputs("text: ", stdout);
  std::fflush(stdout);
}

void Screen::prompt() {
  const std::lock_guard lock(mutex_);
  if (plain_) return;
  prompting_ = true;
  std::fputs("text: ", stdout);
  std::fflush(stdout);
}

void Screen::bubble(std::string_view text, std::string_view remark, bool right) {
  const std::vector<std::string> lines = wrapped(text, std::min<std::size_t>(44, width_ - 12));
  std::size_t widest = 1;
  for (const std::string& one : lines) widest = std::max(widest, columns(one));
  const std::string margin(right ? width_ - widest - 5 : 1, ' ');
  const std::string colour(right ? kGreen : kBlue), off(kOff);
  line(margin + colour + "╭─" + repeated("─", widest) + "─╮" + off);
  for (const std::string& one : lines) {
    line(margin + colour + "│ " + off + one + std::string(widest - columns(one), ' ') + colour + " │" + off);
  }
  line(margin + colour + "╰─" + repeated("─", widest) + "─╯" + off);
  if (!remark.empty()) {
    for (const std::string& one : wrapped(remark, width_ - 4)) {
      const std::size_t used = columns(one);
      line(std::string(right && used + 2 < width_ ? width_ - used - 2 : 3, ' ') + std::string(kDim) + one + off);
    }
  }
}

}  // namespace northstar::app
