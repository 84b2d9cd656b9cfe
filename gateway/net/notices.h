#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace northstar::net {

/// The last thing that went wrong on a channel, for `northstar channels`. Safe from many threads.
class LastNotice {
 public:
  void set(std::string_view sentence);
  struct Told {
    std::string sentence;
    std::chrono::steady_clock::time_point at;
  };
  std::optional<Told> get() const;

 private:
  mutable std::mutex mutex_;
  std::optional<Told> told_;
};

/// Log lines that a flood cannot turn into a flood of lines: each sentence at most once a minute, with how often it was
/// due since. Sentences are fixed; nothing of a request ever goes in (R71).
class Notices {
 public:
  explicit Notices(std::string channel, std::shared_ptr<LastNotice> last = {});
  void warn(std::string_view sentence);

 private:
  struct Last {
    std::chrono::steady_clock::time_point at;
    std::uint64_t held_back = 0;
  };
  std::string channel_;
  std::shared_ptr<LastNotice> last_;
  std::map<std::string, Last, std::less<>> said_;
};

}  // namespace northstar::net
