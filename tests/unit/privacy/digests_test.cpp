#include "gateway/privacy/digests.h"

#include <gtest/gtest.h>

#include <set>

#include "gateway/privacy/base64url.h"

namespace northstar::privacy {
namespace {

std::string hex(const Digest32& digest) {
  std::string out;
  for (const std::uint8_t byte : digest) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", byte);
    out += two;
  }
  return out;
}

const std::string kSecret(32, 's');
const PhoneNumber kAna{"+12135550101"}, kBea{"+12135550102"};

TEST(Hmac, agrees_with_the_published_cases_of_rfc_4231) {
  EXPECT_EQ(hex(Hmac(std::string(20, '\x0b')).of({"Hi There"})),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hex(Hmac("Jefe").of({"what do ya want ", "for nothing?"})),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(Hmac(std::string(131, '\xaa')).of({"Test Using Larger Than Block-Size Key - Hash Key First"})),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Hkdf, agrees_with_the_first_case_of_rfc_5869) {
  std::string salt, info;
  for (char c = 0; c <= 0x0c; ++c) salt += c;
  for (int c = 0xf0; c <= 0xf9; ++c) info += static_cast<char>(c);
  EXPECT_EQ(hex(hkdf(std::string(22, '\x0b'), salt, {info})),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
}

TEST(Digests, one_number_is_one_contact_and_another_number_or_code_is_another) {
  const Digests digests(kSecret);
  EXPECT_EQ(digests.contact("77001", kAna), digests.contact("77001", kAna));
  EXPECT_FALSE(digests.contact("77001", kAna) == digests.contact("77001", kBea));
  EXPECT_FALSE(digests.contact("77001", kAna) == digests.contact("77002", kAna));
  EXPECT_FALSE(digests.contact("77001", kAna) == Digests(std::string(32, 't')).contact("77001", kAna));
}

TEST(Digests, the_border_between_code_and_number_counts) {
  const Digests digests(kSecret);
  EXPECT_NE(digests.message("770", "01x"), digests.message("77", "001x"));
}

TEST(Digests, whoever_has_only_redis_cannot_match_an_opt_out_with_a_session) {
  const Digests digests(kSecret);
  std::set<std::string> all{digests.contact("77001", kAna).key(), digests.opt_out("77001", kAna),
                            digests.message("77001", kAna.reveal())};
  EXPECT_EQ(all.size(), 3u);
  for (const auto& one : all) EXPECT_EQ(one.size(), 22u);
}

TEST(Digests, a_safe_word_belongs_to_its_contact) {
  const Digests digests(kSecret);
  EXPECT_EQ(digests.safe_word(digests.contact("77001", kAna), "violet"),
            digests.safe_word(digests.contact("77001", kAna), "violet"));
  EXPECT_NE(digests.safe_word(digests.contact("77001", kAna), "violet"),
            digests.safe_word(digests.contact("77001", kBea), "violet"));
  EXPECT_NE(digests.safe_word(digests.contact("77001", kAna), "violet"),
            digests.safe_word(digests.contact("77001", kAna), "violets"));
}

TEST(Digests, contacts_spread_over_all_partitions) {
  const Digests digests(kSecret);
  std::set<int> partitions;
  for (int i = 0; i < 4000; ++i) {
    char number[16];
    std::snprintf(number, sizeof number, "+1213555%04d", i);
    partitions.insert(digests.contact("77001", PhoneNumber{number}).partition());
  }
  EXPECT_EQ(partitions.size(), 256u);
}

TEST(Base64url, agrees_with_rfc_4648_without_padding) {
  const auto of = [](std::string_view text) { return base64url(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()); };
  EXPECT_EQ(of(""), "");
  EXPECT_EQ(of("f"), "Zg");
  EXPECT_EQ(of("fo"), "Zm8");
  EXPECT_EQ(of("foobar"), "Zm9vYmFy");
  EXPECT_EQ(of("\xff\xfe\xfb"), "__77");
}

}  // namespace
}  // namespace northstar::privacy
