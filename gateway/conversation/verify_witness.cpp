// What the checker itself remembers of a talk, so that it need not take the engine's word.
#include <algorithm>

#include "gateway/conversation/verify_rules.h"

namespace northstar::conversation::proof {

using language::Intent;

namespace {

bool yes_like(const Happening& what, bool burst) {
  const auto& said = what.text.said;
  if (said.digit == 0 || said.digit == 1 || said.digit == 3 || said.intents.contains(Intent::yes)) return true;
  return !burst && (!said.needs.empty() || !said.cues.empty() || said.intents.contains(Intent::person));
}

/// Whether it asks something: what follows is an answer, or was not understood.
bool asks(const State& state) {
  return state.asks_need || state.asks_place ||
         std::any_of(state.menu.begin(), state.menu.end(), [](const auto& choice) { return choice.has_value(); });
}

/// A text in which nothing can be heard.
bool blank(const Happening& what) {
  const auto& said = what.text.said;
  return said.intents.empty() && said.needs.empty() && said.cues.empty() && !said.digit && !said.ambiguous && !said.man &&
         !said.asked_language.known() && what.text.where.candidates.empty() && !what.text.where.outside &&
         !what.text.word_fits && !what.text.media;
}

void begin_anew(Witness& w) {
  w.ok = w.asked_help = false;
  w.sorries = w.questions = 0;
}

}  // namespace

Witness Rules::witness_after(const Seen& seen) const {
  Witness w = seen.witness;
  const Session& before = seen.before.session;
  const Session& after = seen.played.after.session;
  const Instant now = seen.played.after.now;
  const bool late = now - w.last_text > w_.timing.activity;
  const bool lapsed = late && (before.stop_asked || !(before.joined && now <= w.given));
  if (lapsed || (before.window == Window::closing && after.window == Window::asked)) begin_anew(w);
  if (seen.what.is_text()) witness_text(w, seen, lapsed);
  else witness_timer(w, seen);
  if (after.window == Window::closed) {
    w.ok = false;
    w.questions = 0;
  }
  if (after.opted_out && !before.opted_out) {
    w.silent = true;
    w.wants_follow_up = false;
  }
  if (after.until != before.until || after.until_from != before.until_from) {
    if (after.until == Until::half_hour) w.given = now + std::chrono::minutes{30};
    else if (after.until == Until::two_hours) w.given = now + std::chrono::hours{2};
    else w.given = {};
  }
  if (!before.follow_up && after.follow_up) w.wants_follow_up = true;
  const bool live_again = before.queue.standing == Standing::held && after.queue.standing == Standing::live;
  if (after.queue.standing == Standing::none || live_again || seen.what.kind == Happening::Kind::leaves) w.nobody_said = false;
  if (!after.consent.any()) {
    w.shared_needs = {};
    w.shared_area = false;
  } else if (!(after.consent == before.consent)) {
    w.shared_needs = after.consent.need ? after.talk.needs : EnumSet<language::Need>{};
    w.shared_area = after.consent.area;
  }
  if (!seen.what.has(Intent::help) && !seen.what.has(Intent::info)) {  // HELP's own answer asks too, at any time (R92)
    for (const Action& action : seen.played.actions) {
      if (const Say* say = said(action); say && tagged(say->what, "ok_question")) ++w.questions;
    }
  }
  return w;
}

void Rules::witness_text(Witness& w, const Seen& seen, bool lapsed) const {
  const Session& before = seen.before.session;
  const Session& after = seen.played.after.session;
  const Happening& what = seen.what;
  w.last_text = seen.played.after.now;
  w.silent = false;
  const bool end = what.has(Intent::opt_out) || what.has(Intent::erase);
  const bool hides = what.has(Intent::quiet) || what.has(Intent::probe);
  if (end || hides || what.present()) {
    begin_anew(w);
    w.given = {};
    w.silent = what.has(Intent::opt_out) || what.present();
    w.wants_follow_up = false;
    return;
  }
  const bool burst = w.last_text - before.asked_at <= w_.timing.burst;
  if (before.window == Window::asked && !lapsed && yes_like(what, burst)) w.ok = true;
  if (!what.text.said.needs.empty()) w.asked_help = true;
  if (!after.talk.needs.empty() && after.talk.needs != before.talk.needs) w.asked_help = true;  // chose it
  // Not understood: we said so, or asked the same once more.
  const bool sorry = std::any_of(seen.played.actions.begin(), seen.played.actions.end(), [&](const Action& action) {
    const Say* say = said(action);
    if (!say) return false;
    if (say->what == w_.flow.words.sorry) return true;
    const State* state = state_of(after);
    return blank(what) && before.window == Window::open && state && state == state_of(before) && asks(*state) &&
           state->says == say->what && !tagged(say->what, "tip") && after.queue.standing != Standing::live;
  });
  w.sorries = sorry ? static_cast<std::uint8_t>(w.sorries + 1) : 0;
}

void Rules::witness_timer(Witness& w, const Seen& seen) const {
  if (seen.what.kind != Happening::Kind::timer) return;
  switch (seen.what.timer) {
    case TimerKind::stop_unanswered:
      if (!seen.before.session.stop_asked && !seen.before.session.stop_hidden) return;
      begin_anew(w);
      w.silent = true;
      w.wants_follow_up = false;
      return;
    case TimerKind::nobody:
      if (std::any_of(seen.played.actions.begin(), seen.played.actions.end(), said)) w.nobody_said = true;
      return;
    case TimerKind::follow_up:
      w.wants_follow_up = false;
      if (seen.played.after.session.window == Window::asked) w.last_text = seen.played.after.now;  // their time to answer
      return;
  }
}

}  // namespace northstar::conversation::proof
