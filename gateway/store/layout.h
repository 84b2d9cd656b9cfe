#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gateway/base/time.h"
#include "gateway/privacy/digests.h"
#include "gateway/store/sessions.h"

/// What lies in Redis, byte by byte, and how long it lives. `functions.lua` reads the same bytes.
///
///   {p17}:session:<contact>   string   head 40, sealed session       the session's life: 24 h at most, 45 days with something kept
///   {p17}:seen:<digest>       string   id of the inline reply or '.'  7 days
///   {p17}:entry:<id>          string   head 51, sealed message       its useful life and a minute
///   {p17}:due                 zset     members below, by time        none: what is in it goes when it is done
///   {p17}:parts:<set>         hash     sealed parts by number        10 minutes
///   {p17}:optouts             set      digests                       none (R20)
///   {p17}:lease               string   "<fence>:<node>"              none
///   {p17}:outcomes            hash     counts of sends by outcome    none: counters only
///   {clock}:offset            string   milliseconds                  none
///   {nodes}:live              zset     node ids by last heartbeat    none; dead ones are taken out
///   {queue}:waiting           zset     contacts by severity, time    members go with their packet
///   {queue}:packet:<contact>  string   version, state, sealed packet 24 h
///
/// Session head, little-endian: version 8 | number 8 | quiet 8 | expires 8 | waiting 6 | newest 2. The commit compares all but
/// `expires`.
/// Entry head: form '1' | state | lane | flags | index | number 8 | version 8 | useful 8 | contact 22.
namespace northstar::store {

inline constexpr std::size_t kSessionHead = 40, kEntryHead = 51;
/// An entry outlives its use by this, so that the worker can still see what became of it and count it.
inline constexpr Millis kEntryMargin = std::chrono::minutes{1};
/// Nothing that a person wrote lives longer in a session (R74).
inline constexpr Millis kSessionLifeMax = std::chrono::hours{24};
/// But where they asked for something to be kept (a word for next time, a consent, one text later). The part of the
/// record that holds a talk is under its hour's key, and dead when that is dropped, whatever is left of its bytes.
inline constexpr Millis kKeptLifeMax = std::chrono::days{45};
/// A long text's parts wait for each other for seconds; what is told twice is known for as long as carriers repeat it.
inline constexpr Millis kPartsLife = std::chrono::minutes{10};
inline constexpr Millis kPacketLife = std::chrono::hours{24};

inline constexpr std::string_view kClockOffsetKey = "{clock}:offset";
inline constexpr std::string_view kNodesKey = "{nodes}:live";
inline constexpr std::string_view kQueueWaitingKey = "{queue}:waiting";
inline constexpr std::string_view kQueuePacketPrefix = "{queue}:packet:";

/// `{p17}:`
std::string_view partition_tag(std::uint8_t partition);
std::uint16_t partition_slot(std::uint8_t partition);
/// `{p17}:<what><name>`; `what` is "session:", "entry:", "seen:", "parts:", "due", "optouts", "lease" or "outcomes".
std::string partition_key(std::uint8_t partition, std::string_view what, std::string_view name = {});

/// The contact whose `key()` this is; nothing when it is none.
std::optional<privacy::ContactId> contact_of(std::string_view key);

struct StoredHead {
  SessionHead head;
  Instant expires{};
};
std::array<char, kSessionHead> encode_head(const StoredHead& stored);
std::optional<StoredHead> decode_head(std::string_view value);

/// What stands in the clear before a sealed message.
struct EntryHead {
  enum class State : char {
    inline_reply = 'i',  ///< in a webhook's answer; the worker leaves it alone for 20 s
    queued = 'q',        ///< not sent yet
    sending = 's',       ///< marked: from here on its outcome is not known until it is recorded
  };
  State state = State::queued;
  char lane = 'n';
  bool outlives_session = false;
  std::uint8_t index = 0;       ///< its place among those of one step
  std::uint64_t number = 0;     ///< its session's birth number
  std::uint64_t version = 0;    ///< the step that made it
  Instant useful_until{};
  std::string contact;          ///< 22 characters

  /// Its step and its place in it, in two bytes: of a session's entries, those queued later have a higher one.
  std::uint16_t place() const { return static_cast<std::uint16_t>(version % 8192 * 8 + std::min<unsigned>(index, 7)); }
};
std::string encode_entry_head(const EntryHead& head);
std::optional<EntryHead> decode_entry_head(std::string_view value);

/// How long each kind of key lives; the test that walks them all (R74) uses this very table.
struct Kind {
  std::string_view pattern;     ///< of the key, `*` for anything
  std::optional<Millis> life;   ///< at most; nothing: without a TTL, for a reason that the table above gives
};
std::span<const Kind> kinds();
const Kind* kind_of(std::string_view key);

}  // namespace northstar::store
