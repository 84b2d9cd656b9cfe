#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "gateway/conversation/flow.h"
#include "gateway/conversation/session.h"
#include "gateway/directory/directory.h"

namespace northstar::conversation {

// ---- what happened -------------------------------------------------------------------------------------------------

struct TextReceived {
  language::Understanding said;
  directory::PlaceFinding where;
  std::array<std::uint8_t, 16> word{};  ///< digest of the normalised text, for the safe word
  bool word_fits = false;               ///< long enough to be a word for next time
  bool media = false;                   ///< a picture or file, and no words
  bool media_beside = false;            ///< one beside the words
};
enum class TimerKind : std::uint8_t { nobody, stop_unanswered, follow_up };
struct TimerFired {
  TimerKind kind = TimerKind::nobody;
};
struct AdvocateJoined {
  std::string alias;
};
struct AdvocateLeft {};
using Event = std::variant<TextReceived, TimerFired, AdvocateJoined, AdvocateLeft>;

// ---- what must follow ----------------------------------------------------------------------------------------------

/// How a provider was found: decides which words are true.
enum class Found : std::uint8_t { nobody, here, state, office, elsewhere };

struct Offer {
  Found found = Found::nobody;
  std::string key;       ///< of the provider; empty for nobody
  directory::Match match;
};

struct Say {
  reply::TemplateId what{};
  std::optional<reply::TemplateId> back;  ///< rendered into {back}
  Locale locale;
  std::optional<Offer> offer;
  EnumSet<language::Need> needs;
  bool tonight = false;
  std::vector<directory::Place> places;   ///< to confirm, to choose from, or where the offer is near
  std::vector<Locale> languages;          ///< to choose from
  std::string name;                       ///< of an advocate who joins
  bool met = false;                       ///< one was here before
  bool first = false;                     ///< the first reply of a window: its lane overtakes
  bool danger = false;                    ///< likewise
  bool outlives_session = false;          ///< DELETE's confirmation, a follow-up
};
/// The queue for a person follows the conversation's record, idempotently.
struct Queue {
  enum class Change : std::uint8_t { put, drop } change = Change::put;
  Place place;
  Locale language;
  EnumSet<language::Need> needs;  ///< only what was agreed to
  std::string county_fips;        ///< only what was agreed to
};
struct StartTimer {
  TimerKind kind = TimerKind::nobody;
  Instant at{};
};
struct StopTimer {
  TimerKind kind = TimerKind::nobody;
};
struct Silence {};   ///< everything queued before this step is dropped; staff's goes back to them
struct Forget {};    ///< nothing of the record stays (R75)
struct OptOut {
  bool out = true;
};
struct Relay {};     ///< an advocate is there: the text is theirs to read
using Action = std::variant<Say, Queue, StartTimer, StopTimer, Silence, Forget, OptOut, Relay>;

struct Step {
  Session session;
  std::vector<Action> actions;
};

// ---- the world around a step ---------------------------------------------------------------------------------------

/// Where help is, asked by the engine. The gateway answers from the Directory; the checker answers every way it can be.
class Help {
 public:
  virtual ~Help() = default;
  /// Keys for this wish, best first. A place without a county asks for help by phone for the whole state.
  virtual std::vector<Offer> seek(const directory::Place& here, const directory::Wish& wish, Instant now) const = 0;
};

struct Timing {
  Millis activity = std::chrono::minutes{15};
  Millis burst = std::chrono::seconds{20};
  Millis nobody_after = std::chrono::minutes{2};
  std::chrono::days consent_life{30};  ///< under 45 (R24)
};

struct Catalogs {
  const reply::Catalog& templates;
  const Help& help;
  std::span<const Locale> locales;  ///< those in which we speak: complete ones
  Timing timing;
};

/// "I need help" and "something else" say that there is a need, not which: nothing is known by it, and nothing that was
/// said before is undone by it.
inline bool names_a_need(EnumSet<language::Need> needs) {
  needs.erase(language::Need::other);
  return !needs.empty();
}

/// The heart: what a talk becomes, and what must follow, when something happens. Pure; about 2 us.
Step step(const Flow& flow, const Catalogs& catalogs, Session session, const Event& event, Instant now);

/// Whether a text of theirs now would be met in an open window.
bool window_open(const Session& session, Instant now, const Timing& timing);

/// Whether the next text may answer our question where: then a bare name counts as a place.
bool awaits_place(const Flow& flow, const Session& session);

/// How long the record must live from `now`: an hour past the window's closing, a day when a place is held or a person
/// has joined; what was asked to be kept, longer (R74).
Millis life(const Session& session, Instant now, const Timing& timing);

}  // namespace northstar::conversation
