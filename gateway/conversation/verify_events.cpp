// The events that stand for classes of texts.
#include "gateway/conversation/verify_talk.h"

namespace northstar::conversation::proof {
namespace {

using language::Cue;
using language::Intent;
using language::Need;

directory::Place place(const char* name, const char* fips, const char* county) {
  directory::Place place;
  place.precision = directory::Precision::place;
  place.name = name;
  place.county_fips = fips;
  place.county = county;
  place.point = {36.0, -119.0};
  return place;
}

class Making {
 public:
  explicit Making(Locale own) : own_(own) {}

  Happening& text(const char* sample) {
    Happening& made = all_.emplace_back();
    made.sample = sample;
    made.text.said.language = own_;
    made.text.said.confidence = 0.9F;
    made.core = true;
    return made;
  }
  void intent(const char* sample, Intent what, bool core) {
    Happening& made = text(sample);
    made.text.said.intents.insert(what);
    made.core = core;
  }
  Happening& cue(const char* sample, std::initializer_list<Cue> cues, std::initializer_list<Intent> intents = {},
                 bool core = true) {
    Happening& made = text(sample);
    made.text.said.cues = EnumSet<Cue>(cues);
    made.text.said.intents = EnumSet<Intent>(intents);
    made.core = core;
    return made;
  }
  Happening& need(const char* sample, Need what) {
    Happening& made = text(sample);
    made.text.said.needs.insert(what);
    return made;
  }
  void event(Happening::Kind kind, TimerKind timer = {}) {
    Happening& made = all_.emplace_back();
    made.kind = kind;
    made.timer = timer;
    made.core = true;
  }
  std::vector<Happening> take() { return std::move(all_); }

 private:
  Locale own_;
  std::vector<Happening> all_;
};

}  // namespace

std::vector<Happening> happenings(Locale own, Locale other) {
  Making make(own);
  // The commonest first: of talks equally short, these are shown.
  make.text("hi").wakes = true;
  constexpr const char* kDigits[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
  for (int digit : {1, 2, 3, 4, 5, 6, 7, 8, 9, 0}) {
    Happening& made = make.text(kDigits[digit]);
    made.text.said.language = Locale{};
    made.text.said.digit = static_cast<std::uint8_t>(digit);
    made.text.said.bare = true;
    made.wakes = digit == 1;
  }
  for (const bool says_yes : {true, false}) {
    Happening& made = make.text(says_yes ? "yes" : "no");
    made.text.said.intents.insert(says_yes ? Intent::yes : Intent::no);
    made.text.said.bare = true;
    made.core = says_yes;
  }
  make.need("i need a lawyer", Need::legal).wakes = true;
  make.need("a place to sleep", Need::shelter);
  const auto fresno = place("Fresno", "06019", "Fresno");
  const auto placed = [&](const char* sample) -> Happening& {
    Happening& made = make.text(sample);
    made.text.said.language = Locale{};
    made.text.where.whole_text = true;
    return made;
  };
  placed("fresno").text.where.candidates = {fresno};
  auto& doubtful = placed("fresnoo");
  doubtful.text.where.candidates = {fresno};
  doubtful.text.where.confirm = true;
  auto& several = placed("vincent");
  several.text.where.candidates = {place("Vincent", "06037", "Los Angeles"), place("Vincent", "06071", "San Bernardino")};
  several.text.where.confirm = true;
  placed("las vegas").text.where.outside = true;
  make.need("i need a lawyer in fresno", Need::legal).text.where.candidates = {fresno};

  auto& unintelligible = make.text("asdf qwe");
  unintelligible.text.said.language = Locale{};
  unintelligible.text.said.confidence = 0;

  make.intent("a person please", Intent::person, false);
  make.intent("stop", Intent::opt_out, true);
  make.intent("who is this?", Intent::probe, true);
  make.intent("wrong number", Intent::quiet, false);
  make.cue("he is here", {Cue::trafficker_present});
  make.cue("he has a knife", {Cue::danger_now}).wakes = true;
  make.cue("i am bleeding", {Cue::medical}, {}, false);
  make.cue("i want to die", {Cue::self_harm});
  make.cue("im 15", {Cue::minor});
  make.cue("im 15 i want a person", {Cue::minor}, {Intent::person}, false);
  auto& man = make.text("im a man");
  man.text.said.man = true;
  man.core = false;
  make.intent("not now", Intent::not_now, true);
  make.intent("bye", Intent::done, true);
  make.intent("delete", Intent::erase, false);
  make.intent("help", Intent::help, false);
  make.intent("info", Intent::info, false);
  make.intent("not sure", Intent::unsure, true);
  make.intent("skip", Intent::skip, true);
  make.intent("another", Intent::another, false);
  make.intent("thanks", Intent::thanks, false);
  make.intent("mine", Intent::revoke, false);
  make.intent("my friend cant leave", Intent::third_person, false);
  make.intent("i saw something", Intent::tip, false);
  make.intent("text me tomorrow", Intent::follow_up, false);
  make.intent("are you police", Intent::police, false);
  make.intent("is this real", Intent::real, false);
  make.intent("who sees this", Intent::who_can_see, false);
  make.intent("does it cost", Intent::cost, false);
  make.intent("what is this", Intent::what_is_this, false);
  make.intent("start", Intent::start, false);

  auto& unclear = make.text("stop it");
  unclear.text.said.ambiguous = true;
  make.cue("stop it he is hitting me", {Cue::danger_now}, {}, false).text.said.ambiguous = true;
  make.cue("stop texting he will kill me", {Cue::danger_now}, {Intent::opt_out}, false);
  make.cue("stop texting he is here", {Cue::trafficker_present}, {Intent::opt_out}, false);
  make.cue("delete this he is here", {Cue::trafficker_present}, {Intent::erase}, false);
  make.cue("delete this he has a knife", {Cue::danger_now}, {Intent::erase}, false);
  make.cue("he is here with a knife", {Cue::danger_now, Cue::trafficker_present}, {}, false);
  make.cue("who is this? he has a knife", {Cue::danger_now}, {Intent::probe}, false);
  make.cue("help he is hitting me", {Cue::danger_now}, {Intent::help}, false);
  make.cue("he will kill me should i call 911", {Cue::danger_now}, {}, false).text.said.named_911 = true;
  make.cue("he will kill me i want to die", {Cue::danger_now, Cue::self_harm}, {}, false);
  make.cue("yes he has a knife", {Cue::danger_now}, {Intent::yes}, false);
  auto& yes_more = make.need("yes i need a lawyer", Need::legal);
  yes_more.text.said.intents.insert(Intent::yes);
  yes_more.core = false;
  auto& dangerous_need = make.need("a place to sleep he hits me", Need::shelter);
  dangerous_need.text.said.cues.insert(Cue::danger_now);
  dangerous_need.core = false;

  auto& picture = make.text("(a picture)");
  picture.text.said = {};
  picture.text.media = true;
  picture.core = false;
  auto& illustrated = make.need("i need a lawyer (and a picture)", Need::legal);
  illustrated.text.media_beside = true;
  illustrated.core = false;
  auto& word = make.text("blue lamp");
  word.text.word_fits = true;
  word.text.word[0] = 1;
  word.text.said.language = Locale{};
  word.core = false;
  auto& wrong = make.text("red door");
  wrong.text.word_fits = true;
  wrong.text.word[0] = 2;
  wrong.text.said.language = Locale{};
  wrong.core = false;

  if (other.known()) {
    auto& switched = make.text("(in another language of ours)");
    switched.text.said.language = other;
    switched.core = false;
    auto& asked = make.text("(asks for another language of ours)");
    asked.text.said.language = other;
    asked.text.said.asked_language = other;
    asked.core = false;
  }
  auto& foreign = make.text("(in a language we do not speak)");
  foreign.text.said.language = Locale{"xx"};
  foreign.core = false;

  make.event(Happening::Kind::timer, TimerKind::nobody);
  make.event(Happening::Kind::timer, TimerKind::stop_unanswered);
  make.event(Happening::Kind::timer, TimerKind::follow_up);
  make.event(Happening::Kind::joins);
  make.event(Happening::Kind::leaves);
  return make.take();
}

}  // namespace northstar::conversation::proof
