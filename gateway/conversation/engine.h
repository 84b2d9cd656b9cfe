#pragma once
#include <optional>
#include <utility>
#include <vector>

#include "gateway/conversation/step.h"

namespace northstar::conversation {

/// One step under way. The windows (closed, asked, open) are in step.cpp; what ends contact is in ending.cpp; what an
/// open window hears is in hear.cpp; walking the flow's states is in walk.cpp.
class Engine {
 public:
  Engine(const Flow& flow, const Catalogs& catalogs, Session session, Instant now)
      : flow_(flow), catalogs_(catalogs), s_(std::move(session)), now_(now) {}

  void on(const TextReceived& text);
  void on(const TimerFired& timer);
  void on(const AdvocateJoined& joined);
  void on(const AdvocateLeft& left);
  Step finish(const Session& before) &&;

 private:
  using Intent = language::Intent;
  using Cue = language::Cue;

  void answer(const TextReceived& text);
  void note_media(const TextReceived& text);

  // windows
  void lapse();
  void hide();
  void unanswered_stop();
  void drop_follow_up();
  void ask_again();
  void close_window(bool ends_permission);
  void greet(const TextReceived& text);
  void while_asked(const TextReceived& text);
  void open(const TextReceived& text);
  void keep(const TextReceived& text);
  void stop(const TextReceived* text);   ///< null: by a choice of the flow's
  void erase(const TextReceived* text);
  bool answered_stop_question(const TextReceived& text);

  // an open window
  void hear(const Heard& heard, std::optional<int> digit, const TextReceived& text);
  void absorb(const Heard& heard);
  bool hear_safety(const Heard& heard);
  bool hear_request(const Heard& heard, std::optional<int> digit);
  bool hear_trust(const Heard& heard);
  void after_language();
  bool hear_flow(const Heard& heard, std::optional<int> digit, const TextReceived& text);
  void misunderstood();
  void goodbye();
  void while_joined(const TextReceived& text);

  // the flow
  void choose(const Choice& choice, std::optional<int> digit, const TextReceived& text);
  void act(Act act, std::optional<int> digit, const TextReceived& text);
  void go(StateId to);
  StateId resolve(StateId to);
  bool holds(If condition);
  void arrive(StateId at);
  void say_again();
  void forget_offers();
  const std::vector<Offer>& offers();
  std::optional<Offer> next_offer();

  // the queue
  void join_queue(Severity severity);
  void hold_place(std::optional<Severity> at_least);
  void leave_queue();
  /// An advocate is in the talk; one who joined while the place is held waits until they are here (R48).
  bool with_a_person() const { return s_.joined && s_.queue.standing == Standing::live; }

  // words
  Say& say(reply::TemplateId what);
  void note_consent_asked();
  bool tagged(reply::TemplateId what, const char* tag) const;
  bool speaks(Locale locale) const;
  Locale locale_of(const TextReceived& text) const;
  std::optional<reply::TemplateId> back() const;
  void timer(TimerKind kind, Instant at) { actions_.emplace_back(StartTimer{kind, at}); }
  void no_timer(TimerKind kind) { actions_.emplace_back(StopTimer{kind}); }

  const Flow& flow_;
  const Catalogs& catalogs_;
  Session s_;
  Instant now_;
  std::vector<Action> actions_;
  std::optional<std::vector<Offer>> offers_;  ///< asked of Help once a step at most
  bool half_understood_ = false;
  bool word_refused_ = false;
};

/// What makes for the head of the queue (invariant 3).
inline constexpr EnumSet<language::Cue> kDanger{language::Cue::danger_now, language::Cue::medical};

/// The facts of a text, as a Heard.
Heard heard_in(const TextReceived& text);

}  // namespace northstar::conversation
