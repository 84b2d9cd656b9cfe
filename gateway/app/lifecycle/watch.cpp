#include "gateway/app/lifecycle/watch.h"

#include <sys/stat.h>

#include <functional>
#include <string>
#include <system_error>

namespace northstar::app {
namespace {

namespace fs = std::filesystem;

/// Order does not matter: folders are listed in any.
std::uint64_t mark_of(const fs::path& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return 0;  // gone, or not there yet: a change in itself
  std::uint64_t mark = std::hash<std::string>{}(path.string());
  if (S_ISDIR(facts.st_mode)) return mark;  // its own time also changes with files that we pass over
  for (const auto part : {static_cast<std::uint64_t>(facts.st_ino), static_cast<std::uint64_t>(facts.st_size),
                          static_cast<std::uint64_t>(facts.st_mtim.tv_sec),
                          static_cast<std::uint64_t>(facts.st_mtim.tv_nsec)}) {
    mark = (mark ^ part) * 0x9e3779b97f4a7c15ULL;
    mark ^= mark >> 29;
  }
  return mark;
}

}  // namespace

Watch::Watch(std::vector<fs::path> paths) : paths_(std::move(paths)), known_(fingerprint()), last_look_(known_) {}

void Watch::follow(std::vector<fs::path> paths) {
  paths_ = std::move(paths);
  known_ = last_look_ = fingerprint();
}

bool Watch::changed() {
  const std::uint64_t now = fingerprint();
  const bool settled = now == last_look_;
  last_look_ = now;
  if (!settled || now == known_) return false;
  known_ = now;
  return true;
}

std::uint64_t Watch::fingerprint() const {
  std::uint64_t sum = 0;
  for (const fs::path& path : paths_) {
    sum += mark_of(path);
    std::error_code fault;  // a folder that vanishes while we look is looked at again in a second
    if (!fs::is_directory(path, fault)) continue;
    fs::recursive_directory_iterator entry(path, fs::directory_options::skip_permission_denied, fault), end;
    for (; !fault && entry != end; entry.increment(fault)) {
      // An editor's swap file is no change of what serves.
      if (!entry->path().filename().string().starts_with('.')) sum += mark_of(entry->path());
    }
  }
  return sum;
}

}  // namespace northstar::app
