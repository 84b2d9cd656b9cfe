#include <benchmark/benchmark.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>

#include "gateway/directory/directory.h"
#include "gateway/directory/place.h"

namespace northstar::directory {
namespace {

constexpr Instant kNow{std::chrono::milliseconds{1795629600000}};

const Gazetteer& gazetteer() {
  static const Gazetteer loaded = std::move(*Gazetteer::load(NORTHSTAR_SOURCE_DIR "/config/geo"));
  return loaded;
}

/// 50,000 providers over the state's real towns' spread, with mixed services, hours, languages and people.
const Directory& many() {
  static const Directory loaded = [] {
    const auto folder = std::filesystem::temp_directory_path() / "northstar_bench_directory";
    std::filesystem::create_directories(folder);
    std::mt19937 random(1);
    const char* services[] = {"shelter", "legal",       "counseling",   "advocacy",      "case_management",
                              "health",  "immigration", "labor_rights", "legal_referral"};
    const char* people[] = {"domestic_violence", "sex_trafficking", "minors", "women", "all", "adults"};
    const char* hours[] = {"24/7", "Mon-Fri 8am-5pm", "", "daily 6pm-6am"};
    std::ofstream out(folder / "many.json");
    out << "{\"contents\":[";
    for (int i = 0; i < 50000; ++i) {
      const int home = static_cast<int>(random() % 58);
      const auto code = [](int n) { return "0" + std::to_string(6000 + 2 * n + 1); };
      const Place* county = gazetteer().county(code(home));
      const double lat = county->point.latitude + (static_cast<double>(random() % 10000) - 5000) / 10000;
      const double lon = county->point.longitude + (static_cast<double>(random() % 10000) - 5000) / 10000;
      char text[1400];
      std::snprintf(
          text, sizeof text,
          R"(%s{"name":"P","x_key":"p%d","x_scope":"regional","x_confidence":"%s","services":[{"name":"s","phones":[{"number":"+1 559-555-0142","x_kind":"%s","x_hours":"%s"}],)"
          R"("service_areas":[{"extent":"%s","extent_type":"us-county-fips"},{"extent":"%s","extent_type":"us-county-fips"}],"languages":[%s],)"
          R"("attributes":[{"link_type":"service_category","taxonomy_term":{"code":"%s"}},{"link_type":"service_category","taxonomy_term":{"code":"%s"}},)"
          R"({"link_type":"population","taxonomy_term":{"code":"%s"}}]}],"locations":[{"latitude":%.4f,"longitude":%.4f}]})",
          i ? "," : "", i, random() % 4 ? "high" : "low", random() % 2 ? "crisis" : "office", hours[random() % 4],
          code(home).c_str(), code(static_cast<int>(random() % 58)).c_str(),
          random() % 3 ? "" : R"({"code":"en"},{"code":"es"})", services[random() % 9], services[random() % 9],
          people[random() % 6], lat, lon);
      out << text;
    }
    out << "]}";
    out.close();
    auto result = Directory::load(folder, {}, kNow);
    std::filesystem::remove_all(folder);
    if (!result) std::fprintf(stderr, "%s\n", result.error().front().to_string().c_str()), std::exit(1);
    return std::move(*result);
  }();
  return loaded;
}

void nearest(benchmark::State& state, Wish wish) {
  const Directory& directory = many();
  int county = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        directory.nearest(*gazetteer().county("0" + std::to_string(6000 + 2 * (county++ % 58) + 1)), wish, kNow, 5));
  }
}
BENCHMARK_CAPTURE(nearest, shelter, Wish{.needs = {language::Need::shelter}});
BENCHMARK_CAPTURE(nearest, legal_in_spanish, Wish{.needs = {language::Need::legal}, .language = Locale("es")});
BENCHMARK_CAPTURE(nearest, health_for_a_minor, Wish{.needs = {language::Need::medical}, .minor = true});
BENCHMARK_CAPTURE(nearest, nobody_fits, Wish{.needs = {language::Need::transport}, .language = Locale("km")});

const std::string long_text = [] {
  std::string text;
  while (text.size() < 1500) text += "wandering qwertyish mumbling nonsenses ";
  return text;
}();
const char* const kLong = long_text.c_str();

void place(benchmark::State& state, const char* text, bool asked) {
  for (auto _ : state) benchmark::DoNotOptimize(gazetteer().find(text, asked));
}
BENCHMARK_CAPTURE(place, sentence, "need somewhere to sleep tonite, fresno", false);
BENCHMARK_CAPTURE(place, spanish, "estoy cerca de Bakersfield y necesito ayuda", false);
BENCHMARK_CAPTURE(place, misspelt, "im in sacramneto please help", false);
BENCHMARK_CAPTURE(place, none, "he hits me and i cant leave the house please help me i am scared", false);
BENCHMARK_CAPTURE(place, answer, "los angelez", true);
BENCHMARK_CAPTURE(place, zip, "93721", true);
BENCHMARK_CAPTURE(place, ten_segments, kLong, true);
BENCHMARK_CAPTURE(place, chinese, "我在洛杉矶需要帮助", false);

void load_gazetteer(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(Gazetteer::load(NORTHSTAR_SOURCE_DIR "/config/geo"));
}
BENCHMARK(load_gazetteer)->Unit(benchmark::kMillisecond);
void load_directory(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(Directory::load(NORTHSTAR_SOURCE_DIR "/config/directory", {}, kNow));
}
BENCHMARK(load_directory)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace northstar::directory

BENCHMARK_MAIN();
