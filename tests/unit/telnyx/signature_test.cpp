#include "handlers/telnyx/signature.h"

#include <gtest/gtest.h>

#include "tests/unit/telnyx/key.h"

namespace northstar::telnyx {
namespace {

using test::Key;

constexpr std::chrono::sys_seconds kNow{std::chrono::seconds(1'795'000'000)};
const std::string kTime = "1795000000", kBody = R"({"data":{}})";

std::string bytes_of(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) out += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return out;
}

TEST(TelnyxSignature, covers_the_time_and_every_byte_of_the_body) {
  const Key key(7), other(8);
  const TelnyxSignature signature(key.public_key());
  const std::string right = key.sign(kTime, kBody);
  EXPECT_TRUE(signature.matches(kTime, kBody, right, kNow));
  EXPECT_FALSE(signature.matches("1795000001", kBody, right, kNow));
  EXPECT_FALSE(signature.matches(kTime, kBody + "\n", right, kNow));
  EXPECT_FALSE(signature.matches(kTime, "", right, kNow));
  EXPECT_FALSE(signature.matches(kTime, kBody, other.sign(kTime, kBody), kNow));
  EXPECT_FALSE(signature.matches(kTime, kBody, net::base64(key.raw_signature(kTime + kBody)), kNow)) << "no bar between them";
  // The bar keeps the two apart: nothing can be moved from one into the other.
  EXPECT_FALSE(signature.matches("179500000", "0|" + kBody, key.sign(kTime, kBody), kNow));
  for (std::size_t i = 0; i < kBody.size(); ++i) {
    std::string changed = kBody;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(signature.matches(kTime, changed, right, kNow)) << i;
  }
}

TEST(TelnyxSignature, is_good_for_five_minutes_either_way_and_its_time_is_digits_only) {
  const Key key(7);
  const TelnyxSignature signature(key.public_key());
  const auto judged = [&](const std::string& time) { return signature.matches(time, kBody, key.sign(time, kBody), kNow); };
  for (const char* time : {"1795000000", "1794999700", "1795000300"}) EXPECT_TRUE(judged(time)) << time;
  for (const char* time : {"1794999699", "1795000301", "", " 1795000000", "1795000000 ", "+1795000000", "-1795000000", "1795000000.0",
                           "1795000000000", "0x6afd5c80", "1795000000a", "179500000O"})
    EXPECT_FALSE(judged(time)) << time;
}

TEST(TelnyxSignature, has_one_spelling_only) {
  const Key key(7);
  const TelnyxSignature signature(key.public_key());
  const std::string right = key.sign(kTime, kBody);
  ASSERT_EQ(right.size(), 88u);
  std::string spare_bits = right;  // 'A', 'Q', 'g' or 'w' stands last; the next letter decodes to the same bytes
  spare_bits[85] = static_cast<char>(spare_bits[85] + 1);
  std::string of_url = right;
  for (char& c : of_url) c = c == '+' ? '-' : c == '/' ? '_' : c;
  for (const std::string& given : {spare_bits, right.substr(0, 86), right + "=", " " + right, right + "\n", right.substr(0, 84),
                                   right.substr(0, 85) + "===", right + right, std::string(), std::string(88, '='), std::string(88, 'A'),
                                   std::string("\n") + right.substr(0, 87), net::base64(key.raw_signature(kTime + "|" + kBody) + "x")})
    EXPECT_FALSE(signature.matches(kTime, kBody, given, kNow)) << given;
  if (of_url != right) EXPECT_FALSE(signature.matches(kTime, kBody, of_url, kNow));
}

// RFC 8032 section 5.1.7: S is below the order, or one signature becomes two.
TEST(TelnyxSignature, with_the_order_added_to_its_number_is_refused) {
  const Key key(7);
  const TelnyxSignature signature(key.public_key());
  std::string bytes = key.raw_signature(kTime + "|" + kBody);
  ASSERT_TRUE(signature.matches(kTime, kBody, net::base64(bytes), kNow));
  const std::string order = bytes_of("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  int carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    const int sum = static_cast<unsigned char>(bytes[32 + i]) + static_cast<unsigned char>(order[i]) + carry;
    bytes[32 + i] = static_cast<char>(sum & 255);
    carry = sum >> 8;
  }
  EXPECT_EQ(carry, 0);
  EXPECT_FALSE(signature.matches(kTime, kBody, net::base64(bytes), kNow));
  EXPECT_FALSE(signature.matches(kTime, kBody, net::base64(bytes.substr(0, 32) + order), kNow)) << "the order itself";
}

TEST(TelnyxSignature, a_public_key_is_32_bytes_in_strict_base64_and_no_point_that_anybody_can_sign_under) {
  const std::string right = Key(7).public_key();
  ASSERT_EQ(right.size(), 44u);
  EXPECT_TRUE(read_public_key(right));
  EXPECT_TRUE(TelnyxSignature(right).configured());
  for (const std::string& wrong : {std::string(), right.substr(0, 43), right + "=", right + "\n", net::base64(std::string(31, 'k')),
                                   net::base64(std::string(33, 'k')), std::string(44, '!'), net::base64(std::string(32, '\0'))}) {
    EXPECT_FALSE(read_public_key(wrong)) << wrong;
    const TelnyxSignature none(wrong);
    EXPECT_FALSE(none.configured());
    EXPECT_FALSE(none.matches(kTime, kBody, Key(7).sign(kTime, kBody), kNow));
  }
  for (const char* y : {"0100000000000000000000000000000000000000000000000000000000000000", "0100000000000000000000000000000000000000000000000000000000000080",
                        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
                        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"})
    EXPECT_FALSE(read_public_key(net::base64(bytes_of(y)))) << y;
}

}  // namespace
}  // namespace northstar::telnyx
