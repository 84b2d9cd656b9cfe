// What an open window hears, in this order: safety, a wish that the engine serves by itself, a question that wants one
// true answer, and then what the state offers.
#include <algorithm>

#include "gateway/conversation/engine.h"

namespace northstar::conversation {

void Engine::hear(const Heard& heard, std::optional<int> digit, const TextReceived& text) {
  absorb(heard);
  if (hear_safety(heard)) return;
  if (hear_request(heard, digit)) return;
  const bool answers = digit || names_a_need(heard.needs) || !heard.places.empty() || heard.outside;
  if (!answers && hear_trust(heard)) return;
  half_understood_ = false;
  if (hear_flow(heard, digit, text)) {
    if (!half_understood_) s_.talk.misunderstood = 0;
    return;
  }
  if (hear_trust(heard)) return;
  misunderstood();
}

/// Remembers the facts, so that nothing said in this window is asked again.
void Engine::absorb(const Heard& heard) {
  Talk& talk = s_.talk;
  if (names_a_need(heard.needs)) {
    EnumSet<language::Need> needs = heard.needs;
    needs.erase(language::Need::other);
    if (needs != talk.needs) forget_offers();
    talk.needs = needs;
    talk.tonight = heard.tonight;
    // What a tip tells of needs is the tip; said anywhere else, it is for themselves.
    if (talk.state == kNowhere || !tagged(*flow_.state(talk.state).says, "tip")) talk.tip = false;
  }
  if (!heard.places.empty() || heard.outside) {
    talk.places = heard.places;
    talk.doubtful = heard.doubtful;
    talk.outside = heard.outside;
    talk.unknown_place = talk.skipped_place = false;
    forget_offers();
  }
  if (heard.cues.contains(Cue::minor) && !talk.minor) {
    talk.minor = true;
    forget_offers();  // others are for them now
  }
  if (heard.man && !talk.man) {
    talk.man = true;
    forget_offers();
  }
  if (speaks(heard.asked_language)) {
    talk.locale = heard.asked_language;
    talk.locale_sure = true;
  } else if (speaks(heard.language) && (!talk.locale_sure || heard.language != talk.locale)) {
    talk.locale = heard.language;  // they changed to a language that we speak
    talk.locale_sure = true;
  }
}

bool Engine::hear_safety(const Heard& heard) {
  Talk& talk = s_.talk;
  const auto head_of_queue = [&](StateId state) {  // invariant 3
    join_queue(Severity::danger);
    if (talk.danger_told) {
      talk.state = state;
      say(flow_.words.danger_again).danger = true;
    } else {
      go(state);
    }
    if (heard.cues.contains(Cue::self_harm)) {  // R32: 988 beside it, not instead
      if (const StateId beside = resolve(flow_.starts.self_harm); beside != kNowhere) {
        say(*flow_.state(beside).says).danger = true;
      }
    }
    return true;
  };
  if (heard.cues.contains(Cue::danger_now)) return head_of_queue(flow_.starts.danger);
  if (heard.cues.contains(Cue::medical)) return head_of_queue(flow_.starts.medical);
  if (heard.cues.contains(Cue::self_harm)) {  // R32
    join_queue(Severity::danger);
    go(flow_.starts.self_harm);
    return true;
  }
  if (heard.cues.contains(Cue::minor) && !talk.limits_told) {  // R52: the limits come first
    if (heard.intents.contains(Intent::person)) join_queue(Severity::minor);
    go(flow_.starts.minor);
    return true;
  }
  return false;
}

bool Engine::hear_request(const Heard& heard, std::optional<int> digit) {
  Talk& talk = s_.talk;
  if (digit == 0 || heard.intents.contains(Intent::person)) {  // invariant 4, R44
    talk.misunderstood = 0;
    join_queue(Severity::person);
    go(flow_.starts.person);
    return true;
  }
  if (heard.intents.intersects({Intent::third_person, Intent::tip}) && !talk.who_asked) {  // R35
    talk.who_asked = true;
    go(flow_.starts.who_for);
    return true;
  }
  if (heard.intents.contains(Intent::revoke)) {  // R45
    s_.consent = Consent{};
    say(flow_.words.taken_back).back = back();
    return true;
  }
  if (heard.intents.contains(Intent::follow_up)) {
    go(flow_.starts.follow_up);
    return true;
  }
  if (digit || names_a_need(heard.needs) || !heard.places.empty()) return false;
  if (heard.intents.contains(Intent::not_now)) {
    const Locale locale = talk.locale;
    close_window(false);
    say(flow_.words.later).locale = locale;
    return true;
  }
  if (heard.intents.contains(Intent::done)) {
    goodbye();
    return true;
  }
  if (heard.intents.contains(Intent::start) || heard.asked_language.known()) {
    if (!speaks(heard.asked_language) && !heard.intents.contains(Intent::start)) return false;
    if (talk.state == kNowhere) go(flow_.starts.after_ok);
    else if (flow_.state(talk.state).each_language) after_language();
    else say_again();
    return true;
  }
  return false;
}

/// The language is known now: what they asked before it comes next.
void Engine::after_language() {
  const Heard waiting = std::exchange(s_.kept, Heard{});
  s_.talk.state = kNowhere;
  if (hear_request(waiting, std::nullopt) || hear_trust(waiting)) return;
  go(s_.queue.standing == Standing::live ? flow_.starts.person : flow_.starts.after_ok);
}

/// R94: one true short answer, and back to the same place.
bool Engine::hear_trust(const Heard& heard) {
  std::optional<reply::TemplateId> answer;
  const Words& words = flow_.words;
  if (heard.intents.contains(Intent::police)) answer = words.trust_police;
  else if (heard.intents.contains(Intent::who_can_see)) answer = words.trust_seen;
  else if (heard.intents.contains(Intent::cost)) answer = words.trust_cost;
  else if (heard.intents.contains(Intent::real)) answer = words.trust_real;
  else if (heard.intents.contains(Intent::what_is_this)) answer = words.trust_what;
  else if (heard.intents.contains(Intent::thanks) && s_.talk.state != kNowhere && heard.needs.empty()) answer = words.thanks;
  if (!answer) return false;
  s_.talk.misunderstood = 0;
  if (s_.talk.state == kNowhere) s_.talk.state = resolve(flow_.starts.after_ok);
  if (answer == words.thanks) say(*answer);
  else say(*answer).back = back();
  return true;
}

bool Engine::hear_flow(const Heard& heard, std::optional<int> digit, const TextReceived& text) {
  if (s_.talk.state == kNowhere) {
    go(flow_.starts.after_ok);
    return true;
  }
  const State& state = flow_.state(s_.talk.state);
  if (digit) {
    const auto at = static_cast<std::size_t>(*digit);
    if (const auto& choice = state.menu[at]) {
      choose(*choice, digit, text);
      return true;
    }
    if (state.each_place && at >= 1 && at <= s_.talk.places.size()) {
      act(Act::place_chosen, digit, text);
      go(flow_.starts.after_ok);
      return true;
    }
    if (state.each_language && at >= 1 && at <= catalogs_.locales.size()) {
      act(Act::language_chosen, digit, text);
      after_language();
      return true;
    }
  }
  const auto hears = [&](Hear what) -> const std::optional<Choice>& {
    return state.hears[static_cast<std::size_t>(what)];
  };
  const auto take = [&](Hear what, bool said) {
    if (!said || !hears(what)) return false;
    choose(*hears(what), digit, text);
    return true;
  };
  const auto& intents = heard.intents;
  const bool place = !heard.places.empty() || heard.outside;
  if (state.asks_place && take(Hear::place, place)) return true;
  if (take(Hear::need, names_a_need(heard.needs))) return true;
  if (take(Hear::place, place)) return true;
  if (take(Hear::another, intents.contains(Intent::another))) return true;
  if (take(Hear::skip, intents.contains(Intent::skip))) return true;
  if (take(Hear::other, !heard.needs.empty() && !names_a_need(heard.needs))) return true;
  if (take(Hear::later, intents.contains(Intent::not_now))) return true;
  if (take(Hear::done, intents.contains(Intent::done))) return true;
  if (take(Hear::unsure, intents.contains(Intent::unsure))) return true;
  if (take(Hear::yes, intents.contains(Intent::yes))) return true;
  if (take(Hear::no, intents.contains(Intent::no))) return true;
  if (heard.man && !digit) {  // where something is looked for, it is looked for anew; elsewhere it is only noted
    const auto& anew = hears(Hear::need);
    const bool looking = state.asks_need || state.asks_place || tagged(*state.says, "number") || !hears(Hear::words);
    if (looking && anew && anew->does.empty()) return choose(*anew, digit, text), true;
    if (!hears(Hear::words)) return say_again(), true;
  }
  const bool keeps_word = hears(Hear::words) && hears(Hear::words)->does.contains(Act::keep_word);
  if (digit && !keeps_word) return false;  // a digit that nothing offers is not words
  if (hears(Hear::words)) {
    if (state.asks_place) {  // no place that we know: once more, and then a person (invariant 5)
      if (s_.talk.misunderstood >= 1) return false;
      s_.talk.unknown_place = half_understood_ = true;
      s_.talk.misunderstood = 1;
    }
    choose(*hears(Hear::words), digit, text);
    return true;
  }
  return false;
}

void Engine::misunderstood() {
  if (++s_.talk.misunderstood >= 2) {  // invariant 5: a person, not a third "sorry"
    s_.talk.misunderstood = 0;
    join_queue(Severity::person);
    return go(flow_.starts.misunderstood_twice);
  }
  say(flow_.words.sorry).back = back();
}

void Engine::goodbye() {
  const Talk talk = s_.talk;
  if (s_.queue.standing == Standing::live) {
    s_.queue.standing = Standing::held;
    s_.queue.told_nobody = false;
    no_timer(TimerKind::nobody);
  }
  s_.parked = talk;  // comes back only with a word, if they set one now (R11)
  s_.talk = Talk{};
  s_.talk.locale = talk.locale;
  s_.talk.locale_sure = talk.locale_sure;
  s_.window = Window::closing;
  go(flow_.starts.goodbye);
}

}  // namespace northstar::conversation
