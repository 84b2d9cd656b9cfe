#include "handlers/sms/form.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace northstar::sms {
namespace {

constexpr int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// What ends a run of bytes that stand for themselves.
constexpr auto kSpecial = [] {
  std::array<bool, 256> special{};
  for (const char c : {'%', '+', '&', '='}) special[static_cast<unsigned char>(c)] = true;
  return special;
}();

/// Decodes up to `stop` or '&' and moves `at` there. False at a broken escape.
bool decode(std::string_view bytes, std::size_t& at, char stop, std::string& out) {
  while (at < bytes.size()) {
    std::size_t end = at;
    while (end < bytes.size() && !kSpecial[static_cast<unsigned char>(bytes[end])]) ++end;
    out.append(bytes.data() + at, end - at);
    at = end;
    if (at == bytes.size() || bytes[at] == '&' || bytes[at] == stop) return true;
    const char c = bytes[at++];
    if (c != '%') {
      out += c == '+' ? ' ' : c;
      continue;
    }
    if (bytes.size() - at < 2) return false;
    const int high = hex(bytes[at]), low = hex(bytes[at + 1]);
    if (high < 0 || low < 0) return false;
    out += static_cast<char>(high * 16 + low);
    at += 2;
  }
  return true;
}

}  // namespace

bool valid_utf8(std::string_view bytes) {
  const auto* p = reinterpret_cast<const unsigned char*>(bytes.data());
  const auto* const end = p + bytes.size();
  while (p != end) {
    if (end - p >= 8) {
      std::uint64_t eight;
      std::memcpy(&eight, p, 8);
      if ((eight & 0x8080808080808080u) == 0) {
        p += 8;
        continue;
      }
    }
    if (*p < 0x80) {
      ++p;
      continue;
    }
    // RFC 3629 section 4: the second byte's range keeps out overlong forms, surrogates, and what is past U+10FFFF.
    int more = 0;
    unsigned char low = 0x80, high = 0xBF;
    if (*p >= 0xC2 && *p <= 0xDF) more = 1;
    else if (*p >= 0xE0 && *p <= 0xEF) more = 2, low = *p == 0xE0 ? 0xA0 : 0x80, high = *p == 0xED ? 0x9F : 0xBF;
    else if (*p >= 0xF0 && *p <= 0xF4) more = 3, low = *p == 0xF0 ? 0x90 : 0x80, high = *p == 0xF4 ? 0x8F : 0xBF;
    else return false;
    if (end - p <= more) return false;
    for (int i = 1; i <= more; ++i, low = 0x80, high = 0xBF)
      if (p[i] < low || p[i] > high) return false;
    p += more + 1;
  }
  return true;
}

bool Form::parse(std::string_view bytes) {
  fields_.clear();
  decoded_.clear();
  decoded_.reserve(bytes.size());  // never grows after this, so that views into it stay valid
  std::size_t at = 0;
  while (at < bytes.size()) {
    if (bytes[at] == '&') {
      ++at;
      continue;
    }
    const std::size_t name_at = decoded_.size();
    bool good = decode(bytes, at, '=', decoded_);
    const std::size_t value_at = decoded_.size();
    if (good && at < bytes.size() && bytes[at] == '=') {
      ++at;
      good = decode(bytes, at, '&', decoded_);
    }
    const std::string_view all = decoded_;
    const Field field{all.substr(name_at, value_at - name_at), all.substr(value_at)};
    if (!good || fields_.size() == kFieldsMost || !valid_utf8(field.name) || !valid_utf8(field.value)) {
      fields_.clear();
      return false;
    }
    fields_.push_back(field);
  }
  return true;
}

void Form::sort() { std::ranges::sort(fields_); }

const std::string_view* Form::find(std::string_view name) const {
  for (const Field& field : fields_)
    if (field.name == name) return &field.value;
  return nullptr;
}

bool Form::twice(std::string_view name) const {
  return std::ranges::count(fields_, name, &Field::name) > 1;
}

}  // namespace northstar::sms
