#pragma once
#include <chrono>
#include <cstdint>
#include <string_view>

#include "gateway/base/time.h"

/// What the calls of the outbox worker to Redis have in common; its source files' own.
namespace northstar::store {

/// How long one call may take; what it was for is then tried again.
inline constexpr std::chrono::seconds kCallTime{2};

/// As scores and arguments carry a time.
inline std::int64_t ms(Instant at) { return at.time_since_epoch().count(); }

/// A member of the due set is a letter for its kind, then the entry's id.
inline std::string_view entry_id(std::string_view member) { return member.substr(1); }

}  // namespace northstar::store
