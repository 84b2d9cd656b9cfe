#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/conversation/step.h"

/// The checker's own parts: events that stand for classes of texts, help that answers every way it can, talks as chats.
namespace northstar::conversation::proof {

/// How long after what went before.
enum class Gap : std::uint8_t { second, minute, silence };
Millis length(Gap gap);

/// One thing that may happen, standing for its class.
struct Happening {
  enum class Kind : std::uint8_t { text, timer, joins, leaves } kind = Kind::text;
  std::string sample;    ///< "i need a lawyer"
  TextReceived text;
  TimerKind timer{};
  bool core = false;     ///< tried from every session; the others where state, window and place in line are new
  bool wakes = false;    ///< tried after a silence in an open window
  Event event() const;

  bool has(language::Intent i) const { return kind == Kind::text && text.said.intents.contains(i); }
  bool has(language::Cue c) const { return kind == Kind::text && text.said.cues.contains(c); }
  bool danger() const { return has(language::Cue::danger_now) || has(language::Cue::medical); }
  bool present() const { return has(language::Cue::trafficker_present); }
  bool is_text() const { return kind == Kind::text; }
};

/// All of them, as said by someone who texts in `own`; `other` is a second language that we speak, if there is one.
std::vector<Happening> happenings(Locale own, Locale other);

/// Answers as it is told to, and tells whether it was asked.
class AnyHelp final : public Help {
 public:
  AnyHelp();
  Found answer = Found::here;
  mutable bool asked = false;
  std::vector<Offer> seek(const directory::Place&, const directory::Wish&, Instant) const override;

 private:
  std::array<std::vector<Offer>, 5> offers_;
};
inline constexpr std::array<Found, 5> kAnswers{Found::here, Found::state, Found::office, Found::elsewhere, Found::nobody};

/// One step of a talk, to be replayed.
struct Edge {
  std::uint16_t happening = 0;
  Gap gap = Gap::minute;
  Found answer = Found::here;
};

/// When each timer is due; unset when it is not running.
using Due = std::array<std::optional<Instant>, 3>;

/// A moment of a talk: all that the next step depends on.
struct Moment {
  Session session;
  Instant now{};
  Due due{};
};

/// A step played: the moment after, and what followed.
struct Played {
  Moment after;
  std::vector<Action> actions;
  bool asked_help = false;
};

/// What all walks share.
struct World {
  const Flow& flow;
  const reply::Catalog& catalog;
  std::span<const Locale> locales;
  Timing timing;
  Locale own;                         ///< the language of whoever texts
  std::vector<Happening> events;
  AnyHelp help;
  std::size_t steps = 0;

  /// How many there are: an Edge names one by its number.
  std::uint16_t happenings() const { return static_cast<std::uint16_t>(events.size()); }
  /// Null when it cannot happen then (a timer that does not run, an advocate with nobody in line).
  std::optional<Played> play(const Moment& before, const Edge& edge);
  /// The edges from a first contact on, as a chat.
  std::string chat(const std::vector<Edge>& edges);
  std::string line_of(const Action& action) const;  ///< "greet", "sorry + need_short", or nothing
  std::string says(const std::vector<Action>& actions) const;  ///< all that is said, or "nothing"
};

const Say* said(const Action& action);
bool same_words(const std::vector<Action>& a, const std::vector<Action>& b);

/// Where a text that the engine says by itself stands in flow.yaml.
Mark word_mark(const Flow& flow, std::string_view name);
Mark start_mark(const Flow& flow, std::string_view name);
/// "greeting" for the template of that word; empty when no word has it.
std::string_view word_of(const Flow& flow, reply::TemplateId id);
struct NamedWord {
  std::string_view name;
  reply::TemplateId Words::* member;
};
std::span<const NamedWord> named_words();
struct NamedStart {
  std::string_view name;
  StateId Starts::* member;
};
std::span<const NamedStart> named_starts();

/// A silent state that leads to nothing that is said: round to itself, or where no condition holds.
struct Turn {
  Mark mark;
  std::string text;
};
std::vector<Turn> turns_without_end(const Flow& flow);

/// What was found, each fault once, the shortest talk first.
class Findings {
 public:
  explicit Findings(const Flow& flow) : flow_(flow) {}
  /// Whether this place is not yet blamed for it; ask before printing a talk.
  bool fresh(int invariant, Mark at, int kind = 0);
  void add(Mark at, std::string text, std::string conversation = {});
  void add_message(const reply::Wording& at, std::string text);
  /// What a walk found by itself, as if it had been found here, after all that is here.
  void join(Findings later);
  Faults take() &&;

 private:
  using Blame = std::array<int, 4>;
  struct Finding {
    Fault fault;
    std::optional<Blame> blame;  ///< unset for what was added without asking whether it is fresh
  };
  const Flow& flow_;
  std::vector<Finding> found_;
  std::vector<Blame> blamed_;
  std::optional<Blame> blaming_;  ///< asked for, and not yet added
};

}  // namespace northstar::conversation::proof
