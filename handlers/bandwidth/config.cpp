#include "gateway/net/settings.h"
#include "handlers/bandwidth/bandwidth.h"

namespace northstar::bandwidth {

Loaded<BandwidthConfig> parse_bandwidth(const YAML::Node& channel, const std::string& name, const std::string& file) {
  Faults faults;
  net::Settings settings(channel, file, "channel " + name, faults);
  BandwidthConfig config;
  settings.common();
  const bool allow_plain = settings.boolean("allow_plain_http", false);

  config.callback_user = settings.required("callback_user");
  if (config.callback_user.find(':') != std::string::npos)
    settings.fault("callback_user", "must have no colon: Basic credentials end the user at the first one");
  config.callback_password = settings.secret("callback_password");

  config.account_id = settings.required("account_id");
  if (config.account_id.find_first_of("/?#% \t") != std::string::npos)
    settings.fault("account_id", "is the account's number, as the Bandwidth App shows it");
  // Bandwidth takes no text without it.
  config.application_id = settings.required("application_id");

  config.client_id = settings.text("client_id");
  config.client_secret = settings.secret("client_secret");
  config.api_user = settings.text("api_user");
  config.api_password = settings.secret("api_password");
  if (config.client_id.empty() == config.api_user.empty())
    settings.fault(config.client_id.empty() ? "client_id" : "api_user",
                   "give client_id (API Credentials), or api_user where the account still has an API User: one of the two");

  config.api = sms::read_api(settings, "https://messaging.bandwidth.com", allow_plain);
  if (const auto url = net::parse_url(settings.text("token_url", "https://api.bandwidth.com/api/v1/oauth2/token"), allow_plain))
    config.token_url = *url;
  else
    settings.fault("token_url", url.error().text);
  config.service = settings.text("service");
  config.receipts = settings.boolean("receipts", true);
  settings.finish();
  if (!faults.empty()) return faults;
  return config;
}

}  // namespace northstar::bandwidth
