// Which sessions count as the same for the checker.
#include "gateway/conversation/verify_views.h"

#include <algorithm>

namespace northstar::conversation::proof {
namespace {

template <class E>
std::uint64_t n(E value) {
  return static_cast<std::uint64_t>(value);
}

std::uint64_t place_class(const Talk& t) {
  if (t.outside) return 1;
  if (!t.places.empty()) return (t.doubtful ? 2U : 3U) + (t.places.size() > 1 ? 2U : 0U);
  if (t.unknown_place) return 6;
  return t.skipped_place ? 7 : 0;
}

/// What is kept until the OK, as far as it decides what comes after: which cues, whether a need and a place, and which
/// wish (one that is alone; of several the engine serves the first).
std::uint64_t kept_class(const Heard& k) {
  const auto wishes = k.intents.bits();
  const bool one = (wishes & (wishes - 1)) == 0;
  Mixed m(99);
  m << k.needs.empty() << (k.places.empty() && !k.outside) << k.man << (k.cues.empty() ? (one ? wishes : ~0ULL) : k.cues.bits() << 32);
  return m.bits();
}

std::uint64_t offered(const Talk& t) { return t.offers.empty() ? 0U : 1U + t.offered; }

/// What the clock can change: whether the window is open still, and whether the burst after the question is over.
std::uint64_t clock(const Moment& m, const Timing& timing) {
  std::uint64_t bits = window_open(m.session, m.now + std::chrono::minutes{1}, timing) ? 1 : 0;
  if (m.session.window == Window::asked) bits |= m.now - m.session.asked_at < timing.burst ? 2U : 0U;
  if (m.session.joined) bits |= window_open(m.session, m.now + std::chrono::minutes{16}, timing) ? 4U : 0U;
  return bits;
}

/// What a closed or asked window holds besides the texts kept.
std::uint64_t before_the_ok(const Session& s) {
  Mixed m(98);
  m << n(s.window) << s.asks << s.stop_asked << s.stop_hidden << s.opted_out << s.wrote_since_stop << s.joined << s.word_given
    << s.kept.nothing() << s.talk.locale_sure << std::hash<Locale>{}(s.talk.locale);
  return m.bits();
}

std::uint64_t standing(const Session& s) { return n(s.queue.standing) | n(s.queue.severity) << 2; }

}  // namespace

std::array<std::uint64_t, kViews> views_of(const Moment& moment, const Witness& w, const Timing& timing) {
  const Session& s = moment.session;
  const Talk& t = s.talk;
  const std::uint64_t state = n(t.state) << 8 | n(s.window) << 4 | clock(moment, timing);
  const auto is = [&](std::uint64_t kind) { return Mixed(kind) << state; };
  std::array<std::uint64_t, kViews> views{};
  const bool danger = s.queue.severity == Severity::danger;
  views[0] = (is(0) << n(s.queue.standing) << t.misunderstood << s.stop_asked << t.tip << with_a_person(s)).bits();
  // State with every safety fact: the product that the design asks for.
  views[1] = (is(1) << n(s.queue.standing) << danger << t.misunderstood << s.opted_out << w.silent << t.minor << t.limits_told
                    << s.consent.any() << s.joined << s.kept.nothing())
                 .bits();
  // Need, place, offers.
  views[2] = (is(2) << t.needs.empty() << place_class(t) << offered(t)).bits();
  // The queue and what is shared.
  views[3] = (is(3) << (t.until == Until::unasked) << t.share_asked << s.consent.any() << s.queue.told_nobody
                    << n(s.queue.standing) << t.needs.empty() << (place_class(t) == 3))
                 .bits();
  // Whom it is about.
  views[4] = (is(4) << t.who_asked << t.tip << s.queue.tip << t.youth << n(s.queue.standing)).bits();
  // What outlives a window.
  views[5] = (is(5) << s.word.has_value() << s.word_given << s.follow_up.has_value() << s.opted_out).bits();
  // The language; and before the OK, all that there is.
  const bool talking = s.window == Window::open || s.window == Window::closing;
  views[6] = talking ? (is(6) << std::hash<Locale>{}(t.locale) << t.locale_sure).bits()
                     : (Mixed(6) << before_the_ok(s) << clock(moment, timing) << n(s.queue.standing)).bits();
  views[7] = talking ? (is(7) << t.danger_told << danger << s.joined << n(s.queue.standing)).bits()
                     : (Mixed(70) << n(s.window) << clock(moment, timing) << kept_class(s.kept) << t.locale_sure).bits();
  // The stop question, and timers.
  views[8] = (is(8) << s.stop_asked << moment.due[0].has_value() << moment.due[1].has_value() << moment.due[2].has_value()).bits();
  views[9] = (is(9) << w.silent << std::min<int>(w.questions, 3) << w.nobody_said << w.asked_help << std::min<int>(w.sorries, 2)).bits();
  views[10] = s.parked ? (Mixed(10) << n(s.window) << n(s.parked->state) << s.word_given << s.word.has_value()).bits() : views[0];
  views[11] = s.joined ? (is(11) << n(s.until) << n(s.queue.standing)).bits() : views[0];
  return views;
}

std::array<std::uint64_t, kPairViews> views_of(const Moment& known, const Moment& unknown, const Timing& timing) {
  const Session& a = known.session;
  const Session& b = unknown.session;
  const Talk &s = a.talk, &t = b.talk;
  // What must not differ, one bit a fact. What is the same in both is the main walk's business.
  std::uint64_t differs = 0, at = 1;
  const auto compare = [&](auto x, auto y) {
    if (!(x == y)) differs |= at;
    at <<= 1;
  };
  compare(a.window, b.window);
  compare(s.state, t.state);
  compare(a.asks, b.asks);
  compare(a.stop_asked, b.stop_asked);
  compare(kept_class(a.kept), kept_class(b.kept));
  compare(s.locale, t.locale);
  compare(s.locale_sure, t.locale_sure);
  compare(s.needs.bits(), t.needs.bits());
  compare(place_class(s), place_class(t));
  compare(offered(s), offered(t));
  compare(s.misunderstood, t.misunderstood);
  compare(s.minor, t.minor);
  compare(s.youth, t.youth);
  compare(s.man, t.man);
  compare(s.met, t.met);
  compare(s.limits_told, t.limits_told);
  compare(s.danger_told, t.danger_told);
  compare(s.who_asked, t.who_asked);
  compare(s.tip, t.tip);
  compare(s.share_asked, t.share_asked);
  compare(s.until, t.until);

  const std::uint64_t where = n(a.window) << 40 | n(b.window) << 32 | n(s.state) << 16 | n(t.state);
  const auto is = [&](std::uint64_t kind) { return Mixed(kind) << where; };
  std::array<std::uint64_t, kPairViews> views{};
  views[0] = (is(20) << differs << t.needs.empty() << n(b.queue.standing)).bits();
  views[1] = n(a.window) < n(Window::open)
                 ? (Mixed(21) << before_the_ok(b) << clock(known, timing) << differs << a.opted_out << a.wrote_since_stop).bits()
                 : views[0];
  // What may outlive a window, each by itself in every place.
  views[2] = (is(22) << standing(a) << standing(b) << a.queue.told_nobody).bits();
  views[3] = (is(23) << a.opted_out << a.wrote_since_stop << a.stop_hidden).bits();
  views[4] = (is(24) << a.consent.any() << a.follow_up.has_value()).bits();
  views[5] = (is(25) << a.word.has_value() << a.joined << a.queue.tip).bits();
  views[6] = (is(26) << known.due[0].has_value() << unknown.due[0].has_value()).bits();
  return views;
}

}  // namespace northstar::conversation::proof
