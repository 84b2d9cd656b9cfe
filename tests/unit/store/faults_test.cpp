// Servers that die or move while texts come in.
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "gateway/store/layout.h"
#include "tests/unit/store/talk.h"

namespace northstar::store {
namespace {

using namespace testing;

/// The Clusters that these tests move and break, made at first so that they are whole when their turn comes.
class Faults : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    moving = std::make_unique<ThreeNodes>();
    dying = std::make_unique<ThreeNodes>();
  }
  static void TearDownTestSuite() {
    moving.reset();
    dying.reset();
  }
  static inline std::unique_ptr<ThreeNodes> moving, dying;
};

struct Load {
  Node& node;
  int first = 0, contacts = 0;
  std::map<int, std::uint64_t> acknowledged;   ///< by contact: the version that was answered
  long failures = 0, steps = 0;
  bool stop = false;
  int running = 0;
};

awaitable<void> keep_texting(Load& load, int n, std::optional<std::uint8_t> partition) {
  const auto contact = contact_in(partition.value_or(static_cast<std::uint8_t>(n)), 1000 + n);
  for (int i = 0; !load.stop; ++i) {
    const auto loaded = co_await load.node.sessions.load(contact, "digest", in(4s));
    if (!loaded) {
      ++load.failures;
      co_await sleep(load.node.io, 20ms);
      continue;
    }
    Commit step{.contact = contact, .before = loaded->head, .now = loaded->now, .number = 7, .sealed = std::string(300, 's'), .life = 1h};
    step.seen = std::to_string(n) + "-" + std::to_string(i);
    step.out.push_back({.id = random_id(), .sealed = "reply", .due = loaded->now + 20s, .useful = 5min, .marked = true});
    const auto done = co_await load.node.sessions.commit(step, in(4s));
    ++load.steps;
    if (!done) {
      ++load.failures;
      co_await sleep(load.node.io, 20ms);
    } else if (done->outcome == Outcome::committed) {
      load.acknowledged[n] = done->version;
    }
  }
  --load.running;
}

void begin(Load& load, int contacts, std::optional<std::uint8_t> partition = {}) {
  load.contacts = load.running = contacts;
  for (int n = 0; n < contacts; ++n) boost::asio::co_spawn(load.node.io, keep_texting(load, n, partition), boost::asio::detached);
}

void end(Load& load) {
  load.stop = true;
  load.node.io.restart();
  const auto limit = in(10s);
  while (load.running > 0 && std::chrono::steady_clock::now() < limit) load.node.io.run_one_for(20ms);
}

TEST_F(Faults, a_redis_killed_under_a_writer_loses_nothing_that_was_acknowledged) {
  TempFolder folder;
  Node* node = nullptr;
  boost::asio::io_context io;
  PrivateRedis server(io, {.folder = folder.path()});
  ASSERT_TRUE(run(io, server.start(in(3s))));
  Node gateway(server.url());
  node = &gateway;
  Load load{*node};
  begin(load, 40);
  for (int round = 0; round < 4; ++round) {
    node->run(sleep(node->io, 250ms));
    const auto before = server.pid();
    ASSERT_TRUE(before);
    signal_one(before, SIGKILL);
    // The supervisor's loop runs until the next server is there.
    for (int i = 0; i < 400 && (!server.pid() || server.pid() == before); ++i) run(io, sleep(io, 5ms));
  }
  node->run(sleep(node->io, 500ms));
  end(load);
  EXPECT_EQ(load.acknowledged.size(), 40u);
  EXPECT_GT(load.failures, 0) << "the kills were not felt: the test shows nothing";
  for (const auto& [n, version] : load.acknowledged) {
    const auto loaded = node->run(node->sessions.load(contact_in(static_cast<std::uint8_t>(n), 1000 + n), "digest", in(3s)));
    ASSERT_TRUE(loaded);
    EXPECT_GE(loaded->head.version, version) << "contact " << n;
    // At most the one step whose answer was lost with the link, a round, may be there beside.
    EXPECT_LE(loaded->head.version, version + 1) << "contact " << n;
  }
}

TEST_F(Faults, a_slot_that_moves_to_another_node_under_load_is_followed) {
  ThreeNodes& cluster = *moving;
  Node node(cluster.url());
  constexpr std::uint8_t kPartition = 17;
  const int slot = partition_slot(kPartition);
  std::size_t from = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    if (cluster.cli(i, "cluster countkeysinslot " + std::to_string(slot)).empty()) continue;
    const std::string nodes = cluster.cli(i, "cluster nodes");
    const std::size_t self = nodes.find("myself");
    const std::string line = nodes.substr(self, nodes.find('\n', self) - self);
    std::istringstream words(line);
    for (std::string word; words >> word;) {
      int low = 0, high = 0;
      if (std::sscanf(word.c_str(), "%d-%d", &low, &high) == 2 && low <= slot && slot <= high) from = i;
    }
  }
  const std::size_t to = (from + 1) % 3;
  Load load{node};
  begin(load, 8, kPartition);
  node.run(sleep(node.io, 200ms));
  std::atomic<bool> moved = false;
  std::thread mover([&] {
    const auto id = [&](std::size_t i) {
      std::string text = cluster.cli(i, "cluster myid");
      return text.substr(0, text.find('\n'));
    };
    const std::string s = std::to_string(slot);
    cluster.cli(to, "cluster setslot " + s + " importing " + id(from));
    cluster.cli(from, "cluster setslot " + s + " migrating " + id(to));
    for (int i = 0; i < 400; ++i) {
      std::istringstream keys(cluster.cli(from, "cluster getkeysinslot " + s + " 200"));
      std::string all, key;
      while (std::getline(keys, key)) {
        if (!key.empty()) all += " '" + key + "'";  // redis-cli prints an empty line for an empty list
      }
      if (all.empty()) break;
      cluster.cli(from, "migrate 127.0.0.1 " + std::to_string(cluster.ports()[to]) + " '' 0 2000 keys" + all);
    }
    for (const std::size_t i : {to, from, (from + 2) % 3}) cluster.cli(i, "cluster setslot " + s + " node " + id(to));
    moved = true;
  });
  while (!moved) node.run(sleep(node.io, 50ms));
  mover.join();
  const long before = load.steps;
  node.run(sleep(node.io, 500ms));
  end(load);
  EXPECT_GT(load.steps, before + 20) << "the talks go on at the slot's new place";
  EXPECT_EQ(load.failures, 0) << "the move cost time, and no text";
  EXPECT_GT(node.redis.counts().moved + node.redis.counts().asked, 0u) << "nothing was redirected: the test shows nothing";
  for (const auto& [n, version] : load.acknowledged) {
    const auto loaded = node.run(node.sessions.load(contact_in(kPartition, 1000 + n), "digest", in(3s)));
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->head.version, version);
  }
}

struct Served {
  int yes = 0, no = 0;
  std::chrono::steady_clock::duration longest{};
};

awaitable<void> load_one(Node& node, Served& served, privacy::ContactId contact) {
  const auto began = std::chrono::steady_clock::now();
  const auto loaded = co_await node.sessions.load(contact, "digest", in(900ms));
  served.longest = std::max(served.longest, std::chrono::steady_clock::now() - began);
  ++(loaded ? served.yes : served.no);
}

TEST_F(Faults, when_one_node_of_a_cluster_dies_the_others_go_on_and_its_share_says_so_within_a_second) {
  ThreeNodes& cluster = *dying;
  Node node(cluster.url());
  signal_one(cluster.pid(0), SIGKILL);
  // Once before the others have noticed, and once when they all say so.
  for (const bool noticed : {false, true}) {
    const auto limit = in(10s);
    while (noticed && std::chrono::steady_clock::now() < limit && cluster.cli(1, "cluster info").find("cluster_slots_fail:0") != std::string::npos) {
      node.run(sleep(node.io, 50ms));
    }
    Served served;
    for (int p = 0; p < 48; ++p) {
      boost::asio::co_spawn(node.io, load_one(node, served, contact_in(static_cast<std::uint8_t>(p * 5))), boost::asio::detached);
    }
    node.io.restart();
    while (served.yes + served.no < 48 && std::chrono::steady_clock::now() < limit) node.io.run_one_for(20ms);
    EXPECT_EQ(served.yes + served.no, 48);
    EXPECT_LT(served.longest, 1200ms);
    EXPECT_GT(served.yes, 20);
    EXPECT_GT(served.no, 5);
    EXPECT_FALSE(node.redis.ready());
  }
}

}  // namespace
}  // namespace northstar::store
