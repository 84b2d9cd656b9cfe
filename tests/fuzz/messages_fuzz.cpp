// Any bytes as a locale's messages: they are read, or refused with faults, and what was read can be said.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "gateway/reply/catalog.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace northstar;
  namespace fs = std::filesystem;
  static const fs::path folder = fs::temp_directory_path() / ("northstar-fuzz-" + std::to_string(::getpid()));
  fs::create_directories(folder / "en");
  std::ofstream(folder / "en/messages.yaml", std::ios::binary | std::ios::trunc) << fuzz::bytes_of(data, size);
  const auto catalog = reply::Catalog::load(folder);
  fs::remove_all(folder);
  if (!catalog) {
    fuzz::require(!catalog.error().empty(), "whatever is refused has a fault");
    return 0;
  }
  for (std::size_t i = 0; i < catalog->size(); ++i) {
    const auto id = static_cast<reply::TemplateId>(i);
    reply::Values values;
    for (const auto& name : catalog->facts(id).arguments) values.emplace_back(name, std::int64_t{2});
    catalog->render(id, Locale{"en"}, values);
  }
  return 0;
}
