#pragma once
#include <algorithm>
#include <array>
#include <string_view>

#include "gateway/net/channel.h"
#include "handlers/sms/vendor.h"

namespace northstar::telnyx {

/// What one of Telnyx's error codes means for a text, and what to tell the operator.
struct TelnyxError {
  int code;
  net::Delivery delivery;
  std::string_view reason;
  bool filtered = false;  ///< a spam filter's work, a carrier's or Telnyx's own
};

/// Telnyx's error pages, as far as a code can answer a send or stand in a receipt. Sorted by code.
inline constexpr std::array kTelnyxErrors{
    TelnyxError{10001, net::Delivery::refused, "the number is not active"},
    TelnyxError{10002, net::Delivery::refused, "the number is not valid"},
    TelnyxError{10003, net::Delivery::misconfigured, "the receipts' address is not one that can be called"},
    TelnyxError{10004, net::Delivery::misconfigured, "a required field was missing"},
    TelnyxError{10005, net::Delivery::misconfigured, "the API is not where it is expected, or the messaging profile does not exist"},
    TelnyxError{10006, net::Delivery::misconfigured, "the messaging profile's identifier is not valid"},
    TelnyxError{10007, net::Delivery::failed, "Telnyx had a passing fault"},
    TelnyxError{10008, net::Delivery::unknown, "Telnyx ran out of time over the text"},
    TelnyxError{10009, net::Delivery::misconfigured, "the API key is not accepted"},
    TelnyxError{10010, net::Delivery::misconfigured, "the API key may not do this"},
    TelnyxError{10011, net::Delivery::throttled, "too many calls at once"},
    TelnyxError{10015, net::Delivery::refused, "Telnyx will not take this text"},
    TelnyxError{10016, net::Delivery::refused, "the number is not in E.164 form"},
    TelnyxError{10039, net::Delivery::misconfigured, "the account's level does not allow this"},
    TelnyxError{20002, net::Delivery::misconfigured, "the API key was revoked"},
    TelnyxError{20006, net::Delivery::misconfigured, "the access token has expired"},
    TelnyxError{20012, net::Delivery::misconfigured, "the account is not active; look at its balance"},
    TelnyxError{20013, net::Delivery::misconfigured, "the account is blocked"},
    TelnyxError{20014, net::Delivery::misconfigured, "the account is not verified"},
    TelnyxError{20015, net::Delivery::misconfigured, "the account may not send texts"},
    TelnyxError{20016, net::Delivery::misconfigured, "the account is not verified to level 1"},
    TelnyxError{20017, net::Delivery::misconfigured, "the account is not verified to level 2"},
    TelnyxError{20100, net::Delivery::misconfigured, "the account has no money left"},
    TelnyxError{40001, net::Delivery::refused, "the number is a landline or cannot be reached"},
    TelnyxError{40002, net::Delivery::refused, "a spam filter stopped the text", true},
    TelnyxError{40003, net::Delivery::refused, "a spam filter has blocked the sending number", true},
    TelnyxError{40004, net::Delivery::refused, "the carrier rejected the text"},
    TelnyxError{40005, net::Delivery::failed, "the text expired on its way"},
    TelnyxError{40006, net::Delivery::failed, "the carrier could not be reached"},
    TelnyxError{40008, net::Delivery::refused, "the carrier did not take the text"},
    TelnyxError{40009, net::Delivery::refused, "the carrier did not take the words"},
    TelnyxError{40010, net::Delivery::misconfigured, "the sending number is not registered with the carriers"},
    TelnyxError{40011, net::Delivery::throttled, "more texts than the carrier allows"},
    TelnyxError{40012, net::Delivery::refused, "the carrier does not know the number"},
    TelnyxError{40013, net::Delivery::misconfigured, "the carrier does not know the sending number"},
    TelnyxError{40014, net::Delivery::failed, "the text expired in the queue"},
    TelnyxError{40015, net::Delivery::refused, "Telnyx's spam filter stopped the text", true},
    TelnyxError{40016, net::Delivery::throttled, "a carrier's daily limit is used up"},
    TelnyxError{40017, net::Delivery::refused, "a carrier's spam filter stopped the text", true},
    TelnyxError{40018, net::Delivery::throttled, "a carrier's limit for the minute is used up"},
    TelnyxError{40100, net::Delivery::misconfigured, "the sending number is not set up for texts"},
    TelnyxError{40150, net::Delivery::misconfigured, "the toll-free number is not registered"},
    TelnyxError{40151, net::Delivery::misconfigured, "the sending number still belongs to another provider"},
    TelnyxError{40300, net::Delivery::opted_out, "Telnyx holds an opt-out for this number"},
    TelnyxError{40301, net::Delivery::refused, "the number cannot be sent this kind of message"},
    TelnyxError{40302, net::Delivery::refused, "the text is too long"},
    TelnyxError{40304, net::Delivery::refused, "the parts of the message do not fit together"},
    TelnyxError{40305, net::Delivery::misconfigured, "the sending number is not valid, or not on the messaging profile"},
    TelnyxError{40306, net::Delivery::misconfigured, "no sender's name is set up"},
    TelnyxError{40308, net::Delivery::misconfigured, "the sending number cannot send pictures"},
    TelnyxError{40309, net::Delivery::refused, "the messaging profile does not allow that region"},
    TelnyxError{40310, net::Delivery::refused, "the number is not valid"},
    TelnyxError{40311, net::Delivery::misconfigured, "the messaging profile's secret is not accepted"},
    TelnyxError{40312, net::Delivery::misconfigured, "the messaging profile is switched off"},
    TelnyxError{40313, net::Delivery::misconfigured, "the messaging profile's secret is missing"},
    TelnyxError{40314, net::Delivery::misconfigured, "texts are switched off for the account"},
    TelnyxError{40315, net::Delivery::misconfigured, "Telnyx holds the sending number back: too many of its texts were not delivered"},
    TelnyxError{40316, net::Delivery::refused, "the text is empty"},
    TelnyxError{40317, net::Delivery::refused, "the media are not acceptable"},
    TelnyxError{40318, net::Delivery::throttled, "Telnyx's queue is full"},
    TelnyxError{40319, net::Delivery::refused, "the number cannot be sent this kind of message"},
    TelnyxError{40320, net::Delivery::failed, "the sending number cannot be used yet"},
    TelnyxError{40321, net::Delivery::misconfigured, "the messaging profile has no number that can send"},
    TelnyxError{40322, net::Delivery::refused, "Telnyx blocked the text for its words", true},
    TelnyxError{40328, net::Delivery::refused, "the text is too long"},
    TelnyxError{40329, net::Delivery::misconfigured, "the toll-free number is not verified"},
    // It comes with 429, but waiting a little does not help: it lasts until midnight UTC, and somebody can raise it.
    TelnyxError{40333, net::Delivery::misconfigured, "the messaging profile's daily spend limit is reached"},
};
static_assert(std::ranges::is_sorted(kTelnyxErrors, {}, &TelnyxError::code));

/// The row of a code; nothing when Telnyx's pages have none that we know.
constexpr const TelnyxError* known_error(int code) {
  const auto found = std::ranges::lower_bound(kTelnyxErrors, code, {}, &TelnyxError::code);
  return found != kTelnyxErrors.end() && found->code == code ? &*found : nullptr;
}

/// The first error of an answer, as far as it decides.
struct Complaint {
  int code = 0;              ///< 0 when there is none
  bool about_us = false;     ///< its `source` names a field that our configuration filled
  bool says_stop = false;    ///< its words speak of STOP or of a block rule
};

inline TelnyxError telnyx_error(int status, const Complaint& complaint) {
  using net::Delivery;
  // A proxy's word that the answer never came: the text may have been taken.
  if (status == 504) return {complaint.code, Delivery::unknown, "Telnyx's answer never came"};
  if (const TelnyxError* known = known_error(complaint.code)) {
    if (known->delivery == Delivery::refused && complaint.about_us)
      return {complaint.code, Delivery::misconfigured, "the sending number or the messaging profile is not accepted"};
    // An opt-out silences a person until they write again, so the code alone is not enough: it has been seen for a sender
    // that was on no profile.
    if (known->delivery == Delivery::opted_out && !complaint.says_stop)
      return {complaint.code, Delivery::misconfigured, "Telnyx blocks the sending number, and not for an opt-out"};
    return *known;
  }
  if (status == 429) return {complaint.code, Delivery::throttled, "too many calls at once"};
  if (status == 401 || status == 403) return {complaint.code, Delivery::misconfigured, "the API key is not accepted"};
  if (status == 402) return {complaint.code, Delivery::misconfigured, "the account has no money left"};
  const Delivery delivery = complaint.about_us && status < 500 ? Delivery::misconfigured : sms::delivery_of(status);
  return {complaint.code, delivery,
          delivery == Delivery::failed          ? "Telnyx had a passing fault"
          : delivery == Delivery::unknown       ? "Telnyx's answer could not be read"
          : delivery == Delivery::misconfigured ? "Telnyx's API is not where it is expected, or will not have our settings"
                                                : "Telnyx will not take this text"};
}

}  // namespace northstar::telnyx
