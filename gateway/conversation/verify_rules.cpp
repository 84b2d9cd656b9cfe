// What one step may not do: invariants 1 to 7 and 10.
#include "gateway/conversation/verify_rules.h"

#include <algorithm>

namespace northstar::conversation::proof {

using language::Cue;
using language::Intent;
using reply::Reveals;

namespace {

/// A choice made with a digit or a plain yes is explicit; "not sure" or silence is not.
bool explicit_choice(const Happening& what) {
  return what.is_text() && (what.text.said.digit.has_value() || what.has(Intent::yes));
}

}  // namespace

bool with_a_person(const Session& session) {
  return session.joined && session.queue.standing == Standing::live;
}

Witness Rules::check(const Seen& seen) {
  const Witness now = witness_after(seen);
  revealing(seen, now);
  contact_ends(seen, now);
  danger(seen);
  person_and_questions(seen);
  misunderstood(seen, now);
  consent(seen, now);
  set_in_motion(seen);
  leads_on(seen);
  return now;
}

void Rules::blame(int invariant, Mark at, const std::string& text, const std::string& after, int kind) {
  if (!findings_.fresh(invariant, at, kind)) return;
  std::string chat = w_.chat(talk_());
  if (!after.empty()) chat += "\n" + after;
  findings_.add(at, text + " (invariant " + std::to_string(invariant) + ")", std::move(chat));
}

Mark Rules::mark_of(reply::TemplateId what, const Seen& seen) const {
  const State* state = state_of(seen.played.after.session);
  if (seen.played.after.session.window != Window::asked && state && state->says == what) return state->mark;
  if (const auto word = word_of(w_.flow, what); !word.empty()) return word_mark(w_.flow, word);
  return state ? state->mark : Mark{};
}

Mark Rules::culprit(const Seen& seen) const {
  const State* state = state_of(seen.before.session);
  const auto& said = seen.what.text.said;
  const auto& flow = w_.flow;
  if (seen.what.kind == Happening::Kind::timer) return start_mark(flow, "nobody");
  if (said.cues.contains(Cue::danger_now)) return start_mark(flow, "danger");
  if (said.cues.contains(Cue::medical)) return start_mark(flow, "medical");
  if (said.cues.contains(Cue::self_harm)) return start_mark(flow, "self_harm");
  if (said.digit == 0 || said.intents.contains(Intent::person)) return start_mark(flow, "person");
  if (seen.before.session.window == Window::asked || seen.before.session.window == Window::closed || !state) {
    return start_mark(flow, "after_ok");
  }
  const bool chosen = said.digit && (state->each_language || state->each_place) && !state->menu[*said.digit];
  if (chosen || said.intents.contains(Intent::start) || said.asked_language.known()) return start_mark(flow, "after_ok");
  if (said.digit && state->menu[*said.digit]) return state->menu[*said.digit]->mark;
  const auto heard = [&](Hear hear, bool is) -> const Choice* {
    const auto& choice = state->hears[static_cast<std::size_t>(hear)];
    return is && choice ? &*choice : nullptr;
  };
  const auto& intents = said.intents;
  for (const Choice* choice :
       {heard(Hear::need, names_a_need(said.needs)),
        heard(Hear::place, !seen.what.text.where.candidates.empty() || seen.what.text.where.outside),
        heard(Hear::another, intents.contains(Intent::another)), heard(Hear::skip, intents.contains(Intent::skip)),
        heard(Hear::other, !said.needs.empty()),
        heard(Hear::unsure, intents.contains(Intent::unsure)), heard(Hear::yes, intents.contains(Intent::yes)),
        heard(Hear::no, intents.contains(Intent::no)), heard(Hear::need, said.man), heard(Hear::words, !said.digit)}) {
    if (choice) return choice->mark;
  }
  // Nothing here hears it: it was not understood.
  const bool twice = seen.before.session.talk.misunderstood == 1 && seen.played.after.session.talk.misunderstood == 0;
  return twice ? start_mark(flow, "misunderstood_twice") : state->mark;
}

void Rules::revealing(const Seen& seen, const Witness& now) {
  // The text that ends a window may still be answered as it stood ("bye"); what hides or stops may not.
  const bool ok = now.ok || (seen.witness.ok && seen.what.has(Intent::done) &&
                             seen.played.after.now - seen.witness.last_text <= w_.timing.activity);
  for (const Action& action : seen.played.actions) {
    const Say* say = said(action);
    if (!say || ok) continue;
    const auto& what = facts(say->what);
    const bool reveals = what.reveals != Reveals::nothing || (say->back && facts(*say->back).reveals != Reveals::nothing);
    if (!reveals) continue;
    if (seen.what.text.said.named_911 && what.tags.contains("emergency")) continue;  // R31: they named it themselves
    blame(1, mark_of(say->what, seen),
          name(say->what) + " gives something away (reveals: " + (what.reveals == Reveals::details ? "details" : "service") +
              "), and is said before they confirmed that it is OK to text");
  }
  if (now.questions > std::max<int>(2, seen.witness.questions)) {
    for (const Action& action : seen.played.actions) {
      const Say* say = said(action);
      if (say && tagged(say->what, "ok_question")) {
        blame(1, mark_of(say->what, seen), "they are asked a third time whether it is OK to text, where silence is due (R7)", {}, 1);
      }
    }
  }
}

void Rules::contact_ends(const Seen& seen, const Witness&) {
  const Session& after = seen.played.after.session;
  int count = 0;
  const Say* last = nullptr;
  for (const Action& action : seen.played.actions) {
    if (const Say* say = said(action)) ++count, last = say;
  }
  const bool by_menu = !seen.before.session.opted_out && !seen.before.session.stop_asked &&
                       !seen.before.session.stop_hidden && after.opted_out;
  if (seen.what.present()) {
    if (last) blame(2, mark_of(last->what, seen), "someone is with them, and yet " + name(last->what) + " is sent: until they write again all is silent");
    return;
  }
  if (seen.what.has(Intent::opt_out) || by_menu) {
    if (!after.opted_out) {
      blame(2, culprit(seen), "they said stop, and contact did not end");
    }
    if (count > 1) {
      blame(2, by_menu && !seen.what.has(Intent::opt_out) ? culprit(seen) : word_mark(w_.flow, "stopped"),
            "a stop is confirmed by one text at most; here it is " + std::to_string(count));
    }
    if (last && !last->outlives_session) {
      const auto& what = facts(last->what);
      const auto* wording = w_.catalog.wording(last->what, w_.locales.front());
      if (what.tags.contains("ok_question") || (wording && !wording->choices.empty())) {
        blame(2, word_mark(w_.flow, "stopped"), name(last->what) + " confirms the stop and asks something, but a stop is confirmed without an offer");
      }
    }
    return;
  }
  if (seen.what.is_text()) return;
  if (last && seen.witness.silent) {
    blame(2, mark_of(last->what, seen), name(last->what) + " is sent after they asked for silence");
  }
}

void Rules::danger(const Seen& seen) {
  const auto speaks_of = [&](const char* tag) {
    return std::any_of(seen.played.actions.begin(), seen.played.actions.end(), [&](const Action& action) {
      const Say* say = said(action);
      return say && tagged(say->what, tag);
    });
  };
  const bool heard = seen.played.after.session.window == Window::open && !seen.played.after.session.opted_out &&
                     !with_a_person(seen.before.session);
  if (heard && seen.what.has(Cue::self_harm) && !speaks_of("self_harm")) {
    blame(3, start_mark(w_.flow, "self_harm"),
          "they think of hurting themselves, and what they read (" + w_.says(seen.played.actions) +
              ") does not tell of 988: its message needs the tag \"self_harm\" (R32)", {}, 3);
  }
  if (!seen.what.danger()) return;
  const Session& after = seen.played.after.session;
  const Mark start = start_mark(w_.flow, seen.what.has(Cue::danger_now) ? "danger" : "medical");
  if (after.queue.standing == Standing::none || after.queue.severity != Severity::danger) {
    blame(3, start, "they are in danger, and do not come to the head of the line");
    return;
  }
  if (after.window != Window::open || seen.what.has(Intent::opt_out)) return;
  if (after.queue.standing != Standing::live) blame(3, start, "they are in danger and it is OK to text, and yet their place only waits", {}, 1);
  if (with_a_person(seen.before.session) || after.opted_out) return;
  if (speaks_of("emergency")) return;
  const bool again = seen.before.session.talk.danger_told;
  blame(3, again ? word_mark(w_.flow, "danger_again") : start,
        "they are in danger, and what they read (" + w_.says(seen.played.actions) +
            ") is no emergency guidance: its message needs the tag \"emergency\"", {}, 2);
}

void Rules::person_and_questions(const Seen& seen) {
  const Session& before = seen.before.session;
  const Session& after = seen.played.after.session;
  const auto& said_text = seen.what.text.said;
  const bool asks_person = seen.what.is_text() && (said_text.digit == 0 || said_text.intents.contains(Intent::person));
  if (asks_person && after.window == Window::open && after.queue.standing != Standing::live) {
    blame(4, start_mark(w_.flow, "person"), "they ask for a person, and are not in line for one");
  }
  const State* state = state_of(after);
  if (after.window != Window::open || !state || !seen.what.is_text()) return;
  for (const Action& action : seen.played.actions) {
    const Say* say = said(action);
    if (!say || state->says != say->what) continue;
    if (before.window == Window::open && state == state_of(before)) continue;  // the same place once more
    if (state->asks_need && !after.talk.needs.empty()) {
      blame(4, culprit(seen), "state \"" + state->name + "\" asks what they need, which they have said already");
    }
    const bool knows_place = !after.talk.places.empty() && !after.talk.doubtful;
    if (state->asks_place && (knows_place || after.talk.outside)) {
      blame(4, culprit(seen), "state \"" + state->name + "\" asks where they are, which they have said already", {}, 1);
    }
  }
}

void Rules::misunderstood(const Seen& seen, const Witness& now) {
  if (!seen.what.is_text()) return;
  const Session& after = seen.played.after.session;
  if (now.sorries >= 2) {
    const bool by_flow = !std::any_of(seen.played.actions.begin(), seen.played.actions.end(), [&](const Action& action) {
      const Say* say = said(action);
      return say && say->what == w_.flow.words.sorry;
    });
    blame(5, by_flow ? culprit(seen) : word_mark(w_.flow, "not_understood"),
          "they were not understood twice in a row, and read the same again instead of being led to a person");
  }
  const bool led = seen.before.session.talk.misunderstood == 1 && seen.before.session.window == Window::open &&
                   seen.before.session.queue.standing != Standing::live && after.queue.standing == Standing::live &&
                   after.window == Window::open && seen.what.text.said.intents.empty() && seen.what.text.said.cues.empty() &&
                   seen.what.text.said.digit != 0;
  const State* state = state_of(after);
  if (!led || !state || seen.what.text.said.digit.has_value()) return;
  // Where the flow loses its way they read "still waiting": that is invariant 10's.
  const bool lost = std::any_of(seen.played.actions.begin(), seen.played.actions.end(), [&](const Action& action) {
    const Say* say = said(action);
    return say && say->what == w_.flow.words.still_waiting;
  });
  const bool tells = lost || (state->says && (tagged(*state->says, "honest_wait") || tagged(*state->says, "consent") ||
                                     tagged(*state->says, "limits") || *state->says == w_.flow.words.still_waiting));
  if (!tells) {
    blame(5, start_mark(w_.flow, "misunderstood_twice"),
          "they were not understood twice in a row; a person is due, and state \"" + state->name + "\" does not tell them so", {}, 1);
  }
}

void Rules::consent(const Seen& seen, const Witness& now) {
  const Session& before = seen.before.session;
  const Session& after = seen.played.after.session;
  for (const Action& action : seen.played.actions) {
    if (const Say* say = said(action)) {
      const auto& what = facts(say->what);
      const bool gives = what.tags.contains("number") &&
                         std::find(what.arguments.begin(), what.arguments.end(), "provider") != what.arguments.end();
      if (gives && !now.asked_help && !before.stop_asked) {
        blame(6, culprit(seen), name(say->what) + " gives a provider's name and number, and they asked for no help of that kind");
      }
    }
    if (const auto* queue = std::get_if<Queue>(&action)) {
      const bool needs = (queue->needs.bits() & ~now.shared_needs.bits()) != 0;
      if (needs || (!queue->county_fips.empty() && !now.shared_area)) {
        blame(6, culprit(seen), std::string("what goes to the person in line holds ") + (needs ? "a need" : "an area") +
                                    " that they did not agree to share", {}, 1);
      }
    }
  }
  if (!after.consent.any() || after.consent == before.consent) return;
  const State* asked = state_of(before);
  if (!asked || !asked->says || !tagged(*asked->says, "consent")) {
    blame(6, culprit(seen), "this shares what they told, and they were not asked: the state's message needs the tag \"consent\"", {}, 2);
  } else if (!explicit_choice(seen.what)) {
    blame(6, culprit(seen), "this shares what they told without a plain yes", {}, 3);
  } else if (after.consent.revision.empty()) {
    blame(6, culprit(seen), "this shares what they told, and no record says which words asked for it (R45)", {}, 4);
  }
}

void Rules::set_in_motion(const Seen& seen) {
  const Session& before = seen.before.session;
  const Session& after = seen.played.after.session;
  const Say* say = nullptr;
  for (const Action& action : seen.played.actions) {
    if (said(action)) say = said(action);
  }
  if (after.follow_up && after.follow_up != before.follow_up) {
    const State* asked = state_of(before);
    if (!asked || !asked->says || !tagged(*asked->says, "consent")) {
      blame(7, culprit(seen), "this sets a text for later, and they were not asked: the state's message needs the tag \"consent\"");
    } else if (!explicit_choice(seen.what)) {
      blame(7, culprit(seen), "this sets a text for later without a plain yes", {}, 1);
    }
  }
  if (seen.what.is_text() || !say) return;
  switch (seen.what.kind) {
    case Happening::Kind::timer:
      if (seen.what.timer == TimerKind::follow_up) {
        if (!seen.witness.wants_follow_up) blame(7, word_mark(w_.flow, "follow_up"), name(say->what) + " is sent, and they asked for no text later", {}, 2);
      } else if (seen.what.timer == TimerKind::nobody) {
        if (before.queue.standing != Standing::live || seen.witness.nobody_said) {
          blame(7, start_mark(w_.flow, "nobody"), name(say->what) + " is sent by itself, where it is not said once to someone in line", {}, 3);
        }
      } else {
        blame(7, word_mark(w_.flow, "stop_unclear"), name(say->what) + " is sent by itself", {}, 4);
      }
      break;
    case Happening::Kind::joins:
      if (before.queue.standing != Standing::live || before.window != Window::open) {
        blame(7, word_mark(w_.flow, "joined"), name(say->what) + " is sent, and they are not in line in an open window", {}, 5);
      }
      break;
    default: blame(7, word_mark(w_.flow, "joined"), name(say->what) + " is sent by itself", {}, 6);
  }
}

void Rules::leads_on(const Seen& seen) {
  const Session& before = seen.before.session;
  const Session& after = seen.played.after.session;
  const State* state = state_of(after);
  for (const Action& action : seen.played.actions) {
    const Say* say = said(action);
    if (!say) continue;
    const bool lost = say->what == w_.flow.words.still_waiting && !say->back && after.window != Window::asked &&
                      (!state || (state->says != say->what && state->back != say->what));
    if (lost) {
      const auto turns = turns_without_end(w_.flow);
      if (turns.empty()) blame(10, culprit(seen), "this leads to a state that decides, and there is nothing to say here");
      else blame(10, turns.front().mark, turns.front().text);
    }
    if (state && state->says == say->what && tagged(say->what, "asks_age") && !before.talk.limits_told) {
      blame(10, state->mark, name(say->what) + " asks their age, and the limits of what stays between us were not told before", {}, 1);
    }
  }
  const State* at = state_of(before);
  if (!at || !seen.what.is_text() || with_a_person(before) || !window_open(before, seen.played.after.now, w_.timing)) return;
  if (before.window != Window::open && before.window != Window::closing) return;
  const bool menu = std::any_of(at->menu.begin(), at->menu.end(), [](const auto& c) { return c.has_value(); });
  const auto& intents = seen.what.text.said.intents;
  const bool bare = seen.what.text.said.cues.empty() && seen.what.text.said.needs.empty();
  if (!(menu || at->asks_need || at->asks_place) || !bare || before.stop_asked) return;
  const char* which = intents == EnumSet<Intent>{Intent::unsure} ? "not sure" : intents == EnumSet<Intent>{Intent::not_now} ? "later" : nullptr;
  if (!which) return;
  for (const Action& action : seen.played.actions) {
    const Say* say = said(action);
    if (say && (say->what == w_.flow.words.sorry || (after.window == Window::asked && which[0] == 'n'))) {
      blame(10, at->mark, "the menu of state \"" + at->name + "\" does not accept \"" + which + "\" (R40)", {}, 2);
    }
  }
}

}  // namespace northstar::conversation::proof
