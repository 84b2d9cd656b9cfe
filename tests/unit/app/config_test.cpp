#include "gateway/app/config/config.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <fstream>

namespace northstar::app {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

class ConfigFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "northstar.XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    file_ = folder_ / "northstar.yaml";
  }
  void TearDown() override { fs::remove_all(folder_); }

  Loaded<Config> load(std::string_view yaml, const std::vector<std::string>& sets = {}) {
    std::ofstream(file_) << yaml;
    return Config::load(file_, sets);
  }
  /// What is said, with the file's folder left out.
  std::vector<std::string> faults(std::string_view yaml, const std::vector<std::string>& sets = {}) {
    std::vector<std::string> out;
    const auto config = load(yaml, sets);
    if (config) return out;
    for (const Fault& fault : config.error()) {
      std::string text = fault.to_string();
      const std::string prefix = folder_.string() + "/";
      if (text.starts_with(prefix)) text.erase(0, prefix.size());
      out.push_back(text);
    }
    return out;
  }

  fs::path folder_, file_;
};

TEST_F(ConfigFile, shipped_is_whole_and_says_the_defaults) {
  const auto shipped = Config::load(fs::path(NORTHSTAR_SOURCE_DIR) / "config" / "northstar.yaml");
  ASSERT_TRUE(shipped) << shipped.error().front().to_string();
  const auto empty = load("");
  ASSERT_TRUE(empty);
  EXPECT_EQ(shipped->demo, empty->demo);
  EXPECT_EQ(shipped->programme.name, empty->programme.name);
  EXPECT_EQ(shipped->programme.contact, empty->programme.contact);
  EXPECT_EQ(shipped->programme.languages, empty->programme.languages);
  EXPECT_EQ(shipped->listen_public, empty->listen_public);
  EXPECT_EQ(shipped->listen_operations, empty->listen_operations);
  EXPECT_EQ(shipped->store.url, empty->store.url);
  EXPECT_EQ(shipped->store.fsync_always, empty->store.fsync_always);
  EXPECT_EQ(shipped->window.activity, empty->window.activity);
  EXPECT_EQ(shipped->window.burst, empty->window.burst);
  EXPECT_EQ(shipped->queue.nobody_after, empty->queue.nobody_after);
  EXPECT_EQ(shipped->queue.usual_wait, empty->queue.usual_wait);
  EXPECT_EQ(shipped->limits.enabled, empty->limits.enabled);
  EXPECT_EQ(shipped->limits.texts_a_minute, empty->limits.texts_a_minute);
  EXPECT_EQ(shipped->limits.connections, empty->limits.connections);
  EXPECT_EQ(shipped->limits.body_kib, empty->limits.body_kib);
  EXPECT_EQ(shipped->limits.slow_client, empty->limits.slow_client);
  EXPECT_EQ(shipped->threads, empty->threads);
  EXPECT_EQ(shipped->log_level, empty->log_level);
  EXPECT_EQ(shipped->templates, empty->templates);
  EXPECT_EQ(shipped->flow, empty->flow);
  EXPECT_EQ(shipped->lexicon, empty->lexicon);
  EXPECT_EQ(shipped->geo, empty->geo);
  EXPECT_EQ(shipped->directory, empty->directory);
  EXPECT_EQ(shipped->keys_file, shipped->store.state / "keys");
  EXPECT_EQ(empty->keys_file, empty->store.state / "keys");
}

TEST_F(ConfigFile, of_the_issue_that_drivers_from_outside_write_is_read) {
  const auto config = load(R"(
listen: { public: 127.0.0.1:9080, operations: 127.0.0.1:9081 }
store: { url: "redis://127.0.0.1:6379" }
limits: { enabled: false }
channels:
  main:
    type: twilio
    public_url: https://hooks.example.org/sms/main
    account_sid: AC0123
    auth_token_file: secrets/main
    api_base: https://api.twilio.com
    reply: api
)");
  ASSERT_TRUE(config) << config.error().front().to_string();
  EXPECT_EQ(config->listen_public.port, 9080);
  EXPECT_FALSE(config->limits.enabled);
  const ChannelSettings* main = config->channel("main");
  ASSERT_NE(main, nullptr);
  EXPECT_EQ(main->type, "twilio");
  EXPECT_EQ(main->setting("auth_token_file"), (folder_ / "secrets" / "main").string()) << "relative to the file";
  EXPECT_EQ(config->channel("other"), nullptr);
}

TEST_F(ConfigFile, with_many_mistakes_names_each_with_line_and_column) {
  EXPECT_THAT(faults("listen:\n"
                     "  public: 127.0.0.1:99999\n"
                     "  operatoins: 127.0.0.1:8081\n"
                     "demo: perhaps\n"
                     "threads: many\n"
                     "window: { activity: 10s, burst: [20s] }\n"
                     "programme:\n"
                     "  languages: [en, xx]\n"
                     "store: private\n"
                     "log:\n"),
              ElementsAre("northstar.yaml:2:11: listen.public: 127.0.0.1:99999 has no such port; ports go from 1 to 65535",
                          "northstar.yaml:3:3: listen.operatoins: is no setting; did you mean listen.operations?",
                          "northstar.yaml:4:7: demo: \"perhaps\" is neither true nor false",
                          "northstar.yaml:5:10: threads: \"many\" is no whole number; it goes from 1 to 256",
                          "northstar.yaml:6:21: window.activity: 10s is out of range; it goes from 1m to 2h",
                          "northstar.yaml:6:33: window.burst: needs a single value and has a list",
                          HasSubstr("northstar.yaml:8:14: programme.languages: \"xx\" is none of en, es"),
                          "northstar.yaml:9:8: store: needs keys of its own below it and has a single value",
                          "northstar.yaml:10:1: log: is empty; give it a value or leave the line out"));
}

TEST_F(ConfigFile, that_names_no_redis_says_where_and_which_forms_there_are) {
  EXPECT_THAT(faults("store:\n  url: redis://10.0.0.1\n"),
              ElementsAre(testing::AllOf(HasSubstr("northstar.yaml:2:8: store.url: "), HasSubstr("redis://HOST:PORT"))));
}

TEST_F(ConfigFile, with_a_key_twice_is_refused) {
  EXPECT_THAT(faults("demo: true\nlog: { level: info }\ndemo: false\nprogramme: {name: A, contact: \"1\", name: B}\n"),
              testing::IsSupersetOf({"northstar.yaml:3:1: demo is written twice, the first time in line 1; keep one",
                                     "northstar.yaml:4:36: programme.name is written twice, the first time in line 4; keep one"}));
}

TEST_F(ConfigFile, that_is_no_yaml_says_where) {
  EXPECT_THAT(faults("demo: true\nlisten: { public: [\n"), ElementsAre(HasSubstr("this is no YAML")));
  EXPECT_THAT(faults("- demo\n"), ElementsAre(HasSubstr("northstar.yaml:1:1: settings are written as")));
  EXPECT_THAT(faults("demo: true\n---\ndemo: false\n"), ElementsAre(HasSubstr("northstar.yaml:3:1: a second document")));
  const auto missing = Config::load(folder_ / "nothing.yaml");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().front().text, HasSubstr("cannot be read"));
}

TEST_F(ConfigFile, is_overruled_by_any_set) {
  const auto config = load("listen: { public: 127.0.0.1:9080 }\nchannels: { main: { type: http } }\n",
                           {"listen.public=127.0.0.1:9090", "window.activity=16m", "programme.languages=[en]",
                            "channels.main.type=twilio", "channels.second.type=http", "limits.enabled=false"});
  ASSERT_TRUE(config) << config.error().front().to_string();
  EXPECT_EQ(config->listen_public.port, 9090);
  EXPECT_EQ(config->window.activity, 16min);
  EXPECT_THAT(config->programme.languages, ElementsAre(Locale("en")));
  EXPECT_EQ(config->channel("main")->type, "twilio");
  EXPECT_EQ(config->channel("second")->type, "http");
  EXPECT_FALSE(config->limits.enabled);
}

TEST_F(ConfigFile, blames_a_set_and_not_a_line) {
  EXPECT_THAT(faults("listen: { public: 127.0.0.1:9080 }\n",
                     {"listen.public=nowhere", "lsiten.public=127.0.0.1:1", "window", "demo.more=1"}),
              testing::UnorderedElementsAre("--set: listen.public: nowhere lacks its port; write it as 127.0.0.1:8080",
                                            "--set: lsiten: is no setting; did you mean listen?",
                                            "--set: \"window\" is to be written as --set a.b=value",
                                            HasSubstr("--set: demo: needs a single value and has several keys")));
}

TEST_F(ConfigFile, takes_no_secret_from_the_command_line_and_does_not_repeat_it) {
  for (const std::string set : {"channels.main.auth_token=0123abc", "x.password=0123abc", "x.api_key=0123abc"}) {
    const auto said = faults("channels: { main: { type: twilio } }\n", {set});
    ASSERT_THAT(said, testing::Contains(HasSubstr("is a secret, and a command line can be read by everyone")));
    for (const std::string& line : said) EXPECT_THAT(line, testing::Not(HasSubstr("0123abc")));
  }
  EXPECT_TRUE(load("channels: { main: { type: twilio } }\n", {"channels.main.auth_token_env=TOKEN"}));
}

TEST_F(ConfigFile, of_a_production_start_refuses_what_was_shipped_R97) {
  EXPECT_THAT(faults("demo: false\n"),
              testing::UnorderedElementsAre(HasSubstr("programme.name: \"Info line\" is the name that we ship"),
                                            HasSubstr("programme.contact: 800-555-0100 is made up")));
  EXPECT_THAT(faults("demo: false\nprogramme: { name: Valley line, contact: 559-555-0142 }\nclock: { ahead: 16m }\n"),
              ElementsAre(HasSubstr("northstar.yaml:3:17: clock.ahead: moves time for everyone")));
  EXPECT_TRUE(load("demo: false\nprogramme: { name: Valley line, contact: 559-555-0142 }\n"));
}

TEST_F(ConfigFile, of_the_demo_gets_a_place_for_its_token_and_production_does_not) {
  const auto demo = load("channels: { main: { type: twilio } }\n", {"store.state=" + (folder_ / "s").string()});
  ASSERT_TRUE(demo);
  EXPECT_EQ(demo->channel("main")->setting("auth_token_file"), (folder_ / "s" / "secrets" / "main").string());
  EXPECT_EQ(demo->keys_file, folder_ / "s" / "keys") << "a second gateway with a folder of its own has its own keys";
  const auto live = load("demo: false\nprogramme: { name: Valley line, contact: 559-555-0142 }\n"
                         "channels: { main: { type: twilio } }\n");
  ASSERT_TRUE(live);
  EXPECT_EQ(live->channel("main")->setting("auth_token_file"), "");
}

TEST_F(ConfigFile, in_a_folder_called_config_finds_its_files_beside_that_folder) {
  fs::create_directories(folder_ / "config");
  std::ofstream(folder_ / "config" / "northstar.yaml") << "templates: words\nstore: { state: /srv/state }\n";
  const auto config = Config::load(folder_ / "config" / "northstar.yaml");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->templates, folder_ / "words");
  EXPECT_EQ(config->store.state, "/srv/state");
}

TEST_F(ConfigFile, gives_others_a_place_to_complain_about) {
  const auto config = load("templates: words\nlog: { level: info }\n");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->fault("templates", "there is no such folder").to_string(),
            file_.string() + ":1:12: templates: there is no such folder");
  EXPECT_EQ(config->fault("flow", "there is no such file").to_string(), file_.string() + ": flow: there is no such file");
}

TEST_F(ConfigFile, refuses_a_channel_that_has_no_type_or_a_name_that_is_no_address) {
  EXPECT_THAT(faults("channels:\n  main: { reply: inline }\n  Main Line: { type: http }\n  third: 3\n"),
              ElementsAre("northstar.yaml:2:9: channels.main: lacks its type, such as twilio or http",
                          HasSubstr("northstar.yaml:3:14: channels.Main Line: is no name for a channel"),
                          HasSubstr("northstar.yaml:4:10: channels.third: needs keys of its own")));
}

}  // namespace
}  // namespace northstar::app
