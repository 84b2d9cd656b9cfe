#pragma once
#include <cstddef>
#include <functional>
#include <span>

#include "gateway/conversation/step.h"

namespace northstar::conversation {

/// The checker: a flow must pass it before it may serve.
///
/// It plays every talk that matters against the real `step()`, from a contact that never texted, breadth first, so that
/// the first talk found to break an invariant is a shortest one. Faults name the member of flow.yaml (or messages.yaml)
/// to mend, with its line and column, say in plain words which invariant broke, and show that talk as a chat.
///
/// **What is explored.** Texts stand for their classes: each digit, intent, cue and need, a place that is sure,
/// doubtful, one of several or outside, these together where it matters (a danger with a stop, a danger with "he is
/// here", a yes with more), what nobody understands, pictures, the safe word and a wrong one, the other language; each
/// after a second, a minute or sixteen minutes. Timers fire when due and, as they may, late. An advocate comes and
/// goes. Wherever the engine asks for help it is answered in every way: here, for the state, by an office, in another
/// county (two offers, then none), and nobody.
///
/// **What is proved.** The ten invariants of the design, over all that is explored. For invariant 8 pairs are walked in
/// lockstep: a contact with a history whose window has just closed, in each way that it can, beside one without; what
/// is said to both must be the same, until the safe word is given. Exceptions: a second STOP (R18), the advocate's
/// neutral line, the follow-up that was agreed to. Texts enter as facts: what they reveal, their tags, their digits in
/// every locale, their segments.
///
/// **What is abstracted, honestly.** A session is visited when it shows a combination not seen before in any of a
/// handful of views of it (see `views_of`): state with all the safety facts together; state with what is known of need,
/// place and offers; with the queue and consent; with the tip path; with word, follow-up and timers; all of the window
/// before the OK. Two facts of different views are not combined exhaustively, so a flow whose fault needs, say, a third
/// offer together with a pending follow-up could pass. Whatever is reported is real: it is a run of `step()`, replayed
/// for the printing. Which need it is matters to no branch, so two stand for all; names of places and providers
/// likewise. An open window is woken from silence by a handful of texts, not by all, since closing is the first thing
/// that any text does there. Locales are interchangeable to the engine (it only compares them), so the first two are
/// walked, and the texts of all are read.
struct Verification {
  Faults faults;
  std::size_t sessions = 0;  ///< visited, all locales
  std::size_t pairs = 0;     ///< of histories, visited
  std::size_t steps = 0;     ///< of the engine
};
/// Runs every part and returns when all have ended. The parts share nothing that changes, so a shell with cores to spare
/// may run them side by side; what is found is the same, in the same order.
using RunParts = std::function<void(std::span<const std::function<void()>>)>;
void one_after_another(std::span<const std::function<void()>> parts);

Verification examine(const Flow& flow, const reply::Catalog& catalog, std::span<const Locale> locales, Timing timing = {},
                     const RunParts& run = one_after_another);

/// The faults alone: none, and the flow may serve.
Faults verify(const Flow& flow, const reply::Catalog& catalog, std::span<const Locale> locales, Timing timing = {},
              const RunParts& run = one_after_another);

}  // namespace northstar::conversation
