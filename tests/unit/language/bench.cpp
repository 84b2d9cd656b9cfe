#include <benchmark/benchmark.h>

#include "gateway/language/language.h"

namespace {
using namespace northstar;

const language::Interpreter& interpreter() {
  static const auto kLoaded = language::Interpreter::load(NORTHSTAR_SOURCE_DIR "/config/lexicon");
  return *kLoaded;
}

void load(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(language::Interpreter::load(NORTHSTAR_SOURCE_DIR "/config/lexicon"));
}
BENCHMARK(load)->Unit(benchmark::kMillisecond);

void understand(benchmark::State& state, const char* text) {
  interpreter();
  for (auto _ : state) benchmark::DoNotOptimize(interpreter().understand(text));
}
BENCHMARK_CAPTURE(understand, one_word, "hi");
BENCHMARK_CAPTURE(understand, one_digit, "1");
BENCHMARK_CAPTURE(understand, question, "where can i sleep tonight");
BENCHMARK_CAPTURE(understand, sentence,
                  "my boss took my passport and he says i owe him money for the trip what can i do");
BENCHMARK_CAPTURE(understand, spanish,
                  "necesito salir de aqui hoy, mi patron no me deja ir y tiene mis papeles, que hago");
BENCHMARK_CAPTURE(understand, misspelt, "plz halp me hes gona kil me if i leve, im loked in the bathrom at teh motle");
BENCHMARK_CAPTURE(understand, farsi, "من فوری به کمک نیاز دارم شوهرم پاسپورتم را گرفته");
BENCHMARK_CAPTURE(understand, other_language, "mwen bezwen èd tanpri mwen pa gen kote pou mwen dòmi aswè a");

}  // namespace
