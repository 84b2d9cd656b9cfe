#include "gateway/net/settings.h"
#include "handlers/kannel/kannel.h"

namespace northstar::kannel {
namespace {

constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

bool printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

Loaded<KannelConfig> parse_kannel(const YAML::Node& channel, const std::string& name, const std::string& file) {
  Faults faults;
  net::Settings settings(channel, file, "channel " + name, faults);
  KannelConfig config;
  settings.common();
  const bool allow_plain = settings.boolean("allow_plain_http", false);

  config.public_url = sms::read_public_url(settings);
  config.secret = settings.secret("secret");
  // It stands in an address, where Kannel decodes nothing of it and reads '%' as an escape.
  if (config.secret.find_first_not_of(kPlain) != std::string::npos)
    settings.fault("secret", "write it with letters, digits and - . _ ~ only: it stands in an address");
  config.user = settings.text("user", "kannel");
  if (config.user.empty() || config.user.find_first_not_of(kPlain) != std::string::npos)
    settings.fault("user", "write it with letters, digits and - . _ ~ only: it stands in an address");

  config.api = sms::read_api(settings, "http://127.0.0.1:13013", allow_plain);
  config.username = settings.required("username");
  config.password = settings.secret("password");
  config.smsc = settings.text("smsc");
  // They go out as headers.
  if (!printable(config.username)) settings.fault("username", "has a character that cannot stand in a header");
  if (!printable(config.password)) settings.fault("password", "has a character that cannot stand in a header");
  if (!printable(config.smsc)) settings.fault("smsc", "has a character that cannot stand in a header");
  config.reply_inline = settings.one_of("reply", {"inline", "api"}, 0) == 0;
  config.service = settings.text("service");
  config.receipts = settings.boolean("receipts", true);
  settings.finish();
  if (!faults.empty()) return faults;
  return config;
}

}  // namespace northstar::kannel
