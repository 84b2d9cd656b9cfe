#pragma once
#include <functional>
#include <span>

namespace northstar::app {

/// Runs every part on a thread of its own and returns when all have ended. For a start, when nobody is being served yet;
/// a reload goes one part after another and leaves the other cores to the talks under way.
void side_by_side(std::span<const std::function<void()>> parts);

}  // namespace northstar::app
