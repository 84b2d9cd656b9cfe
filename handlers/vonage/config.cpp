#include <array>

#include "gateway/net/settings.h"
#include "handlers/vonage/application_token.h"
#include "handlers/vonage/vonage.h"

namespace northstar::vonage {
namespace {

/// In the order of the setting's choices, behind `jwt`.
constexpr std::array kHashes{Hash::md5hash, Hash::md5, Hash::sha1, Hash::sha256, Hash::sha512};

}  // namespace

Loaded<VonageConfig> parse_vonage(const YAML::Node& channel, const std::string& name, const std::string& file) {
  Faults faults;
  net::Settings settings(channel, file, "channel " + name, faults);
  VonageConfig config;
  settings.common();
  const bool allow_plain = settings.boolean("allow_plain_http", false);

  config.public_url = sms::read_public_url(settings);
  config.api_key = settings.required("api_key");
  if (config.api_key.find_first_of(": \t") != std::string::npos)
    settings.fault("api_key", "is the account's short name, without colon or space");
  config.api_secret = settings.secret("api_secret");
  config.application_id = settings.text("application_id");
  config.private_key = settings.secret("private_key");
  if (!config.private_key.empty()) {
    const std::string_view key = settings.has("private_key_file") ? "private_key_file" : "private_key_env";
    if (config.application_id.empty()) settings.fault(key, "needs application_id beside it");
    if (const auto token = ApplicationToken::from(config.private_key, config.application_id); !token)
      settings.fault(key, token.error().text);
  }
  config.signature_secret = settings.secret("signature_secret");
  const std::size_t choice = settings.one_of("signature", {"jwt", "md5hash", "md5", "sha1", "sha256", "sha512"}, 0);
  if (choice > 0 && choice <= kHashes.size()) {
    config.signature = VonageConfig::Signature::older;
    config.hash = kHashes[choice - 1];
  }

  config.api = sms::read_api(settings, "https://api.nexmo.com", allow_plain);
  config.service = settings.text("service");
  config.receipts = settings.boolean("receipts", true);
  settings.finish();
  if (!faults.empty()) return faults;
  return config;
}

}  // namespace northstar::vonage
