#pragma once
#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/app/config/document.h"
#include "gateway/app/config/values.h"
#include "gateway/base/locale.h"
#include "gateway/base/result.h"
#include "gateway/base/time.h"
#include "gateway/store/redis_url.h"

namespace northstar::app {

/// One entry of `channels:`. Its own keys belong to its handler, which reads `settings` (a map with the marks of the
/// file) and reports faults as `path` + key. Paths in it (keys that end in `_file`) are whole by then.
struct ChannelSettings {
  std::string name;      ///< its webhook is /sms/<name>
  std::string type;      ///< "twilio", "http", ...
  std::string path;      ///< "channels.main"
  YAML::Node settings;
  std::string setting(std::string_view key) const;  ///< empty when absent or no single value
};

/// Everything that `config/northstar.yaml` and `--set` say, checked. A key that is absent has the default given here,
/// which is what the shipped file says. The file explains each; this only names them.
struct Config {
  static constexpr std::string_view kShippedProgramme = "Info line";
  static constexpr std::string_view kShippedContact = "800-555-0100";

  /// Reads and checks all of it. Every fault at once, in the words of the file.
  static Loaded<Config> load(const std::filesystem::path& file, std::span<const std::string> sets = {});

  bool demo = true;
  unsigned threads = 1;  ///< `auto` is one for each core
  std::string log_level = "info";

  Endpoint listen_public{"127.0.0.1", 8080};
  Endpoint listen_operations{"127.0.0.1", 8081};

  struct Store {
    store::RedisUrl url;
    std::filesystem::path state;
    bool fsync_always = true;
  } store;
  std::filesystem::path keys_file;    ///< the hour and day keys
  std::filesystem::path secret_file;  ///< what digests are keyed with

  struct Programme {
    std::string name{kShippedProgramme};
    std::string contact{kShippedContact};
    bool free_to_end_user = false;
    std::vector<Locale> languages{Locale{"en"}, Locale{"es"}};
  } programme;

  struct Window {
    Millis activity = std::chrono::minutes(15);
    Millis burst = std::chrono::seconds(20);
  } window;

  struct Queue {
    Millis nobody_after = std::chrono::minutes(2);
    Millis usual_wait = std::chrono::minutes(10);
  } queue;

  struct Limits {
    bool enabled = true;
    int texts_a_minute = 20;   ///< of one contact
    int connections = 1024;    ///< open at once on the public listener
    int body_kib = 64;
    Millis slow_client = std::chrono::seconds(10);
    friend bool operator==(const Limits&, const Limits&) = default;
  } limits;

  Millis clock_ahead{0};

  std::filesystem::path templates, flow, lexicon, geo, directory;
  std::vector<ChannelSettings> channels;

  const ChannelSettings* channel(std::string_view name) const;
  /// What a reload watches: the file itself and everything it names.
  std::vector<std::filesystem::path> watched() const;
  /// A fault at a setting ("templates"), for whoever finds out later that its value will not do.
  Fault fault(std::string_view path, std::string text) const;
  const std::filesystem::path& file() const { return file_; }

 private:
  std::filesystem::path file_;
  Document document_;
};

/// Where the product's own files are: the folder with `templates/` and `config/` that this program belongs to, else the
/// current one. `northstar` works from any folder.
std::filesystem::path shipped_root();
/// The configuration used when nobody names one.
std::filesystem::path default_config();

}  // namespace northstar::app
