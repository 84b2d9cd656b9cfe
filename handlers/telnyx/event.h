#pragma once
#include <string>
#include <string_view>

namespace northstar::telnyx {

/// One event of Telnyx's webhook, read from bytes that are already verified.
struct Event {
  enum class Kind {
    text,         ///< message.received: `id`, `from`, `to`, `text`, `media`, `keyword`
    receipt,      ///< message.sent, message.finalized: `id`, `status`, `code`
    elsewhere,    ///< a message by RCS or WhatsApp: no text from the short code would answer it
    spend_limit,  ///< the profile's daily limit is reached: nothing goes out until midnight UTC
    other,        ///< nothing that concerns this channel
    malformed,    ///< no such event, or a field is missing or there twice
  } kind = Kind::malformed;
  std::string id;       ///< the message's, not the event's: the same in every redelivery, and what a send answers
  std::string from, to, text;
  bool media = false;
  std::string keyword;  ///< `autoresponse_type`: Telnyx has taken the text as START, STOP or HELP and answered by itself
  std::string status;   ///< of the recipient
  std::string code;     ///< the first error's
};

/// Takes any bytes.
Event read_event(std::string_view body);

}  // namespace northstar::telnyx
