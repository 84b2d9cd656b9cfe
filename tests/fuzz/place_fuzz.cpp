// Any bytes as an answer to "where": at most four places, each with what a search needs, and more than one is asked about.
#include <cmath>
#include <stdexcept>

#include "gateway/directory/place.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace northstar;
  static const directory::Gazetteer gazetteer = [] {
    auto loaded = directory::Gazetteer::load(NORTHSTAR_SOURCE_DIR "/config/geo");
    if (!loaded) throw std::logic_error(loaded.error().front().to_string());
    return std::move(*loaded);
  }();
  std::string_view text = fuzz::bytes_of(data, size);
  const std::uint8_t choice = fuzz::take_choice(text);
  const Locale hint = choice / 2 < kLocales.size() ? kLocales[choice / 2] : Locale{};

  const auto finding = gazetteer.find(text, choice & 1, hint);
  fuzz::require(finding.candidates.size() <= 4, "a text can list four places");
  fuzz::require(finding.candidates.size() < 2 || finding.confirm, "one of several is asked about");
  for (const directory::Place& place : finding.candidates) {
    fuzz::require(place.precision != directory::Precision::none && !place.name.empty(), "a place has a name");
    fuzz::require(std::isfinite(place.point.latitude) && std::abs(place.point.latitude) <= 90 &&
                      std::isfinite(place.point.longitude) && std::abs(place.point.longitude) <= 180,
                  "a place lies on the earth");
  }
  return 0;
}
