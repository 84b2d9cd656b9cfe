#include <chrono>
#include <cstdio>

#include "gateway/app/commands/commands.h"
#include "gateway/app/side_by_side.h"
#include "gateway/app/snapshot.h"

namespace northstar::app {

int check(const Start& start) {
  const auto config = start.load();
  if (!config) {
    print(config.error());
    return 1;
  }
  const auto began = std::chrono::steady_clock::now();
  const auto world = Snapshot::load(*config, std::chrono::floor<Millis>(std::chrono::system_clock::now()), side_by_side);
  if (!world) {
    print(world.error());
    return 1;
  }
  const Checked checked = check(**world, *config, side_by_side);
  for (const Fault& warning : checked.warnings) std::printf("warning: %s\n", warning.to_string().c_str());
  if (!checked.faults.empty()) {
    print(checked.faults);
    return 1;
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  const Snapshot& all = **world;
  std::printf("%zu states, %zu messages in %zu languages, %zu providers (%zu of them unverified): all that is checked "
              "holds. %.1f s, %zu warnings.\n",
              all.flow.states.size(), all.templates.size(), all.locales.size(), all.directory.size(),
              all.directory.unverified(), seconds, checked.warnings.size());
  return 0;
}

}  // namespace northstar::app
