#pragma once
#include <algorithm>
#include <array>
#include <string_view>

#include "gateway/net/channel.h"
#include "gateway/net/receipt.h"

namespace northstar::bandwidth {

/// What a receipt's `errorCode` means where its number alone does not say enough, and what to tell the operator: Bandwidth
/// takes a text first (202) and judges sender, campaign and content later, so that a fault of our own shows only here.
struct Failure {
  int code;
  bool filtered;  ///< a spam filter: other words may pass
  std::string_view reason;
};

/// dev.bandwidth.com/docs/messaging/errors, the codes a plain text can get. Sorted by code.
inline constexpr std::array kFailures{
    Failure{4001, false, "the account is not allowed to send this"},
    Failure{4302, false, "the sending number is not valid"},
    Failure{4303, false, "the number is not valid"},
    Failure{4360, false, "the text was too old to be sent"},
    Failure{4403, false, "the sending number may not send; it may belong to another account"},
    Failure{4404, false, "the number may not be texted"},
    Failure{4405, false, "the sending number is not in use"},
    Failure{4406, false, "the number is not in use"},
    Failure{4407, false, "the sending number is not this account's"},
    Failure{4431, false, "the account has no short code service"},
    Failure{4432, false, "the account may not text that country"},
    Failure{4451, false, "account_id is not a known one"},
    Failure{4452, false, "application_id is not a known one, or not this account's"},
    Failure{4470, true, "Bandwidth's own spam filter dropped the text"},
    Failure{4481, false, "Bandwidth has blocked the sending number"},
    Failure{4482, false, "the number is blocked from texts"},
    Failure{4493, false, "the account is not allowed to send"},
    Failure{4720, false, "the carrier does not know the number, or it takes no texts"},
    Failure{4721, false, "the number is no longer in use"},
    Failure{4740, false, "the carrier does not accept the sending number"},
    Failure{4750, false, "the carrier dropped the text without a reason; some do so for spam"},
    Failure{4770, true, "a carrier's spam filter dropped the text"},
    Failure{4771, true, "a carrier dropped the text because of a shortened link"},
    Failure{4772, false, "the carrier blocks the sending number or the number"},
    Failure{4773, false, "the campaign is not active"},
    Failure{4774, false, "the sending number is not registered as it should be"},
    Failure{4775, false, "the carrier holds an opt-out for this number"},
    Failure{4780, false, "more texts a day than T-Mobile allows the sender"},
    Failure{4781, false, "more texts than AT&T allows the sender"},
    Failure{4785, false, "more texts than the carrier allows the sender"},
    Failure{4790, false, "the number cannot get texts from this short code"},
    Failure{4791, false, "the carrier does not allow the short code's campaign"},
    Failure{4792, false, "the short code is not set up with the carrier"},
    Failure{4793, false, "the short code's lease has ended with the carrier"},
    Failure{4795, false, "the toll-free number is not verified"},
};
static_assert(std::ranges::is_sorted(kFailures, {}, &Failure::code));

constexpr const Failure* failure(int code) {
  const auto known = std::ranges::lower_bound(kFailures, code, {}, &Failure::code);
  return known != kFailures.end() && known->code == code ? &*known : nullptr;
}

/// Bandwidth numbers failures by who saw them: x7xx and 56xx are the carrier's word, the rest Bandwidth's.
constexpr net::Receipt::Status status_of_failure(int code) {
  // 9902: the carrier's receipt never came. The text may have arrived, so nothing is claimed.
  if (code == 9902) return net::Receipt::Status::under_way;
  const int group = code / 100;
  return group == 47 || group == 56 || group == 99 ? net::Receipt::Status::undelivered : net::Receipt::Status::failed;
}

/// What an answer to a send means.
struct SendError {
  net::Delivery delivery;
  std::string_view reason;
};

/// Where a 400 names the field it minds. What is in our configuration is ours to mend, and no reason to give a person up.
struct FieldError {
  std::string_view field;
  SendError error;
};
inline constexpr std::array kFieldErrors{
    FieldError{"to", {net::Delivery::refused, "the number is not valid"}},
    FieldError{"text", {net::Delivery::refused, "the text is empty or too long"}},
    FieldError{"from", {net::Delivery::misconfigured, "the sending number is not valid"}},
    FieldError{"applicationId", {net::Delivery::misconfigured, "application_id is not a known one"}},
    FieldError{"tag", {net::Delivery::misconfigured, "Bandwidth does not take our tag"}},
};

/// From the status alone. A 4xx or 5xx answer was not sent, says Bandwidth; but 504 is a proxy's word, not Bandwidth's.
constexpr SendError send_error(int status) {
  switch (status) {
    case 400: return {net::Delivery::refused, "Bandwidth will not take this text"};
    case 401: return {net::Delivery::misconfigured, "the API credentials are not accepted"};
    case 403: return {net::Delivery::misconfigured, "the API credentials may not send texts for this account"};
    case 413: return {net::Delivery::refused, "the text is too long"};
    case 429: return {net::Delivery::throttled, "Bandwidth's queue is full, or too many calls at once"};
    case 408: case 409: case 425: return {net::Delivery::failed, "Bandwidth had a passing fault"};
    case 504: return {net::Delivery::unknown, "Bandwidth's answer never came"};
    default: break;
  }
  if (status >= 500) return {net::Delivery::failed, "Bandwidth had a passing fault"};
  if (status >= 300) return {net::Delivery::misconfigured, "Bandwidth's API is not where it is expected"};
  return {net::Delivery::unknown, "an answer that Bandwidth does not give"};
}

}  // namespace northstar::bandwidth
