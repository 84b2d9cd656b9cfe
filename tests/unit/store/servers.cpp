#include "tests/unit/store/servers.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/redirect_error.hpp>
#include <fstream>
#include <sstream>
#include <thread>

namespace northstar::store::testing {

namespace asio = boost::asio;

TempFolder::TempFolder() {
  // Short: the path of a unix socket inside it must fit in 107 bytes.
  std::string name = std::filesystem::temp_directory_path() / "northstar-test-XXXXXX";
  if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary folder can be made: " + name);
  path_ = name;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

awaitable<void> sleep(asio::io_context& io, std::chrono::milliseconds time) {
  asio::steady_timer timer(io, time);
  co_await timer.async_wait(asio::use_awaitable);
}

void signal_one(std::optional<pid_t> pid, int signal) {
  if (!pid || *pid <= 1 || *pid == ::getpid()) throw std::runtime_error("not the number of a process that this test started");
  ::kill(*pid, signal);
}

std::string shell(const std::string& command) {
  std::string out;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  char buffer[4096];
  while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, pipe)) out.append(buffer, n);
  ::pclose(pipe);
  return out;
}

namespace {

std::string address(const Endpoint& server) {
  return server.path.empty() ? "-p " + std::to_string(server.port) : "-s " + server.path;
}

}  // namespace

std::vector<std::string> ask_all(const Endpoint& server, const std::vector<std::string>& commands) {
  const TempFolder folder;
  const auto file = folder.path() / "commands";
  {
    std::ofstream out(file);
    for (const std::string& command : commands) out << command << '\n';
  }
  std::istringstream answers(shell("redis-cli " + address(server) + " < " + file.string()));
  std::vector<std::string> out;
  for (std::string line; std::getline(answers, line);) out.push_back(line);
  if (out.size() != commands.size()) throw std::runtime_error("some commands got no answer of one line");
  return out;
}

namespace {

bool is_free(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool free = ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return free;
}

std::uint16_t free_port() {
  // A Cluster node also takes its port + 10000. Both are kept below those that the system gives out by itself (32768).
  constexpr std::uint16_t kBus = 10000;
  while (true) {
    const auto port = static_cast<std::uint16_t>(11000 + random_number() % 11000);
    if (is_free(port) && is_free(port + kBus)) return port;
  }
}

pid_t start(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error("cannot fork");
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int null = ::open("/dev/null", O_RDWR);
    ::dup2(null, 1);
    ::dup2(null, 2);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  return pid;
}

}  // namespace

ThreeNodes::ThreeNodes() {
  for (int i = 0; i < 3; ++i) {
    const std::uint16_t port = free_port();
    const auto folder = folder_.path() / std::to_string(i);
    std::filesystem::create_directory(folder);
    ports_.push_back(port);
    pids_.push_back(start({"redis-server", "--port", std::to_string(port), "--bind", "127.0.0.1", "--dir", folder.string(),
                           "--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--save", "", "--appendonly", "yes",
                           "--appendfsync", "no", "--maxmemory-policy", "noeviction", "--cluster-require-full-coverage", "no"}));
  }
  for (std::size_t i = 0; i < 3; ++i) {
    for (int tries = 0; tries < 200 && cli(i, "ping").find("PONG") == std::string::npos; ++tries) std::this_thread::sleep_for(10ms);
  }
  // What `redis-cli --cluster create` does, without the whole seconds that it waits.
  constexpr int kSlots = 16384;
  for (int i = 0; i < 3; ++i) {
    const auto node = static_cast<std::size_t>(i);
    cli(node, "cluster addslotsrange " + std::to_string(kSlots * i / 3) + " " + std::to_string(kSlots * (i + 1) / 3 - 1));
    cli(node, "cluster set-config-epoch " + std::to_string(i + 1));
  }
  meet();
}

void ThreeNodes::meet() const {
  for (const auto& [one, other] : {std::pair<std::size_t, std::size_t>{0, 1}, {0, 2}, {1, 2}}) {
    cli(one, "cluster meet 127.0.0.1 " + std::to_string(ports_[other]));
  }
}

void ThreeNodes::wait_until_whole() const {
  const auto whole = [&](std::size_t node) {
    const std::string info = cli(node, "cluster info");
    return info.find("cluster_state:ok") != std::string::npos && info.find("cluster_slots_ok:16384") != std::string::npos &&
           info.find("cluster_known_nodes:3") != std::string::npos;
  };
  const auto end = in(20s);
  auto again = in(3s);  // a node gives up meeting another after a second, which a busy machine may well take
  for (std::size_t i = 0; i < 3; ++i) {
    while (!whole(i)) {
      if (std::chrono::steady_clock::now() > end) {
        throw std::runtime_error("the three nodes do not make a Cluster:\n" + cli(i, "cluster info") + cli(i, "cluster nodes"));
      }
      if (std::chrono::steady_clock::now() > again) {
        meet();
        again = in(3s);
      }
      std::this_thread::sleep_for(20ms);
    }
  }
}

ThreeNodes::~ThreeNodes() {
  for (const pid_t pid : pids_) {
    signal_one(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
}

RedisUrl ThreeNodes::url() const {
  wait_until_whole();
  RedisUrl url{RedisUrl::Kind::cluster, {}};
  for (const std::uint16_t port : ports_) url.endpoints.push_back({.host = "127.0.0.1", .port = port});
  return url;
}

std::string ThreeNodes::cli(std::size_t node, const std::string& words) const {
  return shell("redis-cli -p " + std::to_string(ports_[node]) + " " + words);
}

namespace {

ThreeNodes& shared_cluster() {
  static ThreeNodes nodes;
  return nodes;
}

// A node of a Cluster says for its first two seconds that it is not ready; it may do so while other tests run.
struct Early final : ::testing::Environment {
  void SetUp() override { shared_cluster(); }
};
[[maybe_unused]] const auto* const kEarly = ::testing::AddGlobalTestEnvironment(new Early);

}  // namespace

RedisUrl url_of(Place place) {
  if (place == Place::cluster) {
    static const RedisUrl cluster = shared_cluster().url();
    return cluster;
  }
  struct One {
    TempFolder folder;
    asio::io_context io;
    PrivateRedis redis{io, {.folder = folder.path() / "redis"}};
    One() {
      const auto started = run(io, redis.start(in(5s)));
      if (!started) throw std::runtime_error(started.error().text);
    }
  };
  static One one;
  return one.redis.url();
}

Node::Node(RedisUrl url)
    : redis(io, std::move(url)), sessions(redis, clock, [this](std::uint8_t partition) { woken.push_back(partition); }) {
  const auto started = run(redis.start(in(5s)));
  if (!started) throw std::runtime_error(started.error().text);
  const auto ticking = run(clock.start(in(5s)));
  if (!ticking) throw std::runtime_error(ticking.error().text);
}

Node::~Node() {
  clock.stop();
  redis.stop();
  io.restart();
  io.poll();
}

namespace {
std::string words_of(ReplyView reply) {
  if (reply.is_nil()) return "(nil)";
  if (reply.is_integer()) return std::to_string(reply.integer());
  if (!reply.is_array()) return std::string(reply.text());
  std::string out;
  for (std::size_t i = 0; i < reply.size(); ++i) out += (i ? " " : "") + words_of(reply[i]);
  return out;
}
}  // namespace

std::string Node::command(std::vector<std::string> words) {
  return run([](Redis& redis, std::vector<std::string> all) -> awaitable<std::string> {
    Request request{all.size() > 1 ? slot_of_key(all[1]) : Request::kAnySlot};
    request.begin(all.size());
    for (const auto& word : all) request.arg(word);
    auto answer = co_await redis.call(std::move(request), in(3s));
    co_return answer ? words_of((*answer)[0]) : answer.error().text;
  }(redis, std::move(words)));
}

void OnEveryRedis::SetUp() {
  const RedisUrl url = url_of(GetParam());
  for (const Endpoint& endpoint : url.endpoints) {
    shell("redis-cli " + address(endpoint) + " flushall");
  }
}

std::string place_name(const ::testing::TestParamInfo<Place>& place) {
  return place.param == Place::single ? "on_one_redis" : "on_a_cluster";
}

privacy::ContactId contact_in(std::uint8_t partition, int n) {
  privacy::ContactId contact;
  contact.bytes[0] = partition;
  for (std::size_t i = 0; i < 4; ++i) contact.bytes[1 + i] = static_cast<std::uint8_t>(n >> 8 * i);
  return contact;
}

}  // namespace northstar::store::testing
