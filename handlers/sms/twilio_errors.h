#pragma once
#include <algorithm>
#include <array>
#include <string_view>

#include "gateway/net/channel.h"

namespace northstar::sms {

/// What one of Twilio's error codes means for a text, and what to tell the operator.
struct TwilioError {
  int code;
  net::Delivery delivery;
  std::string_view reason;
};

/// Twilio's dictionary, as far as it can answer a send. Sorted by code.
inline constexpr std::array kTwilioErrors{
    TwilioError{14107, net::Delivery::throttled, "more texts a second than the sender is allowed"},
    TwilioError{20003, net::Delivery::misconfigured, "the account or its auth token is not accepted"},
    TwilioError{20005, net::Delivery::misconfigured, "the account is not active"},
    TwilioError{20008, net::Delivery::misconfigured, "these are test credentials"},
    TwilioError{20404, net::Delivery::misconfigured, "the account was not found"},
    TwilioError{20429, net::Delivery::throttled, "too many calls at once"},
    TwilioError{21211, net::Delivery::refused, "the number is not valid"},
    TwilioError{21212, net::Delivery::misconfigured, "the sending number is not valid"},
    TwilioError{21214, net::Delivery::refused, "the number cannot be reached"},
    TwilioError{21217, net::Delivery::refused, "the number does not appear to be valid"},
    TwilioError{21265, net::Delivery::refused, "the recipient is a short code"},
    TwilioError{21266, net::Delivery::refused, "sender and recipient are the same"},
    TwilioError{21408, net::Delivery::refused, "texts to that region are not enabled for the account"},
    TwilioError{21602, net::Delivery::refused, "the text is empty"},
    TwilioError{21603, net::Delivery::misconfigured, "no sending number was given"},
    TwilioError{21604, net::Delivery::refused, "no recipient was given"},
    TwilioError{21605, net::Delivery::refused, "the text is too long"},
    TwilioError{21606, net::Delivery::misconfigured, "the sending number cannot send texts for this account"},
    TwilioError{21609, net::Delivery::misconfigured, "the receipts' address is not one that can be called"},
    TwilioError{21610, net::Delivery::opted_out, "the carrier or Twilio holds an opt-out for this number"},
    TwilioError{21611, net::Delivery::throttled, "the sending number's queue is full"},
    TwilioError{21612, net::Delivery::refused, "the number cannot be reached from the sending number"},
    TwilioError{21614, net::Delivery::refused, "the number is not a mobile number"},
    TwilioError{21617, net::Delivery::refused, "the text is too long"},
    TwilioError{21635, net::Delivery::refused, "the number is a landline"},
    TwilioError{21659, net::Delivery::misconfigured, "the sending number is not one of Twilio's"},
    TwilioError{21660, net::Delivery::misconfigured, "the sending number belongs to another account"},
    TwilioError{21701, net::Delivery::misconfigured, "the messaging service does not exist"},
    TwilioError{21703, net::Delivery::misconfigured, "the messaging service has no numbers"},
    TwilioError{21705, net::Delivery::misconfigured, "the messaging service's identifier is not valid"},
    TwilioError{30001, net::Delivery::throttled, "Twilio's queue is full"},
    TwilioError{30002, net::Delivery::misconfigured, "the account is suspended"},
    TwilioError{30004, net::Delivery::refused, "the number is blocked from texts"},
    TwilioError{30005, net::Delivery::refused, "the number is unknown or no longer in use"},
    TwilioError{30006, net::Delivery::refused, "the number is a landline or cannot be reached"},
    TwilioError{30007, net::Delivery::refused, "a carrier filtered the text"},
    TwilioError{30022, net::Delivery::throttled, "more texts than the registered campaign is allowed"},
    TwilioError{30032, net::Delivery::misconfigured, "the toll-free number is not verified"},
    TwilioError{30034, net::Delivery::misconfigured, "the sending number is not registered with the carriers"},
    TwilioError{63038, net::Delivery::throttled, "the account's daily limit is used up"},
};
static_assert(std::ranges::is_sorted(kTwilioErrors, {}, &TwilioError::code));

/// From the status of Twilio's answer and the `code` in it (0 when there is none).
constexpr TwilioError twilio_error(int status, int code) {
  const auto known = std::ranges::lower_bound(kTwilioErrors, code, {}, &TwilioError::code);
  if (known != kTwilioErrors.end() && known->code == code) return *known;
  if (status == 429) return {code, net::Delivery::throttled, "too many calls at once"};
  if (status == 401 || status == 403) return {code, net::Delivery::misconfigured, "the account or its auth token is not accepted"};
  // A proxy's word that the answer never came: the text may have been taken.
  if (status == 504) return {code, net::Delivery::unknown, "Twilio's answer never came"};
  if (status >= 500 || status == 408 || status == 409 || status == 425) return {code, net::Delivery::failed, "Twilio had a passing fault"};
  if (status == 400) return {code, net::Delivery::refused, "Twilio will not take this text"};
  return {code, net::Delivery::misconfigured, "Twilio's API is not where it is expected"};
}

}  // namespace northstar::sms
