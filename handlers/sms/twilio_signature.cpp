#include "handlers/sms/twilio_signature.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cstring>

// OpenSSL's newer interface cannot copy a hash's state without allocating; the state after the pads is copied per text.
#pragma clang diagnostic ignored "-Wdeprecated-declarations"

namespace northstar::sms {
namespace {

constexpr std::size_t kBlock = 64;                   // SHA-1's block, RFC 2104's B
constexpr std::size_t kBase64Size = 28;              // of 20 bytes
constexpr std::string_view kBodyHash = "bodySHA256=";

void update(SHA_CTX& state, std::string_view bytes) { SHA1_Update(&state, bytes.data(), bytes.size()); }

std::string_view body_hash_in(std::string_view query) {
  std::string_view found;
  std::size_t times = 0;
  while (!query.empty()) {
    const auto end = query.find('&');
    const std::string_view part = query.substr(0, end);
    if (part.starts_with(kBodyHash)) found = part.substr(kBodyHash.size()), ++times;
    if (end == std::string_view::npos) break;
    query.remove_prefix(end + 1);
  }
  return times == 1 ? found : std::string_view();
}

}  // namespace

std::array<std::string, 2> with_and_without_port(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return {std::string(url), std::string(url)};
  const std::size_t host = scheme + 3;
  const std::size_t path = std::min(url.find('/', host), url.size());
  const std::size_t colon = url.substr(0, path).rfind(':');
  // The colons of an IPv6 address stand inside its brackets.
  const bool has_port = colon != std::string_view::npos && colon >= host && url.find(']', colon) >= path;
  const std::string front(url.substr(0, has_port ? colon : path)), back(url.substr(path));
  const std::string usual = url.starts_with("https") ? ":443" : ":80";
  return {front + back, front + (has_port ? std::string(url.substr(colon, path - colon)) : usual) + back};
}

TwilioSignature::TwilioSignature(std::string_view token, std::string_view public_url) : configured_(!token.empty()) {
  std::array<unsigned char, kBlock> key{};
  if (token.size() > kBlock)
    SHA1(reinterpret_cast<const unsigned char*>(token.data()), token.size(), key.data());
  else
    std::memcpy(key.data(), token.data(), token.size());
  const auto begin = [&key](SHA_CTX& state, unsigned char pad) {
    std::array<unsigned char, kBlock> padded = key;
    for (unsigned char& byte : padded) byte ^= pad;
    SHA1_Init(&state);
    SHA1_Update(&state, padded.data(), padded.size());
    OPENSSL_cleanse(padded.data(), padded.size());
  };
  begin(outer_, 0x5c);
  const auto urls = with_and_without_port(public_url);
  for (std::size_t i = 0; i < starts_.size(); ++i) {
    begin(starts_[i], 0x36);
    update(starts_[i], urls[i]);
  }
  OPENSSL_cleanse(key.data(), key.size());
}

TwilioSignature::~TwilioSignature() {
  OPENSSL_cleanse(starts_.data(), sizeof starts_);
  OPENSSL_cleanse(&outer_, sizeof outer_);
}

bool TwilioSignature::matches_one(const SHA_CTX& start, std::string_view message, std::string_view given) const {
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest;
  SHA_CTX state = start;
  update(state, message);
  SHA1_Final(digest.data(), &state);
  state = outer_;
  SHA1_Update(&state, digest.data(), digest.size());
  SHA1_Final(digest.data(), &state);
  std::array<unsigned char, kBase64Size + 1> text;
  EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(digest.size()));
  return CRYPTO_memcmp(text.data(), given.data(), kBase64Size) == 0;
}

bool TwilioSignature::matches(Query query, std::span<const Field> fields, std::string_view given) const {
  if (!configured_ || given.size() != kBase64Size) return false;
  std::string message;
  message.reserve(1024);
  if (query.present) message.append("?").append(query.bytes);
  const Field* before = nullptr;
  for (const Field& field : fields) {
    if (before && field == *before) continue;  // repeated values count once
    message.append(field.name).append(field.value);
    before = &field;
  }
  return matches_one(starts_[0], message, given) || matches_one(starts_[1], message, given);
}

bool TwilioSignature::matches_body(Query query, std::string_view body, std::string_view given) const {
  // Without the hash the signature covers the URL alone, and anybody could change the body.
  const std::string_view claimed = body_hash_in(query.bytes);
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  if (claimed.size() != 2 * digest.size()) return false;
  SHA256(reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest.data());
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  std::string lower(claimed);
  for (char& c : lower) c = c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
  return CRYPTO_memcmp(hex.data(), lower.data(), hex.size()) == 0 && matches(query, {}, given);
}

}  // namespace northstar::sms
