#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/base/time.h"
#include "gateway/privacy/digests.h"

namespace northstar::store {

/// How long a message id is known: carriers repeat a text for days.
inline constexpr Millis kSeenLife = std::chrono::days{7};
/// Where a carrier has no ids: how long the same words count as the same text, if nothing was acknowledged.
inline constexpr Millis kSeenUnacknowledged = std::chrono::minutes{5};

/// When an answer stops being awaited; made once when a request arrives and handed down.
using Deadline = std::chrono::steady_clock::time_point;

/// What stands in the clear before a sealed session: its version, a random number made at its birth, and the version at
/// which silence was last asked for (without saying why). In front of the sealed bytes, in one string key; layout.h
/// shows the bytes. A commit is taken only from the head that was loaded.
struct SessionHead {
  std::uint64_t version = 0;  ///< 0: there is no session
  std::uint64_t number = 0;
  std::uint64_t quiet = 0;
  Instant waiting{};          ///< until then something not sent inline may wait for this contact (see Loaded)
  std::uint16_t newest = 0;   ///< which of what waits was queued last: its step and its place in it (EntryHead::place)
};

/// What one read gives. `now` is Redis's clock plus the shared offset; it serves session, dedupe and timers alike.
struct Loaded {
  Instant now{};
  SessionHead head;
  std::string sealed;      ///< empty when there is no session
  bool opted_out = false;
  /// Something that the outbox sends waits for this contact: a reply must go through the outbox too, or it would
  /// overtake. Cleared when that is done, or its useful life over.
  bool waiting() const { return head.waiting > now; }
};

/// A text to be sent, or the record of a reply that went out in a webhook's answer.
struct Outgoing {
  std::string id;          ///< 22 characters of base64url, random
  std::string sealed;      ///< the sealed message (channel, address, text, facts)
  Instant due{};           ///< the worker leaves it alone before then (an inline reply: 20 s)
  Millis useful{};         ///< dropped when older than this
  bool marked = false;     ///< an inline reply is written already marked as being sent
  bool outlives_session = false;  ///< DELETE's confirmation, a follow-up: needs no session, silence does not drop it
  char lane = 'n';         ///< d danger, f first reply, n other
};

struct Timer {
  std::string kind;        ///< "nobody", "stop_unanswered", "follow_up"
  Instant at{};
};

/// A request to the queue for a person: an entry of the outbox too, fed to the queue idempotently (queue.h).
struct Handoff {
  enum class Change : char { put = '+', cancel = '-' } change = Change::put;
  bool held = false;           ///< keeps its turn, is not offered (R48)
  std::uint8_t severity = 0;   ///< 0 a person, 1 a minor, 2 danger (R34); higher goes first
  Instant since{};             ///< the turn it has
  std::string sealed;          ///< what an advocate is told, sealed
};

/// One step of a conversation, all or nothing.
///
/// A deleted session leaves no mark. None is needed: a step taken from the old session finds another head (stale), what
/// it queued finds no session of its birth number (dropped, but for what outlives), and a redelivery finds its message
/// id seen. A step taken from "no session" long before may still be committed after a birth and a DELETE in between; it
/// is then what a first text after the DELETE would be.
struct Commit {
  privacy::ContactId contact;
  SessionHead before;
  Instant now{};                            ///< as loaded
  std::uint64_t number = 0;                 ///< for a new session: its birth number (random); else before.number
  std::optional<std::string> sealed;        ///< the new session; nothing: the record is deleted
  Millis life{};                            ///< the session key's TTL
  bool silence = false;                     ///< everything queued before this step is dropped
  std::string seen;                         ///< digest of the provider's message id; empty for timers and staff
  Millis seen_life = kSeenLife;
  std::vector<Outgoing> out;
  std::vector<Timer> set_timers;            ///< one of a kind a contact: a new one replaces the old
  std::vector<std::string> drop_timers;
  std::string opt_out_digest;
  enum class OptOut { leave, set, clear } opt_out = OptOut::leave;
  std::vector<Handoff> handoffs;            ///< for the queue, fed from the outbox
};

enum class Outcome { committed, seen, stale };

struct Committed {
  Outcome outcome = Outcome::committed;
  std::uint64_t version = 0;
  /// For `seen`: the entry that answered it the first time and may answer again, sealed; empty when it may not
  /// (struck past its life, silence asked for since, or the outbox has taken it over).
  std::string entry_id, entry_sealed;
};

/// The one repository of talks. Two round trips a text, both pipelined with everyone else's: load, commit.
class Sessions {
 public:
  virtual ~Sessions() = default;
  virtual boost::asio::awaitable<Result<Loaded>> load(const privacy::ContactId& contact, const std::string& opt_out_digest,
                                                      Deadline deadline) = 0;
  virtual boost::asio::awaitable<Result<Committed>> commit(const Commit& commit, Deadline deadline) = 0;
  /// The inline reply is on the socket: strike it off. Never waits; many go in one call.
  virtual void strike(std::uint8_t partition, std::string entry_id) = 0;
  /// The message id need not be known any more. Never waits; goes with the strikes.
  virtual void forget_seen(std::uint8_t partition, std::string seen) = 0;
  /// The inline reply certainly did not go out: the outbox sends it, in its order. Never waits; if this is lost, the
  /// outbox finds the reply by itself a little later.
  virtual void hand_back(const privacy::ContactId& contact, std::string entry_id) = 0;
};

}  // namespace northstar::store
