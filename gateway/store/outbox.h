#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "gateway/base/time.h"
#include "gateway/store/channel.h"
#include "gateway/store/layout.h"

namespace northstar::store {

/// What came of a text, as it is counted and shown to staff.
enum class SendOutcome : std::uint8_t { sent, repeated, unknown, opted_out, refused, expired, silenced, unreadable };
std::string_view name_of(SendOutcome outcome);

/// What the outbox of a partition may ask for. Nothing else can happen.
struct Mark { std::vector<std::string> ids; };     ///< check them and mark them as being sent, in one call
struct Send { std::string id; int attempt = 0; bool repeat = false; };  ///< hand it to its channel, tell me how it went
struct AskWhetherItWentOut { std::string id; };    ///< it may have been taken: ask its channel
struct Record {                                    ///< write down what became of these, in one call
  struct Item {
    std::string id;
    std::optional<SendOutcome> outcome;            ///< nothing: it did not go, and is tried again
    Instant again{};
  };
  std::vector<Item> items;
};
struct Rest { std::optional<Instant> until; };     ///< nothing is due sooner; nothing at all if empty
struct Yield {};                                   ///< the lease is no longer ours: forget the partition
using Ask = std::variant<Mark, Send, AskWhetherItWentOut, Record, Rest, Yield>;

/// The outbox of one partition, as a machine without I/O or clock: events in, asks out.
///
///   waiting --Mark--> marking --may go--> sending --accepted, refused--> recording --> gone
///      ^                 |                 |   ^ |
///      |                 | was marked      |   | +--no answer--> asking --it did--> recording
///      |                 +-----------------|---|----------------^  |
///      |                                   |   +--Mark again-------+ it did not, or nobody can say and the
///      +------ recording <--try later------+                          template says repeat: harmless
///                                                              ....+ else: recorded `unknown`
///
/// What it keeps: one text of a contact at a time, in the order of the steps that made them; nothing is sent that is not
/// marked in the same breath; nothing of unknown outcome is sent again unless its channel says that it did not go out,
/// or a repeat does no harm and nothing newer has gone to that contact since; nothing is sent past its use.
class Outbox {
 public:
  struct Found {
    std::string id;           ///< the member of the due set: a letter, then the entry's id
    EntryHead head;
    Instant due{};
  };
  /// What the marking call said of an entry.
  struct Marked {
    enum class Verdict { may_go, gone, expired, silenced } verdict = Verdict::may_go;
    EntryHead::State before = EntryHead::State::queued;
    std::uint64_t session_version = 0;  ///< what its talk has come to; 0 without a session
    bool readable = true;               ///< whether its seal could be opened
    bool repeat_harmless = false;
  };

  /// What waits, due or not yet: at first all of it, so that order holds across nodes, then what is new.
  void found(std::vector<Found> entries);
  void marked(const std::string& id, Marked outcome);
  void mark_failed(const std::string& id, Instant now);          ///< Redis could not be asked
  /// `jitter` in [0, 1) spreads the tries of many.
  void sent(const std::string& id, Delivery delivery, Instant now, double jitter);
  void answered(const std::string& id, std::optional<bool> went_out, Instant now);
  void recorded(const std::string& id);
  void record_failed(const std::string& id);                     ///< asked for again
  void lease_lost();

  /// What to do now, at most `budget` new marks. Call again after each event.
  std::vector<Ask> next(Instant now, std::size_t budget);

  bool knows(const std::string& id) const { return entries_.contains(id); }
  /// The contact of an entry that is known; empty for one that is not.
  std::string_view contact_of(const std::string& id) const {
    const auto at = entries_.find(id);
    return at == entries_.end() ? std::string_view{} : std::string_view{at->second.head.contact};
  }
  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }

  static constexpr Millis kFirstPause = std::chrono::seconds{1}, kLongestPause = std::chrono::minutes{1};
  static constexpr int kRepeatsMax = 1;  ///< a second silence of the channel says that asking again is no help

 private:
  enum class State { waiting, marking, sending, asking, recording };
  struct Entry {
    EntryHead head;
    Instant due{};
    State state = State::waiting;
    bool doubtful = false;        ///< it may have gone out already
    bool cleared = false;         ///< its channel says that it did not, or a repeat is harmless: mark it and send
    bool repeat_harmless = false;
    bool moved_on = false;        ///< its talk has stepped since
    int attempts = 0, repeats = 0;
    Record::Item outcome{};
  };
  struct Key {                    ///< the order within a contact: by step, then by place in it
    std::uint64_t number, version;
    std::uint8_t index;
    Instant due;
    std::string id;
    bool operator<(const Key& other) const;
  };
  Entry* find(const std::string& id, State expected);
  void settle(Entry& entry, const std::string& id, std::optional<SendOutcome> outcome, Instant again = {});
  void forget(const std::string& id);

  std::map<std::string, Entry> entries_;
  std::map<std::string, std::set<Key>> contacts_;
  std::vector<Ask> asks_;
  std::vector<Record::Item> records_;
  bool lost_ = false;
};

}  // namespace northstar::store
