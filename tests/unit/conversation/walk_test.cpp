// Random talks over the shipped flow, held against a check that knows nothing of the checker's: it sees what was texted
// and what was sent, never the session.
#include <gmock/gmock.h>

#include <filesystem>
#include <iostream>
#include <random>

#include "gateway/conversation/step.h"

namespace northstar::conversation {
namespace {

using language::Cue;
using language::Intent;
using language::Need;
using std::chrono::minutes;
using std::chrono::seconds;

const std::filesystem::path kTemplates = std::filesystem::path(NORTHSTAR_SOURCE_DIR) / "templates";

const reply::Catalog& catalog() {
  static const auto loaded = reply::Catalog::load(kTemplates);
  if (!loaded) throw std::runtime_error(loaded.error().front().to_string());
  return *loaded;
}
const Flow& flow() {
  static const auto loaded = Flow::load(kTemplates / "flow.yaml", catalog());
  if (!loaded) throw std::runtime_error(loaded.error().front().to_string());
  return *loaded;
}

using Random = std::mt19937;
int below(Random& random, int end) { return static_cast<int>(random() % static_cast<unsigned>(end)); }

/// Help that changes its mind: none, or up to four providers of any kind.
class FickleHelp final : public Help {
 public:
  explicit FickleHelp(Random& random) : random_(random) {}
  std::vector<Offer> seek(const directory::Place&, const directory::Wish&, Instant) const override {
    std::vector<Offer> offers;
    for (int left = below(random_, 5); left > 0; --left) {
      Offer offer;
      offer.found = static_cast<Found>(1 + below(random_, 4));
      offer.key = std::string(1, static_cast<char>('a' + left));
      offers.push_back(offer);
    }
    return offers;
  }

 private:
  Random& random_;
};

directory::Place some_place(Random& random) {
  directory::Place place;
  place.precision = directory::Precision::place;
  place.county_fips = "060" + std::to_string(10 + below(random, 40));
  place.name = "Town " + place.county_fips;
  place.county = "County " + place.county_fips;
  place.point = {36.5, -119.5};
  if (below(random, 3) == 0) place.other_counties = {"06019"};
  return place;
}

TextReceived some_text(Random& random) {
  TextReceived text;
  auto& said = text.said;
  constexpr const char* kTags[] = {"en", "es", "und", "vi"};
  said.language = Locale{kTags[below(random, 4)]};
  if (below(random, 3) == 0) {
    said.digit = static_cast<std::uint8_t>(below(random, 8) == 0 ? below(random, 10) : below(random, 4));
    said.bare = true;
    said.language = Locale{};
    return text;
  }
  if (below(random, 8) == 0) return text;
  for (int more = 0; more < 2; ++more) {
    switch (below(random, 7)) {
      case 0: case 1: said.intents.insert(static_cast<Intent>(below(random, static_cast<int>(Intent::kCount)))); break;
      case 2: said.needs.insert(static_cast<Need>(below(random, static_cast<int>(Need::kCount)))); break;
      case 3: said.cues.insert(static_cast<Cue>(below(random, static_cast<int>(Cue::kCount)))); break;
      case 4:
        for (int count = 1 + below(random, 3); count > 0; --count) text.where.candidates.push_back(some_place(random));
        text.where.confirm = text.where.candidates.size() > 1 || below(random, 2) == 0;
        break;
      case 5: said.intents.insert(below(random, 2) == 0 ? Intent::yes : Intent::no); break;
      default: break;
    }
  }
  if (below(random, 20) == 0) said.ambiguous = true;
  if (below(random, 20) == 0) text.where.outside = true;
  if (below(random, 20) == 0) said.man = true;
  if (below(random, 30) == 0) text = {}, text.media = true;
  if (below(random, 20) == 0) text.media_beside = !text.media;
  if (below(random, 8) == 0) text.word_fits = true, text.word[0] = static_cast<std::uint8_t>(1 + below(random, 2));
  if (below(random, 30) == 0) said.asked_language = Locale{below(random, 2) == 0 ? "en" : "es"};
  if (said.cues.contains(Cue::danger_now) && below(random, 4) == 0) said.named_911 = true;
  return text;
}

/// Someone who reads over the person's shoulder: sees texts and what came back, and nothing else.
class Onlooker {
 public:
  /// What broke, or nothing.
  std::string sees(const Event& event, const std::vector<Action>& actions, Instant now) {
    int says = 0, sorry = 0;
    bool revealing = false, urgent = false, only_stopped = true;
    std::string names;
    for (const Action& action : actions) {
      const auto* say = std::get_if<Say>(&action);
      if (!say) continue;
      ++says;
      const auto& facts = catalog().facts(say->what);
      names += facts.name + " ";
      if (say->what == flow().words.sorry) ++sorry;
      if (say->what != flow().words.stopped) only_stopped = false;
      const bool gives = facts.reveals != reply::Reveals::nothing ||
                         (say->back && catalog().facts(*say->back).reveals != reply::Reveals::nothing);
      if (gives && facts.tags.contains("emergency")) urgent = true;
      else if (gives) revealing = true;
    }
    std::string broken;
    if (const auto* text = std::get_if<TextReceived>(&event)) {
      broken = reads(*text, now, says, revealing, urgent, only_stopped);
      not_understood_ = sorry > 0 ? not_understood_ + 1 : 0;
      if (not_understood_ > 1) broken = "invariant 5: sorry, twice in a row";
      if (sorry > 0 && !ok_) broken = "invariant 5: sorry before the OK";
    } else if (says > 0) {
      if (silence_) broken = "invariant 2: sent into silence";
      if (const auto* timer = std::get_if<TimerFired>(&event)) {
        if (timer->kind == TimerKind::stop_unanswered) broken = "invariant 7: a text nobody asked for";
        if (timer->kind == TimerKind::nobody && (!in_line_ || told_nobody_)) broken = "invariant 7: news of the line, unasked";
        if (timer->kind == TimerKind::follow_up && !wants_text_) broken = "invariant 7: a follow-up, unasked";
        if (timer->kind == TimerKind::nobody) told_nobody_ = true;
        if (timer->kind == TimerKind::nobody && !open(now)) broken = "invariant 1: news of the line in a closed window";
        if (timer->kind == TimerKind::follow_up) {
          wants_text_ = false;
          last_ = now;
          if (revealing) broken = "invariant 1: a follow-up that gives something away";
        }
      }
      if (std::holds_alternative<AdvocateLeft>(event)) broken = "invariant 7: a text nobody asked for";
      if (std::holds_alternative<AdvocateJoined>(event) && !open(now)) broken = "invariant 1: an advocate's line in a closed window";
    }
    if (std::holds_alternative<AdvocateJoined>(event)) joined_ = true;
    if (std::holds_alternative<AdvocateLeft>(event)) joined_ = false, told_nobody_ = false;
    for (const Action& action : actions) {
      if (const auto* say = std::get_if<Say>(&action)) asked_ = asked_ || catalog().facts(say->what).tags.contains("ok_question");
      if (const auto* out = std::get_if<OptOut>(&action); out && out->out) ok_ = asked_ = false, silence_ = true, wants_text_ = false;
      if (const auto* start = std::get_if<StartTimer>(&action); start && start->kind == TimerKind::follow_up) wants_text_ = true;
      if (const auto* queue = std::get_if<Queue>(&action)) {
        const bool live = queue->change == Queue::Change::put && queue->place.standing == Standing::live;
        if (live && !in_line_) told_nobody_ = false;
        in_line_ = live;
      }
    }
    if (says > 0 && std::holds_alternative<TextReceived>(event) && names.find("greet") != std::string::npos) ok_ = false;
    return broken.empty() ? broken : broken + " (" + names + ")";
  }

 private:
  bool open(Instant now) const { return ok_ && now - last_ <= (joined_ ? minutes{120} : minutes{15}); }

  std::string reads(const TextReceived& text, Instant now, int says, bool revealing, bool urgent, bool only_stopped) {
    const auto& said = text.said;
    const bool was_open = open(now);
    if (now - last_ > (joined_ ? minutes{120} : minutes{15})) ok_ = asked_ = false;
    last_ = now;
    const bool stop = said.intents.contains(Intent::opt_out), forget = said.intents.contains(Intent::erase);
    const bool present = said.cues.contains(Cue::trafficker_present);
    const bool hides = said.intents.intersects({Intent::quiet, Intent::probe});
    silence_ = present || (stop && !forget);
    if (present && says > 0) return "invariant 2: sent while someone is present";
    if (stop || forget || present || hides) {
      ok_ = asked_ = false;
      wants_text_ = false;
      if (stop && !forget && (says > 1 || !only_stopped)) return "invariant 2: more than one confirmation of a stop";
      if (revealing || urgent) return "invariant 1: something is given away to who asked for silence";
      return {};
    }
    const bool yes = said.digit || said.intents.intersects({Intent::yes, Intent::person}) || !said.needs.empty() || !said.cues.empty();
    if (asked_ && yes) ok_ = true;
    if (revealing && !ok_ && !was_open) return "invariant 1: something is given away before the OK";
    if (urgent && !ok_ && !was_open && !said.named_911) return "invariant 1: 911 before the OK";
    return {};
  }

  bool asked_ = false, ok_ = false, silence_ = false, joined_ = false;
  bool in_line_ = false, told_nobody_ = false, wants_text_ = false;
  int not_understood_ = 0;
  Instant last_{};
};

std::string one(const Session& s) { return encode_talk(s, flow()) + "|" + encode_kept(s); }

/// All that a session holds and the codec keeps, field by field where it is not the bytes themselves.
void expect_same(const Session& a, const Session& b) {
  EXPECT_EQ(a.window, b.window);
  EXPECT_EQ(a.last_text, b.last_text);
  EXPECT_EQ(a.asked_at, b.asked_at);
  EXPECT_EQ(a.asks, b.asks);
  EXPECT_EQ(a.stop_asked, b.stop_asked);
  EXPECT_EQ(a.stop_hidden, b.stop_hidden);
  EXPECT_EQ(a.opted_out, b.opted_out);
  EXPECT_EQ(a.wrote_since_stop, b.wrote_since_stop);
  EXPECT_EQ(a.joined, b.joined);
  EXPECT_TRUE(a.kept == b.kept);
  EXPECT_EQ(a.word_given, b.word_given);
  EXPECT_EQ(a.word, b.word);
  EXPECT_EQ(a.follow_up, b.follow_up);
  EXPECT_EQ(a.queue.standing, b.queue.standing);
  EXPECT_EQ(a.queue.severity, b.queue.severity);
  EXPECT_EQ(a.queue.since, b.queue.since);
  EXPECT_EQ(a.queue.told_nobody, b.queue.told_nobody);
  EXPECT_EQ(a.queue.tip, b.queue.tip);
  EXPECT_EQ(a.until, b.until);
  EXPECT_EQ(a.until_from, b.until_from);
  EXPECT_EQ(a.consent.any(), b.consent.any());
  if (a.consent.any()) EXPECT_TRUE(a.consent == b.consent);
  const Talk &s = a.talk, &t = b.talk;
  EXPECT_EQ(s.state, t.state);
  EXPECT_EQ(s.locale, t.locale);
  EXPECT_EQ(s.needs, t.needs);
  EXPECT_EQ(s.offers, t.offers);
  EXPECT_EQ(s.offered, t.offered);
  EXPECT_EQ(s.places.size(), t.places.size());
  EXPECT_EQ(s.misunderstood, t.misunderstood);
  EXPECT_EQ(s.until, t.until);
  EXPECT_EQ(std::tie(s.locale_sure, s.tonight, s.minor, s.youth, s.doubtful, s.unknown_place, s.outside, s.skipped_place),
            std::tie(t.locale_sure, t.tonight, t.minor, t.youth, t.doubtful, t.unknown_place, t.outside, t.skipped_place));
  EXPECT_EQ(std::tie(s.limits_told, s.danger_told, s.who_asked, s.for_friend, s.tip, s.share_asked, s.man, s.met),
            std::tie(t.limits_told, t.danger_told, t.who_asked, t.for_friend, t.tip, t.share_asked, t.man, t.met));
  EXPECT_EQ(one(a), one(b));
}

constexpr int kEvents = 100'000;
constexpr int kTalk = 50;  // events; then another contact

/// Plays random talks; `each` sees every step and says whether to go on.
template <class Each>
void play(unsigned seed, const Each& each) {
  Random random(seed);
  const FickleHelp help(random);
  const Catalogs catalogs{catalog(), help, catalog().locales(), {}};
  Instant now{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};
  for (int talk = 0; talk < kEvents / kTalk; ++talk) {
    Session session;
    std::array<std::optional<Instant>, 3> due{};
    each.begin();
    for (int i = 0; i < kTalk; ++i) {
      now += below(random, 12) == 0 ? Millis{minutes{16}} : below(random, 2) == 0 ? Millis{seconds{1}} : Millis{minutes{1}};
      Event event = some_text(random);
      const int what = below(random, 10);
      const auto timer = static_cast<std::size_t>(below(random, 3));
      if (what < 2 && due[timer]) {
        now = std::max(now, *due[timer]);
        due[timer].reset();
        event = TimerFired{static_cast<TimerKind>(timer)};
      } else if (what == 2 && session.queue.standing != Standing::none && !session.joined) {
        event = AdvocateJoined{"Ana"};
      } else if (what == 3 && session.joined) {
        event = AdvocateLeft{};
      }
      Step next = step(flow(), catalogs, session, event, now);
      for (const Action& action : next.actions) {
        if (const auto* start = std::get_if<StartTimer>(&action)) due[static_cast<std::size_t>(start->kind)] = start->at;
        if (const auto* stop = std::get_if<StopTimer>(&action)) due[static_cast<std::size_t>(stop->kind)].reset();
      }
      if (!each.step(session, event, next, now)) return;
      session = std::move(next.session);
    }
  }
}

struct Watched {
  std::shared_ptr<Onlooker> onlooker = std::make_shared<Onlooker>();
  void begin() const { *onlooker = Onlooker{}; }
  bool step(const Session&, const Event& event, const Step& next, Instant now) const {
    const auto broken = onlooker->sees(event, next.actions, now);
    EXPECT_EQ(broken, "");
    return broken.empty();
  }
};

TEST(RandomTalks, never_break_what_an_onlooker_can_see_of_invariants_1_2_5_and_7) {
  for (unsigned seed : {1U, 2U}) play(seed, Watched{});
}

struct Stored {
  void begin() const {}
  bool step(const Session&, const Event&, const Step& next, Instant) const {
    const Session& session = next.session;
    expect_same(session, decode(encode_talk(session, flow()), encode_kept(session), flow()));
    return !testing::Test::HasFailure();
  }
};

TEST(RandomTalks, come_back_from_the_store_as_they_went_in) { play(3, Stored{}); }

}  // namespace
}  // namespace northstar::conversation
