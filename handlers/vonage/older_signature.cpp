#include "handlers/vonage/older_signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

#include "handlers/sms/vendor.h"

namespace northstar::vonage {
namespace {

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

const EVP_MD* function_of(Hash hash) {
  switch (hash) {
    case Hash::sha1: return EVP_sha1();
    case Hash::sha256: return EVP_sha256();
    case Hash::sha512: return EVP_sha512();
    case Hash::md5hash:
    case Hash::md5: break;
  }
  return EVP_md5();
}

}  // namespace

std::optional<std::string> older_signature(Hash hash, std::string_view secret, std::span<const sms::Field> fields) {
  std::string text;
  const sms::Field* before = nullptr;
  for (const sms::Field& field : fields) {
    if (field.name.find_first_of("&=") != std::string_view::npos || (before && before->name >= field.name)) return std::nullopt;
    before = &field;
    if (field.name == "sig") continue;
    const std::size_t start = text.append("&").append(field.name).append("=").size();
    text.append(field.value);
    std::replace_if(text.begin() + static_cast<std::ptrdiff_t>(start), text.end(), [](char c) { return c == '&' || c == '='; }, '_');
  }
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (hash == Hash::md5hash) {
    text.append(secret);
    if (EVP_Digest(text.data(), text.size(), digest, &size, EVP_md5(), nullptr) != 1) return std::nullopt;
  } else if (!HMAC(function_of(hash), secret.data(), static_cast<int>(secret.size()), bytes(text), text.size(), digest, &size)) {
    return std::nullopt;
  }
  return sms::hex({reinterpret_cast<const char*>(digest), size});
}

bool signed_by(Hash hash, std::string_view secret, std::span<const sms::Field> fields) {
  const auto given = std::ranges::find(fields, std::string_view("sig"), &sms::Field::name);
  if (secret.empty() || given == fields.end()) return false;
  const auto expected = older_signature(hash, secret, fields);
  std::string lower(given->value);
  for (char& c : lower)
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  return expected && sms::same_secret(*expected, lower);
}

}  // namespace northstar::vonage
