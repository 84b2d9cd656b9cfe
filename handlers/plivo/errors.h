#pragma once
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "gateway/net/channel.h"
#include "handlers/sms/vendor.h"

namespace northstar::plivo {

/// What a refused send means, and what to tell the operator.
struct SendError {
  std::string_view words;  ///< Plivo's API has no codes here, only a sentence: a part of it, in lower case
  net::Delivery delivery;
  std::string_view reason;
};

/// The first that fits counts.
inline constexpr std::array kSendErrors{
    SendError{"insufficient credit", net::Delivery::misconfigured, "the account has no credit left"},
    SendError{"too many requests", net::Delivery::throttled, "too many calls at once"},
    SendError{"rate limit", net::Delivery::throttled, "too many calls at once"},
    SendError{"rate_limit", net::Delivery::throttled, "too many calls at once"},
    SendError{"to be verified", net::Delivery::misconfigured, "a trial account writes to verified numbers only"},
    SendError{"geo", net::Delivery::refused, "texts to that country are not enabled for the account (Geo Permissions)"},
    SendError{"country", net::Delivery::refused, "texts to that country are not enabled for the account (Geo Permissions)"},
    SendError{"powerpack", net::Delivery::misconfigured, "the powerpack is not one of the account's, or has no number"},
    SendError{"src", net::Delivery::misconfigured, "the sending number is not one that this account can send from"},
    SendError{"opted out", net::Delivery::opted_out, "Plivo holds an opt-out for this number"},
    SendError{"valid phone number", net::Delivery::refused, "the number is not valid"},
    SendError{"invalid phone number", net::Delivery::refused, "the number is not valid"},
    SendError{"dst", net::Delivery::refused, "the number is not valid"},
    SendError{"too long", net::Delivery::refused, "the text is too long"},
};

/// From the status of Plivo's answer, its sentence, and the number we sent from (a pool has none).
inline SendError send_error(int status, std::string_view sentence, std::string_view source) {
  std::string lower(sentence);
  std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  // "'55501' is not a valid phone number" is said of either side.
  const bool ours = !source.empty() && lower.find("'" + std::string(source) + "'") != std::string::npos;
  if (status == 400 && ours) return {{}, net::Delivery::misconfigured, "the sending number is not one that this account can send from"};
  if (status == 400 || status == 402 || status == 403 || status == 429)
    for (const SendError& error : kSendErrors)
      if (lower.find(error.words) != std::string::npos) return error;
  if (status == 402) return {{}, net::Delivery::misconfigured, "the account has no credit left"};
  const net::Delivery delivery = sms::delivery_of(status);
  switch (delivery) {
    case net::Delivery::throttled: return {{}, delivery, "too many calls at once"};
    case net::Delivery::misconfigured:
      if (status == 401 || status == 403) return {{}, delivery, "the auth id, the auth token or our address is not accepted"};
      return {{}, delivery, "Plivo's API is not where it is expected"};
    case net::Delivery::failed: return {{}, delivery, "Plivo had a passing fault"};
    case net::Delivery::unknown: return {{}, delivery, "Plivo's answer never came"};
    default: return {{}, delivery, "Plivo will not take this text"};
  }
}

/// A code in a receipt that an operator can do something about.
struct ReceiptCode {
  int code;
  std::string_view told;  ///< for the log
};

/// Of Plivo's list (10 to 1000). Codes of one person's phone are not told: nobody here can mend them.
inline constexpr std::array kReceiptCodes{
    ReceiptCode{30, "a carrier dropped a text as spam (30)"},
    ReceiptCode{40, "a text failed: the sending number is not valid or not this account's (40)"},
    ReceiptCode{90, "a text failed: the carrier had no route (90)"},
    ReceiptCode{100, "a text failed: prohibited by the carrier (100)"},
    ReceiptCode{110, "a text failed: it was too long (110)"},
    ReceiptCode{200, "a text failed: Plivo's own keyword handling (DND) holds an opt-out; have it switched off for the short code (200)"},
    ReceiptCode{201, "a text failed: a toll-free number cannot write to Canada (201)"},
    ReceiptCode{420, "a text failed: it waited too long in Plivo's queue (420)"},
    ReceiptCode{450, "a text failed: its country is not enabled in Geo Permissions (450)"},
    ReceiptCode{900, "a text failed: the account has no credit left (900)"},
};
static_assert(std::ranges::is_sorted(kReceiptCodes, {}, &ReceiptCode::code));

inline constexpr int kSpamDetected = 30;

}  // namespace northstar::plivo
