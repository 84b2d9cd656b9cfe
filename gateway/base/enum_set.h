#pragma once
#include <cstdint>
#include <initializer_list>

namespace northstar {

/// A set of enumerators (at most 64), the size of a number.
template <class E>
class EnumSet {
 public:
  constexpr EnumSet() = default;
  constexpr EnumSet(std::initializer_list<E> members) {
    for (E member : members) insert(member);
  }
  constexpr static EnumSet from_bits(std::uint64_t bits) {
    EnumSet set;
    set.bits_ = bits;
    return set;
  }
  constexpr bool contains(E e) const { return (bits_ & bit(e)) != 0; }
  constexpr bool intersects(EnumSet other) const { return (bits_ & other.bits_) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr void insert(E e) { bits_ |= bit(e); }
  constexpr void erase(E e) { bits_ &= ~bit(e); }
  constexpr void merge(EnumSet other) { bits_ |= other.bits_; }
  constexpr std::uint64_t bits() const { return bits_; }
  friend constexpr bool operator==(EnumSet, EnumSet) = default;

 private:
  static constexpr std::uint64_t bit(E e) { return std::uint64_t{1} << static_cast<unsigned>(e); }
  std::uint64_t bits_ = 0;
};

}  // namespace northstar
