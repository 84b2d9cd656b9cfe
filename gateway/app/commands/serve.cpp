#include <cstdio>
#include <string>

#include "gateway/app/commands/commands.h"
#include "gateway/app/lifecycle/lifecycle.h"
#include "gateway/app/lifecycle/prepare.h"
#include "gateway/app/log.h"

namespace northstar::app {

int serve(const Start& start) {
  auto loaded = start.load();
  if (!loaded) {
    print(loaded.error());
    return 1;
  }
  Config running = *std::move(loaded);
  start_log(level_from(running.log_level));
  if (auto ready = prepare(running); !ready) {
    std::fprintf(stderr, "%s\n", ready.error().text.c_str());
    return 1;
  }

  Lifecycle lifecycle(running.threads);
  Lifecycle::Hooks hooks;
  hooks.reload = [&]() -> std::optional<std::vector<std::filesystem::path>> {
    auto fresh = start.load();
    if (!fresh) {
      for (const Fault& fault : fresh.error()) log(Level::error, "reload_refused", {{"fault", plain(fault.to_string())}});
      return std::nullopt;
    }
    for (const std::string& setting : needs_restart(running, *fresh)) {
      log(Level::warn, "needs_restart", {{"setting", plain(setting)}});
    }
    running = *std::move(fresh);
    start_log(level_from(running.log_level));
    log(Level::info, "reloaded");
    return running.watched();
  };
  return lifecycle.run(running.watched(), std::move(hooks));
}

}  // namespace northstar::app
