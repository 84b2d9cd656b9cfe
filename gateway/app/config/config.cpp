#include "gateway/app/config/config.h"

#include <algorithm>
#include <array>
#include <system_error>
#include <thread>
#include <tuple>

namespace northstar::app {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// A relative path in a file starts where the file is; one in a folder called `config` starts beside that folder, so
/// that the shipped file can say `templates`. One on the command line starts where the command was typed.
fs::path home_of(const fs::path& file) {
  const fs::path folder = fs::absolute(file).lexically_normal().parent_path();
  return folder.filename() == "config" ? folder.parent_path() : folder;
}

struct Paths {
  const Document& document;
  fs::path home;

  fs::path whole(const std::string& setting, const fs::path& path) const {
    if (path.is_absolute()) return path.lexically_normal();
    return ((document.set_by_hand(setting) ? fs::current_path() : home) / path).lexically_normal();
  }
  void read(Reader& reader, std::string_view key, fs::path& out) const {
    std::string text;
    reader.text(key, text);
    if (!text.empty()) out = whole(reader.path(key), text);
  }
};

void read_threads(Reader& root, unsigned& threads) {
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  int count = static_cast<int>(cores);
  std::string text = "auto";
  root.parsed("threads", text, [](const std::string& t) -> Result<std::string> { return t; });
  if (text != "auto") root.whole("threads", count, 1, 256);
  threads = static_cast<unsigned>(count);
}

void read_listen(Reader root, Config& config) {
  root.parsed("public", config.listen_public, parse_endpoint);
  root.parsed("operations", config.listen_operations, parse_endpoint);
  if (config.listen_public == config.listen_operations) {
    root.complain("operations", config.listen_operations.to_string() +
                                    " is the public listener's address, too; /metrics and /healthz are not for the public");
  }
  root.finish();
}

void read_store(Reader store, const Paths& paths, Config& config) {
  store.parsed("url", config.store.url, store::RedisUrl::parse);
  paths.read(store, "state", config.store.state);
  std::string fsync = "always";
  constexpr std::array<std::string_view, 2> kFsync{"always", "everysec"};
  store.choice("fsync", fsync, kFsync);
  config.store.fsync_always = fsync == "always";
  // sockaddr_un holds 108 bytes with the closing zero; the socket is <state>/redis.sock.
  if (config.store.url.kind == store::RedisUrl::Kind::owned &&
      (config.store.state / "redis.sock").string().size() > store::kSocketPathMax) {
    store.complain("state", "the path of this folder is too long for a unix socket inside it; it has at most 96 characters");
  }
  store.finish();
}

void read_programme(Reader programme, Config& config) {
  programme.text("name", config.programme.name);
  programme.text("contact", config.programme.contact);
  if (!config.demo) {
    // R97: a name that was shipped says nothing true about who answers. The contact is a number that rings nowhere.
    if (config.programme.name == Config::kShippedProgramme) {
      programme.complain("name", "\"" + config.programme.name + "\" is the name that we ship; where demo is false, say "
                                 "the name your short code is registered under");
    }
    if (config.programme.contact == Config::kShippedContact) {
      programme.complain("contact", config.programme.contact + " is made up and rings nowhere; where demo is false, say "
                                    "a number that your own people answer");
    }
  }
  programme.boolean("free_to_end_user", config.programme.free_to_end_user);
  std::vector<std::string> languages;
  programme.texts("languages", languages);
  if (!languages.empty()) {
    config.programme.languages.clear();
    for (const std::string& tag : languages) {
      if (std::ranges::find(kLocales, Locale(tag)) == kLocales.end() || tag.size() > 15) {
        std::string known;
        for (const Locale& locale : kLocales) known += (known.empty() ? "" : ", ") + std::string(locale.tag());
        programme.complain("languages", "\"" + tag + "\" is none of " + known);
      } else if (std::ranges::find(config.programme.languages, Locale(tag)) != config.programme.languages.end()) {
        programme.complain("languages", "\"" + tag + "\" is in the list twice");
      } else {
        config.programme.languages.emplace_back(tag);
      }
    }
    // Every other text falls back to English, and a language without messages gets its picker from there (R41).
    if (std::ranges::find(config.programme.languages, Locale("en")) == config.programme.languages.end()) {
      programme.complain("languages", "en has to be among them: it is what a text falls back to");
    }
  } else if (programme.has("languages")) {
    programme.complain("languages", "names no language; [en, es] are the shipped ones");
  }
  programme.finish();
}

void read_limits(Reader limits, Config::Limits& out) {
  limits.boolean("enabled", out.enabled);
  limits.whole("texts_a_minute", out.texts_a_minute, 1, 100'000);
  limits.whole("connections", out.connections, 1, 1'000'000);
  limits.whole("body_kib", out.body_kib, 8, 1024);
  limits.duration("slow_client", out.slow_client, 1s, 60s);
  limits.finish();
}

void read_channels(Reader channels, const Paths& paths, Faults& faults, Config& config) {
  for (auto& [name, node] : channels.entries()) {
    const bool plain = !name.empty() && name.size() <= 32 && std::ranges::all_of(name, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
    if (!plain) {
      channels.complain(name, "is no name for a channel: it becomes part of the webhook's address, so small letters, "
                              "digits and dashes, at most 32");
      continue;
    }
    if (!node.IsMap()) {
      channels.complain(name, "needs keys of its own below it, \"type\" first");
      continue;
    }
    ChannelSettings channel{name, "", channels.path(name), node};
    channel.type = channel.setting("type");
    if (channel.type.empty()) {
      faults.push_back(paths.document.fault(channel.path, node.Mark(), "lacks its type, such as twilio or http"));
      continue;
    }
    for (auto entry : node) {
      const std::string key = entry.first.as<std::string>("");
      if (key.ends_with("_file") && entry.second.IsScalar() && !entry.second.Scalar().empty()) {
        entry.second = paths.whole(channel.path + "." + key, entry.second.Scalar()).string();  // keeps its mark
      }
    }
    // In the demo nobody has a token from an aggregator: the first start makes one, and the phone signs with it.
    if (config.demo && channel.type == "twilio" && channel.setting("auth_token_file").empty() &&
        channel.setting("auth_token_env").empty()) {
      channel.settings["auth_token_file"] = (config.store.state / "secrets" / name).string();
    }
    config.channels.push_back(std::move(channel));
  }
}

}  // namespace

std::string ChannelSettings::setting(std::string_view key) const {
  for (const auto& entry : settings) {
    if (entry.first.IsScalar() && entry.first.Scalar() == key && entry.second.IsScalar()) return entry.second.Scalar();
  }
  return {};
}

Loaded<Config> Config::load(const fs::path& file, std::span<const std::string> sets) {
  Faults faults;
  auto document = Document::load(file, sets, faults);
  if (!document) return faults;

  Config config;
  config.file_ = file;
  config.document_ = *std::move(document);
  const Paths paths{config.document_, home_of(file)};
  // What nobody names stands beside the settings, and else where the program's own is.
  const auto near = [&](const fs::path& part) {
    std::error_code ignored;  // not there, or not to be looked at: the shipped one
    return fs::exists(paths.home / part, ignored) ? paths.home / part : shipped_root() / part;
  };
  config.store.state = paths.home / "var";
  config.templates = near("templates");
  config.flow = near("templates/flow.yaml");
  config.lexicon = near("config/lexicon");
  config.geo = near("config/geo");
  config.directory = near("config/directory");

  Reader root(config.document_, faults);
  root.boolean("demo", config.demo);
  read_threads(root, config.threads);
  Reader log = root.map("log");
  constexpr std::array<std::string_view, 4> kLevels{"debug", "info", "warn", "error"};
  log.choice("level", config.log_level, kLevels);
  log.finish();
  read_listen(root.map("listen"), config);
  read_store(root.map("store"), paths, config);
  // A relative one starts in the state folder, so that a second gateway with a folder of its own has its own keys.
  std::string keys = "keys", secret = "secret";
  Reader keys_map = root.map("keys");
  keys_map.text("file", keys);
  keys_map.finish();
  Reader secret_map = root.map("secret");
  secret_map.text("file", secret);
  secret_map.finish();
  config.keys_file = config.store.state / keys;
  config.secret_file = config.store.state / secret;
  read_programme(root.map("programme"), config);
  Reader window = root.map("window");
  window.duration("activity", config.window.activity, 1min, 2h);
  window.duration("burst", config.window.burst, 0s, 2min);
  if (config.window.burst >= config.window.activity) {
    window.complain("burst", "has to be shorter than window.activity");
  }
  window.finish();
  Reader queue = root.map("queue");
  queue.duration("nobody_after", config.queue.nobody_after, 30s, 30min);
  queue.duration("usual_wait", config.queue.usual_wait, 1min, 12h);
  queue.finish();
  read_limits(root.map("limits"), config.limits);
  Reader clock = root.map("clock");
  clock.duration("ahead", config.clock_ahead, 0s, std::chrono::days(60));
  if (!config.demo && config.clock_ahead.count() > 0) {
    clock.complain("ahead", "moves time for everyone who texts; it is there only where demo is true");
  }
  clock.finish();

  paths.read(root, "templates", config.templates);
  paths.read(root, "flow", config.flow);
  paths.read(root, "lexicon", config.lexicon);
  paths.read(root, "geo", config.geo);
  paths.read(root, "directory", config.directory);
  read_channels(root.map("channels"), paths, faults, config);
  root.finish();

  if (!faults.empty()) {
    std::ranges::sort(faults, {}, [](const Fault& f) { return std::tuple(f.line, f.column, f.text); });
    return faults;
  }
  return config;
}

const ChannelSettings* Config::channel(std::string_view name) const {
  const auto found = std::ranges::find(channels, name, &ChannelSettings::name);
  return found == channels.end() ? nullptr : &*found;
}

std::vector<fs::path> Config::watched() const { return {file_, templates, flow, lexicon, geo, directory}; }

Fault Config::fault(std::string_view path, std::string text) const {
  YAML::Mark mark = YAML::Mark::null_mark();
  YAML::Node at = document_.root();
  std::string_view rest = path;
  while (at.IsMap()) {
    const std::size_t dot = rest.find('.');
    const std::string_view key = rest.substr(0, dot);
    YAML::Node next(YAML::NodeType::Undefined);
    for (const auto& entry : at) {
      if (entry.first.Scalar() == key) next.reset(entry.second);
    }
    if (!next.IsDefined()) break;
    mark = next.Mark();
    at.reset(next);
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  return document_.fault(std::string(path), mark, std::move(text));
}

fs::path shipped_root() {
  const auto holds_it = [](const fs::path& folder) {
    std::error_code ignored;  // a folder that cannot be looked into is not ours
    return fs::exists(folder / "config" / "northstar.yaml", ignored);
  };
  std::error_code unreadable;
  fs::path folder = fs::read_symlink("/proc/self/exe", unreadable).parent_path();
  while (!unreadable && folder.has_relative_path()) {
    if (holds_it(folder)) return folder;
    if (holds_it(folder / "share" / "northstar")) return folder / "share" / "northstar";
    folder = folder.parent_path();
  }
  return fs::current_path();
}

fs::path default_config() {
  const fs::path here = fs::path("config") / "northstar.yaml";
  std::error_code ignored;  // not there: the shipped one
  return fs::exists(here, ignored) ? here : shipped_root() / here;
}

}  // namespace northstar::app
