#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/enum_set.h"
#include "gateway/base/result.h"
#include "gateway/base/time.h"
#include "gateway/language/understanding.h"
#include "gateway/reply/catalog.h"

namespace northstar::conversation {

/// An index into Flow::states.
enum class StateId : std::uint16_t {};
inline constexpr StateId kNowhere{0xffff};

/// Where something stands in flow.yaml; counts from 1.
struct Mark {
  int line = 0;
  int column = 0;
};

/// What a choice does besides leading somewhere. The names stand in flow.yaml under `does:`.
enum class Act : std::uint8_t {
  join_queue,    ///< a wish for a person: live at once, with only the language (R44)
  leave_queue, urgent,
  until_30m, until_2h, until_mine,  ///< how long we may write (R48)
  share_all, share_need, share_area, share_none,  ///< what goes over with them (R44-R46)
  place_yes, place_no, place_chosen, language_chosen, skip_place,
  for_me, for_friend, tip,
  youth,         ///< numbers for people under 18
  another,       ///< the next provider
  new_need,      ///< forget the need, keep the place
  follow_2h, follow_1d, follow_3d,
  keep_word,     ///< the text is the word for next time (R11)
  erase, stop, keep_going,
  kCount
};
std::optional<Act> act_from(std::string_view name);

/// What a state may hear in words. The names stand in flow.yaml under `hears:`. What the engine hears by itself in
/// every state (stop, delete, danger, someone present, a quiet word, a person, help) is not among them.
enum class Hear : std::uint8_t { need, other, place, yes, no, skip, unsure, later, another, done, words, kCount };

/// What must be so for a silent state's branch to be taken. The names stand in flow.yaml under `if:`.
enum class If : std::uint8_t {
  always, lacks_need, lacks_place, doubtful_place, several_places, unknown_place, outside, skipped_place,
  finds_here, finds_state, finds_office, finds_elsewhere, finds_nobody, finds_no_more,
  lacks_until, lacks_share, shared, is_tip, is_waiting, word_refused, kCount
};

struct Choice {
  StateId goes = kNowhere;
  EnumSet<language::Need> needs;
  bool tonight = false;
  EnumSet<Act> does;
  Mark mark;
};

struct Branch {
  If when = If::always;
  StateId goes = kNowhere;
  Mark mark;
};

/// Something a flow asks for that is not its to give: kept so that the checker can show what would come of it.
struct Claim {
  std::string what;  ///< "hears opt_out", "menu 0", "after"
  Mark mark;
};

struct State {
  std::string name;
  std::optional<reply::TemplateId> says;  ///< nothing: a silent state, which branches at once
  std::optional<reply::TemplateId> back;  ///< the short form that ends a "sorry" or a true short answer
  std::array<std::optional<Choice>, 10> menu;
  std::array<std::optional<Choice>, static_cast<std::size_t>(Hear::kCount)> hears;
  std::vector<Branch> branches;
  bool asks_place = false;
  bool asks_need = false;
  bool each_place = false;     ///< its digits are the places just named
  bool each_language = false;  ///< its digits are the languages we have
  /// A wait after which it would speak by itself. Only the checker reads it: nothing goes out that they did not set in
  /// motion (invariant 7).
  std::optional<Millis> speaks_after;
  std::vector<Claim> claims;
  Mark mark;
};

/// The words for what the engine hears by itself.
struct Words {
  reply::TemplateId greeting, greeting_two, greeting_911, again, later, help, help_open, stopped, stop_which, neutral,
      erased, thanks, media, sorry, taken_back, still_waiting, danger_again, joined, still_ok, follow_up, nobody,
      trust_police, trust_real, trust_seen, trust_cost, trust_what;
  std::optional<reply::TemplateId> someone_present;  ///< must stay empty; kept so that the checker can refuse it
};

/// Where the engine leads for what it hears by itself.
struct Starts {
  StateId after_ok = kNowhere, person = kNowhere, danger = kNowhere, self_harm = kNowhere, medical = kNowhere,
          minor = kNowhere, who_for = kNowhere, language = kNowhere, goodbye = kNowhere, follow_up = kNowhere,
          nobody = kNowhere, waiting = kNowhere, misunderstood_twice = kNowhere;
};

/// The conversation as data: `templates/flow.yaml`. It must pass `verify()` before it may serve.
class Flow {
 public:
  /// Reads and resolves names; every fault has file, line and column. What it means is verify()'s business.
  static Loaded<Flow> load(const std::filesystem::path& file, const reply::Catalog& catalog);

  std::string file;
  std::vector<State> states;
  Words words{};
  Starts starts;
  std::vector<std::pair<std::string, Mark>> word_marks;   ///< for messages of the checker
  std::vector<std::pair<std::string, Mark>> start_marks;
  std::vector<Claim> claims;  ///< of the engine's part: "returning greeting", "stop leads on", ...

  const State& state(StateId id) const { return states[static_cast<std::size_t>(id)]; }
  StateId find(std::string_view name) const;
};

}  // namespace northstar::conversation
