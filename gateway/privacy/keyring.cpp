#include "gateway/privacy/keyring.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "gateway/privacy/hmac.h"

namespace northstar::privacy {

namespace {

using namespace std::chrono_literals;

constexpr std::uint8_t kForm = 1;
constexpr std::size_t kSlotAt = 2, kNonceAt = 6, kTextAt = 18, kTag = 16;
constexpr Millis kMadeAhead = 10min;

std::int64_t slot_of(Life life, Instant at) {
  return life == Life::hour ? std::chrono::floor<std::chrono::hours>(at).time_since_epoch().count()
                            : std::chrono::floor<std::chrono::days>(at).time_since_epoch().count();
}

// Fetched once: OpenSSL 3 looks an algorithm up by name behind a lock whenever EVP_aes_256_gcm() is used.
const EVP_CIPHER* cipher() {
  static const std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)> fetched{
      EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr), &EVP_CIPHER_free};
  return fetched.get();
}

// One context a thread is used again and again. After each use it is given a key of nought, so that no record's key
// stays behind in it after the hour's key has been dropped.
class Context {
 public:
  Context() : context_(EVP_CIPHER_CTX_new()) {}
  ~Context() { EVP_CIPHER_CTX_free(context_); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  EVP_CIPHER_CTX* get() { return context_; }
  void forget() {
    static constexpr std::uint8_t kNought[32] = {};
    EVP_EncryptInit_ex(context_, nullptr, nullptr, kNought, nullptr);
  }

 private:
  EVP_CIPHER_CTX* context_;
};

Context& context() {
  thread_local Context one;
  return one;
}

std::string_view view(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

// The record's own key, for its kind and name, and from then on only its version need be bound.
Digest32 record_key(const std::array<std::uint8_t, 32>& slot_key, const Binding& binding) {
  static constexpr std::string_view kNul{"\0", 1};
  return hkdf_expand(view(slot_key.data(), slot_key.size()), {"northstar record 1", kNul, binding.kind, kNul, binding.key});
}

// What is authenticated beside the text: the record's form, life and slot, and the version it was written as.
std::array<std::uint8_t, kNonceAt + 8> associated(const std::uint8_t* record, std::uint64_t version) {
  std::array<std::uint8_t, kNonceAt + 8> out;
  std::memcpy(out.data(), record, kNonceAt);
  for (int i = 0; i < 8; ++i) out[kNonceAt + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(version >> 8 * i);
  return out;
}

}  // namespace

Keyring::Key::~Key() { OPENSSL_cleanse(bytes.data(), bytes.size()); }

bool Keyring::complete(Instant now) const {
  for (const Life life : {Life::hour, Life::day}) {
    if (!keys(life).contains(slot_of(life, now)) || !keys(life).contains(slot_of(life, now + kMadeAhead))) return false;
  }
  return true;
}

bool Keyring::make_missing_from(Instant now, Fill fill, void* context) {
  bool made = false;
  const auto make = [&](Keys& keys, std::int64_t slot) {
    const auto [at, missing] = keys.try_emplace(slot);
    if (missing) fill(context, at->second.bytes.data(), at->second.bytes.size());
    made = made || missing;
  };
  for (const Instant at : {now, now + kMadeAhead}) {
    make(hours_, slot_of(Life::hour, at));
    make(days_, slot_of(Life::day, at));
  }
  return made;
}

bool Keyring::drop_old(Instant now) {
  // A key's life begins with its slot. What lies ahead of `now` stays: a clock that was set back must not lose a talk.
  std::size_t dropped = 0;
  dropped += std::erase_if(hours_, [&](const auto& key) {
    return Instant{std::chrono::hours{key.first}} + kHourKeyLife <= now;
  });
  dropped += std::erase_if(days_, [&](const auto& key) {
    return Instant{std::chrono::days{key.first}} + kDayKeyLife <= now;
  });
  return dropped > 0;
}

std::optional<std::string> Keyring::seal(Life life, const Binding& binding, std::string_view plain, Instant now,
                                         std::array<std::uint8_t, 12> nonce) const {
  const std::int64_t slot = slot_of(life, now);
  const auto key = keys(life).find(slot);
  if (key == keys(life).end()) return std::nullopt;

  std::string out(kTextAt + plain.size() + kTag, '\0');
  auto* bytes = reinterpret_cast<std::uint8_t*>(out.data());
  bytes[0] = kForm;
  bytes[1] = static_cast<std::uint8_t>(life);
  for (std::size_t i = 0; i < 4; ++i) bytes[kSlotAt + i] = static_cast<std::uint8_t>(slot >> 8 * i);
  std::memcpy(bytes + kNonceAt, nonce.data(), nonce.size());

  const auto bound = associated(bytes, binding.version);
  Digest32 record = record_key(key->second.bytes, binding);
  Context& gcm = context();
  int size = 0;
  const bool sealed =
      EVP_EncryptInit_ex(gcm.get(), cipher(), nullptr, record.data(), nonce.data()) == 1 &&
      EVP_EncryptUpdate(gcm.get(), nullptr, &size, bound.data(), static_cast<int>(bound.size())) == 1 &&
      EVP_EncryptUpdate(gcm.get(), bytes + kTextAt, &size, reinterpret_cast<const std::uint8_t*>(plain.data()),
                        static_cast<int>(plain.size())) == 1 &&
      EVP_EncryptFinal_ex(gcm.get(), bytes + kTextAt + plain.size(), &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(gcm.get(), EVP_CTRL_AEAD_GET_TAG, kTag, bytes + kTextAt + plain.size()) == 1;
  OPENSSL_cleanse(record.data(), record.size());
  gcm.forget();
  if (!sealed) return std::nullopt;
  return out;
}

std::optional<std::string> Keyring::open(const Binding& binding, std::string_view sealed) const {
  if (sealed.size() < kTextAt + kTag) return std::nullopt;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(sealed.data());
  if (bytes[0] != kForm || (bytes[1] != 1 && bytes[1] != 2)) return std::nullopt;
  std::int64_t slot = 0;
  for (std::size_t i = 0; i < 4; ++i) slot |= std::int64_t{bytes[kSlotAt + i]} << 8 * i;
  const Keys& candidates = keys(static_cast<Life>(bytes[1]));
  const auto key = candidates.find(slot);
  if (key == candidates.end()) return std::nullopt;

  const std::size_t size = sealed.size() - kTextAt - kTag;
  std::string plain(size, '\0');
  const auto bound = associated(bytes, binding.version);
  Digest32 record = record_key(key->second.bytes, binding);
  std::array<std::uint8_t, kTag> tag;
  std::memcpy(tag.data(), bytes + kTextAt + size, kTag);
  Context& gcm = context();
  int written = 0;
  const bool opened =
      EVP_DecryptInit_ex(gcm.get(), cipher(), nullptr, record.data(), bytes + kNonceAt) == 1 &&
      EVP_DecryptUpdate(gcm.get(), nullptr, &written, bound.data(), static_cast<int>(bound.size())) == 1 &&
      EVP_DecryptUpdate(gcm.get(), reinterpret_cast<std::uint8_t*>(plain.data()), &written, bytes + kTextAt,
                        static_cast<int>(size)) == 1 &&
      EVP_CIPHER_CTX_ctrl(gcm.get(), EVP_CTRL_AEAD_SET_TAG, kTag, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(gcm.get(), reinterpret_cast<std::uint8_t*>(plain.data()) + written, &written) == 1;
  OPENSSL_cleanse(record.data(), record.size());
  gcm.forget();
  if (opened) return plain;
  OPENSSL_cleanse(plain.data(), plain.size());
  return std::nullopt;
}

}  // namespace northstar::privacy
