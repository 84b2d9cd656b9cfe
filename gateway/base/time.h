#pragma once
#include <chrono>

namespace northstar {

/// A point in time, in milliseconds of UTC. The gateway's time is Redis's clock plus one shared offset;
/// pure code gets it as an argument and never asks a clock.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;
using Millis = std::chrono::milliseconds;

}  // namespace northstar
