#include "gateway/conversation/step.h"

#include <algorithm>

#include "gateway/conversation/engine.h"

namespace northstar::conversation {

using language::Intent;
using language::Need;

namespace {

// What a text that ends a silence may leave for after the yes. A yes, a no or a thanks tells nothing (R10).
constexpr EnumSet<Intent> kKeepable{Intent::person,       Intent::police, Intent::real,      Intent::who_can_see,
                                    Intent::cost,         Intent::tip,    Intent::follow_up, Intent::what_is_this,
                                    Intent::third_person};

bool only(EnumSet<Intent> intents, EnumSet<Intent> allowed) {
  return (intents.bits() & ~allowed.bits()) == 0;
}

/// A thanks or a goodbye and nothing else: it never starts a talk (R15).
bool only_thanks(const TextReceived& text) {
  const auto& said = text.said;
  constexpr EnumSet<Intent> kPolite{Intent::thanks, Intent::done, Intent::yes};
  return said.intents.intersects({Intent::thanks, Intent::done}) && only(said.intents, kPolite) && said.cues.empty() &&
         said.needs.empty() && !said.man && text.where.candidates.empty();
}

}  // namespace

bool operator==(const Heard& a, const Heard& b) {
  return a.intents == b.intents && a.cues == b.cues && a.needs == b.needs && a.tonight == b.tonight &&
         a.doubtful == b.doubtful && a.outside == b.outside && a.man == b.man && a.language == b.language &&
         a.places.size() == b.places.size() &&
         std::equal(a.places.begin(), a.places.end(), b.places.begin(),
                    [](const auto& x, const auto& y) { return x.name == y.name && x.county_fips == y.county_fips; });
}

Heard heard_in(const TextReceived& text) {
  Heard heard;
  heard.intents = text.said.intents;
  heard.cues = text.said.cues;
  heard.needs = text.said.needs;
  heard.tonight = text.said.tonight;
  heard.places = text.where.candidates;
  heard.doubtful = text.where.confirm;
  heard.outside = text.where.outside;
  heard.man = text.said.man;
  if (!text.said.bare) heard.language = text.said.language;  // "ok" is said in every language, and changes none
  // R94: "are you immigration?" asks who we are, and is no wish for a visa.
  if (heard.intents.contains(Intent::police)) heard.needs.erase(Need::immigration);
  heard.asked_language = text.said.asked_language;
  return heard;
}

bool window_open(const Session& session, Instant now, const Timing& timing) {
  if (session.window == Window::closed) return false;
  Instant end = session.last_text + timing.activity;
  if (session.joined) {  // R93: the time that they gave
    if (session.until == Until::half_hour) end = std::max(end, session.until_from + std::chrono::minutes{30});
    if (session.until == Until::two_hours) end = std::max(end, session.until_from + std::chrono::hours{2});
  }
  return now <= end;
}

bool awaits_place(const Flow& flow, const Session& session) {
  return session.window == Window::open && session.talk.state != kNowhere &&
         (flow.state(session.talk.state).asks_place || session.talk.skipped_place);
}

Millis life(const Session& session, Instant now, const Timing& timing) {
  Millis life = session.window == Window::closed ? Millis{0} : timing.activity + std::chrono::hours{1};
  if (session.queue.standing != Standing::none || session.joined || session.opted_out || session.stop_asked ||
      session.stop_hidden) {
    life = std::chrono::hours{24};
  }
  if (session.parked && session.window == Window::closed) life = std::chrono::hours{24};
  if (session.consent.any()) life = std::max(life, session.consent.expires - now);
  if (session.follow_up) life = std::max(life, *session.follow_up - now + std::chrono::hours{1});
  if (session.word) life = std::max<Millis>(life, std::chrono::days{30});
  return life;
}

Step step(const Flow& flow, const Catalogs& catalogs, Session session, const Event& event, Instant now) {
  const Session before = session;
  Engine engine(flow, catalogs, std::move(session), now);
  std::visit([&](const auto& what) { engine.on(what); }, event);
  return std::move(engine).finish(before);
}

// ---- a text, whatever the window -----------------------------------------------------------------------------------

void Engine::on(const TextReceived& text) {
  answer(text);
  if (text.media_beside) note_media(text);
}

/// R43: the words have their answer; that the picture was not looked at is said after it, where the talk goes on. What
/// has one line at most (STOP, DELETE, HELP, a quiet word, "not now", a thanks) or none keeps to that.
void Engine::note_media(const TextReceived& text) {
  if (s_.window != Window::open && s_.window != Window::asked) return;
  if (s_.stop_asked || text.said.intents.intersects({Intent::help, Intent::info})) return;
  const bool answered = std::any_of(actions_.begin(), actions_.end(), [](const Action& action) {
    return std::holds_alternative<Say>(action) || std::holds_alternative<Relay>(action);
  });
  if (answered) say(flow_.words.media);
}

void Engine::answer(const TextReceived& text) {
  lapse();
  const auto& said = text.said;
  const bool danger = said.cues.intersects(kDanger);
  s_.last_text = now_;

  // In this order: what ends contact or hides it goes before everything that would speak.
  if (said.intents.contains(Intent::erase)) return erase(&text);
  if (said.intents.contains(Intent::opt_out)) return stop(&text);
  if (s_.opted_out) s_.wrote_since_stop = true;
  if (said.cues.contains(Cue::trafficker_present)) {  // R95: no reply, from any source, until they write
    hide();
    if (danger) hold_place(Severity::danger);
    return;
  }
  if (said.intents.intersects({Intent::quiet, Intent::probe})) {  // R8, R12
    hide();
    if (danger) hold_place(Severity::danger);
    say(flow_.words.neutral).locale = locale_of(text);
    return;
  }
  if (s_.stop_hidden) {  // they write: it was not their last word. Met as anybody's first text, their digit is no answer
    s_.stop_hidden = false;
    no_timer(TimerKind::stop_unanswered);
  }
  if (answered_stop_question(text)) return;
  if (said.ambiguous && said.cues.empty()) {  // R16: asked about once; no answer counts as stop
    s_.stop_asked = true;
    timer(TimerKind::stop_unanswered, now_ + catalogs_.timing.activity);
    if (!s_.talk.locale.known()) s_.talk.locale = locale_of(text);
    say(flow_.words.stop_which);
    return;
  }
  // R14; but "help he is hitting me" is no question about the programme (invariant 3).
  if (said.intents.intersects({Intent::help, Intent::info}) && said.cues.empty()) {
    if (s_.window == Window::open) {
      say(flow_.words.help_open).back = with_a_person() ? std::nullopt : back();
      return;
    }
    keep(text);
    if (s_.window != Window::asked) {
      close_window(false);
      s_.talk.locale = locale_of(text);
      s_.talk.locale_sure = speaks(said.language);
    }
    s_.window = Window::asked;
    s_.asked_at = now_;
    s_.asks = std::max<std::uint8_t>(s_.asks, 1);
    say(flow_.words.help).first = true;
    return;
  }
  if (text.media) {  // R43
    if (!s_.talk.locale.known()) {
      say(flow_.words.media).locale = locale_of(text);
    } else {
      say(flow_.words.media);
    }
    return;
  }

  switch (s_.window) {
    case Window::open:
      if (with_a_person()) return while_joined(text);
      return hear(heard_in(text), said.digit ? std::optional<int>(*said.digit) : std::nullopt, text);
    case Window::closing: {
      if (said.digit == 0 || said.intents.contains(Intent::person)) {  // invariant 4: always one text away
        s_.window = Window::open;
        return hear(heard_in(text), said.digit, text);
      }
      const bool tells = !said.cues.empty() || !said.needs.empty() || said.man || !text.where.candidates.empty() ||
                         text.where.outside;
      if (!tells && hear_flow(heard_in(text), said.digit, text)) return;
      const Locale locale = s_.talk.locale;
      close_window(false);
      if (only_thanks(text)) {
        say(flow_.words.thanks).locale = locale;
        return;
      }
      break;
    }
    case Window::asked: return while_asked(text);
    case Window::closed: break;
  }
  if (only_thanks(text)) {
    say(said.intents.contains(Intent::thanks) ? flow_.words.thanks : flow_.words.later).locale = locale_of(text);
    return;
  }
  greet(text);
}

// ---- windows -------------------------------------------------------------------------------------------------------

void Engine::lapse() {
  if ((s_.stop_asked || s_.stop_hidden) && now_ > s_.last_text + catalogs_.timing.activity) {  // the timer is late; the rule is not
    unanswered_stop();
  }
  if (s_.window != Window::closed && !window_open(s_, now_, catalogs_.timing)) close_window(false);
  // Whoever was never in a talk leaves the language of their stop question behind, no more.
  if (s_.window == Window::closed && now_ > s_.last_text + catalogs_.timing.activity) s_.talk = Talk{};
}

void Engine::close_window(bool ends_permission) {
  // Invariant 8: what is left is the opt-out, the safe word, a held place, consents and follow-ups.
  // A talk begun without the word, by whoever holds the phone, does not take the place of what the word brings back.
  if (s_.word && s_.window == Window::open && (s_.talk.by_word || !s_.parked)) s_.parked = s_.talk;
  if (!s_.word) s_.parked.reset();
  s_.window = Window::closed;
  s_.talk = Talk{};
  s_.kept = Heard{};
  s_.asks = 0;
  s_.word_given = false;
  if (s_.stop_asked || s_.stop_hidden) {
    s_.stop_asked = s_.stop_hidden = false;
    no_timer(TimerKind::stop_unanswered);
  }
  if (s_.queue.standing == Standing::live) {
    s_.queue.standing = Standing::held;  // R48: keeps its turn, and no timer speaks
    s_.queue.told_nobody = false;        // every count begins anew (invariant 8)
    no_timer(TimerKind::nobody);
  }
  if (ends_permission) s_.until = Until::unasked;
}

void Engine::keep(const TextReceived& text) {
  const auto& said = text.said;
  if (s_.word && text.word == *s_.word) {  // R11: sounds the same as any other text
    s_.word_given = true;
    return;
  }
  if (said.bare) return;  // R10: a bare digit or a plain yes tells nothing
  Heard& kept = s_.kept;
  kept.intents.merge(EnumSet<Intent>::from_bits(said.intents.bits() & kKeepable.bits()));
  kept.cues.merge(said.cues);
  kept.needs.merge(heard_in(text).needs);
  kept.tonight |= said.tonight;
  kept.man |= said.man;
  if (!text.where.candidates.empty() || text.where.outside) {
    kept.places = text.where.candidates;
    kept.doubtful = text.where.confirm;
    kept.outside = text.where.outside;
  }
  if (speaks(said.language)) kept.language = said.language;
  if (said.cues.intersects(kDanger)) hold_place(Severity::danger);  // a place in every row, held before the OK
}

void Engine::greet(const TextReceived& text) {
  keep(text);
  const auto& said = text.said;
  s_.window = Window::asked;
  s_.asked_at = now_;
  s_.asks = 1;
  s_.talk.locale = locale_of(text);
  const bool sure = speaks(said.asked_language) || speaks(said.language);
  s_.talk.locale_sure = sure || said.digit;  // a digit is of no language: nothing is unknown that a picker could tell
  auto words = sure ? flow_.words.greeting : flow_.words.greeting_two;  // R41
  if (said.named_911 && said.cues.intersects(kDanger)) words = flow_.words.greeting_911;  // R31
  Say& greeting = say(words);
  greeting.first = true;
  greeting.danger = said.cues.intersects(kDanger);
}

void Engine::while_asked(const TextReceived& text) {
  const auto& said = text.said;
  const bool burst = now_ - s_.asked_at <= catalogs_.timing.burst;  // R92: typed before the question was read
  const auto digit = said.digit;
  if (digit == 2 || (!burst && said.intents.intersects({Intent::not_now, Intent::done})) ||
      (!burst && said.intents.contains(Intent::no) && said.needs.empty() && said.cues.empty())) {
    if (!s_.talk.locale_sure && speaks(said.language)) s_.talk.locale = said.language;
    const Locale locale = s_.talk.locale;
    close_window(false);
    say(flow_.words.later).locale = locale;
    return;
  }
  if (digit == 1 || digit == 3 || digit == 0 || said.intents.contains(Intent::yes)) return open(text);
  keep(text);
  if (burst) return;
  const bool tells = !said.needs.empty() || !said.cues.empty() || said.intents.contains(Intent::person);
  if (tells) return open(text);  // R7: the story instead of 1 is a yes
  if (said.intents.contains(Intent::thanks)) return;
  if (s_.asks >= 2) return;  // then silence
  if (!s_.talk.locale_sure && speaks(said.language)) {
    s_.talk.locale = said.language;
    s_.talk.locale_sure = true;
  }
  ask_again();
}

void Engine::ask_again() {
  ++s_.asks;
  s_.asked_at = now_;
  say(s_.talk.locale_sure ? flow_.words.again : flow_.words.greeting_two);
}

void Engine::open(const TextReceived& text) {
  keep(text);
  const auto& said = text.said;
  Heard heard = std::exchange(s_.kept, Heard{});
  s_.window = Window::open;
  s_.asks = 0;
  if (s_.opted_out) {  // R19: the OK ends the opt-out
    s_.opted_out = s_.wrote_since_stop = false;
    actions_.emplace_back(OptOut{false});
  }
  const Locale locale = s_.talk.locale;
  if (s_.word_given && s_.parked) {
    s_.talk = *s_.parked;
    s_.talk.by_word = true;
  }
  if (s_.word_given) s_.parked.reset();
  s_.word_given = false;
  if (!s_.talk.locale.known()) s_.talk.locale = locale;
  if (!s_.talk.locale_sure) {
    for (Locale told : {said.asked_language, said.language, heard.language}) {
      if (!speaks(told)) continue;
      s_.talk.locale = told;
      s_.talk.locale_sure = true;
      break;
    }
  }
  if (said.digit == 3) heard.cues.insert(Cue::danger_now);  // "cue or choice"
  if (said.digit == 0) heard.intents.insert(Intent::person);
  absorb(heard);
  if (hear_safety(heard)) return;
  if (!s_.talk.locale_sure && catalogs_.locales.size() > 1) {
    if (heard.intents.contains(Intent::person)) join_queue(Severity::person);  // the place first (R44)
    s_.kept.intents = heard.intents;  // a question of theirs waits for the language it is answered in
    s_.kept.intents.erase(Intent::person);
    return go(flow_.starts.language);
  }
  if (hear_request(heard, std::nullopt)) return;
  if (hear_trust(heard)) return;
  const bool more = names_a_need(heard.needs) || !heard.places.empty() || heard.outside;
  if (s_.talk.state != kNowhere && !more) {  // brought back by the safe word
    if (s_.talk.offered == 0 || !tagged(*flow_.state(s_.talk.state).says, "number")) return say_again();
    --s_.talk.offered;  // who deleted the thread, as we ask, has the number no more
  }
  go(flow_.starts.after_ok);
}

}  // namespace northstar::conversation
