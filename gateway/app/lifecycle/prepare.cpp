#include "gateway/app/lifecycle/prepare.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <random>
#include <system_error>

#include "gateway/app/lifecycle/hardening.h"
#include "gateway/app/log.h"

namespace northstar::app {
namespace {

namespace fs = std::filesystem;

Error failed(const fs::path& path, int reason) {
  return Error{Error::Kind::failed, path.string() + ": " + std::generic_category().message(reason)};
}

Result<void> own_folder(const fs::path& folder) {
  std::error_code fault;
  fs::create_directories(folder, fault);
  if (fault) return failed(folder, fault.value());
  fs::permissions(folder, fs::perms::owner_all, fault);
  if (fault) return failed(folder, fault.value());
  return {};
}

/// 32 hexadecimal digits, as Twilio's tokens are. An existing one stays: another start, or the operator, made it.
Result<void> make_token(const fs::path& file) {
  if (auto folder = own_folder(file.parent_path()); !folder) return folder;
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) {
    if (errno == EEXIST) return {};
    return failed(file, errno);
  }
  std::random_device entropy;
  std::string token;
  while (token.size() < 32) token += "0123456789abcdef"[entropy() % 16];
  token += '\n';
  const bool written = ::write(descriptor, token.data(), token.size()) == static_cast<ssize_t>(token.size());
  const int reason = errno;
  ::close(descriptor);
  if (!written) return failed(file, reason);
  return {};
}

bool inside(const fs::path& file, const fs::path& folder) {
  const fs::path relative = file.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

}  // namespace

Result<void> prepare(const Config& config) {
  if (auto safe = forbid_core_dumps(); !safe) return safe;
  if (swap_is_on()) {
    if (!config.demo) {
      return Error{Error::Kind::failed,
                   "this machine swaps memory to disk, where people's words would stay; turn swap off (swapoff -a, and in "
                   "/etc/fstab), then start again"};
    }
    log(Level::warn, "swap_is_on", {{"meaning", "memory may reach the disk; with demo: false the start is refused"}});
  }
  if (auto folder = own_folder(config.store.state); !folder) return folder;
  return make_demo_tokens(config);
}

Result<void> make_demo_tokens(const Config& config) {
  if (!config.demo) return {};
  for (const ChannelSettings& channel : config.channels) {
    const fs::path file = channel.setting("auth_token_file");
    if (file.empty() || !inside(file, config.store.state)) continue;
    if (auto folder = own_folder(config.store.state); !folder) return folder;
    if (auto made = make_token(file); !made) return made;
  }
  return {};
}

std::vector<std::string> needs_restart(const Config& running, const Config& fresh) {
  std::vector<std::string> out;
  const auto compare = [&out](bool same, std::string_view setting) {
    if (!same) out.emplace_back(setting);
  };
  compare(running.demo == fresh.demo, "demo");
  compare(running.listen_public == fresh.listen_public, "listen.public");
  compare(running.listen_operations == fresh.listen_operations, "listen.operations");
  compare(running.store.url == fresh.store.url, "store.url");
  compare(running.store.state == fresh.store.state, "store.state");
  compare(running.store.fsync_always == fresh.store.fsync_always, "store.fsync");
  compare(running.keys_file == fresh.keys_file, "keys.file");
  compare(running.secret_file == fresh.secret_file, "secret.file");
  compare(running.threads == fresh.threads, "threads");
  compare(running.clock_ahead == fresh.clock_ahead, "clock.ahead");
  compare(running.limits == fresh.limits, "limits");
  compare(std::ranges::equal(running.channels, fresh.channels,
                             [](const ChannelSettings& a, const ChannelSettings& b) {
                               return a.name == b.name && YAML::Dump(a.settings) == YAML::Dump(b.settings);
                             }),
          "channels");
  return out;
}

}  // namespace northstar::app
