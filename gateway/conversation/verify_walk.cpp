// The main walk: every talk from a first contact, breadth first.
#include "gateway/conversation/verify_walk.h"

#include <algorithm>

namespace northstar::conversation::proof {

using language::Intent;

void Walk::run() {
  Node first;
  first.moment.now = Instant{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}} + std::chrono::hours{18};
  first.all_events = true;
  seen_.adds(views_of(first.moment, first.witness, w_.timing));
  nodes_.push_back(std::move(first));
  for (std::uint32_t at = 0; at < nodes_.size(); ++at) expand(at);
  for (std::uint32_t at = 0; at < pairs_.size(); ++at) expand_pair(at);
}

std::vector<Edge> Walk::talk_to(std::uint32_t node) const {
  std::vector<Edge> edges;
  for (; nodes_[node].parent != kRoot; node = nodes_[node].parent) edges.push_back(nodes_[node].edge);
  std::reverse(edges.begin(), edges.end());
  return edges;
}

std::vector<Edge> Walk::to(StateId state) const {
  for (std::uint32_t at = 0; at < nodes_.size(); ++at) {
    const Session& s = nodes_[at].moment.session;
    if (s.talk.state == state && (s.window == Window::open || s.window == Window::closing)) return talk_to(at);
  }
  return {};
}

/// Whether an event can tell this session from others: digits that nothing here offers are all alike.
bool Walk::worth(const Moment& moment, const Happening& what) const {
  if (!what.is_text()) return true;
  const Session& s = moment.session;
  if (what.text.word_fits && what.text.word[0] == 2 && !s.word) return false;
  if (!what.text.said.digit) return true;
  const auto digit = *what.text.said.digit;
  if (digit == 0 || digit == 9) return true;
  if (s.stop_asked && digit <= 3) return true;
  if (s.window == Window::asked) return digit <= 4;
  if (s.window == Window::closed || s.talk.state == kNowhere) return digit <= 2;
  const State& state = w_.flow.state(s.talk.state);
  if (state.menu[digit]) return true;
  return (state.each_place || state.each_language) && digit <= 3;
}

void Walk::expand(std::uint32_t at) {
  const bool all = nodes_[at].all_events;
  for (std::uint16_t i = 0; i < w_.happenings(); ++i) {
    const Happening& what = w_.events[i];
    if ((!all && !what.core) || !worth(nodes_[at].moment, what)) continue;
    const Window window = nodes_[at].moment.session.window;
    follow(at, {i, Gap::minute, Found::here});
    if (!what.is_text()) continue;
    if (window == Window::asked) follow(at, {i, Gap::second, Found::here});
    if (window == Window::asked || (window != Window::closed && (what.wakes || nodes_[at].moment.session.stop_asked))) {
      follow(at, {i, Gap::silence, Found::here});
    }
  }
  if (at != 0) {
    Moment later = nodes_[at].moment;
    later.now += length(Gap::silence);
    if (!window_open(later.session, later.now, w_.timing) || later.session.stop_asked) begin_pair(at, later, std::nullopt);
  }
  if (all) look_ahead(at);
}

void Walk::follow(std::uint32_t at, const Edge& first) {
  for (Found answer : kAnswers) {
    Edge edge = first;
    edge.answer = answer;
    auto played = w_.play(nodes_[at].moment, edge);
    if (!played) return;
    const Happening& what = w_.events[edge.happening];
    const Witness witness = rules_.hold({nodes_[at].moment, nodes_[at].witness, what, edge, *played}, [&] {
      auto edges = talk_to(at);
      edges.push_back(edge);
      return edges;
    });
    const bool ends = nodes_[at].moment.session.window != Window::closed || what.present() || what.has(Intent::opt_out) ||
                      what.has(Intent::quiet) || what.has(Intent::probe);
    if (ends && played->after.session.window == Window::closed && what.is_text() && !what.has(Intent::erase) &&
        !played->after.session.stop_asked) {
      begin_pair(at, played->after, edge);
    }
    const bool asked = played->asked_help;
    const auto views = views_of(played->after, witness, w_.timing);
    const bool coarse = seen_.adds(views[0]);
    if (seen_.adds(views) || coarse) {
      nodes_.push_back({std::move(played->after), witness, at, edge, coarse});
    }
    if (!asked) return;
  }
}

/// How many of their own texts lead from here to a provider's number, when there is one.
int Walk::distance_to_number(const Moment& from, int most) {
  for (int depth = 1; depth <= most; ++depth) {
    const std::function<bool(const Moment&, int)> reaches = [&](const Moment& at, int left) {
      for (std::uint16_t i = 0; i < w_.happenings(); ++i) {
        const Happening& what = w_.events[i];
        const bool leads = what.is_text() && what.text.said.cues.empty() && !what.text.said.ambiguous &&
                           (what.text.said.digit || !what.text.said.needs.empty() || !what.text.where.candidates.empty() ||
                            what.has(Intent::yes) || what.has(Intent::no) || what.has(Intent::skip));
        if (!leads || !worth(at, what)) continue;
        const auto played = w_.play(at, {i, Gap::minute, Found::here});
        if (!played) continue;
        for (const Action& action : played->actions) {
          const Say* say = said(action);
          if (say && w_.catalog.facts(say->what).tags.contains("number")) return true;
        }
        if (left > 1 && reaches(played->after, left - 1)) return true;
      }
      return false;
    };
    if (reaches(from, depth)) return depth;
  }
  return most + 1;
}

void Walk::look_ahead(std::uint32_t at) {
  const Session& s = nodes_[at].moment.session;
  if (s.window != Window::open || s.talk.state == kNowhere || with_a_person(s) || s.stop_asked) return;
  constexpr int kMost = 3;
  const State& state = w_.flow.state(s.talk.state);
  if (!seen_.adds((Mixed(50) << static_cast<std::uint64_t>(s.talk.state) << s.talk.tip).bits())) return;
  if (distance_to_number(nodes_[at].moment, kMost) <= kMost || !findings_.fresh(4, state.mark, 9)) return;
  findings_.add(state.mark,
                "from state \"" + state.name + "\" no three texts of theirs lead to a number that they could call (invariant 4)",
                w_.chat(talk_to(at)));
}

}  // namespace northstar::conversation::proof
