#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/store/redis.h"
#include "gateway/store/sessions.h"

namespace northstar::store {

/// A request as it lies in an outbox entry: change 1 | 'l' live or 'h' held | severity 1 (a digit) | since 8 | sealed.
std::string encode_handoff(const Handoff& handoff);
std::optional<Handoff> decode_handoff(std::string_view bytes);

/// A place in the queue, as staff's console will read it.
struct Waiting {
  std::string contact;   ///< its key
  std::int64_t order = 0;
  Handoff handoff;
};

/// The queue for a person: one for the whole service, fed from every partition's outbox. It is only an index; the
/// conversations are the truth, so a request that comes late or twice changes nothing: each carries an order number that
/// grows with its contact's steps, and the queue ignores what is older than what it has seen, cancellations included.
class HandoffQueue {
 public:
  explicit HandoffQueue(Redis& redis) : redis_(redis) {}

  /// Whether it was taken or was already known; an error means: try again.
  boost::asio::awaitable<Result<void>> feed(const std::string& contact, std::int64_t order, const Handoff& handoff,
                                            Instant now, Deadline deadline);
  /// Who waits: by severity, then by turn (R34). Held places are among them and say so.
  boost::asio::awaitable<Result<std::vector<Waiting>>> waiting(std::size_t limit, Deadline deadline);

 private:
  Redis& redis_;
};

}  // namespace northstar::store
