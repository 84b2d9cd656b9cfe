#pragma once
#include <algorithm>
#include <array>
#include <string_view>

#include "gateway/net/channel.h"
#include "handlers/sms/vendor.h"

namespace northstar::kannel {

/// What one of smsbox's answers to `sendsms` means for a text, and what to tell the operator.
struct SendAnswer {
  std::string_view begins;
  net::Delivery delivery;
  std::string_view reason;
};

/// smsbox says why in words (1.4.5); all of these were refused before anything was sent.
inline constexpr std::array kRefusals{
    SendAnswer{"Authorization failed", net::Delivery::misconfigured, "the sendsms-user, its password or our address is not accepted"},
    SendAnswer{"Not routable", net::Delivery::misconfigured, "Kannel has no smsc that would carry it"},
    SendAnswer{"Number(s) has/have been denied", net::Delivery::refused, "one of Kannel's lists denies the number"},
    SendAnswer{"Sender missing", net::Delivery::misconfigured, "no sender was given"},
    SendAnswer{"Missing receiver", net::Delivery::refused, "no recipient was given"},
    SendAnswer{"Empty receiver", net::Delivery::refused, "no recipient was given"},
    SendAnswer{"DLR-URL field misformed", net::Delivery::misconfigured, "public_url is no address that Kannel calls"},
    SendAnswer{"Invalid content-type", net::Delivery::misconfigured, "this is not the sendsms of a Kannel that we know"},
    SendAnswer{"Unsupported content-type", net::Delivery::misconfigured, "this is not the sendsms of a Kannel that we know"},
    SendAnswer{"Charset or body misformed", net::Delivery::refused, "Kannel could not read the text"},
    SendAnswer{"Sending failed", net::Delivery::failed, "smsbox could not hand the text on"},
    SendAnswer{"Temporal failure", net::Delivery::throttled, "Kannel's queue is full, or bearerbox is going down"},
    SendAnswer{"Unknown request", net::Delivery::misconfigured, "sendsms is not where it is expected: look at sendsms-url"},
};

/// 202 is the only success: "0: Accepted for delivery" (an smsc has it), "3: Queued for later delivery" (bearerbox keeps
/// it), or "Sent." (with immediate-sendsms-reply).
constexpr bool taken(int status) { return status == 202; }

/// From status and body of an answer that is not `taken`.
inline SendAnswer refusal(int status, std::string_view body) {
  const auto known = std::ranges::find_if(kRefusals, [&](const SendAnswer& one) { return body.starts_with(one.begins); });
  if (status >= 400 && known != kRefusals.end()) return *known;
  return {{}, sms::delivery_of(status), "smsbox gave an answer that Kannel 1.4.5 does not give"};
}

}  // namespace northstar::kannel
