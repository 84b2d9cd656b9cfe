#include "gateway/app/side_by_side.h"

#include <functional>
#include <future>
#include <vector>

namespace northstar::app {

void side_by_side(std::span<const std::function<void()>> parts) {
  std::vector<std::future<void>> running;
  running.reserve(parts.size());
  for (const auto& part : parts) running.push_back(std::async(std::launch::async, std::cref(part)));
  for (auto& part : running) part.get();  // what a part throws is thrown here; the others are waited for all the same
}

}  // namespace northstar::app
