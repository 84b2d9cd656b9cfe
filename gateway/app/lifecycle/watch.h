#pragma once
#include <cstdint>
#include <filesystem>
#include <vector>

namespace northstar::app {

/// Notices that files have changed, by name, size and time of change, folders with all that is in them.
/// No clock and no thread inside: whoever owns it looks once a second.
class Watch {
 public:
  explicit Watch(std::vector<std::filesystem::path> paths);

  /// True once for each change, and only when two looks in a row saw the same: a file that is being written, or a
  /// folder that a copy is still filling, is left to settle.
  bool changed();
  /// Looks elsewhere from now on (a new configuration names other folders).
  void follow(std::vector<std::filesystem::path> paths);

 private:
  std::uint64_t fingerprint() const;
  std::vector<std::filesystem::path> paths_;
  std::uint64_t known_;     ///< what was last reported, or found at the start
  std::uint64_t last_look_;
};

}  // namespace northstar::app
