#include "gateway/store/private_redis.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <thread>

namespace northstar::store {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using boost::system::error_code;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

constexpr std::string_view kAofFolder = "appendonlydir", kManifest = "appendonly.aof.manifest";
constexpr auto kOrphanTime = 3s;
constexpr auto kQuickDeath = 1s;
constexpr auto kLongestPause = 1000ms;
constexpr std::int64_t kRewriteAtBytes = 256ll << 20;

std::string slurp(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The gateway's listeners and connections would live on in the server: a client would never learn that one was closed,
// and after a kill new connections would wait on a listener that nobody accepts from. Safe after fork.
void keep_nothing_open() {
  if (::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
  rlimit most{};
  ::getrlimit(RLIMIT_NOFILE, &most);
  for (rlim_t fd = 3; fd < most.rlim_cur; ++fd) ::fcntl(static_cast<int>(fd), F_SETFD, FD_CLOEXEC);
}

int pidfd_open(pid_t pid) { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }

// The manifest's lines: `file appendonly.aof.1.base.rdb seq 1 type b`.
std::set<std::string> named_in(const std::string& manifest) {
  std::set<std::string> out;
  std::istringstream words(manifest);
  for (std::string word; words >> word;) {
    if (word == "file" && words >> word) out.insert(word);
  }
  return out;
}

Error problem(const fs::path& path, std::string_view what) {
  return Error{Error::Kind::failed, path.string() + ": " + std::string(what)};
}

}  // namespace

PrivateRedis::PrivateRedis(asio::io_context& io, Settings settings)
    : io_(io), settings_(std::move(settings)), process_(io), pause_(io), rewrite_timer_(io) {}

PrivateRedis::~PrivateRedis() {
  *alive_ = false;
  stopping_ = true;
  if (client_) client_->stop();
  signal_server(SIGTERM);
  reap();
  if (lock_ >= 0) ::close(lock_);
}

// To kill(2), -1 is everybody and 0 our whole group: a pid that is not one server's must never get there.
void PrivateRedis::signal_server(int signal) const {
  if (pid_ > 1) ::kill(pid_, signal);
}

void PrivateRedis::reap() {
  if (pid_ <= 0) return;
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

asio::awaitable<Result<void>> PrivateRedis::start(Deadline deadline) {
  if (auto ready = prepare_folder(); !ready) co_return ready;
  if (auto ended = end_former_life(); !ended) co_return ended;
  if (auto clean = tidy(); !clean) co_return clean;
  if (auto spawned = spawn(); !spawned) co_return spawned;
  if (auto up = co_await listening(deadline); !up) {
    stopping_ = true;
    signal_server(SIGKILL);
    reap();
    co_return up;
  }
  client_ = std::make_unique<Redis>(io_, url());
  asio::co_spawn(io_, watch(alive_), asio::detached);
  asio::co_spawn(io_, rewrite_when_due(alive_), asio::detached);
  // The client's own first connection is made beside the gateway's; nobody waits for it here.
  asio::co_spawn(io_, client_->start(deadline), asio::detached);
  co_return Result<void>{};
}

Result<void> PrivateRedis::prepare_folder() {
  const fs::path& folder = settings_.folder;
  if (socket().string().size() > kSocketPathMax) {
    return problem(folder, "the path is too long for a unix socket (107 characters with /redis.sock); choose a shorter one");
  }
  std::error_code fault;
  fs::create_directories(folder, fault);
  if (fault) return problem(folder, "cannot be made: " + fault.message());
  fs::permissions(folder, fs::perms::owner_all, fault);
  if (lock_ < 0) lock_ = ::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0) return problem(folder / "lock", std::strerror(errno));
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    return Error{Error::Kind::refused, folder.string() + ": another gateway is using it"};
  }
  return {};
}

// The lock is ours, so no gateway lives here; a server that still does is an orphan that is writing its last. Waiting
// blocks, which is right: nothing else can begin before.
Result<void> PrivateRedis::end_former_life() {
  const fs::path file = settings_.folder / "redis.pid";
  const pid_t pid = std::atoi(slurp(file).c_str());
  if (pid <= 1) return {};
  const fs::path proc = fs::path("/proc") / std::to_string(pid);
  const auto ours = [&] {
    // The number may be another program's by now: ours shows the socket in its title and works in the folder.
    std::error_code fault;
    const fs::path folder = fs::read_symlink(proc / "cwd", fault);
    return !fault && fs::equivalent(folder, settings_.folder, fault) &&
           slurp(proc / "cmdline").find("redis-server") != std::string::npos;
  };
  const auto until = steady_clock::now() + kOrphanTime;
  if (ours()) ::kill(pid, SIGTERM);
  while (ours()) {
    if (steady_clock::now() > until) ::kill(pid, SIGKILL);
    if (steady_clock::now() > until + 1s) return problem(file, "the server of a former life cannot be ended");
    std::this_thread::sleep_for(2ms);
  }
  return {};
}

// R79: what the manifest does not name goes; what it names never does.
Result<void> PrivateRedis::tidy() {
  std::error_code fault;
  for (const auto& entry : fs::directory_iterator(settings_.folder, fault)) {
    const std::string name = entry.path().filename();
    if (name == "lock" || name == "redis.log" || name == kAofFolder) continue;
    fs::remove_all(entry.path(), fault);
    if (fault) return problem(entry.path(), "cannot be removed: " + fault.message());
  }
  const fs::path aof = settings_.folder / kAofFolder;
  if (!fs::exists(aof, fault)) return {};
  const std::set<std::string> named = named_in(slurp(aof / kManifest));
  std::vector<fs::path> unnamed;
  for (const auto& entry : fs::directory_iterator(aof, fault)) {
    const std::string name = entry.path().filename();
    if (name != kManifest && !named.contains(name)) unnamed.push_back(entry.path());
  }
  for (const fs::path& file : unnamed) {
    if (named.empty() && file.filename().string().starts_with("appendonly.aof.")) {
      // Redis would begin anew beside them and lose every talk and opt-out.
      return problem(aof / kManifest, "is missing or empty, but there are append-only files beside it; restore it");
    }
  }
  for (const fs::path& file : unnamed) {
    fs::remove_all(file, fault);
    if (fault) return problem(file, "cannot be removed: " + fault.message());
  }
  return {};
}

Result<void> PrivateRedis::spawn() {
  const std::string folder = settings_.folder.string(), path = socket().string();
  const std::vector<std::string> words{
      settings_.server, "--port", "0", "--unixsocket", path, "--unixsocketperm", "600", "--dir", folder,
      "--pidfile", (settings_.folder / "redis.pid").string(), "--logfile", (settings_.folder / "redis.log").string(),
      "--loglevel", "warning", "--daemonize", "no", "--databases", "1",
      "--appendonly", "yes", "--appendfsync", settings_.sync_every_second ? "everysec" : "always",
      "--auto-aof-rewrite-percentage", "0", "--save", "", "--maxmemory-policy", "noeviction",
      // A crash report or the slow log would hold what people wrote, sealed or not (R71).
      "--crash-log-enabled", "no", "--crash-memcheck-enabled", "no", "--slowlog-log-slower-than", "-1"};
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);

  int report[2];  // closes by itself on success, carries errno otherwise
  if (::pipe2(report, O_CLOEXEC) != 0) return problem(folder, std::strerror(errno));
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) {
    // Only what is safe after fork. SIGTERM lets it write what it holds; its file is complete either way.
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    sigset_t nothing;
    sigemptyset(&nothing);
    ::sigprocmask(SIG_SETMASK, &nothing, nullptr);
    ::setpgid(0, 0);  // Ctrl-C at a terminal is for the gateway, which then ends it in order
    const int null = ::open("/dev/null", O_RDWR);
    for (int standard = 0; null >= 0 && standard <= 2; ++standard) ::dup2(null, standard);
    keep_nothing_open();
    if (::getppid() != parent) ::_exit(1);
    ::execvp(arguments[0], arguments.data());
    const int why = errno;
    (void)!::write(report[1], &why, sizeof why);
    ::_exit(127);
  }
  ::close(report[1]);
  int why = 0;
  const bool failed = child < 0 || ::read(report[0], &why, sizeof why) == sizeof why;
  ::close(report[0]);
  if (child > 0) pid_ = child;
  if (failed) {
    reap();
    return Error{Error::Kind::failed, settings_.server + ": cannot be started: " + std::strerror(child < 0 ? errno : why) +
                                          " (Debian: apt-get install redis-server)"};
  }
  error_code ignored;
  process_.close(ignored);
  process_.assign(pidfd_open(child), ignored);
  return {};
}

asio::awaitable<Result<void>> PrivateRedis::listening(Deadline deadline) {
  asio::local::stream_protocol::socket probe(io_);
  while (true) {
    error_code fault;
    co_await probe.async_connect(asio::local::stream_protocol::endpoint(socket().string()),
                                 asio::redirect_error(asio::use_awaitable, fault));
    if (!fault) co_return Result<void>{};
    probe.close(fault);
    int status = 0;
    if (pid_ > 0 && ::waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      co_return problem(settings_.folder / "redis.log", "redis-server ended at once; its last lines say why");
    }
    if (steady_clock::now() >= deadline) co_return problem(settings_.folder, "redis-server does not listen in time");
    pause_.expires_after(2ms);
    co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, fault));
  }
}

asio::awaitable<void> PrivateRedis::watch(std::shared_ptr<bool> alive) {
  std::chrono::milliseconds pause{0};
  while (*alive && !stopping_) {
    error_code fault;
    const auto began = steady_clock::now();
    co_await process_.async_wait(asio::posix::stream_descriptor::wait_read, asio::redirect_error(asio::use_awaitable, fault));
    if (!*alive || stopping_) co_return;
    reap();
    pause = steady_clock::now() - began > kQuickDeath ? 0ms : std::min<std::chrono::milliseconds>(pause * 2 + 50ms, kLongestPause);
    if (pause > 0ms) {
      pause_.expires_after(pause);
      co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, fault));
      if (!*alive || stopping_) co_return;
    }
    ++restarts_;
    while (!spawn()) {  // no process or no memory left for the moment: the gateway answers 503 until there is
      pause_.expires_after(kLongestPause);
      co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, fault));
      if (!*alive || stopping_) co_return;
    }
  }
}

asio::awaitable<Result<void>> PrivateRedis::rewrite(Deadline deadline) {
  if (!client_) co_return Error{Error::Kind::unavailable, "the private Redis is not started"};
  const Result<Answer> answer = co_await client_->call(Request{}.command({"BGREWRITEAOF"}), deadline);
  if (!answer) co_return answer.error();
  if ((*answer)[0].is_error()) co_return Error{Error::Kind::failed, "Redis would not rewrite its append-only file"};
  co_return Result<void>{};
}

asio::awaitable<void> PrivateRedis::rewrite_when_due(std::shared_ptr<bool> alive) {
  while (*alive && !stopping_) {
    rewrite_timer_.expires_after(kRewriteEvery);
    error_code ignored;
    co_await rewrite_timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (!*alive || stopping_) co_return;
    const Deadline deadline = steady_clock::now() + 2s;
    bool due = std::exchange(deleted_, false);
    if (!due) {
      // Without deletions it still grows by every step; it is kept from filling the disk.
      std::error_code fault;
      std::int64_t size = 0;
      for (const auto& entry : fs::directory_iterator(settings_.folder / kAofFolder, fault)) {
        const auto bytes = entry.file_size(fault);
        if (!fault) size += static_cast<std::int64_t>(bytes);
      }
      due = size > kRewriteAtBytes;
    }
    if (due && !co_await rewrite(deadline) && *alive) deleted_ = true;
  }
}

asio::awaitable<void> PrivateRedis::stop(Deadline deadline) {
  stopping_ = true;
  rewrite_timer_.cancel();
  pause_.cancel();
  if (client_) client_->stop();
  if (pid_ <= 0) co_return;
  signal_server(SIGTERM);
  int status = 0;
  error_code ignored;
  while (::waitpid(pid_, &status, WNOHANG) == 0) {
    if (steady_clock::now() >= deadline) signal_server(SIGKILL);
    pause_.expires_after(5ms);
    co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  pid_ = -1;
  process_.close(ignored);
}

}  // namespace northstar::store
