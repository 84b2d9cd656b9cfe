#include "gateway/conversation/flow.h"

#include <yaml-cpp/yaml.h>

#include <charconv>
#include <map>
#include <set>

namespace northstar::conversation {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(Act::kCount)> kActs{
    "join_queue", "leave_queue",     "urgent",     "until_30m",    "until_2h", "until_mine", "share_all",
    "share_need", "share_area",      "share_none", "place_yes",    "place_no", "place_chosen", "language_chosen",
    "skip_place", "for_me",          "for_friend", "tip",          "youth",    "another",    "new_need",
    "follow_2h",  "follow_1d",       "follow_3d",  "keep_word",    "erase",    "stop",       "keep_going"};
constexpr std::array<std::string_view, static_cast<std::size_t>(Hear::kCount)> kHears{
    "need", "other", "place", "yes", "no", "skip", "unsure", "later", "another", "done", "words"};
constexpr std::array<std::string_view, static_cast<std::size_t>(If::kCount)> kIfs{
    "always",       "lacks_need",   "lacks_place",    "doubtful_place", "several_places", "unknown_place", "outside",
    "skipped_place", "finds_here",  "finds_state",    "finds_office",   "finds_elsewhere", "finds_nobody", "finds_no_more",
    "lacks_until",  "lacks_share",  "shared",         "is_tip",         "is_waiting",     "word_refused"};
// Only the engine hears these; a flow that lists them is shown what would come of it.
const std::set<std::string_view> kEngineHears{"opt_out", "stop",  "delete", "danger",  "danger_now", "quiet", "probe",
                                              "person",  "silence", "someone_present", "trafficker_present", "help"};

template <std::size_t N>
std::optional<std::size_t> position(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return i;
  }
  return std::nullopt;
}

template <std::size_t N>
std::string listed(const std::array<std::string_view, N>& names) {
  std::string out;
  for (auto name : names) out += (out.empty() ? "" : ", ") + std::string(name);
  return out;
}

std::optional<Millis> duration(const std::string& text) {
  long count = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (bad != std::errc{} || count <= 0) return std::nullopt;
  if (unit == "s") return std::chrono::seconds{count};
  if (unit == "m") return std::chrono::minutes{count};
  if (unit == "h") return std::chrono::hours{count};
  return std::nullopt;
}

/// Reads one flow file. Every `read_…` notes its faults and goes on, so that all are told at once.
class Reader {
 public:
  Reader(std::string file, const reply::Catalog& catalog) : file_(std::move(file)), catalog_(catalog) {}

  Loaded<Flow> read(const YAML::Node& root) {
    flow_.file = file_;
    if (!is_map(root, "a flow")) return faults_;
    const auto top = fields(root, {"form", "words", "starts", "states"}, "the flow");
    if (!top.contains("form") || top.at("form").as<std::string>("") != "1") {
      fault(root, "\"form: 1\" is missing: this release reads flows of form 1");
    }
    if (!top.contains("states")) {
      fault(root, "there are no \"states\"");
      return faults_;
    }
    const YAML::Node states = top.at("states");
    if (!is_map(states, "\"states\"")) return faults_;
    for (const auto& entry : states) {  // names first: states lead to each other
      const auto name = entry.first.as<std::string>();
      if (flow_.find(name) != kNowhere) {
        fault(entry.first, "there are two states \"" + name + "\"");
        continue;
      }
      State state;
      state.name = name;
      state.mark = mark(entry.first);
      flow_.states.push_back(std::move(state));
    }
    for (const auto& entry : states) {
      const StateId id = flow_.find(entry.first.as<std::string>());
      if (id != kNowhere) read_state(entry.second, flow_.states[static_cast<std::size_t>(id)]);
    }
    if (top.contains("words")) read_words(top.at("words"));
    else fault(root, "\"words\" is missing: what the engine hears by itself has no text");
    if (top.contains("starts")) read_starts(top.at("starts"));
    else fault(root, "\"starts\" is missing: nothing says where a talk begins");
    if (!faults_.empty()) return faults_;
    return std::move(flow_);
  }

 private:
  static Mark mark(const YAML::Node& node) { return {node.Mark().line + 1, node.Mark().column + 1}; }
  void fault(const YAML::Node& node, std::string text) {
    const Mark at = mark(node);
    faults_.push_back({file_, at.line, at.column, std::move(text)});
  }
  bool is_map(const YAML::Node& node, const std::string& what) {
    if (node.IsMap()) return true;
    fault(node, what + " is a map of names to values");
    return false;
  }

  /// The map's members by name; unknown and repeated ones are faults (yaml-cpp would take the first in silence).
  std::map<std::string, YAML::Node> fields(const YAML::Node& map, const std::set<std::string>& known,
                                           const std::string& what) {
    std::map<std::string, YAML::Node> out;
    for (const auto& entry : map) {
      const auto name = entry.first.as<std::string>();
      if (!known.contains(name)) {
        std::string all;
        for (const auto& k : known) all += (all.empty() ? "" : ", ") + k;
        fault(entry.first, what + " has no \"" + name + "\" (it has " + all + ")");
      } else if (!out.emplace(name, entry.second).second) {
        fault(entry.first, what + " has \"" + name + "\" twice");
      }
    }
    return out;
  }

  std::optional<reply::TemplateId> message(const YAML::Node& node) {
    const auto name = node.as<std::string>("");
    const auto id = catalog_.find(name);
    if (!id) fault(node, "there is no message \"" + name + "\" in any locale");
    return id;
  }
  StateId leads(const YAML::Node& node) {
    const auto name = node.as<std::string>("");
    const StateId id = flow_.find(name);
    if (id == kNowhere) fault(node, "there is no state \"" + name + "\"");
    return id;
  }

  void read_state(const YAML::Node& node, State& state) {
    const std::string what = "state \"" + state.name + "\"";
    if (!is_map(node, what)) return;
    const auto members =
        fields(node, {"says", "back", "menu", "hears", "branches", "asks", "each", "after", "stops"}, what);
    if (const auto it = members.find("says"); it != members.end()) state.says = message(it->second);
    if (const auto it = members.find("back"); it != members.end()) state.back = message(it->second);
    if (const auto it = members.find("asks"); it != members.end()) {
      const auto fact = it->second.as<std::string>("");
      if (fact == "place") state.asks_place = true;
      else if (fact == "need") state.asks_need = true;
      else fault(it->second, "a state asks \"need\" or \"place\", not \"" + fact + "\"");
    }
    if (const auto it = members.find("each"); it != members.end()) {
      const auto kind = it->second.as<std::string>("");
      if (kind == "place") state.each_place = true;
      else if (kind == "language") state.each_language = true;
      else fault(it->second, "a menu has a digit for each \"place\" or \"language\", not \"" + kind + "\"");
    }
    if (const auto it = members.find("after"); it != members.end()) {
      const auto wait = duration(it->second.as<std::string>(""));
      if (!wait) fault(it->second, "a wait is written as 30s, 10m or 2h");
      state.speaks_after = wait;
      state.claims.push_back({"after", mark(it->second)});
    }
    if (const auto it = members.find("menu"); it != members.end()) read_menu(it->second, state);
    if (const auto it = members.find("hears"); it != members.end()) read_hears(it->second, state);
    if (const auto it = members.find("branches"); it != members.end()) read_branches(it->second, state);
    if (state.says.has_value() == !state.branches.empty()) {
      fault(node, what + (state.says ? " both says something and branches: it is one or the other"
                                     : " says nothing and branches nowhere"));
    }
  }

  void read_menu(const YAML::Node& node, State& state) {
    if (!is_map(node, "a menu")) return;
    for (const auto& entry : node) {
      const auto key = entry.first.as<std::string>("");
      if (key.size() != 1 || key[0] < '0' || key[0] > '9') {
        if (kEngineHears.contains(key)) state.claims.push_back({"menu " + key, mark(entry.first)});
        else fault(entry.first, "a menu's choices are digits 1 to 9, not \"" + key + "\"");
        continue;
      }
      if (key == "0") {  // always a person; the checker shows why
        state.claims.push_back({"menu 0", mark(entry.first)});
        continue;
      }
      auto& slot = state.menu[static_cast<std::size_t>(key[0] - '0')];
      if (slot) fault(entry.first, "the menu has " + key + " twice");
      slot = read_choice(entry.second, entry.first, "choice " + key);
    }
  }

  void read_hears(const YAML::Node& node, State& state) {
    if (!is_map(node, "\"hears\"")) return;
    for (const auto& entry : node) {
      const auto key = entry.first.as<std::string>("");
      if (kEngineHears.contains(key)) {
        state.claims.push_back({"hears " + key, mark(entry.first)});
        continue;
      }
      const auto at = position(kHears, key);
      if (!at) {
        fault(entry.first, "nothing is heard as \"" + key + "\" (a state hears " + listed(kHears) + ")");
        continue;
      }
      if (state.hears[*at]) fault(entry.first, "\"" + key + "\" is heard twice");
      state.hears[*at] = read_choice(entry.second, entry.first, "\"" + key + "\"");
    }
  }

  /// `where`, or `{ goes: where, need: shelter, does: [join_queue] }`.
  Choice read_choice(const YAML::Node& node, const YAML::Node& key, const std::string& what) {
    Choice choice;
    choice.mark = mark(key);
    if (node.IsScalar()) {
      choice.goes = leads(node);
      return choice;
    }
    if (!is_map(node, what)) return choice;
    const auto members = fields(node, {"goes", "need", "tonight", "does"}, what);
    if (const auto it = members.find("goes"); it != members.end()) choice.goes = leads(it->second);
    else fault(key, what + " leads nowhere");
    if (const auto it = members.find("need"); it != members.end()) {
      for (const auto& name : list(it->second)) {
        if (const auto need = language::need_from(name)) choice.needs.insert(*need);
        else fault(it->second, "there is no need \"" + name + "\"");
      }
    }
    if (const auto it = members.find("tonight"); it != members.end()) choice.tonight = it->second.as<bool>(false);
    if (const auto it = members.find("does"); it != members.end()) {
      for (const auto& name : list(it->second)) {
        if (const auto act = act_from(name)) choice.does.insert(*act);
        else fault(it->second, "nothing is done by \"" + name + "\" (there is " + listed(kActs) + ")");
      }
    }
    return choice;
  }

  static std::vector<std::string> list(const YAML::Node& node) {
    if (node.IsScalar()) return {node.as<std::string>()};
    std::vector<std::string> out;
    for (const auto& item : node) out.push_back(item.as<std::string>(""));
    return out;
  }

  void read_branches(const YAML::Node& node, State& state) {
    if (!node.IsSequence()) return fault(node, "\"branches\" is a list, tried from the top");
    for (const auto& item : node) {
      if (!is_map(item, "a branch")) continue;
      const auto members = fields(item, {"if", "goes"}, "a branch");
      Branch branch;
      branch.mark = mark(item);
      if (const auto it = members.find("if"); it != members.end()) {
        const auto name = it->second.as<std::string>("");
        if (const auto at = position(kIfs, name)) branch.when = static_cast<If>(*at);
        else fault(it->second, "\"" + name + "\" is no condition (there is " + listed(kIfs) + ")");
      }
      if (const auto it = members.find("goes"); it != members.end()) branch.goes = leads(it->second);
      else fault(item, "a branch leads nowhere");
      state.branches.push_back(branch);
    }
  }

  void read_words(const YAML::Node& node) {
    if (!is_map(node, "\"words\"")) return;
    Words& w = flow_.words;
    const std::map<std::string, reply::TemplateId*> known{
        {"greeting", &w.greeting}, {"greeting_two_languages", &w.greeting_two}, {"greeting_911", &w.greeting_911},
        {"greeting_again", &w.again}, {"later", &w.later}, {"help", &w.help}, {"help_in_talk", &w.help_open},
        {"stopped", &w.stopped}, {"stop_unclear", &w.stop_which}, {"quiet", &w.neutral}, {"erased", &w.erased},
        {"thanks", &w.thanks}, {"media", &w.media}, {"not_understood", &w.sorry}, {"taken_back", &w.taken_back},
        {"still_waiting", &w.still_waiting}, {"danger_again", &w.danger_again}, {"joined", &w.joined},
        {"still_ok", &w.still_ok}, {"follow_up", &w.follow_up}, {"nobody", &w.nobody}, {"police", &w.trust_police},
        {"real", &w.trust_real}, {"who_can_see", &w.trust_seen}, {"cost", &w.trust_cost}, {"what_is_this", &w.trust_what}};
    std::set<std::string> seen;
    for (const auto& entry : node) {
      const auto name = entry.first.as<std::string>("");
      if (!seen.insert(name).second) fault(entry.first, "\"words\" has \"" + name + "\" twice");
      flow_.word_marks.emplace_back(name, mark(entry.first));
      if (name == "someone_present") {
        w.someone_present = message(entry.second);
      } else if (name == "greeting_returning") {  // would tell that there was a talk
        flow_.claims.push_back({"greeting_returning", mark(entry.first)});
      } else if (const auto it = known.find(name); it == known.end()) {
        fault(entry.first, "the engine has no word \"" + name + "\"");
      } else if (const auto id = message(entry.second)) {
        *it->second = *id;
      }
    }
    for (const auto& [name, slot] : known) {
      if (!seen.contains(name)) fault(node, "\"words\" lacks \"" + name + "\"");
    }
  }

  void read_starts(const YAML::Node& node) {
    if (!is_map(node, "\"starts\"")) return;
    Starts& s = flow_.starts;
    const std::map<std::string, StateId*> known{
        {"after_ok", &s.after_ok}, {"person", &s.person}, {"danger", &s.danger}, {"self_harm", &s.self_harm},
        {"medical", &s.medical}, {"minor", &s.minor}, {"who_for", &s.who_for}, {"language", &s.language},
        {"goodbye", &s.goodbye}, {"follow_up", &s.follow_up}, {"nobody", &s.nobody}, {"waiting", &s.waiting},
        {"misunderstood_twice", &s.misunderstood_twice}};
    std::set<std::string> seen;
    for (const auto& entry : node) {
      const auto name = entry.first.as<std::string>("");
      if (!seen.insert(name).second) fault(entry.first, "\"starts\" has \"" + name + "\" twice");
      flow_.start_marks.emplace_back(name, mark(entry.first));
      if (name == "stop" || name == "quiet" || name == "silence" || name == "returning") {
        (void)leads(entry.second);  // would lead on where contact must end; the checker shows it
        flow_.claims.push_back({"starts " + name, mark(entry.first)});
      } else if (const auto it = known.find(name); it == known.end()) {
        fault(entry.first, "nothing starts with \"" + name + "\"");
      } else {
        *it->second = leads(entry.second);
      }
    }
    for (const auto& [name, slot] : known) {
      if (!seen.contains(name)) fault(node, "\"starts\" lacks \"" + name + "\"");
    }
  }

  std::string file_;
  const reply::Catalog& catalog_;
  Flow flow_;
  Faults faults_;
};

}  // namespace

std::optional<Act> act_from(std::string_view name) {
  const auto at = position(kActs, name);
  return at ? std::optional(static_cast<Act>(*at)) : std::nullopt;
}

StateId Flow::find(std::string_view name) const {
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (states[i].name == name) return static_cast<StateId>(i);
  }
  return kNowhere;
}

Loaded<Flow> Flow::load(const std::filesystem::path& file, const reply::Catalog& catalog) {
  try {
    return Reader(file.string(), catalog).read(YAML::LoadFile(file.string()));
  } catch (const YAML::BadFile&) {
    return Faults{{file.string(), 0, 0, "cannot be read"}};
  } catch (const YAML::Exception& problem) {  // yaml-cpp tells its faults by throwing
    return Faults{{file.string(), problem.mark.line + 1, problem.mark.column + 1, problem.msg}};
  }
}

}  // namespace northstar::conversation
