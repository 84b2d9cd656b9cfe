#include "gateway/net/settings.h"
#include "handlers/sms/twilio.h"

namespace northstar::sms {

Loaded<TwilioConfig> parse_twilio(const YAML::Node& channel, const std::string& name, const std::string& file) {
  Faults faults;
  net::Settings settings(channel, file, "channel " + name, faults);
  TwilioConfig config;
  settings.text("type");
  const bool allow_plain = settings.boolean("allow_plain_http", false);

  config.public_url = settings.required("public_url");
  if (!config.public_url.empty()) {
    // Twilio signs what it called; the path in front of a proxy may be any, so the scheme alone is not judged here.
    if (const auto url = net::parse_url(config.public_url, true); !url)
      settings.fault("public_url", url.error().text);
    else if (config.public_url.find('?') != std::string::npos)
      settings.fault("public_url", "leave the query out: what Twilio sends after the ? is added as it came");
  }
  config.account_sid = settings.required("account_sid");
  if (config.account_sid.find_first_of("/?# \t") != std::string::npos)
    settings.fault("account_sid", "is the account's identifier, which begins with AC");
  config.auth_token = settings.secret("auth_token");

  const std::string base = settings.text("api_base", "https://api.twilio.com");
  if (const auto url = net::parse_url(base, allow_plain); !url) {
    settings.fault("api_base", url.error().text);
  } else {
    config.api = url->origin;
    config.api_path = url->target;
    while (config.api_path.ends_with('/')) config.api_path.pop_back();
    if (config.api_path.find('?') != std::string::npos) settings.fault("api_base", "must have no query");
  }
  config.reply_inline = settings.one_of("reply", {"inline", "api"}, 0) == 0;
  config.service = settings.text("service");
  config.messaging_service_sid = settings.text("messaging_service_sid");
  config.receipts = settings.boolean("receipts", true);
  settings.finish();
  if (!faults.empty()) return faults;
  return config;
}

}  // namespace northstar::sms
