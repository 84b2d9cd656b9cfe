#include "handlers/sms/json_keys.h"
#include "handlers/vonage/webhook_token.h"

#include <gtest/gtest.h>

#include "handlers/vonage/base64url.h"
#include "tests/unit/vonage/signing.h"

namespace northstar::vonage {
namespace {

using namespace test;

constexpr long long kNow = 1'795'000'000;
const std::string kBody = R"({"text":"help"})";
const Account kAccount{"the-signature-secret", "a1b2c3d4", "app-1"};

std::string claims(const std::string& instead_of = {}, const std::string& by = {}) {
  std::string all = R"({"iss":"Vonage","iat":)" + std::to_string(kNow) + R"(,"jti":"j","api_key":"a1b2c3d4","application_id":"app-1",)" +
                    R"("payload_hash":")" + sha256(kBody) + R"("})";
  if (!instead_of.empty()) {
    const auto at = all.find(instead_of);
    EXPECT_NE(at, std::string::npos) << instead_of;
    all.replace(at, instead_of.size(), by);
  }
  return all;
}
Verdict judged(const std::string& token, const Account& account = kAccount, const std::string& body = kBody) {
  return judge(token, body, account, std::chrono::sys_seconds(std::chrono::seconds(kNow)));
}
Verdict judged_claims(const std::string& text, const Account& account = kAccount) {
  return judged(hs256(kHeader, text, kAccount.signature_secret), account);
}
std::string iat(long long seconds) { return R"("iat":)" + std::to_string(seconds); }

TEST(WebhookToken, a_token_for_this_body_this_account_and_about_now_is_genuine) {
  EXPECT_EQ(judged_claims(claims()), Verdict::genuine);
  Account any = kAccount;
  any.application_id.clear();
  EXPECT_EQ(judged_claims(claims(R"("application_id":"app-1",)"), any), Verdict::genuine) << "an account without applications";
  EXPECT_EQ(judged_claims(claims("app-1", "app-2"), any), Verdict::genuine);
}

TEST(WebhookToken, the_algorithm_is_ours_and_never_the_tokens) {
  const std::string& secret = kAccount.signature_secret;
  for (const char* header :
       {R"({"alg":"none"})", R"({"alg":"None","typ":"JWT"})", R"({"alg":"RS256","typ":"JWT"})", R"({"alg":"HS384"})", R"({"alg":"hs256"})",
        R"({"alg":""})", R"({"typ":"JWT"})", R"({"alg":["HS256"]})", R"({"alg":null})", R"({"alg":"HS256","crit":["exp"]})", "{}"})
    EXPECT_EQ(judged(hs256(header, claims(), secret)), Verdict::algorithm) << header << " even with a right HMAC";
  const std::string bare = to_base64url(R"({"alg":"none","typ":"JWT"})") + "." + to_base64url(claims()) + ".";
  EXPECT_EQ(judged(bare), Verdict::algorithm);
  EXPECT_EQ(judged(to_base64url(kHeader) + "." + to_base64url(claims()) + "."), Verdict::signature) << "no signature at all";
  EXPECT_EQ(judged(hs256(R"({"alg":"none","alg":"HS256"})", claims(), secret)), Verdict::unreadable);
}

TEST(WebhookToken, another_secret_and_no_secret_open_nothing) {
  EXPECT_EQ(judged(hs256(kHeader, claims(), "another")), Verdict::signature);
  EXPECT_EQ(judged(hs256(kHeader, claims(), "")), Verdict::signature);
  Account bare = kAccount;
  bare.signature_secret.clear();
  EXPECT_EQ(judged(hs256(kHeader, claims(), ""), bare), Verdict::signature) << "an empty secret would fit an empty secret";
  bare = kAccount;
  bare.api_key.clear();
  EXPECT_EQ(judged_claims(claims("a1b2c3d4", ""), bare), Verdict::signature);
}

TEST(WebhookToken, its_time_may_be_five_minutes_from_ours_either_way_and_no_more) {
  for (const long long off : {-300, -299, 0, 299, 300})
    EXPECT_EQ(judged_claims(claims(iat(kNow), iat(kNow + off))), Verdict::genuine) << off;
  for (const long long off : {-86'400, -301, 301, 86'400})
    EXPECT_EQ(judged_claims(claims(iat(kNow), iat(kNow + off))), Verdict::stale) << off;
  for (const char* odd : {R"("iat":"1795000000")", R"("iat":1795000000.5)", R"("iat":null)", R"("iat":9223372036854775807)",
                          R"("iat":-9223372036854775808)", R"("iat":18446744073709551615)", R"("nothing":1)"})
    EXPECT_EQ(judged_claims(claims(iat(kNow), odd)), Verdict::stale) << odd;
  const auto with = [](const std::string& more) { return claims(R"("jti":"j")", more); };
  EXPECT_EQ(judged_claims(with(R"("exp":)" + std::to_string(kNow + 1))), Verdict::genuine);
  EXPECT_EQ(judged_claims(with(R"("exp":)" + std::to_string(kNow))), Verdict::stale);
  EXPECT_EQ(judged_claims(with(R"("exp":"tomorrow")")), Verdict::stale);
  EXPECT_EQ(judged_claims(with(R"("nbf":)" + std::to_string(kNow))), Verdict::genuine);
  EXPECT_EQ(judged_claims(with(R"("nbf":)" + std::to_string(kNow + 301))), Verdict::stale);
}

TEST(WebhookToken, each_claim_is_checked) {
  for (const char* issuer : {R"("iss":"vonage")", R"("iss":"")", R"("other":"Vonage")", R"("iss":["Vonage"])"})
    EXPECT_EQ(judged_claims(claims(R"("iss":"Vonage")", issuer)), Verdict::claims) << issuer;
  for (const char* key : {"a1b2c3d5", "A1B2C3D4", "", "a1b2c3d4 "})
    EXPECT_EQ(judged_claims(claims("a1b2c3d4", key)), Verdict::other_account) << key;
  EXPECT_EQ(judged_claims(claims(R"("api_key":"a1b2c3d4",)")), Verdict::other_account);
  EXPECT_EQ(judged_claims(claims("app-1", "app-2")), Verdict::other_account);
  EXPECT_EQ(judged_claims(claims(R"("application_id":"app-1",)")), Verdict::other_account) << "ours is configured, theirs is not named";
  EXPECT_EQ(judged_claims(claims(sha256(kBody), sha256(kBody + " "))), Verdict::other_body);
  EXPECT_EQ(judged_claims(claims(sha256(kBody), "")), Verdict::other_body);
  EXPECT_EQ(judged_claims(claims(R"("payload_hash")", R"("other")")), Verdict::other_body);
  EXPECT_EQ(judged(hs256(kHeader, claims(), kAccount.signature_secret), kAccount, kBody + " "), Verdict::other_body);
  EXPECT_EQ(judged(hs256(kHeader, claims(), kAccount.signature_secret), kAccount, ""), Verdict::other_body);
  EXPECT_EQ(judged_claims(claims(R"("jti":"j")", R"("api_key":"other")")), Verdict::unreadable) << "a claim that is there twice";
}

TEST(WebhookToken, what_is_no_token_is_refused_whatever_it_is) {
  const std::string right = hs256(kHeader, claims(), kAccount.signature_secret);
  const auto second = right.rfind('.');
  for (const std::string& token :
       {std::string(), std::string("."), std::string(".."), std::string("..."), right + ".", "." + right, right + "=", right + " ",
        " " + right, right.substr(0, second), right + "." + right, std::string(5000, 'a'), right + std::string(4000, 'A'),
        std::string("a.b.c"), std::string("\0.\0.\0", 5), std::string("\xFF\xFF.\xFF.\xFF")})
    EXPECT_EQ(judged(token), Verdict::unreadable) << token;
  for (const char* no_object : {"", "[]", "\"x\"", "{", "{} {}", "null", "{\"alg\":\"\xFF\"}"})
    EXPECT_EQ(judged(hs256(no_object, claims(), kAccount.signature_secret)), Verdict::unreadable) << no_object;
  for (const char* no_object : {"", "[]", "{", "{} 1"})
    EXPECT_EQ(judged_claims(no_object), Verdict::unreadable) << no_object;
}

TEST(WebhookToken, a_signature_has_one_spelling) {
  const std::string right = hs256(kHeader, claims(), kAccount.signature_secret);
  ASSERT_EQ(judged(right), Verdict::genuine);
  // The last character of 32 bytes carries two bits that mean nothing; a lenient reader takes four spellings.
  int refused = 0;
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")) {
    std::string other = right;
    other.back() = c;
    if (other != right && judged(other) != Verdict::genuine) ++refused;
  }
  EXPECT_EQ(refused, 63);
}

TEST(Base64Url, what_is_written_reads_back_and_nothing_else_does) {
  std::string bytes;
  for (int i = 0; i < 600; ++i) {
    EXPECT_EQ(from_base64url(to_base64url(bytes)), bytes);
    bytes += static_cast<char>((i * 37 + 11) & 255);
  }
  EXPECT_EQ(to_base64url("\xFB\xFF\xFE"), "-__-");
  for (const char* wrong : {"A", "AAAAA", "AB=", "AB==", "A+", "A/", "A A", "A\n", "AB", "AAB", "\xC3\xA9"})
    EXPECT_EQ(from_base64url(wrong), std::nullopt) << wrong;
  EXPECT_EQ(from_base64url("AA"), std::string(1, '\0'));
}

TEST(JsonKeys, a_key_that_is_there_twice_is_seen_however_it_is_written) {
  for (const char* fine : {"{}", R"({"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]})", " [1, 2] ", R"({"A":1,"a":2})", "{\"a\":1}\n"})
    EXPECT_TRUE(sms::keys_once(fine)) << fine;
  for (const char* twice : {R"({"a":1,"a":1})", R"({"from":"1","fr\u006fm":"2"})", R"({"x":{"a":1,"b":2,"a":3}})", R"([{"a":1,"a":2}])", "",
                            "{", "{}x", R"({"a":1,})"})
    EXPECT_FALSE(sms::keys_once(twice)) << twice;
}

}  // namespace
}  // namespace northstar::vonage
