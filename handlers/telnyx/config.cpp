#include "gateway/net/settings.h"
#include "handlers/telnyx/signature.h"
#include "handlers/telnyx/telnyx.h"

namespace northstar::telnyx {

Loaded<TelnyxConfig> parse_telnyx(const YAML::Node& channel, const std::string& name, const std::string& file) {
  Faults faults;
  net::Settings settings(channel, file, "channel " + name, faults);
  TelnyxConfig config;
  settings.common();
  const bool allow_plain = settings.boolean("allow_plain_http", false);

  config.public_url = sms::read_public_url(settings);
  config.public_key = settings.text("public_key");
  if (!config.public_key.empty() && !read_public_key(config.public_key))
    settings.fault("public_key", "is not a public key of Telnyx: base64 of 32 bytes, 44 characters with = at the end");
  config.api_key = settings.secret("api_key");
  config.api = sms::read_api(settings, "https://api.telnyx.com", allow_plain);
  config.service = settings.text("service");
  config.messaging_profile_id = settings.text("messaging_profile_id");
  config.receipts = settings.boolean("receipts", true);
  settings.finish();
  if (!faults.empty()) return faults;
  return config;
}

}  // namespace northstar::telnyx
