#pragma once
#include <array>
#include <cstdint>
#include <unordered_set>

#include "gateway/conversation/verify_rules.h"

namespace northstar::conversation::proof {

/// A number for a combination of facts; views of different kinds never collide but by chance (2^-64).
class Mixed {
 public:
  explicit Mixed(std::uint64_t kind) : bits_(kind * 0x9e3779b97f4a7c15U) {}
  Mixed& operator<<(std::uint64_t value) {
    bits_ ^= value + 0x9e3779b97f4a7c15U + (bits_ << 6) + (bits_ >> 2);
    bits_ *= 0xff51afd7ed558ccdU;
    bits_ ^= bits_ >> 32;
    return *this;
  }
  std::uint64_t bits() const { return bits_; }

 private:
  std::uint64_t bits_;
};

/// The views in which a session may be new; the first is the coarsest (it decides whether all events are tried).
inline constexpr std::size_t kViews = 12;
std::array<std::uint64_t, kViews> views_of(const Moment& moment, const Witness& witness, const Timing& timing);

/// How two sessions of a pair of histories stand to each other.
inline constexpr std::size_t kPairViews = 7;
std::array<std::uint64_t, kPairViews> views_of(const Moment& known, const Moment& unknown, const Timing& timing);

/// What has been seen.
class Seen {
 public:
  template <std::size_t N>
  bool adds(const std::array<std::uint64_t, N>& views) {
    bool any = false;
    for (const auto view : views) any |= set_.insert(view).second;
    return any;
  }
  bool adds(std::uint64_t view) { return set_.insert(view).second; }

 private:
  std::unordered_set<std::uint64_t> set_;
};

}  // namespace northstar::conversation::proof
