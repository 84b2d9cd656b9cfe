// What a text costs Redis and the client, beside a hand-written floor of the same job (one read, one commit by a script
// with the floor's keys and arguments), each on a redis-server of its own:
//
//   store_cost FLOOR_COMMIT_LUA [texts] [talks at once]
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <cstring>
#include <iostream>
#include <sstream>

#include "gateway/privacy/digests.h"
#include "gateway/privacy/keyring.h"
#include "tests/unit/store/servers.h"

namespace northstar::store {
namespace {

using namespace testing;

double cpu_us(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  const std::string all{std::istreambuf_iterator<char>(in), {}};
  std::istringstream rest(all.substr(all.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) rest >> skipped;
  double user = 0, system = 0;
  rest >> user >> system;
  return (user + system) * 1e6 / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double own_cpu_us() {
  rusage use{};
  ::getrusage(RUSAGE_THREAD, &use);
  return static_cast<double>(use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1e6 + static_cast<double>(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
}

struct Run {
  Node& node;
  std::string sha;
  int left = 0, talking = 0;
  long failures = 0;
};

awaitable<void> ours(Run& run) {
  privacy::ContactId contact;
  while (run.left-- > 0) {
    const std::uint64_t person = static_cast<std::uint64_t>(run.left) * 7919 % 20000 * 0x9e3779b97f4a7c15;
    for (std::size_t b = 0; b < 8; ++b) contact.bytes[b] = static_cast<std::uint8_t>(person >> 8 * b);
    static const std::string digest(22, 'd');
    const auto loaded = co_await run.node.sessions.load(contact, digest, in(10s));
    if (!loaded) { ++run.failures; continue; }
    Commit step{.contact = contact, .before = loaded->head, .now = loaded->now, .number = 1, .life = 24h, .seen = random_id()};
    step.sealed = std::string(480, 'x');
    step.out.push_back({.id = random_id(), .sealed = std::string(260, 'y'), .due = loaded->now + 20s, .useful = 5min, .marked = true});
    const std::string id = step.out[0].id;
    const auto done = co_await run.node.sessions.commit(step, in(10s));
    if (!done || done->outcome != Outcome::committed) { ++run.failures; continue; }
    run.node.sessions.strike(contact.partition(), id);
  }
  --run.talking;
}

awaitable<void> floors(Run& run) {
  while (run.left-- > 0) {
    const int person = static_cast<int>(static_cast<long>(run.left) * 7919 % 20000);
    const std::string tag = "{p" + std::to_string(person % 256) + "}:", from = "1415" + std::to_string(1000000 + person);
    const auto loaded = co_await run.node.redis.call(Request{}.command({"HGET", tag + "session:" + from, "b"}), in(10s));
    if (!loaded) { ++run.failures; continue; }
    const std::string_view blob = (*loaded)[0].text();
    const unsigned long version = blob.size() >= 16 ? std::stoul(std::string(blob.substr(0, 16)), nullptr, 16) : 0;
    char next[17];
    std::snprintf(next, sizeof next, "%016lx", version + 1);
    const auto now = std::chrono::system_clock::now().time_since_epoch() / 1ms;
    const std::string sid = "SM" + random_id() + "0123456789";
    const auto done = co_await run.node.redis.call(
        Request{}.command({"EVALSHA", run.sha, "4", tag + "session:" + from, tag + "seen:" + sid, tag + "outbox", tag + "timers",
                           std::to_string(version), std::string(next) + std::string(584, 'x'), "86400",
                           from + "\n" + sid + "\nHi. Is it safe to text right now? Reply 1 for yes, 2 for no. Reply STOP to end.",
                           std::to_string(now + 900000), from}),
        in(10s));
    if (!done || !(*done)[0].is_integer() || (*done)[0].integer() != 1) ++run.failures;
  }
  --run.talking;
}

void measure(const char* name, const std::string& script, int texts, int at_once) {
  TempFolder folder;
  boost::asio::io_context io;
  PrivateRedis server(io, {.folder = folder.path(), .sync_every_second = true});
  if (auto up = run(io, server.start(in(5s))); !up) return void(std::cerr << up.error().text << "\n");
  Node node(server.url());
  Run state{node, script.empty() ? "" : node.command({"SCRIPT", "LOAD", script})};
  const auto work = [&](int count) {
    state.left = count;
    state.talking = at_once;
    for (int i = 0; i < at_once; ++i) {
      boost::asio::co_spawn(node.io, script.empty() ? ours(state) : floors(state), boost::asio::detached);
    }
    while (state.talking > 0) node.io.run_one();
    node.run(sleep(node.io, 300ms));
  };
  work(texts / 5);
  const double redis = cpu_us(*server.pid()), own = own_cpu_us();
  const auto began = std::chrono::steady_clock::now();
  work(texts);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count() - 0.3;
  std::printf("%-6s redis %.2f us a text, client %.2f us, %.0f texts/s, %ld failures\n", name, (cpu_us(*server.pid()) - redis) / texts,
              (own_cpu_us() - own) / texts, texts / seconds, state.failures);
}

void sealing() {
  privacy::Keyring ring;
  const Instant now{std::chrono::hours{497000}};
  ring.make_missing(now, [](std::uint8_t* out, std::size_t n) { std::memset(out, 7, n); });
  const std::string plain(450, 'p');
  const privacy::Binding place{.kind = "session", .key = "ABCDEFGHIJKLMNOPQRSTUV", .version = 3};
  constexpr int kTimes = 200000;
  double from = own_cpu_us();
  std::string sealed;
  for (int i = 0; i < kTimes; ++i) sealed = *ring.seal(privacy::Life::hour, place, plain, now, random_nonce());
  std::printf("seal %.2f us, ", (own_cpu_us() - from) / kTimes);
  from = own_cpu_us();
  for (int i = 0; i < kTimes; ++i) (void)ring.open(place, sealed);
  std::printf("open %.2f us, ", (own_cpu_us() - from) / kTimes);
  const privacy::Digests digests(std::string(32, 's'));
  const PhoneNumber number{"+12135550101"};
  from = own_cpu_us();
  for (int i = 0; i < kTimes; ++i) (void)digests.contact("77001", number);
  std::printf("digest %.2f us\n", (own_cpu_us() - from) / kTimes);
}

}  // namespace
}  // namespace northstar::store

int main(int argc, char** argv) {
  using namespace northstar::store;
  sealing();
  if (argc < 2) return 0;
  std::ifstream in(argv[1], std::ios::binary);
  const std::string script{std::istreambuf_iterator<char>(in), {}};
  const int texts = argc > 2 ? std::atoi(argv[2]) : 100000, at_once = argc > 3 ? std::atoi(argv[3]) : 64;
  for (int round = 0; round < 3; ++round) {
    measure("floor", script, texts, at_once);
    measure("ours", "", texts, at_once);
  }
}
