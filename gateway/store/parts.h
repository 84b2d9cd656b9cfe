#pragma once
#include <boost/asio/awaitable.hpp>
#include <map>
#include <string>

#include "gateway/store/clock.h"
#include "gateway/store/redis.h"
#include "gateway/store/sessions.h"

namespace northstar::store {

/// The parts of a long text, kept until all are there: a part is acknowledged to its carrier once it is here, so it must
/// outlive this process. Sealed by the caller; a set has one contact, one reference and one total, so two people's words
/// never meet in one.
///
/// A set whose last part does not come is given out as it is: each part sets a timer of the kind "parts.<set>" anew. A
/// reference that is used again while its old set still waits sends the old one on its way at once, under the name
/// "<set>.<birth>".
class Parts {
 public:
  Parts(Redis& redis, Clock& clock) : redis_(redis), clock_(clock) {}

  struct Set {
    enum class State {
      waiting,   ///< more must come
      complete,
      finished,  ///< given out before, or not there any more: a redelivery
    } state = State::finished;
    std::string birth;                         ///< random; tells this text from an earlier one under the same reference
    std::map<int, std::string> sealed;         ///< by number; empty while it waits
  };
  struct Part {
    privacy::ContactId contact;
    std::string set;      ///< 22 characters, a digest
    int number = 1, total = 2;
    std::string digest;   ///< 22 characters: of what the part says, for the same part told twice
    std::string sealed;
  };
  boost::asio::awaitable<Result<Set>> add(Part part, Deadline deadline);
  /// What is there, complete or not.
  boost::asio::awaitable<Result<Set>> load(const privacy::ContactId& contact, std::string set, Deadline deadline);
  /// It was given out, and what it said is committed: its timer goes, what comes again is known.
  boost::asio::awaitable<Result<void>> finish(const privacy::ContactId& contact, std::string set, Deadline deadline);

  Instant now() const { return clock_.now(); }

  static constexpr Millis kLife = std::chrono::minutes{10};
  static constexpr Millis kWait = std::chrono::seconds{20};  ///< for the next part, from the last one
  static constexpr std::string_view kTimer = "parts.";

 private:
  Redis& redis_;
  Clock& clock_;
};

}  // namespace northstar::store
