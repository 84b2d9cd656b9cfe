#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/net/receipt.h"

namespace northstar::bandwidth {

inline constexpr std::size_t kMessageIdMost = 64;  // Bandwidth's have 29 to 36 characters

/// One element of a callback's array. What is said of a text or a receipt is owned, so that it outlives the body.
struct Event {
  enum class Kind {
    text,       ///< a person wrote
    receipt,    ///< what became of a text of ours
    other,      ///< our own text come back, or a kind that asks nothing of us
    elsewhere,  ///< for another application than ours
    malformed,
  } kind = Kind::malformed;
  std::string from, to, text;
  bool media = false;
  std::string id;
  net::Receipt::Status status = net::Receipt::Status::under_way;
  std::string error_code;
  bool filtered = false;
};

/// Reads a callback. Nothing when it is no JSON array; each element is judged by itself, and one that names a field twice
/// is malformed, for two readers could take it two ways. `application_id`: ours; empty takes any.
std::optional<std::vector<Event>> read_events(std::string_view body, std::string_view application_id);

}  // namespace northstar::bandwidth
