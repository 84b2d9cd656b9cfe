#include <array>

#include "gateway/language/understanding.h"

namespace northstar::language {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(Intent::kCount)> kIntents{
    "opt_out", "help",         "info",    "start", "yes",    "no",   "not_now", "person",       "delete",
    "quiet",   "probe",        "thanks",  "what_is_this",    "who_can_see",     "cost",         "police",
    "real",    "done",         "unsure",  "revoke", "third_person", "tip",      "skip",         "another",
    "follow_up"};
constexpr std::array<std::string_view, static_cast<std::size_t>(Cue::kCount)> kCues{
    "danger_now", "self_harm", "minor", "medical", "trafficker_present"};
constexpr std::array<std::string_view, static_cast<std::size_t>(Need::kCount)> kNeeds{
    "shelter",     "legal",        "food",      "medical", "talk",         "pay",  "papers",
    "immigration", "leave_safely", "transport", "other",   "clear_record", "costs"};

template <class E, std::size_t N>
std::optional<E> from(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<E>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view name(Intent intent) { return kIntents[static_cast<std::size_t>(intent)]; }
std::string_view name(Cue cue) { return kCues[static_cast<std::size_t>(cue)]; }
std::string_view name(Need need) { return kNeeds[static_cast<std::size_t>(need)]; }
std::optional<Intent> intent_from(std::string_view text) { return from<Intent>(kIntents, text); }
std::optional<Cue> cue_from(std::string_view text) { return from<Cue>(kCues, text); }
std::optional<Need> need_from(std::string_view text) { return from<Need>(kNeeds, text); }

}  // namespace northstar::language
