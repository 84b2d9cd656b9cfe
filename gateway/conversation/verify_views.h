#pragma once
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

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

/// What has been seen. Twelve look-ups a step are a good part of a proof: the numbers lie in one table, and being mixed
/// already, each says by itself where.
class Seen {
 public:
  Seen() : table_(std::size_t{1} << 16) {}
  template <std::size_t N>
  bool adds(const std::array<std::uint64_t, N>& views) {
    bool any = false;
    for (const auto view : views) any |= adds(view);
    return any;
  }
  bool adds(std::uint64_t view) {
    view += view == kFree;  // one chance more in 2^64 that two collide
    std::uint64_t& at = place_of(view);
    if (at == view) return false;
    at = view;
    if (++size_ * 2 > table_.size()) grow();
    return true;
  }

 private:
  static constexpr std::uint64_t kFree = 0;
  std::uint64_t& place_of(std::uint64_t view) {
    const std::size_t mask = table_.size() - 1;
    std::size_t at = view & mask;
    while (table_[at] != kFree && table_[at] != view) at = (at + 1) & mask;
    return table_[at];
  }
  void grow() {
    const auto before = std::exchange(table_, std::vector<std::uint64_t>(table_.size() * 2));
    for (const auto view : before) {
      if (view != kFree) place_of(view) = view;
    }
  }

  std::vector<std::uint64_t> table_;
  std::size_t size_ = 0;
};

}  // namespace northstar::conversation::proof
