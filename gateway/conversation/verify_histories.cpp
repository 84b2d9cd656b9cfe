// Invariant 8: whoever holds the phone after a silence, a quiet word or someone present cannot tell whether there ever
// was a talk. A contact with a history and one without get the same texts; what they read must be the same.
#include "gateway/conversation/verify_walk.h"

#include <algorithm>

namespace northstar::conversation::proof {

using language::Intent;

void Walk::begin_pair(std::uint32_t origin, const Moment& known, std::optional<Edge> closed_by) {
  Pair pair;
  pair.known = known;
  pair.unknown.now = known.now;
  pair.origin = origin;
  pair.asleep = !closed_by;
  if (closed_by) {
    pair.edge = *closed_by;
    pair.closed_by_edge = true;
    // What hides is itself answered as to a first contact, from wherever it was said.
    const Happening& what = w_.events[closed_by->happening];
    const bool hides = what.has(Intent::quiet) || what.has(Intent::probe) || what.present();
    if (hides && !nodes_[origin].moment.session.opted_out) {
      Moment fresh;
      fresh.now = nodes_[origin].moment.now;
      const auto theirs = w_.play(nodes_[origin].moment, *closed_by);
      const auto first = w_.play(fresh, *closed_by);
      if (theirs && first && !same_words(theirs->actions, first->actions)) {
        pairs_.push_back(std::move(pair));
        const auto at = static_cast<std::uint32_t>(pairs_.size() - 1);
        tell_apart(at, std::nullopt, *theirs, w_.says(first->actions));
        return;
      }
    }
    if (!seen_.adds(views_of(pair.known, pair.unknown, w_.timing))) return;
  } else {
    const auto& s = known.session;
    Mixed view(60);
    view << static_cast<std::uint64_t>(s.window) << static_cast<std::uint64_t>(s.talk.state)
         << static_cast<std::uint64_t>(s.queue.standing) << static_cast<std::uint64_t>(s.queue.severity) << s.queue.told_nobody
         << s.queue.tip << s.opted_out << s.stop_asked << s.stop_hidden << s.joined << s.consent.any() << s.follow_up.has_value()
         << s.word.has_value() << s.talk.minor << s.talk.limits_told << std::hash<Locale>{}(s.talk.locale);
    if (!seen_.adds(view.bits())) return;
  }
  pairs_.push_back(std::move(pair));
}

void Walk::expand_pair(std::uint32_t at) {
  const Session& a = pairs_[at].known.session;
  const bool asleep = pairs_[at].asleep;
  if (with_a_person(a) && a.window == Window::open) return;  // an advocate writes to one of them: that is not our text
  for (std::uint16_t i = 0; i < w_.happenings(); ++i) {
    const Happening& what = w_.events[i];
    if (asleep && !what.wakes) continue;
    if (!worth(pairs_[at].unknown, what)) continue;
    if (what.kind == Happening::Kind::joins || what.kind == Happening::Kind::leaves) continue;
    follow_pair(at, {i, asleep ? Gap::second : Gap::minute, Found::here});
    if (!asleep && what.is_text() && pairs_[at].known.session.window == Window::asked) follow_pair(at, {i, Gap::second, Found::here});
  }
}

void Walk::follow_pair(std::uint32_t at, Edge edge) {
  const Happening& what = w_.events[edge.happening];
  // The follow-up that they agreed to is an exception; a stop's own question ends without a word for both.
  if (!what.is_text() && what.timer != TimerKind::nobody) return;
  for (Found answer : kAnswers) {
    edge.answer = answer;
    auto known = w_.play(pairs_[at].known, edge);
    const bool asked = w_.help.asked;
    auto unknown = w_.play(pairs_[at].unknown, edge);
    if (!known && !unknown) return;
    // A timer that runs for one of them only: the other hears what silence says, nothing.
    Played still;
    const Session& before = pairs_[at].known.session;
    if (!known || !unknown) {
      Played& runs = known ? *known : *unknown;
      still.after = known ? pairs_[at].unknown : pairs_[at].known;
      still.after.now = runs.after.now;
      if (known) unknown = still;
      else known = still;
    }
    known->after.now = unknown->after.now = std::max(known->after.now, unknown->after.now);
    const bool second_stop = what.has(Intent::opt_out) && !before.wrote_since_stop &&
                             (before.opted_out || before.stop_asked);  // R18
    const bool gave_word = what.is_text() && before.word && what.text.word == *before.word;
    if (!second_stop && !same_words(known->actions, unknown->actions)) {
      tell_apart(at, edge, *known, w_.says(unknown->actions));
      return;
    }
    if (gave_word) return;  // from here on they may be known
    Pair next;
    next.known = std::move(known->after);
    next.unknown = std::move(unknown->after);
    next.parent = at;
    next.edge = edge;
    if (seen_.adds(views_of(next.known, next.unknown, w_.timing))) pairs_.push_back(std::move(next));
    if (!asked && !w_.help.asked) return;
  }
}

std::vector<Edge> Walk::talk_to_pair(std::uint32_t pair) const {
  std::vector<Edge> since;
  for (; pairs_[pair].parent != kRoot; pair = pairs_[pair].parent) since.push_back(pairs_[pair].edge);
  std::reverse(since.begin(), since.end());
  auto edges = talk_to(pairs_[pair].origin);
  if (pairs_[pair].closed_by_edge) edges.push_back(pairs_[pair].edge);
  else if (!since.empty()) since.front().gap = Gap::silence;
  edges.insert(edges.end(), since.begin(), since.end());
  return edges;
}

void Walk::tell_apart(std::uint32_t at, std::optional<Edge> edge, const Played& known, const std::string& unknown) {
  // The member at fault: the state or word that is said to one of them.
  Mark mark;
  const Say* say = nullptr;
  for (const Action& action : known.actions) {
    if (!say) say = said(action);
  }
  const Session& s = known.after.session;
  if (s.talk.state != kNowhere && s.window == Window::open) mark = w_.flow.state(s.talk.state).mark;
  else if (say) mark = word_mark(w_.flow, word_of(w_.flow, say->what));
  else mark = word_mark(w_.flow, "greeting");
  // Where a branch asks for what outlives a window, that branch.
  for (const State& state : w_.flow.states) {
    for (const Branch& branch : state.branches) {
      if (branch.when == If::shared && branch.goes == s.talk.state) mark = branch.mark;
    }
  }
  if (!findings_.fresh(8, mark)) return;
  auto edges = talk_to_pair(at);
  if (edge) {
    edges.push_back(*edge);
    if (pairs_[at].asleep) edges.back().gap = Gap::silence;
  }
  findings_.add(mark,
                "whoever holds the phone can tell that there was a talk: a first contact would read " + unknown +
                    " (invariant 8)",
                w_.chat(edges) + "\n(a first contact who writes the same from here reads: " + unknown + ")");
}

}  // namespace northstar::conversation::proof
