#include <gmock/gmock.h>

#include <cstdlib>

#include "handlers/plivo/plivo.h"

namespace northstar::plivo {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string faults_of(const std::string& yaml) {
  const auto config = parse_plivo(YAML::Load(yaml), "main", "northstar.yaml");
  std::string all;
  if (!config)
    for (const Fault& fault : config.error()) all += fault.to_string() + "\n";
  return all;
}
const std::string kStart = "type: plivo\npublic_url: https://a.example/sms/main\nauth_id: MA1\n";

TEST(PlivoSettings, little_is_needed_and_the_safe_choice_is_the_default) {
  ::setenv("NORTHSTAR_TEST_TOKEN", "the-token", 1);
  const auto config = parse_plivo(YAML::Load(kStart + "auth_token_env: NORTHSTAR_TEST_TOKEN\nreply: api\n"), "main", "f.yaml");
  ASSERT_TRUE(bool(config));
  EXPECT_EQ(config->auth_token, "the-token");
  EXPECT_EQ(config->api.origin, (net::Origin{true, "api.plivo.com", 443}));
  EXPECT_TRUE(config->read_back);
  EXPECT_TRUE(config->receipts);
  EXPECT_TRUE(config->redact);
  EXPECT_TRUE(config->path_secret.empty());
  ASSERT_TRUE(config->nonces);
  const PlivoConfig copy = *config;
  EXPECT_EQ(copy.nonces, config->nonces) << "one memory for all threads";
}

TEST(PlivoSettings, all_mistakes_are_named_at_once) {
  const std::string all = faults_of(
      "type: plivo\npublic_url: https://a.example/sms/main/\nauth_id: MA1/x\nauth_token: abc\napi_base: http://api.plivo.com\n"
      "reply: inline\nsignature: v3\n");
  EXPECT_THAT(all, HasSubstr("northstar.yaml:2:13: channel main: public_url: leave the slash at its end out"));
  EXPECT_THAT(all, HasSubstr("northstar.yaml:3:10: channel main: auth_id: is the account's Auth ID"));
  EXPECT_THAT(all, HasSubstr("auth_token: secrets stay out of this file"));
  EXPECT_THAT(all, HasSubstr("api_base: http:// would send secrets"));
  EXPECT_THAT(all, HasSubstr("northstar.yaml:6:8: channel main: reply: must be api"));
  EXPECT_THAT(all, HasSubstr("\"signature\" is not a setting"));
  EXPECT_THAT(faults_of("type: plivo\n"), HasSubstr("auth_id: is missing"));
}

TEST(PlivoSettings, without_the_read_back_a_path_that_nobody_can_guess_is_required) {
  EXPECT_THAT(faults_of(kStart + "read_back: false\n"), HasSubstr("read_back: is off: give path_secret_file or path_secret_env"));
  ::setenv("NORTHSTAR_TEST_PATH", "0123456789abcdef-_", 1);
  EXPECT_EQ(faults_of(kStart + "read_back: false\npath_secret_env: NORTHSTAR_TEST_PATH\n"), "");
  EXPECT_EQ(faults_of(kStart + "path_secret_env: NORTHSTAR_TEST_PATH\n"), "") << "both together";
  for (const char* bad : {"short", "0123456789abcdef/x", "0123456789abcdef?x", "0123456789 abcdef"}) {
    ::setenv("NORTHSTAR_TEST_PATH", bad, 1);
    const std::string all = faults_of(kStart + "path_secret_env: NORTHSTAR_TEST_PATH\n");
    EXPECT_THAT(all, HasSubstr("path_secret: needs 16 or more")) << bad;
    EXPECT_THAT(all, Not(HasSubstr(bad)));
  }
}

TEST(PlivoSettings, without_a_token_the_file_is_accepted_and_then_everything_is_refused) {
  const auto config = parse_plivo(YAML::Load(kStart), "main", "f.yaml");
  ASSERT_TRUE(bool(config));
  EXPECT_TRUE(config->auth_token.empty());
  EXPECT_THAT(faults_of(kStart + "auth_token_env: NORTHSTAR_NO_SUCH\n"), Not(testing::IsEmpty()));
}

}  // namespace
}  // namespace northstar::plivo
