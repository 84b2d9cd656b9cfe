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
  Faults warnings;
  const auto judge = [&](const auto& flow, const auto& templates, auto locales) {
    Checked checked = check(flow, templates, locales, *config, side_by_side);
    warnings = std::move(checked.warnings);
    return std::move(checked.faults);
  };
  const auto world =
      Snapshot::load(*config, std::chrono::floor<Millis>(std::chrono::system_clock::now()), side_by_side, judge);
  for (const Fault& warning : warnings) std::printf("warning: %s\n", warning.to_string().c_str());
  const Faults faults = world ? bars_to_real_people(**world, *config) : world.error();
  if (!faults.empty()) {
    print(faults);
    return 1;
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  const Snapshot& all = **world;
  std::printf("%zu states, %zu messages in %zu languages, %zu providers (%zu of them unverified): all that is checked "
              "holds. %.1f s, %zu warnings.\n",
              all.flow.states.size(), all.templates.size(), all.locales.size(), all.directory.size(),
              all.directory.unverified(), seconds, warnings.size());
  return 0;
}

}  // namespace northstar::app
