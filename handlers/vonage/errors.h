#pragma once
#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <string_view>

#include "gateway/net/channel.h"
#include "handlers/sms/vendor.h"

namespace northstar::vonage {

/// What one of the Messages API's error codes means for a text, and what to tell the operator.
struct VonageError {
  int code;
  net::Delivery delivery;
  std::string_view reason;
};

/// The Messages API's list, as far as it can answer a send. Sorted by code. The same codes come in receipts.
///
/// Vonage's description of the 422 answer gives some of these numbers another meaning than its list does (110 and 1110 are
/// there alone; 1060 is a wrong client reference, 1140 a wrong message type, 1150 a wrong parameter). Those faults would
/// be in every text of ours alike, so the list's word stands for them too.
inline constexpr std::array kErrors{
    VonageError{110, net::Delivery::refused, "the number is not valid"},
    VonageError{1000, net::Delivery::throttled, "more texts a second than the account is allowed"},
    VonageError{1010, net::Delivery::refused, "something that a text must have is missing"},
    VonageError{1020, net::Delivery::refused, "something in the text is not valid"},
    VonageError{1030, net::Delivery::failed, "Vonage had a fault of its own"},
    VonageError{1040, net::Delivery::refused, "the text cannot be sent to such a number"},
    VonageError{1050, net::Delivery::refused, "Vonage sends nothing to this number"},
    VonageError{1060, net::Delivery::misconfigured, "the account is barred from sending"},
    VonageError{1070, net::Delivery::misconfigured, "the account's money or quota is used up"},
    VonageError{1080, net::Delivery::misconfigured, "the account may not send by this API"},
    VonageError{1090, net::Delivery::refused, "the text is too long"},
    VonageError{1100, net::Delivery::failed, "Vonage could not hand the text on"},
    VonageError{1110, net::Delivery::refused, "something in the text is not valid"},
    VonageError{1120, net::Delivery::misconfigured, "the sending number is not accepted"},
    VonageError{1130, net::Delivery::refused, "the time to live is not valid"},
    VonageError{1140, net::Delivery::misconfigured, "the account lacks a facility that the text needs"},
    VonageError{1150, net::Delivery::refused, "the message class is not valid"},
    VonageError{1160, net::Delivery::misconfigured, "a trial account sends to its own test numbers only"},
    VonageError{1170, net::Delivery::refused, "the number is not valid"},
    VonageError{1180, net::Delivery::failed, "the phone cannot be reached for now"},
    VonageError{1190, net::Delivery::refused, "the number is no longer in use"},
    VonageError{1200, net::Delivery::refused, "the number was moved to another carrier and cannot be reached"},
    VonageError{1210, net::Delivery::refused, "a carrier took the text for spam"},
    VonageError{1220, net::Delivery::failed, "the phone was busy"},
    VonageError{1230, net::Delivery::failed, "a network had a passing fault"},
    VonageError{1240, net::Delivery::opted_out, "Vonage or a carrier holds an opt-out for this number"},
    VonageError{1241, net::Delivery::throttled, "too many texts to these numbers"},
    VonageError{1242, net::Delivery::misconfigured, "the number pool does not exist"},
    VonageError{1250, net::Delivery::refused, "the number cannot be reached from the sending number"},
    VonageError{1251, net::Delivery::refused, "the number's network cannot be reached"},
    VonageError{1260, net::Delivery::refused, "the number cannot be reached"},
    VonageError{1270, net::Delivery::refused, "a carrier held the text back for the recipient's age"},
    VonageError{1280, net::Delivery::refused, "the number is blocked from texts"},
    VonageError{1282, net::Delivery::refused, "a provider held the text back for its content"},
    VonageError{1290, net::Delivery::refused, "the recipient has no credit left"},
    VonageError{1300, net::Delivery::refused, "the number is unknown"},
    VonageError{1310, net::Delivery::refused, "the phone takes no texts"},
    VonageError{1320, net::Delivery::unknown, "the text was already sent"},
    VonageError{1330, net::Delivery::refused, "a carrier did not take the text and did not say why"},
    VonageError{1331, net::Delivery::failed, "a provider does not answer"},
    VonageError{1360, net::Delivery::refused, "the text was not delivered in time"},
    VonageError{1400, net::Delivery::misconfigured, "the account has no SMS channel"},
    VonageError{1410, net::Delivery::refused, "something in the text is not valid"},
    VonageError{1420, net::Delivery::misconfigured, "the sending number is not valid"},
    VonageError{1430, net::Delivery::refused, "the number is not valid"},
    VonageError{1431, net::Delivery::refused, "more than one recipient was given"},
    VonageError{1440, net::Delivery::refused, "the kind of message is not known"},
    VonageError{1450, net::Delivery::refused, "the client reference is not valid"},
    VonageError{1460, net::Delivery::throttled, "the day's limit is used up"},
    VonageError{1461, net::Delivery::refused, "a provider takes no more texts for this person"},
    VonageError{1470, net::Delivery::refused, "Fraud Defender blocked the text: look at its rules"},
    VonageError{1472, net::Delivery::throttled, "Fraud Defender's burst protection holds texts back: raise its limit"},
    VonageError{1473, net::Delivery::refused, "Fraud Defender took the text for inflated traffic"},
    VonageError{1474, net::Delivery::refused, "Fraud Defender blocks the country"},
    VonageError{1475, net::Delivery::refused, "Fraud Defender blocks the network"},
    VonageError{1476, net::Delivery::misconfigured, "the sending number is on a Do Not Originate list"},
    VonageError{1480, net::Delivery::misconfigured, "the sender's registration is missing"},
    VonageError{1481, net::Delivery::misconfigured, "the sending number's registration is missing"},
    VonageError{1482, net::Delivery::refused, "the text is not registered in that country"},
    VonageError{1483, net::Delivery::refused, "consent is not registered in that country"},
    VonageError{1484, net::Delivery::misconfigured, "the sender failed a compliance check"},
    VonageError{1490, net::Delivery::unknown, "whether the whole text was delivered is not known"},
    VonageError{2001, net::Delivery::refused, "a provider's fraud protection blocked the text"},
};
static_assert(std::ranges::is_sorted(kErrors, {}, &VonageError::code));

inline constexpr int kOptedOut = 1240;

/// A carrier's or provider's filter dropped it for its words, and other words may pass.
constexpr bool filtered(int code) { return code == 1210 || code == 1282; }

/// From the status of Vonage's answer and the code in it (0 when there is none).
constexpr VonageError vonage_error(int status, int code) {
  const auto known = std::ranges::lower_bound(kErrors, code, {}, &VonageError::code);
  if (known != kErrors.end() && known->code == code) return *known;
  if (status == 429) return {code, net::Delivery::throttled, "too many calls at once"};
  if (status == 401 || status == 403) return {code, net::Delivery::misconfigured, "the account, its secret or its key is not accepted"};
  if (status == 402) return {code, net::Delivery::misconfigured, "the account has no money left"};
  // A proxy's word that the answer never came: the text may have been taken.
  if (status == 504) return {code, net::Delivery::unknown, "Vonage's answer never came"};
  if (status >= 500 || status == 408 || status == 409 || status == 425) return {code, net::Delivery::failed, "Vonage had a passing fault"};
  if (status == 400 || status == 422) return {code, net::Delivery::refused, "Vonage will not take this text"};
  return {code, net::Delivery::misconfigured, "Vonage's API is not where it is expected"};
}

/// The code of an error (RFC 7807) or of a receipt's `error`: behind the # in `type`, or `title`, or `code` as it was
/// before; 0 when there is none.
int code_of(const boost::json::object& error);

}  // namespace northstar::vonage
