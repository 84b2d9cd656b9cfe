// The keyring's form on disk, one key a line, so that an operator can see what is there without a tool:
//
//   northstar keys 1
//   hour 497000 64 hexadecimal digits     the hour since 1970-01-01
//   day 20708 64 hexadecimal digits       the day since 1970-01-01
//   end 2                                 how many keys: a file cut short is refused, not half believed
#include <charconv>

#include "gateway/privacy/keyring.h"

namespace northstar::privacy {

namespace {

constexpr std::string_view kTitle = "northstar keys ";
constexpr int kForm = 1;

void put_hex(std::string& out, std::uint8_t byte) {
  static constexpr char kDigits[] = "0123456789abcdef";
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
}

int digit(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

std::string_view take(std::string_view& rest, char until) {
  const std::size_t end = rest.find(until);
  const std::string_view word = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return word;
}

template <class Number>
bool read(std::string_view text, Number& out) {
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), out);
  return fault == std::errc{} && end == text.data() + text.size();
}

}  // namespace

std::string Keyring::serialise() const {
  std::string out{kTitle};
  out.reserve(96 * (hours_.size() + days_.size() + 2));
  out += std::to_string(kForm) + "\n";
  const auto put = [&](std::string_view word, const Keys& keys) {
    for (const auto& [slot, key] : keys) {
      out.append(word).append(" ").append(std::to_string(slot)).append(" ");
      for (const std::uint8_t byte : key.bytes) put_hex(out, byte);
      out += '\n';
    }
  };
  put("hour", hours_);
  put("day", days_);
  return out.append("end ").append(std::to_string(hours_.size() + days_.size())).append("\n");
}

Result<Keyring> Keyring::parse(std::string_view file) {
  const auto malformed = [](int line, std::string_view what) {
    return Error{Error::Kind::malformed, "line " + std::to_string(line) + ": " + std::string(what)};
  };
  int form = 0;
  std::string_view title = take(file, '\n');
  if (!title.starts_with(kTitle)) return malformed(1, "this is not a file of northstar's keys");
  if (!read(title.substr(kTitle.size()), form) || form < 1) return malformed(1, "the form's number cannot be read");
  if (form > kForm) return malformed(1, "the file was written by a newer release");

  Keyring ring;
  for (int line = 2; !file.empty(); ++line) {
    std::string_view rest = take(file, '\n');
    const std::string_view word = take(rest, ' '), number = take(rest, ' ');
    if (word == "end") {
      std::size_t count = 0;
      if (!read(number, count) || count != ring.hours_.size() + ring.days_.size()) {
        return malformed(line, "some of the keys are missing");
      }
      return ring;
    }
    std::int64_t slot = 0;
    if (word != "hour" && word != "day") return malformed(line, "neither \"hour\" nor \"day\"");
    if (!read(number, slot) || slot < 0) return malformed(line, "the slot is not a number");
    Key key;
    bool good = rest.size() == 2 * key.bytes.size();
    for (std::size_t i = 0; good && i < key.bytes.size(); ++i) {
      const int high = digit(rest[2 * i]), low = digit(rest[2 * i + 1]);
      good = high >= 0 && low >= 0;
      key.bytes[i] = static_cast<std::uint8_t>((high << 4 | low) & 255);
    }
    if (!good) return malformed(line, "a key is 64 hexadecimal digits");
    (word == "hour" ? ring.hours_ : ring.days_)[slot] = key;
  }
  return malformed(0, "the file was cut short: its last line is missing");
}

}  // namespace northstar::privacy
