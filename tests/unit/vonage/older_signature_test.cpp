#include "handlers/vonage/older_signature.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <vector>

#include "tests/unit/vonage/signing.h"

namespace northstar::vonage {
namespace {

using namespace test;
using sms::Field;

const std::vector<Field> kFields{
    {"messageId", "0A"}, {"msisdn", "16195550101"}, {"text", "a=b & c_d"}, {"timestamp", "1795000000"}, {"to", "55501"}};
constexpr std::string_view kSigned = "&messageId=0A&msisdn=16195550101&text=a_b _ c_d&timestamp=1795000000&to=55501";
constexpr std::string_view kSecret = "the-signature-secret";

std::string md5(std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_md5(), nullptr);
  return digits({reinterpret_cast<const char*>(digest), size});
}
std::vector<Field> with(std::string_view sig, std::vector<Field> fields = kFields) {
  fields.push_back({"sig", sig});
  std::ranges::sort(fields);
  return fields;
}

TEST(OlderSignature, each_method_signs_sorted_pairs_with_an_ampersand_in_front) {
  EXPECT_EQ(older_signature(Hash::md5hash, kSecret, kFields), md5(std::string(kSigned) + std::string(kSecret)));
  EXPECT_EQ(older_signature(Hash::md5, kSecret, kFields), digits(hmac(EVP_md5(), kSecret, kSigned)));
  EXPECT_EQ(older_signature(Hash::sha1, kSecret, kFields), digits(hmac(EVP_sha1(), kSecret, kSigned)));
  EXPECT_EQ(older_signature(Hash::sha256, kSecret, kFields), digits(hmac(EVP_sha256(), kSecret, kSigned)));
  EXPECT_EQ(older_signature(Hash::sha512, kSecret, kFields), digits(hmac(EVP_sha512(), kSecret, kSigned)));
}

// The figures in the test of the vendor's Ruby library (test/vonage/signature_test.rb), over a text as it came. Its Node
// library (packages/auth) also writes _ for the & and = between parameters, leaves out the first &, and so gets others.
TEST(OlderSignature, the_vendors_own_figures_come_out) {
  const auto figure = [](Hash hash) {
    const std::vector<Field> fields{{"message-timestamp", "2013-11-21 15:27:30"},
                                    {"messageId", "020000001B0FE827"},
                                    {"msisdn", "14843472194"},
                                    {"text", "Test again"},
                                    {"timestamp", "1385047698"},
                                    {"to", "13239877404"},
                                    {"type", "text"}};
    return older_signature(hash, "my_secret_key_for_testing", fields);
  };
  EXPECT_EQ(figure(Hash::md5hash), "d2e7b1dc968737c5998ad624e02f90b7");
  EXPECT_EQ(figure(Hash::md5), "ddebd46008c2d4e93cce578a332a52d5");
  EXPECT_EQ(figure(Hash::sha1), "27d0d05c2876c7cb1720dbcdba4d492e1e55c09a");
  EXPECT_EQ(figure(Hash::sha256), "ddb8397c2b90aac7f3882d306475c9a5058c92322eef43c92b298b6e0fc0d330");
  EXPECT_EQ(
      figure(Hash::sha512),
      "e0d3c650f8c9d1a5c174d10dddbfb003e561f59b265616208b0487c5d819481cd3c311d59cf6165ecd1139622d5ba3a256c0d763ac4a9ad9144b5a426b94fe82");
}

TEST(OlderSignature, either_case_fits_and_any_other_method_secret_or_value_does_not) {
  for (const Hash hash : {Hash::md5hash, Hash::md5, Hash::sha1, Hash::sha256, Hash::sha512}) {
    const std::string lower = *older_signature(hash, kSecret, kFields);
    std::string upper = lower;
    for (char& c : upper)
      c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    EXPECT_TRUE(signed_by(hash, kSecret, with(lower)));
    EXPECT_TRUE(signed_by(hash, kSecret, with(upper)));
    EXPECT_FALSE(signed_by(hash, "another", with(lower)));
    EXPECT_FALSE(signed_by(hash, "", with(*older_signature(hash, "", kFields)))) << "an empty secret fits nothing";
    for (const Hash other : {Hash::md5hash, Hash::md5, Hash::sha1, Hash::sha256, Hash::sha512})
      EXPECT_EQ(signed_by(other, kSecret, with(lower)), other == hash);
    for (std::size_t i = 0; i < kFields.size(); ++i) {
      std::vector<Field> changed = kFields;
      const std::string value = std::string(changed[i].value) + "x";
      changed[i].value = value;
      EXPECT_FALSE(signed_by(hash, kSecret, with(lower, changed))) << i;
      changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
      EXPECT_FALSE(signed_by(hash, kSecret, with(lower, changed))) << i;
    }
    for (const std::string& broken : {std::string(), lower.substr(1), lower + "0", " " + lower, std::string("x") + lower.substr(1)})
      EXPECT_FALSE(signed_by(hash, kSecret, with(broken))) << broken;
    EXPECT_FALSE(signed_by(hash, kSecret, kFields)) << "no sig at all";
  }
}

TEST(OlderSignature, two_values_cannot_be_passed_off_as_one_by_an_odd_name) {
  // The same bytes would be signed for these as for {a: 1, b: 2}.
  EXPECT_EQ(older_signature(Hash::sha256, kSecret, std::vector<Field>{{"a=1&b", "2"}}), std::nullopt);
  EXPECT_EQ(older_signature(Hash::sha256, kSecret, std::vector<Field>{{"a", "1"}, {"a", "2"}}), std::nullopt);
  EXPECT_EQ(older_signature(Hash::sha256, kSecret, std::vector<Field>{{"b", "1"}, {"a", "2"}}), std::nullopt) << "not by name";
}

// What the scheme itself cannot see; the page for operators says so.
TEST(OlderSignature, an_ampersand_an_equals_sign_and_an_underscore_are_one_to_it) {
  EXPECT_EQ(older_signature(Hash::sha256, kSecret, std::vector<Field>{{"text", "a&b"}}),
            older_signature(Hash::sha256, kSecret, std::vector<Field>{{"text", "a_b"}}));
}

}  // namespace
}  // namespace northstar::vonage
