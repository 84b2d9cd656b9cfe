#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace northstar::store {

/// Random bytes of the operating system's quality (OpenSSL's generator), drawn from a block a thread so that a text does
/// not pay for several calls. Ends the process when there are none: nothing may be sealed with guessable bytes.
void random_bytes(std::uint8_t* out, std::size_t count);

template <std::size_t N>
std::array<std::uint8_t, N> random_array() {
  std::array<std::uint8_t, N> out;
  random_bytes(out.data(), N);
  return out;
}
std::uint64_t random_number();
/// 128 bits, as 22 characters of base64url: entry ids, node ids.
std::string random_id();
/// For AES-GCM; see Keyring::seal.
inline std::array<std::uint8_t, 12> random_nonce() { return random_array<12>(); }

}  // namespace northstar::store
