#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/locale.h"
#include "gateway/base/time.h"
#include "gateway/conversation/flow.h"
#include "gateway/directory/place.h"
#include "gateway/language/understanding.h"

namespace northstar::conversation {

/// What may be said depends on a contact's window (R7, R10, R12, R48, R92, R93, R95).
enum class Window : std::uint8_t {
  closed,
  asked,    ///< the OK question is out
  open,
  closing,  ///< a goodbye was said: only its own menu answers, all else is met as a first contact
};

/// Nobody waits behind later arrivals of the same severity; danger is always first (R34).
enum class Severity : std::uint8_t { person, minor, danger };

enum class Standing : std::uint8_t {
  none,
  held,  ///< keeps its turn, is not offered, and no timer speaks (R48)
  live,
};

/// A place in the queue for a person. Outlives a closed window, as held.
struct Place {
  Standing standing = Standing::none;
  Severity severity = Severity::person;
  Instant since{};
  bool told_nobody = false;
  bool tip = false;
};

enum class Until : std::uint8_t { unasked, half_hour, two_hours, mine };

/// What a person agreed to share with an advocate: scope, and the time it ends (R45). The recipient is "advocate of
/// this line", the purpose "handoff".
struct Consent {
  bool need = false;
  bool area = false;
  EnumSet<language::Need> needs;  ///< those that they saw; another said later is not shared by it
  std::string county_fips;        ///< likewise
  Instant given{};
  Instant expires{};
  Locale locale;                ///< of the words that they read
  std::string revision;         ///< of the message that they read: "share 5f3a9c01d2e4b677" (Wording::revision)
  bool any() const { return need || area; }
  friend bool operator==(const Consent&, const Consent&) = default;
};

/// What was said in this window, as facts. Never words (R46, R73).
struct Heard {
  EnumSet<language::Intent> intents;
  EnumSet<language::Cue> cues;
  EnumSet<language::Need> needs;
  bool tonight = false;
  std::vector<directory::Place> places;  ///< as found, best first
  bool doubtful = false;                 ///< ask before using the place
  bool outside = false;
  bool man = false;
  Locale language;
  Locale asked_language;
  bool nothing() const {
    return intents.empty() && cues.empty() && needs.empty() && places.empty() && !outside && !man;
  }
  friend bool operator==(const Heard& a, const Heard& b);
};

/// Which words asked for consent last: what a yes is a yes to, whatever has been changed since (R45).
struct Asked {
  Locale locale;
  std::string revision;
};

/// All that dies with the window.
struct Talk {
  StateId state = kNowhere;
  Locale locale;
  bool locale_sure = false;
  EnumSet<language::Need> needs;
  bool tonight = false;
  bool minor = false;
  bool youth = false;
  bool man = false;                      ///< they said so: a place for women only is not told to them (R38)
  std::vector<directory::Place> places;  ///< candidates until one is chosen; then that one, no finer than county after routing (R36)
  bool doubtful = false;
  bool unknown_place = false;            ///< asked where, and what came is no place we know
  bool outside = false;
  bool skipped_place = false;
  std::vector<std::string> offers;       ///< provider keys in order
  std::uint8_t offered = 0;              ///< how many of them were given
  bool limits_told = false;
  bool danger_told = false;
  bool who_asked = false;
  bool for_friend = false;
  bool tip = false;
  bool share_asked = false;
  Asked consent_asked;
  Until until = Until::unasked;
  std::uint8_t misunderstood = 0;
  bool met = false;                      ///< an advocate was with them in this window
  bool by_word = false;                  ///< brought back by the safe word in this window (R11)
};

/// What is known of a contact. Pure data; sealed wherever it is stored.
struct Session {
  Window window = Window::closed;
  Instant last_text{};   ///< of theirs
  Instant asked_at{};    ///< the last OK question
  std::uint8_t asks = 0; ///< OK questions in this window
  bool stop_asked = false;       ///< "no more texts?" is out
  bool stop_hidden = false;      ///< it was, when someone came or a quiet word was sent: only silence answers it now
  bool opted_out = false;
  bool wrote_since_stop = false;
  bool joined = false;
  Instant pace_from{};             ///< texts since then: a flood from one number is answered slowly (R90)
  std::uint32_t pace_count = 0;
  Heard kept;            ///< what came before the OK, as one message (R92)
  bool word_given = false;
  Talk talk;
  Place queue;
  Until until = Until::unasked;  ///< how long we may write, from until_from; ended by a quiet word or someone present
  Instant until_from{};
  Consent consent;
  std::optional<Instant> follow_up;
  Locale follow_up_locale;
  std::optional<std::array<std::uint8_t, 16>> word;  ///< digest of the safe word (R11)
  std::optional<Talk> parked;    ///< what the safe word brings back; only with a word
};

/// The part that dies within a day, and the part that the person asked to keep longer (word, consent, follow-up),
/// as bytes. Form 2 of the talk (1 is still read), form 1 of what is kept; states by name, so that a flow may change
/// under a talk.
std::string encode_talk(const Session& session, const Flow& flow);
std::string encode_kept(const Session& session);  ///< empty when there is nothing to keep
/// Builds a session from either or both; what cannot be read counts as absent.
Session decode(std::string_view talk, std::string_view kept, const Flow& flow);

}  // namespace northstar::conversation
