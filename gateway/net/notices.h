#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace northstar::net {

/// Log lines that a flood cannot turn into a flood of lines: each sentence at most once a minute, with how often it was
/// due since. Sentences are fixed; nothing of a request ever goes in (R71).
class Notices {
 public:
  explicit Notices(std::string channel);
  void warn(std::string_view sentence);

 private:
  struct Last {
    std::chrono::steady_clock::time_point at;
    std::uint64_t held_back = 0;
  };
  std::string channel_;
  std::map<std::string, Last, std::less<>> said_;
};

}  // namespace northstar::net
