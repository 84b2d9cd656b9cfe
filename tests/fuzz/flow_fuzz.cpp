// Any bytes as a flow: it is read, or refused with a fault that names the file. What it means is the checker's business.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "gateway/conversation/flow.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace northstar;
  static const reply::Catalog catalog = [] {
    auto loaded = reply::Catalog::load(NORTHSTAR_SOURCE_DIR "/tests/unit/conversation/flows/messages");
    if (!loaded) throw std::logic_error(loaded.error().front().to_string());
    return std::move(*loaded);
  }();
  static const auto file = std::filesystem::temp_directory_path() / ("northstar-fuzz-" + std::to_string(::getpid()) + ".yaml");
  std::ofstream(file, std::ios::binary | std::ios::trunc) << fuzz::bytes_of(data, size);
  const auto flow = conversation::Flow::load(file, catalog);
  std::filesystem::remove(file);
  if (!flow) {
    fuzz::require(!flow.error().empty(), "whatever is refused has a fault");
    for (const Fault& fault : flow.error()) fuzz::require(!fault.text.empty(), "a fault says what is wrong");
  }
  return 0;
}
