#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <fstream>
#include <map>
#include <sstream>

#include "handlers/sms/form.h"
#include "handlers/vonage/application_token.h"
#include "handlers/vonage/older_signature.h"
#include "handlers/vonage/webhook_token.h"
#include "tests/unit/vonage/signing.h"
#include "tests/unit/net/vendor_program.h"

namespace northstar::vonage {
namespace {

using namespace test;

const long long kNow = seconds_now();  // the vendor's library has no other clock than the machine's
std::chrono::sys_seconds at(long long seconds) { return std::chrono::sys_seconds(std::chrono::seconds(seconds)); }

/// What the vendor's own library says, from a process of its own.
std::vector<boost::json::object> vendor(const std::string& arguments) {
  const std::string out = net::test::vendor_program("tests/unit/vonage/vendor_tokens.js", arguments);
  std::vector<boost::json::object> rows;
  std::istringstream lines(out);
  for (std::string line; std::getline(lines, line);)
    rows.push_back(boost::json::parse(line).as_object());
  return rows;
}
std::string field(const boost::json::object& row, const char* name) { return std::string(row.at(name).as_string()); }
std::string file_of(const std::string& name, const std::string& text) {
  const std::string path = testing::TempDir() + std::to_string(::getpid()) + name;  // two runs at a time keep apart
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

TEST(VonageLibrary, what_the_vendor_signs_is_accepted_and_any_change_is_not) {
  const auto rows = vendor("sign 150 20261125 " + std::to_string(kNow));
  ASSERT_EQ(rows.size(), 150u);
  unsigned turn = 1;
  for (const auto& row : rows) {
    const Account account{field(row, "secret"), field(row, "api_key"), field(row, "application_id")};
    const std::string token = field(row, "token"), body = field(row, "body");
    EXPECT_TRUE(row.at("vendor").as_bool());
    EXPECT_EQ(judge(token, body, account, at(kNow)), Verdict::genuine) << token;
    for (std::size_t i = 0; i < token.size(); ++i) {
      std::string other = token;
      other[i] = other[i] == 'A' ? 'B' : 'A';
      EXPECT_NE(judge(other, body, account, at(kNow)), Verdict::genuine) << i << " of " << token;
    }
    for (std::size_t i = 0; i <= body.size(); ++i) {
      std::string other = body;
      if (i == body.size()) other += ' ';
      else other[i] = static_cast<char>(other[i] ^ static_cast<char>(1 << (turn++ % 8)));
      EXPECT_NE(judge(token, other, account, at(kNow)), Verdict::genuine) << i << " of " << body;
    }
    for (const Account& other : {Account{account.signature_secret + "x", account.api_key, account.application_id},
                                 Account{account.signature_secret, account.api_key + "x", account.application_id},
                                 Account{account.signature_secret, account.api_key, "another application"}})
      EXPECT_NE(judge(token, body, other, at(kNow)), Verdict::genuine) << token;
    for (const long long off : {-100'000, -601, 601, 100'000})
      EXPECT_NE(judge(token, body, account, at(kNow + off)), Verdict::genuine) << token;
  }
}

TEST(VonageLibrary, what_the_vendors_library_lets_through_unlooked_at_is_refused) {
  const std::string key = file_of("northstar-vonage-key.pem", rsa().pem());
  std::map<std::string, std::pair<bool, Verdict>> seen;
  for (const auto& row : vendor("trick " + std::to_string(kNow) + " '" + key + "'"))
    seen[field(row, "what")] = {row.at("vendor").as_bool(),
                                judge(field(row, "token"), field(row, "body"), {field(row, "secret"), "a1b2c3d4", ""}, at(kNow))};
  const std::map<std::string, std::pair<bool, Verdict>> expected{{"right", {true, Verdict::genuine}},
                                                                 {"an RS256 token checked with its public key", {true, Verdict::algorithm}},
                                                                 {"not signed", {false, Verdict::algorithm}},
                                                                 {"HS512", {false, Verdict::algorithm}},
                                                                 {"old", {true, Verdict::stale}},
                                                                 {"another account", {true, Verdict::other_account}},
                                                                 {"another body", {true, Verdict::other_body}}};
  EXPECT_EQ(seen, expected) << "the vendor's word first, then ours";
}

TEST(VonageLibrary, our_application_token_is_one_to_the_vendor) {
  auto token = ApplicationToken::from(rsa().pem(), "app-1");
  ASSERT_TRUE(bool(token));
  const long long now = seconds_now();
  const std::string text = token->at(at(now));
  const auto rows = vendor("verify " + text + " '" + file_of("northstar-vonage-public.pem", rsa().pem(true)) + "'");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_TRUE(rows[0].at("vendor").as_bool());
  EXPECT_EQ(rows[0].at("header").as_object().at("alg"), "RS256");
  const auto& claims = rows[0].at("claims").as_object();
  EXPECT_EQ(claims.at("application_id"), "app-1");
  EXPECT_EQ(claims.at("iat"), now);
  EXPECT_GT(claims.at("exp").to_number<long long>(), now + 300);
  EXPECT_EQ(claims.at("jti").as_string().size(), 32u);
  const auto strangers = vendor("verify " + text + " '" + file_of("northstar-vonage-other.pem", Key().pem(true)) + "'");
  EXPECT_FALSE(strangers.at(0).at("vendor").as_bool());
}

TEST(VonageLibrary, one_application_token_serves_some_minutes_and_then_another_is_made) {
  auto token = ApplicationToken::from(rsa().pem(), "app-1");
  ASSERT_TRUE(bool(token));
  const std::string first = token->at(at(kNow));
  EXPECT_EQ(token->at(at(kNow + 299)), first);
  const std::string second = token->at(at(kNow + 300));
  EXPECT_NE(second, first);
  EXPECT_NE(token->at(at(kNow - 1)), second) << "a clock that was set back: theirs may not know this token yet";
}

TEST(VonageLibrary, a_key_that_cannot_sign_is_refused_when_it_is_read) {
  const std::shared_ptr<EVP_PKEY> weak(EVP_RSA_gen(1024), EVP_PKEY_free), curve(EVP_EC_gen("P-256"), EVP_PKEY_free);
  EXPECT_FALSE(bool(ApplicationToken::from(Key{weak}.pem(), "app")));
  EXPECT_FALSE(bool(ApplicationToken::from(Key{curve}.pem(), "app")));
  EXPECT_FALSE(bool(ApplicationToken::from(rsa().pem(true), "app"))) << "the public half";
  EXPECT_FALSE(bool(ApplicationToken::from("", "app")));
  EXPECT_FALSE(bool(ApplicationToken::from("-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n", "app")));
}

TEST(VonageLibrary, the_sms_apis_signature_is_accepted_and_a_change_is_not) {
  const std::map<std::string, Hash> hashes{
      {"md5hash", Hash::md5hash}, {"md5", Hash::md5}, {"sha1", Hash::sha1}, {"sha256", Hash::sha256}, {"sha512", Hash::sha512}};
  const auto rows = vendor("older 150 20261125 " + std::to_string(kNow));
  ASSERT_EQ(rows.size(), 150u);
  for (const auto& row : rows) {
    const Hash hash = hashes.at(field(row, "method"));
    const std::string form = field(row, "form"), secret = field(row, "secret");
    const auto judged = [&](const std::string& bytes, const std::string& key) {
      sms::Form read;
      EXPECT_TRUE(read.parse(bytes)) << bytes;
      read.sort();
      return signed_by(hash, key, read.fields());
    };
    EXPECT_TRUE(judged(form, secret)) << form;
    EXPECT_FALSE(judged(form, secret + "x")) << form;
    EXPECT_FALSE(judged(form + "0", secret)) << form;
    EXPECT_FALSE(judged(form + "&added=1", secret)) << form;
    for (const char* name : {"&text=", "&msisdn=", "&timestamp=", "&messageId="}) {
      std::string other = "&" + form;
      other.insert(other.find(name) + std::string_view(name).size(), "x");
      EXPECT_FALSE(judged(other.substr(1), secret)) << other;
    }
  }
}

}  // namespace
}  // namespace northstar::vonage
