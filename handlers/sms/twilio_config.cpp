#include "gateway/net/settings.h"
#include "handlers/sms/twilio.h"

namespace northstar::sms {

Loaded<TwilioConfig> parse_twilio(const YAML::Node& channel, const std::string& name, const std::string& file) {
  Faults faults;
  net::Settings settings(channel, file, "channel " + name, faults);
  TwilioConfig config;
  settings.common();
  const bool allow_plain = settings.boolean("allow_plain_http", false);

  config.public_url = read_public_url(settings);
  config.account_sid = settings.required("account_sid");
  if (config.account_sid.find_first_of("/?# \t") != std::string::npos)
    settings.fault("account_sid", "is the account's identifier, which begins with AC");
  config.auth_token = settings.secret("auth_token");

  config.api = read_api(settings, "https://api.twilio.com", allow_plain);
  config.reply_inline = settings.one_of("reply", {"inline", "api"}, 0) == 0;
  config.service = settings.text("service");
  config.messaging_service_sid = settings.text("messaging_service_sid");
  config.receipts = settings.boolean("receipts", true);
  settings.finish();
  if (!faults.empty()) return faults;
  return config;
}

}  // namespace northstar::sms
