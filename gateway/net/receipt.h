#pragma once
#include <functional>
#include <string>

namespace northstar::net {

/// What a carrier said became of a text, already verified. It may come before the send's own answer, twice, or a week
/// late; whoever takes it in must bear all three.
struct Receipt {
  enum class Status {
    under_way,    ///< queued, sending, sent
    delivered,
    undelivered,  ///< the carrier dropped it
    failed,       ///< it never left the channel
  };
  std::string channel;
  std::string message_id;   ///< the provider's
  Status status = Status::under_way;
  std::string error_code;   ///< the provider's, digits only; empty when there is none
  bool filtered = false;    ///< dropped as spam by a carrier: the template's filter-safe wording is due (R26)
};

using ReceiptSink = std::function<void(Receipt)>;

}  // namespace northstar::net
