#include "gateway/net/settings.h"
#include "handlers/plivo/plivo.h"

namespace northstar::plivo {
namespace {

constexpr std::size_t kPathSecretLeast = 16;
constexpr std::string_view kInPath = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

bool plain(std::string_view text) { return text.find_first_not_of(kInPath) == std::string_view::npos; }

}  // namespace

Loaded<PlivoConfig> parse_plivo(const YAML::Node& channel, const std::string& name, const std::string& file) {
  Faults faults;
  net::Settings settings(channel, file, "channel " + name, faults);
  PlivoConfig config;
  settings.common();
  const bool allow_plain = settings.boolean("allow_plain_http", false);

  config.public_url = sms::read_public_url(settings);
  if (config.public_url.ends_with('/')) settings.fault("public_url", "leave the slash at its end out");
  config.auth_id = settings.required("auth_id");
  if (!plain(config.auth_id)) settings.fault("auth_id", "is the account's Auth ID, which begins with MA");
  config.auth_token = settings.secret("auth_token");
  config.path_secret = settings.secret("path_secret");
  config.read_back = settings.boolean("read_back", true);
  if (!config.path_secret.empty() && (config.path_secret.size() < kPathSecretLeast || !plain(config.path_secret)))
    settings.fault("path_secret", "needs 16 or more letters, digits, - and _, best of all random ones");
  if (!config.read_back && config.path_secret.empty())
    settings.fault("read_back", "is off: give path_secret_file or path_secret_env, because Plivo's signature does not cover a text");

  config.api = sms::read_api(settings, "https://api.plivo.com", allow_plain);
  settings.one_of("reply", {"api"}, 0);
  config.service = settings.text("service");
  config.powerpack_uuid = settings.text("powerpack_uuid");
  config.receipts = settings.boolean("receipts", true);
  config.redact = settings.boolean("redact", true);
  settings.finish();
  if (!faults.empty()) return faults;
  return config;
}

}  // namespace northstar::plivo
