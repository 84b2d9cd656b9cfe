#include "gateway/conversation/simulate.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <set>
#include <string>

#include "gateway/app/commands/commands.h"
#include "gateway/app/snapshot.h"

namespace northstar::app {

int simulate(const Start& start, const std::vector<std::filesystem::path>& files) {
  const auto config = start.load();
  if (!config) {
    print(config.error());
    return 1;
  }
  const auto world = Snapshot::load(*config, std::chrono::floor<Millis>(std::chrono::system_clock::now()));
  if (!world) {
    print(world.error());
    return 1;
  }
  const Snapshot& all = **world;
  std::size_t talks = 0, departed = 0, faults = 0;
  for (const std::filesystem::path& file : files) {
    const conversation::Golden golden = conversation::play(file, all.flow, all.templates, all.interpreter, all.gazetteer,
                                                           all.directory, all.voice);
    std::printf("%s\n", golden.report.c_str());
    for (const conversation::Departure& departure : golden.departures) {
      std::printf("%s:%d: %s: %s\n", departure.file.c_str(), departure.line, departure.conversation.c_str(),
                  departure.text.c_str());
    }
    if (!golden.faults.empty()) print(golden.faults);
    talks += golden.conversations;
    std::set<std::string> names;  // one talk may depart in several places
    for (const conversation::Departure& departure : golden.departures) names.insert(departure.conversation);
    departed += names.size();
    faults += golden.faults.size();
  }
  std::printf("%zu talks went as written, %zu did not.\n", talks - std::min(talks, departed), departed + faults);
  return departed + faults == 0 && talks > 0 ? 0 : 1;
}

}  // namespace northstar::app
