#pragma once
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "gateway/conversation/step.h"

namespace northstar::conversation {

inline const std::filesystem::path kTemplates = std::filesystem::path(NORTHSTAR_SOURCE_DIR) / "templates";

inline const reply::Catalog& catalog() {
  static const auto loaded = reply::Catalog::load(kTemplates);
  if (!loaded) throw std::runtime_error(loaded.error().front().to_string());
  return *loaded;
}
inline const Flow& flow() {
  static const auto loaded = Flow::load(kTemplates / "flow.yaml", catalog());
  if (!loaded) throw std::runtime_error(loaded.error().front().to_string());
  return *loaded;
}

/// Help that is always there, and remembers what it was asked.
class KindHelp final : public Help {
 public:
  mutable directory::Wish wish;
  std::vector<Offer> seek(const directory::Place&, const directory::Wish& asked, Instant) const override {
    wish = asked;
    std::vector<Offer> offers(2);
    offers[0].found = offers[1].found = Found::here;
    offers[0].key = "first";
    offers[1].key = "second";
    return offers;
  }
};

/// A talk over the shipped flow, in facts: what is said to it, and the names of the messages that it answers with.
class Talking {
 public:
  using Names = std::vector<std::string>;

  Names text(TextReceived text) { return happen(std::move(text)); }
  Names digit(int digit) {
    TextReceived text;
    text.said.digit = static_cast<std::uint8_t>(digit);
    text.said.bare = true;
    return happen(std::move(text));
  }
  Names says(language::Understanding said) {
    TextReceived text;
    text.said = std::move(said);
    if (!text.said.language.known()) text.said.language = Locale{"en"};
    return happen(std::move(text));
  }
  Names intent(language::Intent what) { return says({.intents = {what}}); }
  Names cue(language::Cue what) { return says({.cues = {what}}); }
  Names need(language::Need what) { return says({.needs = {what}}); }
  Names joins(std::string alias) { return happen(AdvocateJoined{std::move(alias)}); }
  Names leaves() { return happen(AdvocateLeft{}); }
  /// Lets time pass; timers that fall due fire in order.
  Names wait(Millis time) {
    Names names;
    const Instant end = now + time;
    for (;;) {
      const auto due = std::min_element(timers.begin(), timers.end(), [](auto& a, auto& b) { return a.second < b.second; });
      if (due == timers.end() || due->second > end) break;
      now = std::max(now, due->second);
      const TimerKind kind = due->first;
      timers.erase(due);
      for (auto& name : happen(TimerFired{kind})) names.push_back(std::move(name));
    }
    now = end;
    return names;
  }

  Session session;
  std::vector<Action> actions;  ///< of the last step
  KindHelp help;
  Instant now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 25} + std::chrono::hours{18}};
  std::map<TimerKind, Instant> timers;

 private:
  Names happen(const Event& event) {
    Step next = step(flow(), {catalog(), help, catalog().locales(), {}}, session, event, now);
    session = decode(encode_talk(next.session, flow()), encode_kept(next.session), flow());
    actions = std::move(next.actions);
    Names names;
    for (const Action& action : actions) {
      if (const auto* say = std::get_if<Say>(&action)) {
        names.push_back(catalog().facts(say->what).name);
        if (say->back) names.back() += "+" + catalog().facts(*say->back).name;
      }
      if (const auto* start = std::get_if<StartTimer>(&action)) timers[start->kind] = start->at;
      if (const auto* stop = std::get_if<StopTimer>(&action)) timers.erase(stop->kind);
      if (std::holds_alternative<Forget>(action)) timers.clear();
    }
    return names;
  }
};

}  // namespace northstar::conversation
