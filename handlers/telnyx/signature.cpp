#include "handlers/telnyx/signature.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "gateway/net/http_client.h"
#include "handlers/sms/vendor.h"

namespace northstar::telnyx {
namespace {

constexpr std::size_t kSignatureSize = 64;

/// `size` bytes from base64 in the one form that an encoder gives: padded, unused bits zero, nothing around it.
bool decode(std::string_view text, unsigned char* out, std::size_t size) {
  std::array<unsigned char, 72> bytes{};  // room for what 88 characters hold
  if (text.size() != (size + 2) / 3 * 4) return false;
  if (EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size())) < 0) return false;
  // OpenSSL reads more than it should (blanks, spare bits): what it read must be written the same way again.
  if (net::base64({reinterpret_cast<const char*>(bytes.data()), size}) != text) return false;
  std::memcpy(out, bytes.data(), size);
  return true;
}

/// Curve25519's points of order 1, 2, 4 and 8 by their y, little-endian, with the two other spellings of 1 and 0.
constexpr std::array<std::string_view, 7> kSmallOrder{
    "0000000000000000000000000000000000000000000000000000000000000000", "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"};

}  // namespace

std::optional<PublicKey> read_public_key(std::string_view base64) {
  PublicKey key;
  if (!decode(base64, key.data(), key.size())) return std::nullopt;
  PublicKey y = key;
  y.back() &= 0x7f;  // the sign of x
  if (std::ranges::find(kSmallOrder, sms::hex({reinterpret_cast<const char*>(y.data()), y.size()})) != kSmallOrder.end())
    return std::nullopt;
  return key;
}

TelnyxSignature::TelnyxSignature(std::string_view public_key) {
  if (const auto key = read_public_key(public_key))
    key_ = {EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key->data(), key->size()), EVP_PKEY_free};
}

bool TelnyxSignature::matches(std::string_view timestamp, std::string_view body, std::string_view given,
                              std::chrono::sys_seconds now) const {
  std::array<unsigned char, kSignatureSize> signature;
  if (!key_ || !sms::fresh(timestamp, kWindow, now) || !decode(given, signature.data(), signature.size())) return false;
  std::string message;
  message.reserve(timestamp.size() + 1 + body.size());
  message.append(timestamp).append("|").append(body);
  // OpenSSL refuses numbers at or above the group's order and points written in another way; a test holds it to that.
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), reinterpret_cast<const unsigned char*>(message.data()),
                          message.size()) == 1;
}

}  // namespace northstar::telnyx
