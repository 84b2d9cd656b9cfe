// What can be read off a flow's form, and what a flow claims that is the engine's.
#include <algorithm>
#include <set>

#include "gateway/conversation/verify_texts.h"

namespace northstar::conversation::proof {
namespace {

using language::Need;

std::vector<StateId> leads_to(const State& state) {
  std::vector<StateId> out;
  for (const auto& choice : state.menu) {
    if (choice) out.push_back(choice->goes);
  }
  for (const auto& choice : state.hears) {
    if (choice) out.push_back(choice->goes);
  }
  for (const auto& branch : state.branches) out.push_back(branch.goes);
  return out;
}

void unreachable(const Flow& flow, Findings& findings) {
  std::set<StateId> reached;
  std::vector<StateId> open;
  const auto reach = [&](StateId id) {
    if (id != kNowhere && reached.insert(id).second) open.push_back(id);
  };
  for (const auto& [name, member] : named_starts()) reach(flow.starts.*member);
  while (!open.empty()) {
    const StateId at = open.back();
    open.pop_back();
    for (StateId next : leads_to(flow.state(at))) reach(next);
    const State& state = flow.state(at);
    if (state.each_place || state.each_language) reach(flow.starts.after_ok);
  }
  for (std::size_t i = 0; i < flow.states.size(); ++i) {
    if (reached.contains(static_cast<StateId>(i))) continue;
    findings.add(flow.states[i].mark, "no talk comes to state \"" + flow.states[i].name + "\" (invariant 10)");
  }
}

void menus(const Flow& flow, Findings& findings) {
  for (std::size_t i = 0; i < flow.states.size(); ++i) {
    const State& state = flow.states[i];
    if (!state.says) continue;
    const auto ways = leads_to(state);
    const bool leads_on = state.each_place || state.each_language ||
                          std::any_of(ways.begin(), ways.end(), [&](StateId id) { return id != static_cast<StateId>(i); });
    if (!leads_on) {
      findings.add(state.mark, "state \"" + state.name + "\" is a dead end: nothing that it hears leads on (invariant 10)");
    }
    int needs = 0, others = 0;
    for (const auto& choice : state.menu) {
      if (choice) ++((choice->needs.empty() ? others : needs));
    }
    if (state.asks_need && (needs > 4 || needs + others > 5)) {
      findings.add(state.mark, "the menu of \"" + state.name + "\" offers " + std::to_string(needs + others) +
                                   " things; a frightened person can choose among four and \"something else\" (R40, invariant 10)");
    }
    if (state.menu[1] && state.menu[1]->needs.intersects({Need::papers, Need::immigration})) {
      findings.add(state.menu[1]->mark, "papers or immigration heads the menu of \"" + state.name + "\": it frightens those who fear being sent away (R98)");
    }
  }
}

struct Refusal {
  std::string_view claim, sample, why;
};
/// Why the engine keeps it, and the text that shows it.
constexpr Refusal kRefusals[] = {
    {"menu 0", "0", "0 is a person in every state; here it would be something else, and nobody would come (invariant 4)"},
    {"hears person", "a person please", "a wish for a person leads to one in every state; here it would lead elsewhere (invariant 4)"},
    {"menu person", "a person please", "a wish for a person leads to one in every state; here it would lead elsewhere (invariant 4)"},
    {"opt_out", "stop", "a stop ends contact in every state; here the talk would go on after it (invariant 2)"},
    {"stop", "stop", "a stop ends contact in every state; here the talk would go on after it (invariant 2)"},
    {"delete", "delete", "DELETE erases in every state; here the talk would go on after it (invariant 2)"},
    {"someone_present", "he is here", "someone is with them: anything sent now could be read, so nothing is (invariant 2)"},
    {"trafficker_present", "he is here", "someone is with them: anything sent now could be read, so nothing is (invariant 2)"},
    {"danger", "he has a knife", "a danger leads to the head of the line from every state; here it would lead elsewhere (invariant 3)"},
    {"danger_now", "he has a knife", "a danger leads to the head of the line from every state; here it would lead elsewhere (invariant 3)"},
    {"quiet", "who is this?", "a quiet word gets one neutral line and ends the window; here it would show that there was a talk (invariant 8)"},
    {"probe", "who is this?", "a quiet word gets one neutral line and ends the window; here it would show that there was a talk (invariant 8)"},
    {"returning", "hi", "after a silence the phone may be in other hands: a greeting for those who come back would tell that there was a talk (invariant 8)"},
    {"greeting_returning", "hi", "after a silence the phone may be in other hands: a greeting for those who come back would tell that there was a talk (invariant 8)"},
    {"silence", "", "silence is answered with silence; this would speak by itself (invariant 7)"},
    {"after", "", "nothing goes out that they did not set in motion; this would speak by itself (invariant 7)"},
    {"help", "help", "HELP has its own answer in every state, as carriers require (R14, invariant 9)"}};

const Refusal* refusal_of(std::string_view claim) {
  for (const auto& refusal : kRefusals) {
    if (refusal.claim == claim) return &refusal;
  }
  const auto space = claim.find(' ');
  return space == std::string_view::npos ? nullptr : refusal_of(claim.substr(space + 1));
}

std::string minutes(Millis wait) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(wait).count();
  return seconds % 60 == 0 ? std::to_string(seconds / 60) + " min" : std::to_string(seconds) + " s";
}

}  // namespace

std::vector<Turn> turns_without_end(const Flow& flow) {
  std::vector<Turn> turns;
  for (std::size_t i = 0; i < flow.states.size(); ++i) {
    const State& state = flow.states[i];
    if (state.says) continue;
    if (state.branches.back().when != If::always) {
      turns.push_back({state.branches.back().mark, "the last branch of \"" + state.name +
                                                       "\" has an \"if\": where none holds, nothing is said"});
    }
    std::set<StateId> seen{static_cast<StateId>(i)};
    for (const State* at = &state; !at->says;) {  // along what is taken when no condition holds
      const auto otherwise = std::find_if(at->branches.begin(), at->branches.end(),
                                          [](const Branch& b) { return b.when == If::always; });
      if (otherwise == at->branches.end()) break;
      if (otherwise->goes == static_cast<StateId>(i)) {
        turns.push_back({otherwise->mark, "\"" + state.name + "\" leads round to itself and says nothing on the way"});
      }
      if (!seen.insert(otherwise->goes).second) break;
      at = &flow.state(otherwise->goes);
    }
  }
  return turns;
}

void read_form(const Flow& flow, Findings& findings) {
  unreachable(flow, findings);
  for (const Turn& turn : turns_without_end(flow)) {
    if (findings.fresh(10, turn.mark)) findings.add(turn.mark, turn.text + " (invariant 10)");
  }
  menus(flow, findings);
}

void read_claims(World& world, const Walk& walk, Findings& findings) {
  const Flow& flow = world.flow;
  const auto refuse = [&](const Claim& claim, std::string place, StateId at) {
    const Refusal* refusal = refusal_of(claim.what);
    auto talk = at == kNowhere ? std::vector<Edge>{} : walk.to(at);
    std::string chat = world.chat(talk);
    const auto line = [&](const std::string& text) { chat += (chat.empty() ? "" : "\n") + text; };
    const bool returning = claim.what.ends_with("returning");
    if (returning || claim.what == "starts quiet") {
      chat = world.chat(walk.to(flow.starts.after_ok));
      if (chat.empty()) chat = "them: hi\nus: " + world.catalog.facts(flow.words.greeting).name;
      if (returning) line(".. 16 min");
    }
    if (claim.what == "starts silence") chat = "them: hi\nus: " + world.catalog.facts(flow.words.greeting).name;
    const std::string sample = refusal ? std::string(refusal->sample) : std::string{};
    if (!sample.empty()) line("them: " + sample);
    if (at != kNowhere && flow.state(at).speaks_after && claim.what == "after") {
      const State& state = flow.state(at);
      line(".. " + minutes(*state.speaks_after));
      line("us: " + (state.says ? world.catalog.facts(*state.says).name : "something"));
    } else if (claim.what.ends_with("silence")) {
      line(".. 16 min");
    }
    line("(" + place + " would have its own answer here)");
    findings.add(claim.mark, "\"" + claim.what + "\" is not a flow's to give: " +
                                 (refusal ? std::string(refusal->why) : std::string("the engine hears it by itself")),
                 std::move(chat));
  };
  for (const Claim& claim : flow.claims) refuse(claim, "the flow", kNowhere);
  if (flow.words.someone_present) refuse({"someone_present", word_mark(flow, "someone_present")}, "the flow", kNowhere);
  for (std::size_t i = 0; i < flow.states.size(); ++i) {
    for (const Claim& claim : flow.states[i].claims) {
      refuse(claim, "state \"" + flow.states[i].name + "\"", static_cast<StateId>(i));
    }
  }
}

}  // namespace northstar::conversation::proof
