#pragma once
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <string>

#include "gateway/directory/directory.h"
#include "gateway/directory/place.h"

namespace northstar::directory {

/// Tuesday 24 November 2026, 20:00 in California: offices are shut.
inline constexpr Instant kEvening{std::chrono::milliseconds{1795579200000}};
/// Wednesday 25 November 2026, 10:00 in California.
inline constexpr Instant kMorning{std::chrono::milliseconds{1795629600000}};

inline std::string all(const Faults& faults) {
  std::string out;
  for (const Fault& fault : faults) out += fault.to_string() + "\n";
  return out;
}

/// The tables and providers as they ship.
inline const Gazetteer& gazetteer() {
  static const Gazetteer loaded = [] {
    auto result = Gazetteer::load(NORTHSTAR_SOURCE_DIR "/config/geo");
    if (!result) throw std::runtime_error(all(result.error()));
    return std::move(*result);
  }();
  return loaded;
}

inline const Directory& shipped(Policy policy = {}) {
  static const Directory loaded = [&] {
    auto result = Directory::load(NORTHSTAR_SOURCE_DIR "/config/directory", policy, kMorning);
    if (!result) throw std::runtime_error(all(result.error()));
    return std::move(*result);
  }();
  return loaded;
}

/// "06001", "06003" and so on to "06115".
inline std::string county_code(int number) {
  std::string code = std::to_string(6000 + 2 * number + 1);
  return "0" + code;
}

}  // namespace northstar::directory
