#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/base/result.h"

struct evp_pkey_st;

namespace northstar::vonage {

/// The token that lets us send in an application's name: RS256 with the application's private key (RFC 7518 3.3).
/// One is made for several sends, because a signature costs about a millisecond.
class ApplicationToken {
 public:
  /// `pem`: an RSA key of 2048 bits or more.
  static Result<ApplicationToken> from(std::string_view pem, std::string application_id);

  /// One that is good for at least some minutes from `now`; empty when none could be made.
  const std::string& at(std::chrono::sys_seconds now);

 private:
  ApplicationToken(std::shared_ptr<evp_pkey_st> key, std::string application_id);

  std::shared_ptr<evp_pkey_st> key_;
  std::string application_id_;
  std::string token_;
  std::chrono::sys_seconds made_{};
};

}  // namespace northstar::vonage
