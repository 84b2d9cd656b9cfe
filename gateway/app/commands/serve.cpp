#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <cstdio>
#include <string>

#include "gateway/app/commands/commands.h"
#include "gateway/app/gateway.h"
#include "gateway/app/lifecycle/lifecycle.h"
#include "gateway/app/lifecycle/prepare.h"
#include "gateway/app/lifecycle/proved.h"
#include "gateway/app/log.h"
#include "gateway/app/side_by_side.h"
#include "gateway/app/snapshot.h"

namespace northstar::app {
namespace {

/// By the machine's clock: it only decides which providers count as verified within the year.
Instant today() { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }

/// Loads and checks all that texts are answered from. Nothing that fails the checker may serve.
Loaded<std::shared_ptr<const Snapshot>> load_checked(const Config& config, const conversation::RunParts& run) {
  constexpr int kReadings = 5;
  for (int reading = 0; reading < kReadings; ++reading) {
    const std::string print = fingerprint(config);
    const bool proved = proved_before(config, print);
    Snapshot::Judge judge;
    if (!proved) {
      judge = [&](const auto& flow, const auto& templates, auto locales) {
        return check(flow, templates, locales, config, run).faults;
      };
    }
    auto snapshot = Snapshot::load(config, today(), run, judge);
    if (!snapshot) return snapshot;
    // Each time: a record's verification grows old by itself.
    if (Faults bars = bars_to_real_people(**snapshot, config); !bars.empty()) return bars;
    if (fingerprint(config) != print) continue;  // somebody is saving: what was read may not be what was proved
    if (!proved) remember_proof(config, print);
    return snapshot;
  }
  return Faults{{config.templates.string(), 0, 0, "changed while it was read, each of five times; is it still being written?"}};
}

void tell(const Faults& faults, Literal event) {
  for (const Fault& fault : faults) log(Level::error, event, {{"fault", plain(fault.to_string())}});
}

int refuse(const Error& error) {
  std::fprintf(stderr, "%s\n", error.text.c_str());
  return 1;
}

}  // namespace

int serve(const Start& start) {
  auto loaded = start.load();
  if (!loaded) {
    print(loaded.error());
    return 1;
  }
  Config running = *std::move(loaded);
  start_log(level_from(running.log_level));
  if (auto ready = prepare(running); !ready) return refuse(ready.error());
  auto channels = read_channels(running);
  auto snapshot = load_checked(running, side_by_side);
  if (!channels || !snapshot) {
    if (!channels) print(channels.error());
    if (!snapshot) print(snapshot.error());
    return 1;
  }
  auto secret = store::load_or_make_secret(running.secret_file);
  if (!secret) return refuse(secret.error());
  auto keys = store::KeyFile::open(running.keys_file);
  if (!keys) return refuse(keys.error());

  Lifecycle lifecycle(running.threads);
  Gateway gateway(lifecycle, running, *snapshot, *std::move(channels), *std::move(secret), *std::move(keys));
  Lifecycle::Hooks hooks;
  hooks.drain = [&](std::chrono::steady_clock::time_point deadline) { return gateway.drain(deadline); };
  hooks.reload = [&]() -> std::optional<std::vector<std::filesystem::path>> {
    auto fresh = start.load();
    if (!fresh) return tell(fresh.error(), "reload_refused"), std::nullopt;
    auto checked = load_checked(*fresh, conversation::one_after_another);
    if (!checked) return tell(checked.error(), "reload_refused"), std::nullopt;
    for (const std::string& setting : needs_restart(running, *fresh)) {
      log(Level::warn, "needs_restart", {{"setting", plain(setting)}});
    }
    running = *std::move(fresh);
    start_log(level_from(running.log_level));
    gateway.swap(*checked);
    log(Level::info, "reloaded");
    return running.watched();
  };

  bool failed = false;
  boost::asio::co_spawn(lifecycle.context(0), gateway.start(), [&](std::exception_ptr broken, Result<void> started) {
    if (!broken && started) return;
    failed = true;
    if (broken) log(Level::error, "start_failed", {{"what", "a broken invariant"}});
    else log(Level::error, "start_failed", {{"what", plain(started.error().text)}});
    lifecycle.stop();
  });
  const int status = lifecycle.run(running.watched(), std::move(hooks));
  return failed ? 1 : status;
}

}  // namespace northstar::app
