#include <cstdio>

#include "gateway/app/commands/commands.h"

namespace northstar::app {

int check(const Start& start) {
  const auto config = start.load();
  if (!config) {
    print(config.error());
    return 1;
  }
  std::printf("%s: all settings will do.\n", config->file().c_str());
  return 0;
}

}  // namespace northstar::app
