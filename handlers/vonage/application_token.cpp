#include "handlers/vonage/application_token.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "handlers/sms/vendor.h"
#include "handlers/vonage/base64url.h"

namespace northstar::vonage {
namespace {

namespace json = boost::json;

constexpr std::chrono::minutes kGood{15};
constexpr std::chrono::minutes kUsed{5};  // the rest is for clocks that differ and calls that wait
constexpr int kBitsLeast = 2048;          // RFC 7518 3.3

std::string sign(EVP_PKEY* key, std::string_view text) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t size = 0;
  if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) != 1)
    return {};
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes, text.size()) != 1) return {};
  signature.resize(size);
  return signature;
}

/// Without it OpenSSL asks on the terminal for the password of an encrypted key, and the gateway would wait for ever.
int no_password(char*, int, int, void*) { return -1; }

}  // namespace

ApplicationToken::ApplicationToken(std::shared_ptr<evp_pkey_st> key, std::string application_id)
    : key_(std::move(key)), application_id_(std::move(application_id)) {}

Result<ApplicationToken> ApplicationToken::from(std::string_view pem, std::string application_id) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  std::shared_ptr<EVP_PKEY> key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr) : nullptr, EVP_PKEY_free);
  if (!key) return Error{Error::Kind::malformed, "is no private key in PEM without a password"};
  if (EVP_PKEY_base_id(key.get()) != EVP_PKEY_RSA || EVP_PKEY_bits(key.get()) < kBitsLeast)
    return Error{Error::Kind::malformed, "must be an RSA key of 2048 bits or more"};
  return ApplicationToken(std::move(key), std::move(application_id));
}

const std::string& ApplicationToken::at(std::chrono::sys_seconds now) {
  if (!token_.empty() && now >= made_ && now - made_ < kUsed) return token_;
  token_.clear();
  unsigned char random[16];
  if (RAND_bytes(random, sizeof random) != 1) return token_;
  const json::object header{{"alg", "RS256"}, {"typ", "JWT"}};
  const json::object claims{{"application_id", application_id_},
                            {"iat", now.time_since_epoch().count()},
                            {"exp", (now + kGood).time_since_epoch().count()},
                            {"jti", sms::hex({reinterpret_cast<const char*>(random), sizeof random})}};
  std::string text = to_base64url(json::serialize(header)) + '.' + to_base64url(json::serialize(claims));
  const std::string signature = sign(key_.get(), text);
  if (signature.empty()) return token_;
  token_ = std::move(text) + '.' + to_base64url(signature);
  made_ = now;
  return token_;
}

}  // namespace northstar::vonage
