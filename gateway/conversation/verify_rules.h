#pragma once
#include <functional>

#include "gateway/conversation/verify_talk.h"

namespace northstar::conversation::proof {

/// What the checker itself remembers of a talk, beside the session and without trusting it.
struct Witness {
  bool ok = false;              ///< they said that it is OK, in this window
  bool silent = false;          ///< they asked for silence, or someone is present: nothing until they write
  bool asked_help = false;      ///< in this window they named a need, or chose one
  bool wants_follow_up = false;
  bool nobody_said = false;     ///< since they came into line
  std::uint8_t sorries = 0;     ///< texts in a row that we did not understand, and said so
  std::uint8_t questions = 0;   ///< OK questions in this window
  EnumSet<language::Need> shared_needs;  ///< what they agreed to share
  bool shared_area = false;
  Instant last_text{};
  Instant given{};              ///< with a person joined: how long we may write
};

/// Holds each step against the invariants that one step can break (1 to 7 and 10).
class Rules {
 public:
  Rules(World& world, Findings& findings) : w_(world), findings_(findings) {}

  struct Seen {
    const Moment& before;
    const Witness& witness;
    const Happening& what;
    Edge edge;
    const Played& played;
  };
  /// The witness after the step. `talk` gives the edges up to and with this step; it is called for a fault only.
  template <class Talk>
  Witness hold(const Seen& seen, const Talk& talk) {
    talk_ = [&] { return talk(); };
    return check(seen);
  }

 private:
  Witness check(const Seen& seen);
  Witness witness_after(const Seen& seen) const;
  void witness_text(Witness& w, const Seen& seen, bool lapsed) const;
  void witness_timer(Witness& w, const Seen& seen) const;
  void revealing(const Seen& seen, const Witness& now);          // 1
  void contact_ends(const Seen& seen, const Witness& now);       // 2
  void danger(const Seen& seen);                                 // 3
  void person_and_questions(const Seen& seen);                   // 4
  void misunderstood(const Seen& seen, const Witness& now);      // 5
  void consent(const Seen& seen, const Witness& now);            // 6
  void set_in_motion(const Seen& seen);                          // 7
  void leads_on(const Seen& seen);                               // 10

  void blame(int invariant, Mark at, const std::string& text, const std::string& after = {}, int kind = 0);
  Mark culprit(const Seen& seen) const;              ///< the choice that led here, or the start, or the state
  Mark mark_of(reply::TemplateId what, const Seen& seen) const;  ///< the word, or the state that says it
  const reply::TemplateFacts& facts(reply::TemplateId id) const { return w_.catalog.facts(id); }
  bool tagged(reply::TemplateId id, const char* tag) const { return facts(id).tags.contains(tag); }
  std::string name(reply::TemplateId id) const { return "\"" + facts(id).name + "\""; }
  const State* state_of(const Session& session) const {
    return session.talk.state == kNowhere ? nullptr : &w_.flow.state(session.talk.state);
  }

  World& w_;
  Findings& findings_;
  std::function<std::vector<Edge>()> talk_;
};

/// Whether an advocate is really in the talk: joined, and the place live in this window.
bool with_a_person(const Session& session);

}  // namespace northstar::conversation::proof
