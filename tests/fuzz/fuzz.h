#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

/// What every target stands on. Each is one `LLVMFuzzerTestOneInput`: the fuzzer calls it with what it makes up, the
/// replay in ops/test with every file of the target's corpus.
namespace northstar::fuzz {

/// A law that holds for any bytes. The sentence says what was broken; the sanitizers say the rest.
inline void require(bool holds, const char* sentence) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", sentence);
  std::abort();
}

inline std::string_view bytes_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// The first byte, which chooses between ways of asking; the rest is what comes from outside.
inline std::uint8_t take_choice(std::string_view& bytes) {
  if (bytes.empty()) return 0;
  const auto choice = static_cast<std::uint8_t>(bytes.front());
  bytes.remove_prefix(1);
  return choice;
}

}  // namespace northstar::fuzz
