#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace northstar {

/// A BCP 47 tag such as `en`, `es` or `zh-Hans`, at most 15 characters. `und` when not known. Costs no allocation.
class Locale {
 public:
  constexpr Locale() : Locale("und") {}
  constexpr explicit Locale(std::string_view tag) {
    size_ = static_cast<unsigned char>(std::min(tag.size(), tag_.size()));
    for (std::size_t i = 0; i < size_; ++i) tag_[i] = tag[i];
  }
  constexpr std::string_view tag() const { return {tag_.data(), size_}; }
  constexpr bool known() const { return tag() != "und"; }
  friend constexpr bool operator==(const Locale&, const Locale&) = default;  // what a tag leaves of the array is zero
  friend constexpr auto operator<=>(const Locale& a, const Locale& b) { return a.tag() <=> b.tag(); }

 private:
  std::array<char, 15> tag_{};
  unsigned char size_ = 0;
};

/// The seventeen that the service is built for.
inline constexpr std::array<Locale, 17> kLocales{
    Locale{"en"}, Locale{"es"}, Locale{"zh-Hans"}, Locale{"zh-Hant"}, Locale{"tl"}, Locale{"vi"},
    Locale{"ko"}, Locale{"hy"}, Locale{"fa"},      Locale{"ar"},      Locale{"ru"}, Locale{"pa"},
    Locale{"hi"}, Locale{"th"}, Locale{"km"},      Locale{"ja"},      Locale{"hmn"}};

}  // namespace northstar

template <>
struct std::hash<northstar::Locale> {
  std::size_t operator()(const northstar::Locale& locale) const {
    return std::hash<std::string_view>{}(locale.tag());
  }
};
