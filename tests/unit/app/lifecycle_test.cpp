#include "gateway/app/lifecycle/lifecycle.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fstream>

#include "gateway/app/lifecycle/prepare.h"
#include "gateway/app/lifecycle/watch.h"

namespace northstar::app {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

struct Folder {
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "northstar.XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    path = pattern;
  }
  ~Folder() { fs::remove_all(path); }
  void write(const fs::path& name, std::string_view text) const { std::ofstream(path / name) << text; }
  fs::path path;
};

TEST(Watch, reports_each_change_once_and_only_when_it_has_settled) {
  const Folder folder;
  fs::create_directories(folder.path / "en");
  folder.write("en/messages.yaml", "a");
  folder.write("flow.yaml", "a");
  Watch watch({folder.path / "en", folder.path / "flow.yaml"});
  EXPECT_FALSE(watch.changed());

  folder.write("en/messages.yaml", "longer");
  EXPECT_FALSE(watch.changed()) << "it may still be being written";
  EXPECT_TRUE(watch.changed());
  EXPECT_FALSE(watch.changed());

  folder.write("en/more.yaml", "new");
  EXPECT_FALSE(watch.changed());
  folder.write("en/more.yaml", "newer");
  EXPECT_FALSE(watch.changed()) << "not settled yet";
  EXPECT_TRUE(watch.changed());

  fs::remove(folder.path / "flow.yaml");
  EXPECT_FALSE(watch.changed());
  EXPECT_TRUE(watch.changed()) << "gone is a change, too";

  folder.write("en/.messages.yaml.swp", "an editor's");
  EXPECT_FALSE(watch.changed());
  EXPECT_FALSE(watch.changed());
}

asio::awaitable<void> note_draining(std::atomic<bool>& drained, std::chrono::steady_clock::time_point) {
  drained = true;
  co_return;
}

TEST(Lifecycle, ends_well_on_a_termination_signal_once_everything_has_drained) {
  std::atomic<bool> drained = false;
  std::atomic<int> served = 0;
  Lifecycle lifecycle(3);
  lifecycle.on_each([&](unsigned) {
    if (++served == 3) ::raise(SIGTERM);
  });
  Lifecycle::Hooks hooks;
  hooks.drain = [&](auto deadline) { return note_draining(drained, deadline); };
  EXPECT_EQ(lifecycle.run({}, std::move(hooks)), 0);
  EXPECT_TRUE(drained);
  EXPECT_EQ(served, 3) << "every thread works";
}

asio::awaitable<void> never(asio::io_context& context, std::chrono::steady_clock::time_point) {
  asio::steady_timer timer(context, std::chrono::hours(1));
  co_await timer.async_wait(asio::use_awaitable);
}

TEST(Lifecycle, ends_at_once_on_the_second_signal) {
  Lifecycle lifecycle(2);
  asio::post(lifecycle.context(0), [] {
    ::raise(SIGTERM);
    ::raise(SIGTERM);
  });
  Lifecycle::Hooks hooks;
  hooks.drain = [&](auto deadline) { return never(lifecycle.context(0), deadline); };
  EXPECT_EQ(lifecycle.run({}, std::move(hooks)), 1);
}

TEST(Lifecycle, reloads_on_a_changed_file_and_on_SIGHUP_and_off_the_threads_that_serve) {
  const Folder folder;
  folder.write("flow.yaml", "a");
  Lifecycle lifecycle(1);
  std::atomic<int> reloads = 0;
  std::thread::id serving;
  asio::post(lifecycle.context(0), [&] {
    serving = std::this_thread::get_id();
    ::raise(SIGHUP);
  });
  Lifecycle::Hooks hooks;
  hooks.reload = [&]() -> std::optional<std::vector<fs::path>> {
    EXPECT_NE(std::this_thread::get_id(), serving);
    if (++reloads == 1) {
      folder.write("flow.yaml", "longer");
    } else {
      lifecycle.stop();
    }
    return std::nullopt;
  };
  EXPECT_EQ(lifecycle.run({folder.path / "flow.yaml"}, std::move(hooks)), 0);
  EXPECT_EQ(reloads, 2);
}

TEST(Prepare, turns_core_dumps_off_and_makes_the_demos_token_once_R71_R79) {
  const Folder folder;
  folder.write("northstar.yaml", "channels: { main: { type: twilio } }\nstore: { state: state }\n");
  const auto config = Config::load(folder.path / "northstar.yaml");
  ASSERT_TRUE(config);
  ASSERT_TRUE(prepare(*config));

  EXPECT_EQ(prctl(PR_GET_DUMPABLE), 0);
  rlimit core{};
  ASSERT_EQ(getrlimit(RLIMIT_CORE, &core), 0);
  EXPECT_EQ(core.rlim_cur, 0U);
  EXPECT_EQ(core.rlim_max, 0U);

  struct stat facts {};
  const fs::path file = folder.path / "state" / "secrets" / "main";
  ASSERT_EQ(::stat(file.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
  ASSERT_EQ(::stat((folder.path / "state").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0700U);

  std::string first, second;
  std::getline(std::ifstream(file), first);
  EXPECT_EQ(first.size(), 32U);
  ASSERT_TRUE(prepare(*config));
  std::getline(std::ifstream(file), second);
  EXPECT_EQ(first, second) << "a running phone goes on signing with it";
}

TEST(Reload, says_which_settings_wait_for_a_restart) {
  const Folder folder;
  folder.write("northstar.yaml", "");
  const auto before = Config::load(folder.path / "northstar.yaml");
  const std::vector<std::string> sets{"listen.public=127.0.0.1:9", "window.activity=10m", "store.fsync=everysec",
                                      "channels.main.type=http", "limits.body_kib=32"};
  const auto after = Config::load(folder.path / "northstar.yaml", sets);
  ASSERT_TRUE(before && after);
  EXPECT_THAT(needs_restart(*before, *after), testing::ElementsAre("listen.public", "store.fsync", "limits", "channels"));
  EXPECT_THAT(needs_restart(*before, *before), testing::IsEmpty());
}

}  // namespace
}  // namespace northstar::app
