#include "gateway/app/lifecycle/hardening.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <cerrno>
#include <fstream>
#include <string>
#include <system_error>

namespace northstar::app {

Result<void> forbid_core_dumps() {
  const rlimit none{0, 0};
  // The limit is inherited by the private Redis; being undumpable is not, since exec resets it.
  if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
    return Error{Error::Kind::failed, "core dumps cannot be turned off: " + std::generic_category().message(errno)};
  }
  return {};
}

bool swap_is_on() {
  std::ifstream swaps("/proc/swaps");
  std::string line;
  std::getline(swaps, line);  // the heading
  while (std::getline(swaps, line)) {
    if (!line.empty() && !line.starts_with("/dev/zram")) return true;
  }
  return false;
}

}  // namespace northstar::app
