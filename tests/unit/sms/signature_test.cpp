#include "handlers/sms/twilio_signature.h"

#include <gtest/gtest.h>
#include <openssl/hmac.h>

#include "gateway/net/http_client.h"

namespace northstar::sms {
namespace {

/// The scheme once more, by another road: OpenSSL's own HMAC over a string built by hand.
std::string sign(std::string_view token, const std::string& data) {
  unsigned char digest[20];
  unsigned int size = 0;
  HMAC(EVP_sha1(), token.data(), static_cast<int>(token.size()), reinterpret_cast<const unsigned char*>(data.data()),
       data.size(), digest, &size);
  return net::base64({reinterpret_cast<const char*>(digest), size});
}

constexpr std::string_view kToken = "12345";
constexpr std::string_view kUrl = "https://mycompany.com/myapp.php";

bool accepts(std::string_view token, std::string_view url, std::string_view body, std::string_view given,
             TwilioSignature::Query query = {}) {
  Form form;
  if (!form.parse(body)) return false;
  form.sort();
  return TwilioSignature(token, url).matches(query, form.fields(), given);
}

TEST(TwilioSignature, parameters_count_decoded_untrimmed_sorted_by_byte_and_empty_ones_too) {
  const std::string data = std::string(kUrl) + "A" + " padded " + "B" + "a" + "\xC3\xA9\xF0\x9F\x98\x80";
  EXPECT_TRUE(accepts(kToken, kUrl, "a=%C3%A9%F0%9F%98%80&B=&A=+padded%20", sign(kToken, data)));
}

TEST(TwilioSignature, repeated_values_count_sorted_and_once) {
  const std::string data = std::string(kUrl) + "Sid" + "a" + "Sid" + "b" + "Z" + "1";
  EXPECT_TRUE(accepts(kToken, kUrl, "Sid=b&Z=1&Sid=a&Sid=b", sign(kToken, data)));
}

TEST(TwilioSignature, the_query_counts_exactly_as_sent) {
  const std::string signed_query = sign(kToken, std::string(kUrl) + "?a=%41+b&&c" + "X1");
  EXPECT_TRUE(accepts(kToken, kUrl, "X=1", signed_query, {true, "a=%41+b&&c"}));
  EXPECT_FALSE(accepts(kToken, kUrl, "X=1", signed_query, {true, "a=A+b&&c"}));
  EXPECT_FALSE(accepts(kToken, kUrl, "X=1", signed_query));
  const std::string bare_mark = sign(kToken, std::string(kUrl) + "?X1");
  EXPECT_TRUE(accepts(kToken, kUrl, "X=1", bare_mark, {true, ""}));
}

TEST(TwilioSignature, the_url_counts_with_and_without_its_port) {
  const std::string without = sign(kToken, "https://a.example/sms/mainX1"), with = sign(kToken, "https://a.example:443/sms/mainX1");
  for (const char* configured : {"https://a.example/sms/main", "https://a.example:443/sms/main"}) {
    EXPECT_TRUE(accepts(kToken, configured, "X=1", without)) << configured;
    EXPECT_TRUE(accepts(kToken, configured, "X=1", with)) << configured;
    EXPECT_FALSE(accepts(kToken, configured, "X=1", sign(kToken, "https://a.example:8443/sms/mainX1")));
    EXPECT_FALSE(accepts(kToken, configured, "X=1", sign(kToken, "http://a.example/sms/mainX1")));
  }
  EXPECT_TRUE(accepts(kToken, "http://a.example/x", "", sign(kToken, "http://a.example:80/x")));
  EXPECT_TRUE(accepts(kToken, "https://a.example:8443/x", "", sign(kToken, "https://a.example:8443/x")));
  EXPECT_TRUE(accepts(kToken, "https://a.example:8443/x", "", sign(kToken, "https://a.example/x")));
  EXPECT_EQ(with_and_without_port("https://[2001:db8::1]/x"),
            (std::array<std::string, 2>{"https://[2001:db8::1]/x", "https://[2001:db8::1]:443/x"}));
  EXPECT_EQ(with_and_without_port("https://a.example/x:1"),
            (std::array<std::string, 2>{"https://a.example/x:1", "https://a.example:443/x:1"}));
}

TEST(TwilioSignature, any_change_to_body_query_token_or_signature_is_refused) {
  const std::string body = "Body=help&From=%2B16195550101", data = std::string(kUrl) + "Bodyhelp" + "From+16195550101";
  const std::string right = sign(kToken, data);
  ASSERT_TRUE(accepts(kToken, kUrl, body, right));
  EXPECT_FALSE(accepts(kToken, kUrl, "Body=help2&From=%2B16195550101", right));
  EXPECT_FALSE(accepts(kToken, kUrl, "Body=help&From=%2B16195550101&Extra=", right));
  EXPECT_FALSE(accepts(kToken, kUrl, "Body=help", right));
  EXPECT_FALSE(accepts(kToken, kUrl, body, right, {true, "x"}));
  EXPECT_FALSE(accepts("12346", kUrl, body, right));
  for (std::size_t i = 0; i < right.size(); ++i) {
    std::string wrong = right;
    wrong[i] = wrong[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(accepts(kToken, kUrl, body, wrong)) << i;
  }
  for (const std::string& wrong : {std::string(), right.substr(1), right + "=", right + " ", std::string(28, '\0'), std::string(4000, 'x')})
    EXPECT_FALSE(accepts(kToken, kUrl, body, wrong));
}

TEST(TwilioSignature, without_a_token_nothing_is_accepted_not_even_what_an_empty_key_signs) {
  EXPECT_FALSE(accepts("", kUrl, "X=1", sign("", std::string(kUrl) + "X1")));
}

TEST(TwilioSignature, a_token_longer_than_a_block_is_hashed_first) {
  const std::string token(100, 't');
  EXPECT_TRUE(accepts(token, kUrl, "X=1", sign(token, std::string(kUrl) + "X1")));
}

TEST(TwilioSignature, a_json_body_counts_only_through_its_hash_in_the_signed_query) {
  const TwilioSignature verifier(kToken, kUrl);
  const std::string body = R"({"property": "value", "boolean": true})";
  const std::string query = "bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
  const std::string right = sign(kToken, std::string(kUrl) + "?" + query);
  EXPECT_TRUE(verifier.matches_body({true, query}, body, right));
  EXPECT_FALSE(verifier.matches_body({true, query}, body + " ", right)) << "the body changed";
  EXPECT_FALSE(verifier.matches_body({false, ""}, body, sign(kToken, std::string(kUrl)))) << "no hash covers it";
  EXPECT_FALSE(verifier.matches_body({true, "a=b"}, body, sign(kToken, std::string(kUrl) + "?a=b")));
  EXPECT_FALSE(verifier.matches_body({true, query + "&" + query}, body, sign(kToken, std::string(kUrl) + "?" + query + "&" + query)));
  EXPECT_FALSE(verifier.matches_body({true, query}, body, "")) << "a hash without a signature";
}

}  // namespace
}  // namespace northstar::sms
