// What one text costs, part by part, on what is shipped: understanding, place, step, words, seal, and the checker.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <iostream>
#include <memory>

#include "gateway/app/record.h"
#include "gateway/app/snapshot.h"
#include "gateway/conversation/verify.h"
#include "gateway/store/entropy.h"

namespace {

using namespace northstar;
namespace talk = conversation;

constexpr Instant kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 25} + std::chrono::hours{18}};

struct World {
  app::Config config;
  std::shared_ptr<const app::Snapshot> snapshot;
};

const World& world() {
  static const World loaded = [] {
    auto config = app::Config::load(app::default_config());
    if (!config) std::exit((std::cerr << config.error().front().to_string() << '\n', 1));
    auto snapshot = app::Snapshot::load(*config, kNow);
    if (!snapshot) std::exit((std::cerr << snapshot.error().front().to_string() << '\n', 1));
    return World{*std::move(config), *std::move(snapshot)};
  }();
  return loaded;
}

talk::TextReceived read(const talk::Session& session, std::string_view text) {
  const auto& s = *world().snapshot;
  return talk::read(s.interpreter, s.gazetteer, s.flow, session, kNow, {}, text, false, [](std::string_view) { return std::array<std::uint8_t, 16>{}; });
}

/// A talk that has been brought to an open window with a need and no place.
talk::Session in_talk() {
  const auto& s = *world().snapshot;
  talk::Session session;
  for (std::string_view text : {"hi", "1", "i need a lawyer"}) {
    session = talk::step(s.flow, s.catalogs(), session, read(session, text), kNow).session;
  }
  return session;
}

constexpr std::string_view kSentences[] = {"hi", "1", "where can i sleep tonight", "need somewhere to sleep tonite, fresno",
                                           "mi jefe me quito el pasaporte y no me paga",
                                           "my boss took my passport and he says he will call immigration if i leave",
                                           "please stop texting me"};

void understand(benchmark::State& state) {
  const auto text = kSentences[static_cast<std::size_t>(state.range(0))];
  for (auto _ : state) benchmark::DoNotOptimize(world().snapshot->interpreter.understand(text));
  state.SetLabel(std::string(text));
}
BENCHMARK(understand)->DenseRange(0, 6);

void place(benchmark::State& state) {
  const auto text = kSentences[static_cast<std::size_t>(state.range(0))];
  for (auto _ : state) benchmark::DoNotOptimize(world().snapshot->gazetteer.find(text, true));
  state.SetLabel(std::string(text));
}
BENCHMARK(place)->Arg(0)->Arg(3)->Arg(5);

void step_greeting(benchmark::State& state) {
  const auto& s = *world().snapshot;
  const talk::Session fresh;
  const talk::Event event = read(fresh, "hi");
  const auto catalogs = s.catalogs();
  for (auto _ : state) benchmark::DoNotOptimize(talk::step(s.flow, catalogs, fresh, event, kNow));
}
BENCHMARK(step_greeting);

void step_to_an_offer(benchmark::State& state) {  // with the directory's answer
  const auto& s = *world().snapshot;
  const talk::Session session = in_talk();
  const talk::Event event = read(session, "fresno");
  const auto catalogs = s.catalogs();
  for (auto _ : state) benchmark::DoNotOptimize(talk::step(s.flow, catalogs, session, event, kNow));
}
BENCHMARK(step_to_an_offer);

void words_of_an_offer(benchmark::State& state) {
  const auto& s = *world().snapshot;
  const talk::Session session = in_talk();
  const auto next = talk::step(s.flow, s.catalogs(), session, read(session, "fresno"), kNow);
  const auto& say = std::get<talk::Say>(next.actions.front());
  for (auto _ : state) {
    benchmark::DoNotOptimize(talk::phrase(say, s.templates, s.voice, s.directory, s.gazetteer));
  }
}
BENCHMARK(words_of_an_offer);

void seal_and_open_a_session(benchmark::State& state) {
  privacy::Keyring ring;
  ring.make_missing(kNow, [](std::uint8_t* out, std::size_t n) { store::random_bytes(out, n); });
  const app::Records records(ring, world().snapshot->flow);
  app::Record record;
  record.channel = "main";
  record.service = "55501";
  record.address = PhoneNumber("+14155550123");
  record.session = in_talk();
  const privacy::ContactId contact{};
  const auto nonce = [] { return store::random_nonce(); };
  for (auto _ : state) {
    const auto sealed = records.seal(contact, 3, record, kNow, nonce);
    benchmark::DoNotOptimize(records.open(contact, 3, *sealed));
  }
}
BENCHMARK(seal_and_open_a_session);

void check_the_shipped_flow(benchmark::State& state) {
  const auto& s = *world().snapshot;
  for (auto _ : state) benchmark::DoNotOptimize(talk::verify(s.flow, s.templates, s.locales, s.timing));
}
BENCHMARK(check_the_shipped_flow)->Unit(benchmark::kMillisecond)->Iterations(1);

}  // namespace

BENCHMARK_MAIN();
