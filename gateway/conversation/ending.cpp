// What ends contact, or hides it: STOP, an unclear stop, DELETE, someone present, a quiet word.
#include "gateway/conversation/engine.h"

namespace northstar::conversation {

using language::Cue;

/// Timers' messages are dropped with the rest (R95): by the time it falls due, who holds the phone is not known.
void Engine::drop_follow_up() {
  if (!s_.follow_up) return;
  s_.follow_up.reset();
  no_timer(TimerKind::follow_up);
}

/// What R12 and R95 come to: all is silent, and the next text is met as a first one. An unclear stop stays unanswered,
/// for neither "he is here" nor "who is this?" answers it, and no answer counts as stop (R16).
void Engine::hide() {
  const bool pending = s_.stop_asked || s_.stop_hidden;
  actions_.emplace_back(Silence{});
  s_.stop_asked = s_.stop_hidden = false;  // before the window closes: its timer runs on
  close_window(true);
  s_.stop_hidden = pending;
  drop_follow_up();
}

/// R16: no answer counts as stop, and nothing more is said.
void Engine::unanswered_stop() {
  // Whoever could not answer, because someone was there, keeps their place (R12, R95), to which nothing is sent; whoever
  // could, and did not, leaves the line as with a STOP.
  if (!s_.stop_hidden) {
    leave_queue();
    s_.joined = false;
  }
  s_.stop_hidden = false;
  close_window(true);
  drop_follow_up();
  s_.consent = Consent{};
  s_.opted_out = true;
  s_.wrote_since_stop = true;  // none was confirmed: a plain STOP still gets its one line, as a first contact's
  actions_.emplace_back(Silence{});
  actions_.emplace_back(OptOut{true});
}

void Engine::stop(const TextReceived* text) {
  if (s_.opted_out && !s_.wrote_since_stop) {  // R18: a second STOP with nothing of theirs between gets nothing
    if (text && text->said.cues.intersects(kDanger)) hold_place(Severity::danger);
    // Silence would take back the first one's confirmation, where that still waits to be sent.
    if (text && text->said.cues.contains(Cue::trafficker_present)) actions_.emplace_back(Silence{});
    return;
  }
  const Locale locale = s_.talk.locale.known() || !text ? s_.talk.locale : locale_of(*text);
  const EnumSet<Cue> cues = text ? text->said.cues : EnumSet<Cue>{};
  actions_.emplace_back(Silence{});
  leave_queue();
  close_window(true);
  if (cues.intersects(kDanger)) hold_place(Severity::danger);  // asked for silence, and still in danger: the turn is kept
  drop_follow_up();
  s_.joined = false;
  s_.consent = Consent{};
  s_.opted_out = true;
  s_.wrote_since_stop = false;
  actions_.emplace_back(OptOut{true});
  if (cues.contains(Cue::trafficker_present)) return;  // R95: not even the confirmation
  say(flow_.words.stopped).locale = locale;
}

void Engine::erase(const TextReceived* text) {
  const Locale locale = s_.talk.locale.known() || !text ? s_.talk.locale : locale_of(*text);
  actions_.emplace_back(Silence{});
  leave_queue();
  if (s_.follow_up) no_timer(TimerKind::follow_up);
  if (s_.stop_asked || s_.stop_hidden) no_timer(TimerKind::stop_unanswered);
  const bool opted_out = s_.opted_out;
  s_ = Session{};
  s_.last_text = now_;
  s_.opted_out = opted_out;  // R75: all but the opt-out
  s_.wrote_since_stop = opted_out;
  if (!text || !text->said.cues.contains(Cue::trafficker_present)) {  // R95
    Say& done = say(flow_.words.erased);
    done.locale = locale;
    done.outlives_session = true;
  }
  // Danger takes a place in every row (invariant 3). All of before is erased, its turn too; what this very text says is
  // not of before: a place held from now on, and nothing else. A record of it must stay, so nothing is forgotten.
  if (text && text->said.cues.intersects(kDanger)) return hold_place(Severity::danger);
  actions_.emplace_back(Forget{});
}

bool Engine::answered_stop_question(const TextReceived& text) {
  if (!s_.stop_asked) return false;
  const auto& said = text.said;
  if (said.digit == 1 || (said.intents.contains(Intent::yes) && said.bare) || (said.ambiguous && said.cues.empty())) {
    stop(&text);
    return true;
  }
  s_.stop_asked = false;
  no_timer(TimerKind::stop_unanswered);
  if (said.digit == 2 || (said.intents.contains(Intent::no) && said.bare)) {
    if (s_.window == Window::open || s_.window == Window::closing) say_again();
    else if (s_.window != Window::asked) greet(text);
    else if (s_.asks < 2) ask_again();  // R92: at most two OK questions a window
    return true;
  }
  return false;
}

}  // namespace northstar::conversation
