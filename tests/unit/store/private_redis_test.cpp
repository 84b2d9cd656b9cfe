#include "gateway/store/private_redis.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "tests/unit/store/servers.h"

namespace northstar::store {
namespace {

using namespace testing;

struct Gateway {
  explicit Gateway(const std::filesystem::path& folder) : redis(io, {.folder = folder}) {}
  Result<void> start() { return run(io, redis.start(in(20s))); }
  boost::asio::io_context io;
  PrivateRedis redis;
};

// What a started server answers once it has read what it keeps: `start` ends when it listens, which is before that.
std::string cli(const std::filesystem::path& folder, const std::string& words) {
  std::string said;
  for (int i = 0; i < 1000; ++i, ::usleep(10'000)) {
    said = shell("redis-cli -s " + (folder / "redis.sock").string() + " " + words);
    if (!said.starts_with("LOADING")) break;
  }
  return said;
}

TEST(PrivateRedis, starts_within_a_third_of_a_second_and_keeps_what_it_is_told) {
  TempFolder folder;
  {
    Gateway gateway(folder.path());
    const auto began = std::chrono::steady_clock::now();
    const auto started = gateway.start();
    ASSERT_TRUE(started) << started.error().text;
    RecordProperty("ready_ms", static_cast<int>((std::chrono::steady_clock::now() - began) / 1ms));
    EXPECT_EQ(cli(folder.path(), "set kept yes"), "OK\n");
    EXPECT_NE(cli(folder.path(), "config get appendfsync").find("always"), std::string::npos);
    EXPECT_NE(cli(folder.path(), "config get port").find("\n0"), std::string::npos);
    run(gateway.io, gateway.redis.stop(in(3s)));
  }
  Gateway again(folder.path());
  ASSERT_TRUE(again.start());
  EXPECT_EQ(cli(folder.path(), "get kept"), "yes\n");
}

TEST(PrivateRedis, is_started_again_when_it_dies) {
  TempFolder folder;
  Gateway gateway(folder.path());
  ASSERT_TRUE(gateway.start());
  cli(folder.path(), "set kept yes");
  const auto first = gateway.redis.pid();
  signal_one(first, SIGKILL);
  for (int i = 0; i < 500 && (!gateway.redis.pid() || gateway.redis.pid() == first || cli(folder.path(), "get kept") != "yes\n"); ++i) {
    run(gateway.io, sleep(gateway.io, 20ms));
  }
  EXPECT_NE(gateway.redis.pid(), first);
  EXPECT_EQ(cli(folder.path(), "get kept"), "yes\n");
  EXPECT_EQ(gateway.redis.restarts(), 1u);
}

TEST(PrivateRedis, holds_nothing_open_that_the_gateway_holds) {
  TempFolder folder;
  int ends[2];  // as a listener or a person's connection is: not closed by exec itself
  ASSERT_EQ(::pipe(ends), 0);
  Gateway gateway(folder.path());
  ASSERT_TRUE(gateway.start());
  const auto held = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(ends[0]));
  for (const auto& fd : std::filesystem::directory_iterator("/proc/" + std::to_string(*gateway.redis.pid()) + "/fd")) {
    std::error_code gone;
    EXPECT_NE(std::filesystem::read_symlink(fd.path(), gone), held);
  }
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(PrivateRedis, removes_what_the_manifest_does_not_name_and_never_the_log_of_writes) {
  TempFolder folder;
  {
    Gateway gateway(folder.path());
    ASSERT_TRUE(gateway.start());
    cli(folder.path(), "set kept yes");
  }
  const auto aof = folder.path() / "appendonlydir";
  for (const auto& file : {folder.path() / "dump.rdb", folder.path() / "temp-123.rdb", aof / "appendonly.aof.9.incr.aof"}) {
    std::ofstream(file) << "a copy of people's talks";
  }
  Gateway again(folder.path());
  ASSERT_TRUE(again.start());
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "dump.rdb"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "temp-123.rdb"));
  EXPECT_FALSE(std::filesystem::exists(aof / "appendonly.aof.9.incr.aof"));
  EXPECT_EQ(cli(folder.path(), "get kept"), "yes\n");
}

TEST(PrivateRedis, does_not_begin_anew_beside_writes_whose_manifest_is_lost) {
  TempFolder folder;
  {
    Gateway gateway(folder.path());
    ASSERT_TRUE(gateway.start());
    cli(folder.path(), "set kept yes");
  }
  const auto manifest = folder.path() / "appendonlydir" / "appendonly.aof.manifest";
  std::filesystem::rename(manifest, folder.path() / "lock.manifest");
  std::filesystem::rename(folder.path() / "lock.manifest", folder.path().string() + ".manifest");
  const auto started = Gateway(folder.path()).start();
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().text.find("manifest"), std::string::npos);
  std::filesystem::rename(folder.path().string() + ".manifest", manifest);
  Gateway mended(folder.path());
  ASSERT_TRUE(mended.start());
  EXPECT_EQ(cli(folder.path(), "get kept"), "yes\n");
}

TEST(PrivateRedis, of_a_killed_gateway_ends_and_the_next_one_takes_its_place) {
  TempFolder folder;
  const pid_t gateway = ::fork();
  ASSERT_GE(gateway, 0);
  if (gateway == 0) {
    Gateway first(folder.path());
    if (!first.start()) ::_exit(1);
    std::ofstream(folder.path().string() + ".ready") << "ready";
    first.io.restart();
    first.io.run();
    ::_exit(0);
  }
  const std::string ready = folder.path().string() + ".ready";
  for (int i = 0; i < 2000 && !std::filesystem::exists(ready); ++i) ::usleep(10'000);
  cli(folder.path(), "set kept yes");
  signal_one(gateway, SIGKILL);
  ::waitpid(gateway, nullptr, 0);
  Gateway second(folder.path());
  const auto started = second.start();
  ASSERT_TRUE(started) << started.error().text;
  EXPECT_EQ(cli(folder.path(), "get kept"), "yes\n");
  std::filesystem::remove(ready);
}

TEST(PrivateRedis, a_second_gateway_on_the_same_folder_is_refused) {
  TempFolder folder;
  Gateway first(folder.path());
  ASSERT_TRUE(first.start());
  const auto second = Gateway(folder.path()).start();
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().text.find("another gateway"), std::string::npos);
  EXPECT_EQ(cli(folder.path(), "ping"), "PONG\n") << "the first one's server is left alone";
}

TEST(PrivateRedis, without_a_redis_server_says_what_to_install) {
  TempFolder folder;
  boost::asio::io_context io;
  PrivateRedis redis(io, {.folder = folder.path(), .server = "no-such-server"});
  const auto started = run(io, redis.start(in(20s)));
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().text.find("redis-server"), std::string::npos);
}

TEST(Redis, that_may_evict_peoples_talks_is_refused_with_the_reason) {
  TempFolder folder;
  Gateway gateway(folder.path());
  ASSERT_TRUE(gateway.start());
  for (const char* policy : {"volatile-lru", "volatile-ttl", "allkeys-lru"}) {
    cli(folder.path(), std::string("config set maxmemory-policy ") + policy);
    boost::asio::io_context io;
    Redis redis(io, gateway.redis.url());
    const auto started = run(io, redis.start(in(20s)));
    ASSERT_FALSE(started) << policy;
    EXPECT_NE(started.error().text.find("noeviction"), std::string::npos) << started.error().text;
    EXPECT_NE(started.error().text.find(policy), std::string::npos);
  }
}

TEST(Redis, that_is_away_is_said_within_a_second_and_found_again_without_restart) {
  TempFolder folder;
  Gateway gateway(folder.path());
  ASSERT_TRUE(gateway.start());
  Node node(gateway.redis.url());
  run(gateway.io, gateway.redis.stop(in(3s)));
  const auto began = std::chrono::steady_clock::now();
  const auto load = node.run(node.sessions.load(contact_in(1), "digest", in(10s)));
  ASSERT_FALSE(load);
  EXPECT_EQ(load.error().kind, Error::Kind::unavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 1s);
  EXPECT_FALSE(node.redis.ready());
  PrivateRedis again(gateway.io, {.folder = folder.path() / "again"});
  // The same socket path, by a link: what a restarted server looks like from outside.
  ASSERT_TRUE(run(gateway.io, again.start(in(3s))));
  std::filesystem::remove(gateway.redis.socket());
  std::filesystem::create_symlink(again.socket(), gateway.redis.socket());
  bool found = false;
  for (int i = 0; i < 60 && !found; ++i) {
    node.run(sleep(node.io, 50ms), 5s);
    found = static_cast<bool>(node.run(node.sessions.load(contact_in(1), "digest", in(1s))));
  }
  EXPECT_TRUE(found);
}

TEST(Redis, that_hangs_is_not_waited_for_past_the_deadline) {
  TempFolder folder;
  Gateway gateway(folder.path());
  ASSERT_TRUE(gateway.start());
  Node node(gateway.redis.url());
  signal_one(gateway.redis.pid(), SIGSTOP);
  const auto began = std::chrono::steady_clock::now();
  const auto load = node.run(node.sessions.load(contact_in(1), "digest", in(300ms)));
  signal_one(gateway.redis.pid(), SIGCONT);
  ASSERT_FALSE(load);
  EXPECT_EQ(load.error().kind, Error::Kind::timed_out);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 600ms);
  EXPECT_TRUE(node.run(node.sessions.load(contact_in(1), "digest", in(1s)))) << "a late answer belongs to nobody else";
}

TEST(Redis, that_lost_our_functions_gets_them_again) {
  TempFolder folder;
  Gateway gateway(folder.path());
  ASSERT_TRUE(gateway.start());
  Node node(gateway.redis.url());
  cli(folder.path(), "function flush");
  const auto outcome = node.run(node.sessions.commit({.contact = contact_in(1), .number = 1, .sealed = "x", .life = 1h}, in(3s)));
  ASSERT_TRUE(outcome) << outcome.error().text;
  EXPECT_EQ(outcome->outcome, Outcome::committed);
}

}  // namespace
}  // namespace northstar::store
