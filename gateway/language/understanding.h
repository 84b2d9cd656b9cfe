#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "gateway/base/enum_set.h"
#include "gateway/base/locale.h"

namespace northstar::language {

/// What a text asks of us. The names (see names.h) are fixed: tools outside depend on them.
enum class Intent : std::uint8_t {
  opt_out, help, info, start, yes, no, not_now, person, erase, quiet, probe, thanks, what_is_this, who_can_see, cost,
  police, real, done, unsure, revoke, third_person, tip,
  skip,     ///< "skip", "no quiero decir": passes over a question
  another,  ///< "another", "otro": a further provider
  follow_up,  ///< "text me tomorrow": asks for one text later
  kCount
};

/// What a text says of someone's safety.
enum class Cue : std::uint8_t { danger_now, self_harm, minor, medical, trafficker_present, kCount };

/// What would help.
enum class Need : std::uint8_t {
  shelter, legal, food, medical, talk, pay, papers, immigration, leave_safely, transport, other, clear_record, costs,
  kCount
};

/// Snake-case names as they stand in JSON, YAML and the command line (`Intent::erase` is "delete").
std::string_view name(Intent);
std::string_view name(Cue);
std::string_view name(Need);
std::optional<Intent> intent_from(std::string_view);
std::optional<Cue> cue_from(std::string_view);
std::optional<Need> need_from(std::string_view);

/// What a message says, without the message: facts only, so that it may be kept where words may not.
struct Understanding {
  Locale language;          ///< `und` when unintelligible, or the text is a digit, a place or a name alone
  float confidence = 0;     ///< of the language, 0 to 1
  EnumSet<Intent> intents;
  EnumSet<Cue> cues;
  EnumSet<Need> needs;
  bool ambiguous = false;       ///< may or may not be an opt-out ("stop it"); asked about once
  bool tonight = false;         ///< a shelter need said to be for tonight
  bool named_911 = false;       ///< the text itself names 911
  bool man = false;             ///< says plainly of themselves that they are a man; never guessed
  /// The text is one menu choice and nothing more ("1", "1.", "１", "uno", "option 2", "1 please"): 0 to 9.
  std::optional<std::uint8_t> digit;
  /// The text is a digit or a yes/no alone: it answers, and tells nothing else.
  bool bare = false;
  /// A language asked for by name ("español", "in english please", "中文").
  Locale asked_language;
};

}  // namespace northstar::language
