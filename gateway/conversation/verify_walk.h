#pragma once
#include <deque>

#include "gateway/conversation/verify_rules.h"
#include "gateway/conversation/verify_views.h"

namespace northstar::conversation::proof {

/// All talks from a first contact, breadth first, held against the rules; and behind it the pairs of histories.
class Walk {
 public:
  Walk(World& world, Findings& findings) : w_(world), rules_(world, findings), findings_(findings) {}
  void run();
  std::size_t sessions() const { return nodes_.size(); }
  std::size_t pairs() const { return pairs_.size(); }
  /// The shortest talk to a state; empty when none was found.
  std::vector<Edge> to(StateId state) const;

 private:
  static constexpr std::uint32_t kRoot = 0xffffffff;
  struct Node {
    Moment moment;
    Witness witness;
    std::uint32_t parent = kRoot;
    Edge edge;
    bool all_events = false;
  };
  /// A contact with a history and one without, who get the same texts from now on.
  struct Pair {
    Moment known, unknown;
    std::uint32_t parent = kRoot;  ///< a pair, or when it is the first, none
    std::uint32_t origin = kRoot;  ///< the node where the history ends
    Edge edge;                     ///< from the parent, or from the origin when `closed_by_edge`
    bool closed_by_edge = false;
    bool asleep = false;           ///< the silence has just ended; only some texts wake it
  };

  void expand(std::uint32_t at);
  void follow(std::uint32_t at, const Edge& edge);
  void look_ahead(std::uint32_t at);
  int distance_to_number(const Moment& from, int most);
  void begin_pair(std::uint32_t origin, const Moment& known, std::optional<Edge> closed_by);
  void expand_pair(std::uint32_t at);
  void follow_pair(std::uint32_t at, Edge edge);
  /// `edge` is what both wrote last; nothing when the text that closed the window is itself answered differently.
  void tell_apart(std::uint32_t at, std::optional<Edge> edge, const Played& known, const std::string& unknown);
  std::vector<Edge> talk_to(std::uint32_t node) const;
  std::vector<Edge> talk_to_pair(std::uint32_t pair) const;
  bool worth(const Moment& moment, const Happening& what) const;

  World& w_;
  Rules rules_;
  Findings& findings_;
  std::deque<Node> nodes_;
  std::deque<Pair> pairs_;
  Seen seen_;
};

}  // namespace northstar::conversation::proof
