#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/sensitive.h"
#include "gateway/base/time.h"

namespace northstar::store {

/// What an outbox entry holds inside its seal: all that is needed to send it, also by another node, much later.
///
/// Form 1: form 1 | flags 1 (1 repeat harmless, 2 first) | made 8 | useful 8 | channel, service, address, each with its
/// length in one byte before it | text, to the end. Numbers are little-endian.
struct OutboundMessage {
  std::string channel;           ///< the name under `channels:`
  std::string service;           ///< from
  PhoneNumber address;           ///< to
  MessageText text;
  Instant made{};
  Millis useful{};               ///< as in Outgoing; kept for whoever shows what waits
  bool repeat_harmless = false;  ///< the template says `repeat: harmless`
  bool first = false;            ///< the first reply of a talk
  char lane = 'n';               ///< from the entry's head; not sealed
};

std::string encode(const OutboundMessage& message);
/// Opens this form and every older one.
std::optional<OutboundMessage> decode_outbound(std::string_view bytes);

}  // namespace northstar::store
