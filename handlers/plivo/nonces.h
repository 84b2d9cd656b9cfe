#pragma once
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace northstar::plivo {

/// The nonces seen of late, each with what came under it. The signature does not cover a text, so one signed request
/// could carry others; but Plivo may post the same text again under the same nonce, and that must get in.
///
/// Holds what came only as a digest. When full, the oldest goes. Any thread may ask.
class Nonces {
 public:
  static constexpr std::size_t kMost = 8192;  ///< over an hour of a busy night, in about 2 MB

  explicit Nonces(std::size_t most = kMost);
  /// True for a new nonce, which is kept, and for one that came with the same `content` before.
  bool may_carry(std::string_view nonce, std::string_view content);

 private:
  const std::size_t most_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::string> digests_;
  std::deque<std::string> order_;
};

}  // namespace northstar::plivo
