#include <charconv>

#include "gateway/net/settings.h"
#include "handlers/smpp/smpp.h"

namespace northstar::smpp {
namespace {

std::vector<std::uint32_t> statuses(net::Settings& settings, std::string_view key) {
  std::vector<std::uint32_t> out;
  for (const std::string& word : settings.list(key)) {
    const bool hex = word.starts_with("0x");
    const std::string_view digits = std::string_view(word).substr(hex ? 2 : 0);
    std::uint32_t number = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number, hex ? 16 : 10);
    if (digits.empty() || fault != std::errc{} || end != digits.data() + digits.size()) settings.fault(key, "\"" + word + "\" is no status number");
    else out.push_back(number);
  }
  return out;
}

Address address(net::Settings& settings, std::string_view key, const std::string& file, Address otherwise, Faults& faults) {
  net::Settings inner(settings.map(key), file, std::string(key), faults);
  otherwise.ton = static_cast<std::uint8_t>(inner.number("ton", otherwise.ton, 0, 6));
  otherwise.npi = static_cast<std::uint8_t>(inner.number("npi", otherwise.npi, 0, 18));
  inner.finish();
  return otherwise;
}

}  // namespace

Loaded<SmppConfig> parse_smpp(const YAML::Node& channel, const std::string& name, const std::string& file) {
  Faults faults;
  net::Settings settings(channel, file, "channel " + name, faults);
  SmppConfig config;
  settings.common();
  config.target.host = settings.required("host");
  config.target.tls = settings.boolean("tls", false);
  config.target.port = static_cast<std::uint16_t>(settings.number("port", config.target.tls ? 3550 : 2775, 1, 65535));
  config.target.ca_file = settings.text("ca_file");
  config.session.bind.system_id = settings.required("system_id");
  config.session.bind.password = settings.secret("password");
  config.session.bind.system_type = settings.text("system_type");
  // 4.1: what is longer does not fit its field, and would be cut.
  if (config.session.bind.system_id.size() > 15) settings.fault("system_id", "must have at most 15 characters");
  if (config.session.bind.password.size() > 8) settings.fault("password_file", "the password must have at most 8 characters");
  if (config.session.bind.password.empty()) settings.fault("password_file", "is missing: write password_file or password_env");
  if (config.session.bind.system_type.size() > 12) settings.fault("system_type", "must have at most 12 characters");
  config.bind = static_cast<SmppConfig::BindAs>(settings.one_of("bind", {"transceiver", "pair", "receiver", "transmitter"}, 0));
  config.binds = settings.number("binds", 1, 1, 16);
  config.session.window = static_cast<std::size_t>(settings.number("window", 10, 1, 1000));
  config.rate = settings.number("rate", 10, 1, 100'000);
  config.session.enquire_every = std::chrono::seconds(settings.number("enquire", 30, 1, 3600));
  config.session.answer_time = std::chrono::seconds(settings.number("answer_time", 10, 1, 60));
  config.service = settings.text("service");
  config.region = settings.text("region", "US");
  config.source = address(settings, "source", file, config.source, faults);
  config.destination = address(settings, "destination", file, config.destination, faults);
  const std::string alphabet = settings.text("alphabet", "gsm");
  if (const auto known = alphabet_from(alphabet)) config.alphabet = *known;
  else settings.fault("alphabet", "must be gsm, gsm-packed, latin1, ascii, utf8 or ucs2");
  {
    net::Settings ids(settings.map("message_id"), file, "channel " + name + ", message_id", faults);
    config.taken = static_cast<IdForm>(ids.one_of("taken", {"text", "decimal", "hex"}, 0));
    config.told = static_cast<IdForm>(ids.one_of("told", {"text", "decimal", "hex"}, 0));
    ids.finish();
  }
  config.receipts = settings.boolean("receipts", true);
  config.opted_out = statuses(settings, "opted_out");
  config.refused = statuses(settings, "refused");
  settings.finish();
  if (!faults.empty()) return faults;
  return config;
}

}  // namespace northstar::smpp
