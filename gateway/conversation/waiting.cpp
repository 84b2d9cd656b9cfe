// What is not a text (timers, advocates), the place in the queue, and how words are put together.
#include <algorithm>

#include "gateway/conversation/engine.h"

namespace northstar::conversation {

// ---- what is not a text --------------------------------------------------------------------------------------------

void Engine::on(const TimerFired& timer) {
  switch (timer.kind) {
    case TimerKind::nobody:
      lapse();
      if (s_.queue.standing != Standing::live || s_.joined || s_.queue.told_nobody || s_.window != Window::open) return;
      s_.queue.told_nobody = true;  // R48: once
      return go(flow_.starts.nobody);
    case TimerKind::stop_unanswered:
      if (s_.stop_asked || s_.stop_hidden) unanswered_stop();
      return;
    case TimerKind::follow_up:
      lapse();  // a stop question may have run out meanwhile
      if (!s_.follow_up) return;
      s_.follow_up.reset();
      if (s_.opted_out) return;
      if (s_.window != Window::closed) return;  // they are here already
      {
        Say& later = say(flow_.words.follow_up);
        later.locale = s_.follow_up_locale;
        later.outlives_session = true;
      }
      s_.window = Window::asked;
      s_.talk.locale = s_.follow_up_locale;
      s_.talk.locale_sure = true;
      s_.asked_at = s_.last_text = now_;
      s_.asks = 1;
      return;
  }
}

void Engine::on(const AdvocateJoined& advocate) {
  lapse();
  s_.joined = true;
  no_timer(TimerKind::nobody);
  if (s_.window != Window::open || s_.queue.standing != Standing::live) return;  // waits until they are here
  Say& hello = say(flow_.words.joined);
  hello.name = advocate.alias;
  s_.talk.met = true;
  s_.talk.limits_told = true;  // R50
}

void Engine::on(const AdvocateLeft&) {
  s_.joined = false;
  if (s_.queue.standing == Standing::none) return;
  s_.queue.told_nobody = false;
  if (s_.queue.standing == Standing::live) timer(TimerKind::nobody, now_ + catalogs_.timing.nobody_after);
}

void Engine::while_joined(const TextReceived& text) {
  s_.talk.met = true;
  // The bot speaks no more; a later danger still raises the place (R30).
  if (text.said.cues.intersects(kDanger)) join_queue(Severity::danger);
  actions_.emplace_back(Relay{});
}

// ---- the queue -----------------------------------------------------------------------------------------------------

void Engine::join_queue(Severity severity) {
  if (s_.window == Window::closing) s_.window = Window::open;  // they have not said goodbye after all
  if (severity == Severity::person && s_.talk.minor) severity = Severity::minor;
  const bool was_live = s_.queue.standing == Standing::live;
  if (s_.queue.standing == Standing::none) {
    s_.queue = Place{};
    s_.queue.since = now_;
  }
  s_.queue.tip = s_.talk.tip && severity != Severity::danger;
  s_.queue.standing = Standing::live;
  s_.queue.severity = std::max(s_.queue.severity, severity);
  if (!was_live && !s_.queue.told_nobody && !s_.joined) {
    timer(TimerKind::nobody, now_ + catalogs_.timing.nobody_after);
  }
}

void Engine::hold_place(std::optional<Severity> at_least) {
  if (s_.queue.standing == Standing::none) {
    s_.queue = Place{};
    s_.queue.since = now_;
    s_.queue.standing = Standing::held;
  }
  if (at_least) s_.queue.severity = std::max(s_.queue.severity, *at_least);
}

void Engine::leave_queue() {
  if (s_.queue.standing == Standing::live) no_timer(TimerKind::nobody);
  s_.queue = Place{};
}

// ---- words ---------------------------------------------------------------------------------------------------------

Say& Engine::say(reply::TemplateId what) {
  Say say;
  say.what = what;
  say.locale = s_.talk.locale.known() ? s_.talk.locale : Locale{"en"};
  say.needs = s_.talk.needs;
  say.tonight = s_.talk.tonight;
  say.met = s_.talk.met;
  return std::get<Say>(actions_.emplace_back(std::move(say)));
}

bool Engine::tagged(reply::TemplateId what, const char* tag) const {
  return catalogs_.templates.facts(what).tags.contains(tag);
}

bool Engine::speaks(Locale locale) const {
  return std::find(catalogs_.locales.begin(), catalogs_.locales.end(), locale) != catalogs_.locales.end();
}

Locale Engine::locale_of(const TextReceived& text) const {
  for (Locale told : {text.said.asked_language, text.said.language}) {
    if (speaks(told)) return told;
  }
  return Locale{"en"};
}

std::optional<reply::TemplateId> Engine::back() const {
  if (s_.talk.state == kNowhere) return std::nullopt;
  const State& state = flow_.state(s_.talk.state);
  return state.back ? state.back : state.says;
}

/// R45: a yes that follows is a yes to these words. Of a "sorry" and the short question behind it, the question.
void Engine::note_consent_asked() {
  for (const Action& action : actions_) {
    const Say* words = std::get_if<Say>(&action);
    if (!words) continue;
    const auto asks = tagged(words->what, "consent") ? std::optional(words->what) : words->back;
    if (!asks || !tagged(*asks, "consent")) continue;
    const auto* wording = catalogs_.templates.wording(*asks, words->locale);
    if (wording) s_.talk.consent_asked = {words->locale, catalogs_.templates.facts(*asks).name + " " + wording->revision};
  }
}

Step Engine::finish(const Session& before) && {
  if (s_.window == Window::open || s_.window == Window::closing) note_consent_asked();
  const auto packet_changed = [&] {
    return before.queue.severity != s_.queue.severity || before.queue.standing != s_.queue.standing ||
           before.queue.since != s_.queue.since || before.queue.tip != s_.queue.tip || !(before.consent == s_.consent) ||
           (s_.queue.standing != Standing::none && before.talk.locale != s_.talk.locale);
  };
  if (s_.queue.standing != Standing::none) {
    if (packet_changed()) {
      Queue queue;
      queue.place = s_.queue;
      queue.language = s_.talk.locale;
      queue.needs = s_.consent.needs;  // what was agreed to, not what was said since (R44)
      queue.county_fips = s_.consent.county_fips;
      actions_.emplace_back(std::move(queue));
    }
  } else if (before.queue.standing != Standing::none) {
    Queue queue;
    queue.change = Queue::Change::drop;
    actions_.emplace_back(std::move(queue));
  }
  return {std::move(s_), std::move(actions_)};
}

}  // namespace northstar::conversation
