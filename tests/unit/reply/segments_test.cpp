#include "gateway/reply/segments.h"

#include <gtest/gtest.h>
#include <unicode/brkiter.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <array>
#include <memory>
#include <numeric>
#include <random>
#include <set>

namespace northstar::reply {
namespace {

std::string times(std::size_t count, std::string_view what) {
  std::string out;
  while (count-- > 0) out += what;
  return out;
}

std::string utf8(char32_t c) {
  std::string out;
  icu::UnicodeString(static_cast<UChar32>(c)).toUTF8String(out);
  return out;
}

std::string joined(const std::vector<std::string>& parts) {
  return std::accumulate(parts.begin(), parts.end(), std::string());
}

void expect(std::string_view text, bool ucs2, std::size_t segments, std::size_t units) {
  const Encoding encoding = encode_sms(text);
  EXPECT_EQ(encoding.ucs2, ucs2) << text;
  EXPECT_EQ(encoding.segments, segments) << text;
  EXPECT_EQ(encoding.units, units) << text;
}

// 3GPP TS 23.038 6.2.1, by rows of the table, in the order of the codes; 0x1B is the escape.
constexpr std::u32string_view kDefaultAlphabet =
    U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    U"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
constexpr std::u32string_view kExtension = U"\f^{}\\[~]|€";  // 6.2.1.1

TEST(Segments, every_character_of_23_038_takes_its_septets_and_every_other_needs_ucs2) {
  ASSERT_EQ(kDefaultAlphabet.size(), 127U);
  for (char32_t c = 1; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    const Encoding encoding = encode_sms(utf8(c));
    if (kDefaultAlphabet.find(c) != std::u32string_view::npos)
      ASSERT_TRUE(!encoding.ucs2 && encoding.units == 1) << std::uint32_t(c);
    else if (kExtension.find(c) != std::u32string_view::npos)
      ASSERT_TRUE(!encoding.ucs2 && encoding.units == 2) << std::uint32_t(c);
    else
      ASSERT_TRUE(encoding.ucs2 && encoding.units == (c > 0xFFFF ? 2U : 1U)) << std::uint32_t(c);
  }
}

TEST(Segments, one_message_holds_160_septets_or_70_units_and_a_part_of_many_153_or_67) {
  expect("", false, 1, 0);
  expect(times(160, "a"), false, 1, 160);
  expect(times(161, "a"), false, 2, 161);
  expect(times(306, "a"), false, 2, 306);
  expect(times(307, "a"), false, 3, 307);
  expect(times(80, "€"), false, 1, 160);
  expect(times(70, "中"), true, 1, 70);
  expect(times(71, "中"), true, 2, 71);
  expect(times(134, "中"), true, 2, 134);
  expect(times(135, "中"), true, 3, 135);
  expect(times(35, "😀"), true, 1, 70);
}

TEST(Segments, an_escape_pair_is_never_divided_so_a_part_may_hold_152) {
  // 306 septets: 2 x 153 by division, but the first part ends before the escape.
  expect(times(152, "a") + "€" + times(152, "a"), false, 3, 306);
  const auto parts = cut_sms(times(152, "a") + "€" + times(152, "a"));
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[0], times(152, "a"));
  EXPECT_EQ(parts[1], "€" + times(151, "a"));
}

TEST(Segments, a_surrogate_pair_is_never_divided_so_a_part_may_hold_66) {
  expect(times(66, "中") + "😀" + times(66, "中"), true, 3, 134);
  EXPECT_EQ(cut_sms(times(66, "中") + "😀" + times(66, "中"))[0], times(66, "中"));
}

TEST(Segments, one_accent_outside_the_short_alphabet_turns_the_whole_text_to_70_a_segment) {
  expect(times(71, "a"), false, 1, 71);
  expect(times(70, "a") + "á", true, 2, 71);
  EXPECT_EQ(first_beyond_gsm("¿Está ahí?"), "á");
  EXPECT_EQ(first_beyond_gsm("¡Qué año, señor à Üé!"), "");
}

TEST(Segments, what_is_not_utf8_is_counted_and_sent_as_the_replacement_character) {
  expect("a\xFF", true, 1, 2);
  expect("\xED\xA0\x80", true, 1, 3);  // a lone surrogate, spelt as UTF-8
  EXPECT_EQ(joined(cut_sms("a\xC3")), "a\uFFFD");
}

TEST(Segments, a_cluster_that_people_see_as_one_sign_stays_in_one_part) {
  const std::string family = "👨‍👩‍👧‍👦";  // eleven units
  const auto parts = cut_sms(times(60, "中") + family + times(20, "中"));
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0], times(60, "中"));
  EXPECT_EQ(parts[1], family + times(20, "中"));
}

TEST(Segments, a_cluster_longer_than_a_part_still_makes_progress) {
  const std::string endless = "a" + times(200, "\u0301");
  EXPECT_EQ(joined(cut_sms(endless)), endless);
  EXPECT_EQ(cut_sms(endless).size(), 3U);
}

TEST(Segments, keeping_clusters_whole_never_costs_another_part) {
  const std::string family = "👨‍👩‍👧‍👦";
  const std::string full = times(61, "中") + family + times(62, "中");  // 134 units: exactly two full parts
  EXPECT_EQ(encode_sms(full).segments, 2U);
  EXPECT_EQ(cut_sms(full).size(), 2U);
  EXPECT_EQ(joined(cut_sms(full)), full);
}

/// Random texts from the signs that trouble makers meet: escapes, surrogates, joiners, marks, line ends.
class AnyText : public ::testing::TestWithParam<unsigned> {};

TEST_P(AnyText, parts_join_to_the_text_and_each_keeps_its_limit) {
  static const std::array<std::string, 14> kSigns{
      "a", "b ", "€", "^", "ñ", "\n", "\r\n", "中", "😀", "e\u0301", "👨‍👩‍👧", "🇺🇸", "ក្រ", "~"};
  std::mt19937 random(GetParam());
  for (int round = 0; round < 60; ++round) {
    const bool gsm_only = round % 2 == 0;
    std::string text;
    for (std::size_t count = random() % 500; count > 0; --count)
      text += kSigns[random() % (gsm_only ? 7 : kSigns.size())];
    const Encoding encoding = encode_sms(text);
    const auto parts = cut_sms(text);
    ASSERT_EQ(joined(parts), text);
    ASSERT_EQ(parts.size(), encoding.segments);
    std::size_t units = 0;
    for (const std::string& part : parts) {
      // A part of a UCS-2 text may hold only GSM signs; its own units are UTF-16 then too.
      const std::size_t own = encoding.ucs2 ? static_cast<std::size_t>(icu::UnicodeString::fromUTF8(part).length())
                                            : encode_sms(part).units;
      ASSERT_LE(own, encoding.ucs2 ? (parts.size() > 1 ? 67U : 70U) : (parts.size() > 1 ? 153U : 160U));
      ASSERT_FALSE(parts.size() > 1 && part.empty());
      units += own;
    }
    ASSERT_EQ(units, encoding.units);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, AnyText, ::testing::Range(1U, 9U));

}  // namespace
}  // namespace northstar::reply
