// Playing talks for the checker, and printing them.
#include "gateway/conversation/verify_talk.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace northstar::conversation::proof {
namespace {

constexpr NamedWord kWords[] = {
    {"greeting", &Words::greeting},       {"greeting_two_languages", &Words::greeting_two},
    {"greeting_911", &Words::greeting_911}, {"greeting_again", &Words::again},
    {"later", &Words::later},             {"help", &Words::help},
    {"help_in_talk", &Words::help_open},  {"stopped", &Words::stopped},
    {"stop_unclear", &Words::stop_which}, {"quiet", &Words::neutral},
    {"erased", &Words::erased},           {"thanks", &Words::thanks},
    {"media", &Words::media},             {"not_understood", &Words::sorry},
    {"taken_back", &Words::taken_back},   {"still_waiting", &Words::still_waiting},
    {"danger_again", &Words::danger_again}, {"joined", &Words::joined},
    {"still_ok", &Words::still_ok},       {"follow_up", &Words::follow_up},
    {"nobody", &Words::nobody},           {"police", &Words::trust_police},
    {"real", &Words::trust_real},         {"who_can_see", &Words::trust_seen},
    {"cost", &Words::trust_cost},         {"what_is_this", &Words::trust_what}};

constexpr NamedStart kStarts[] = {
    {"after_ok", &Starts::after_ok},   {"person", &Starts::person},       {"danger", &Starts::danger},
    {"self_harm", &Starts::self_harm}, {"medical", &Starts::medical},     {"minor", &Starts::minor},
    {"who_for", &Starts::who_for},     {"language", &Starts::language},   {"goodbye", &Starts::goodbye},
    {"follow_up", &Starts::follow_up}, {"nobody", &Starts::nobody},       {"waiting", &Starts::waiting},
    {"misunderstood_twice", &Starts::misunderstood_twice}};

Mark mark_of(const std::vector<std::pair<std::string, Mark>>& marks, std::string_view name) {
  for (const auto& [known, mark] : marks) {
    if (known == name) return mark;
  }
  return {};
}

}  // namespace

std::span<const NamedWord> named_words() { return kWords; }
std::span<const NamedStart> named_starts() { return kStarts; }
Mark word_mark(const Flow& flow, std::string_view name) { return mark_of(flow.word_marks, name); }
Mark start_mark(const Flow& flow, std::string_view name) { return mark_of(flow.start_marks, name); }

std::string_view word_of(const Flow& flow, reply::TemplateId id) {
  for (const auto& [name, member] : kWords) {
    if (flow.words.*member == id) return name;
  }
  return {};
}

Millis length(Gap gap) {
  switch (gap) {
    case Gap::second: return std::chrono::seconds{1};
    case Gap::minute: return std::chrono::minutes{1};
    case Gap::silence: return std::chrono::minutes{16};
  }
  return {};
}

Event Happening::event() const {
  switch (kind) {
    case Kind::text: return text;
    case Kind::timer: return TimerFired{timer};
    case Kind::joins: return AdvocateJoined{"Ana"};
    case Kind::leaves: return AdvocateLeft{};
  }
  return AdvocateLeft{};
}

AnyHelp::AnyHelp() {
  for (Found how : kAnswers) {
    if (how == Found::nobody) continue;
    for (const char* key : {"first", "second"}) {
      Offer offer;
      offer.found = how;
      offer.key = key;
      offers_[static_cast<std::size_t>(how)].push_back(std::move(offer));
    }
  }
}

std::vector<Offer> AnyHelp::seek(const directory::Place&, const directory::Wish&, Instant) const {
  asked = true;
  return offers_[static_cast<std::size_t>(answer)];
}

std::optional<Played> World::play(const Moment& before, const Edge& edge) {
  const Happening& what = events[edge.happening];
  Instant now = before.now + length(edge.gap);
  Due due = before.due;
  switch (what.kind) {
    case Happening::Kind::text: break;
    case Happening::Kind::timer: {
      auto& at = due[static_cast<std::size_t>(what.timer)];
      if (!at) return std::nullopt;
      now = std::max(now, *at);
      at.reset();
      break;
    }
    case Happening::Kind::joins:
      if (before.session.queue.standing == Standing::none || before.session.joined) return std::nullopt;
      break;
    case Happening::Kind::leaves:
      if (!before.session.joined) return std::nullopt;
      break;
  }
  help.answer = edge.answer;
  help.asked = false;
  ++steps;
  Step step = conversation::step(flow, {catalog, help, locales, timing}, before.session, what.event(), now);
  for (const Action& action : step.actions) {
    if (const auto* start = std::get_if<StartTimer>(&action)) due[static_cast<std::size_t>(start->kind)] = start->at;
    if (const auto* stop = std::get_if<StopTimer>(&action)) due[static_cast<std::size_t>(stop->kind)].reset();
    if (std::holds_alternative<Forget>(action)) due = {};
  }
  return Played{{std::move(step.session), now, due}, std::move(step.actions), help.asked};
}

const Say* said(const Action& action) { return std::get_if<Say>(&action); }

bool same_words(const std::vector<Action>& a, const std::vector<Action>& b) {
  auto at = a.begin();
  const auto next = [&](auto& it, const auto& end) -> const Say* {
    while (it != end) {
      if (const Say* say = said(*it++)) return say;
    }
    return nullptr;
  };
  auto bt = b.begin();
  for (;;) {
    const Say* x = next(at, a.end());
    const Say* y = next(bt, b.end());
    if (!x || !y) return x == y;
    const bool same = x->what == y->what && x->back == y->back && x->locale == y->locale && x->needs == y->needs &&
                      x->tonight == y->tonight && x->places.size() == y->places.size() && x->name == y->name && x->met == y->met &&
                      x->offer.has_value() == y->offer.has_value() && (!x->offer || x->offer->key == y->offer->key);
    if (!same) return false;
  }
}

std::string World::line_of(const Action& action) const {
  const Say* say = said(action);
  if (!say) return {};
  std::string out = catalog.facts(say->what).name;
  if (say->back) out += " + " + catalog.facts(*say->back).name;
  if (say->locale != locales.front()) out += " (" + std::string(say->locale.tag()) + ")";
  return out;
}

std::string World::says(const std::vector<Action>& actions) const {
  std::string out;
  for (const Action& action : actions) {
    if (const auto line = line_of(action); !line.empty()) out += (out.empty() ? "" : ", ") + line;
  }
  return out.empty() ? "nothing" : out;
}

std::string World::chat(const std::vector<Edge>& edges) {
  const auto steps_before = steps;
  std::string out;
  Moment moment;
  moment.now = Instant{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}} + std::chrono::hours{18};
  for (const Edge& edge : edges) {
    const Happening& what = events[edge.happening];
    auto played = play(moment, edge);
    if (!played) break;
    const Millis waited = played->after.now - moment.now;
    if (what.is_text()) {
      const bool counts = moment.session.window == Window::asked || edge.gap == Gap::silence;
      if (counts && edge.gap == Gap::second) out += ".. 1 s\n";
      else if (counts && edge.gap == Gap::silence) out += ".. 16 min\n";
      out += "them: " + what.sample + "\n";
    } else {
      if (what.kind == Happening::Kind::timer) {
        out += ".. " + std::to_string(std::chrono::duration_cast<std::chrono::minutes>(waited).count()) + " min\n";
      }
      if (what.kind == Happening::Kind::joins) out += "(an advocate joins)\n";
      if (what.kind == Happening::Kind::leaves) out += "(the advocate leaves)\n";
    }
    bool spoke = false;
    for (const Action& action : played->actions) {
      if (const auto line = line_of(action); !line.empty()) out += "us: " + line + "\n", spoke = true;
    }
    if (!spoke && what.is_text()) out += "us: nothing\n";
    moment = std::move(played->after);
  }
  steps = steps_before;
  if (!out.empty()) out.pop_back();
  return out;
}

bool Findings::fresh(int invariant, Mark at, int kind) {
  const Blame blame{invariant, at.line, at.column, kind};
  if (std::find(blamed_.begin(), blamed_.end(), blame) != blamed_.end()) return false;
  blamed_.push_back(blame);
  blaming_ = blame;
  return true;
}

void Findings::add(Mark at, std::string text, std::string conversation) {
  found_.push_back({{flow_.file, at.line, at.column, std::move(text), std::move(conversation)}, std::exchange(blaming_, {})});
}

void Findings::add_message(const reply::Wording& at, std::string text) {
  found_.push_back({{at.file, at.line, at.column, std::move(text), {}}, std::exchange(blaming_, {})});
}

void Findings::join(Findings later) {
  for (Finding& found : later.found_) {
    if (found.blame && std::find(blamed_.begin(), blamed_.end(), *found.blame) != blamed_.end()) continue;
    found_.push_back(std::move(found));
  }
  blamed_.insert(blamed_.end(), later.blamed_.begin(), later.blamed_.end());
}

Faults Findings::take() && {
  std::vector<std::size_t> order(found_.size());  // by place; at one place as found, the shortest talk first
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const Fault &x = found_[a].fault, &y = found_[b].fault;
    return std::tie(x.file, x.line, x.column, a) < std::tie(y.file, y.line, y.column, b);
  });
  Faults sorted;
  for (const std::size_t at : order) sorted.push_back(std::move(found_[at].fault));
  return sorted;
}

}  // namespace northstar::conversation::proof
