// Walking the flow's states.
#include <algorithm>

#include "gateway/conversation/engine.h"

namespace northstar::conversation {
namespace {

constexpr int kSilentStatesMax = 16;   // a loop of silent states is a fault that verify() shows; here it only must end
constexpr std::size_t kOffersMax = 6;  // no one reads a seventh number

}  // namespace

void Engine::choose(const Choice& choice, std::optional<int> digit, const TextReceived& text) {
  Talk& talk = s_.talk;
  if (!choice.needs.empty()) {
    if (choice.needs != talk.needs) forget_offers();
    talk.needs = choice.needs;
    talk.tonight = choice.tonight;
    talk.tip = false;  // who chooses a need from our menu asks for help
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(Act::kCount); ++i) {
    if (choice.does.contains(static_cast<Act>(i))) act(static_cast<Act>(i), digit, text);
  }
  if (choice.does.intersects({Act::erase, Act::stop})) return;
  go(choice.goes);
}

void Engine::act(Act act, std::optional<int> digit, const TextReceived& text) {
  Talk& talk = s_.talk;
  const auto until = [&](Until how) {
    talk.until = s_.until = how;
    s_.until_from = now_;
  };
  const auto share = [&](bool need, bool area) {
    talk.share_asked = true;
    s_.consent = Consent{};
    s_.consent.need = need && !talk.needs.empty();
    s_.consent.area = area && !talk.places.empty();
    if (s_.consent.need) s_.consent.needs = talk.needs;
    if (s_.consent.area) s_.consent.county_fips = talk.places.front().county_fips;
    s_.consent.given = now_;
    s_.consent.expires = now_ + catalogs_.timing.consent_life;  // R24
    s_.consent.locale = talk.consent_asked.locale.known() ? talk.consent_asked.locale : talk.locale;
    s_.consent.revision = talk.consent_asked.revision;
  };
  const auto follow = [&](Millis later) {  // R23
    s_.follow_up = now_ + later;
    s_.follow_up_locale = talk.locale;
    timer(TimerKind::follow_up, *s_.follow_up);
  };
  switch (act) {
    case Act::join_queue: return join_queue(Severity::person);
    case Act::urgent: return join_queue(Severity::danger);
    case Act::leave_queue: return leave_queue();
    case Act::until_30m: return until(Until::half_hour);
    case Act::until_2h: return until(Until::two_hours);
    case Act::until_mine: return until(Until::mine);
    case Act::share_all: return share(true, true);
    case Act::share_need: return share(true, false);
    case Act::share_area: return share(false, true);
    case Act::share_none: return share(false, false);
    case Act::place_yes: talk.doubtful = false; return;
    case Act::place_no:
      talk.places.clear();
      talk.doubtful = false;
      return forget_offers();
    case Act::place_chosen: {
      const auto at = static_cast<std::size_t>(digit.value_or(1) - 1);
      if (at < talk.places.size()) talk.places = {talk.places[at]};
      talk.doubtful = false;
      return forget_offers();
    }
    case Act::language_chosen: {
      const auto at = static_cast<std::size_t>(digit.value_or(1) - 1);
      if (at < catalogs_.locales.size()) talk.locale = catalogs_.locales[at];
      talk.locale_sure = true;
      return;
    }
    case Act::skip_place:
      if (!talk.places.empty() && !talk.doubtful) return;  // they told it already
      talk.skipped_place = true;
      talk.unknown_place = false;
      talk.places.clear();
      talk.doubtful = false;
      return forget_offers();
    case Act::for_me:
    case Act::for_friend:
      talk.for_friend = act == Act::for_friend;
      talk.tip = false;
      if (talk.man) forget_offers();  // others are for a friend of his
      return;
    case Act::tip:
      talk.tip = true;
      return join_queue(Severity::person);  // a queue of its own (R35)
    case Act::youth: talk.youth = talk.minor = true; return forget_offers();
    case Act::another: return;  // the next one is found when it is said
    case Act::new_need:
      talk.needs = {};
      talk.tonight = false;
      return forget_offers();
    case Act::follow_2h: return follow(std::chrono::hours{2});
    case Act::follow_1d: return follow(std::chrono::hours{24});
    case Act::follow_3d: return follow(std::chrono::hours{72});
    case Act::keep_word:
      if (text.word_fits) s_.word = text.word;
      word_refused_ = !text.word_fits;
      return;
    case Act::erase: return erase(nullptr);
    case Act::stop: return stop(nullptr);
    case Act::keep_going: return;
    case Act::kCount: return;
  }
}

StateId Engine::resolve(StateId to) {
  for (int silent = 0; silent < kSilentStatesMax; ++silent) {
    const State& state = flow_.state(to);
    if (state.says) return to;
    const auto branch = std::find_if(state.branches.begin(), state.branches.end(),
                                     [&](const Branch& b) { return holds(b.when); });
    if (branch == state.branches.end()) return kNowhere;
    to = branch->goes;
  }
  return kNowhere;
}

void Engine::go(StateId to) {
  const StateId at = resolve(to);
  if (at == kNowhere) {  // verify() refuses such a flow; whoever meets one all the same gets a person
    join_queue(Severity::person);
    say(flow_.words.still_waiting);
    return;
  }
  arrive(at);
}

bool Engine::holds(If condition) {
  const Talk& talk = s_.talk;
  const auto finds = [&](Found how) {
    const auto offer = next_offer();
    return offer && offer->found == how;
  };
  switch (condition) {
    case If::always: return true;
    case If::lacks_need: return talk.needs.empty();
    case If::lacks_place: return talk.places.empty() && !talk.skipped_place && !talk.outside;
    case If::doubtful_place: return talk.doubtful && talk.places.size() == 1;
    case If::several_places: return talk.doubtful && talk.places.size() > 1;
    case If::unknown_place: return talk.unknown_place && talk.places.empty();
    case If::outside: return talk.outside;
    case If::skipped_place: return talk.skipped_place && talk.places.empty() && next_offer().has_value();
    case If::finds_here: return finds(Found::here);
    case If::finds_state: return finds(Found::state);
    case If::finds_office: return finds(Found::office);
    case If::finds_elsewhere: return finds(Found::elsewhere);
    case If::finds_nobody: return talk.offered == 0 && !next_offer();
    case If::finds_no_more: return talk.offered > 0 && !next_offer();
    case If::lacks_until: return talk.until == Until::unasked;
    case If::lacks_share:
      return !talk.share_asked && (!talk.needs.empty() || (!talk.places.empty() && !talk.doubtful));
    case If::shared: return s_.consent.any();
    case If::is_tip: return talk.tip;
    case If::word_refused: return word_refused_;
    case If::is_waiting: return s_.queue.standing == Standing::live;
    case If::kCount: break;
  }
  return false;
}

void Engine::arrive(StateId at) {
  const State& state = flow_.state(at);
  Talk& talk = s_.talk;
  talk.state = at;
  if (s_.window == Window::closing && (state.asks_need || state.asks_place)) s_.window = Window::open;
  std::optional<Offer> offer;
  const auto& arguments = catalogs_.templates.facts(*state.says).arguments;
  if (std::binary_search(arguments.begin(), arguments.end(), "number")) offer = next_offer();  // names a provider
  Say& words = say(*state.says);
  words.places = talk.places;
  if (state.each_language) words.languages.assign(catalogs_.locales.begin(), catalogs_.locales.end());
  words.danger = tagged(*state.says, "emergency") || tagged(*state.says, "self_harm");
  if (offer) {
    words.offer = offer;
    if (talk.offers.empty()) {
      for (const Offer& found : offers()) talk.offers.push_back(found.key);
    }
    const auto at_offer = std::find(talk.offers.begin(), talk.offers.end(), offer->key);
    talk.offered = static_cast<std::uint8_t>(at_offer - talk.offers.begin() + 1);
    // R36: once a provider is found, no finer than the county.
    for (auto& place : talk.places) {
      place.name.clear();
      place.precision = directory::Precision::county;
      place.point = {};
      place.other_counties.clear();
    }
  }
  if (tagged(*state.says, "limits")) talk.limits_told = true;
  if (tagged(*state.says, "emergency")) talk.danger_told = true;
}

void Engine::say_again() {
  if (s_.talk.state == kNowhere) return go(flow_.starts.after_ok);
  const State& state = flow_.state(s_.talk.state);
  Say& words = say(state.back && state.says && tagged(*state.says, "number") ? *state.back : *state.says);
  words.places = s_.talk.places;
  if (state.each_language) words.languages.assign(catalogs_.locales.begin(), catalogs_.locales.end());
}

void Engine::forget_offers() {
  s_.talk.offers.clear();
  s_.talk.offered = 0;
  offers_.reset();
}

const std::vector<Offer>& Engine::offers() {
  if (!offers_) {
    const Talk& talk = s_.talk;
    directory::Wish wish;
    wish.needs = talk.needs;
    wish.tonight = talk.tonight;
    wish.minor = talk.youth || talk.minor;
    wish.man = talk.man && !talk.for_friend;
    wish.language = talk.locale;
    directory::Place here;
    if (!talk.places.empty()) here = talk.places.front();
    offers_ = catalogs_.help.seek(here, wish, now_);
    if (offers_->size() > kOffersMax && talk.offers.empty()) offers_->resize(kOffersMax);
  }
  return *offers_;
}

/// The next provider not yet given, in the order found when the place was still finer than its county.
std::optional<Offer> Engine::next_offer() {
  const Talk& talk = s_.talk;
  const auto& found = offers();
  if (talk.offers.empty()) return found.empty() ? std::nullopt : std::optional(found.front());
  for (std::size_t i = talk.offered; i < talk.offers.size(); ++i) {
    const auto same = std::find_if(found.begin(), found.end(), [&](const Offer& o) { return o.key == talk.offers[i]; });
    if (same != found.end()) return *same;
  }
  return std::nullopt;
}

}  // namespace northstar::conversation
