#pragma once
#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/time.h"

namespace northstar::plivo {

/// What Plivo's API tells of one message: who, to whom, which way, when. Never the words.
struct Record {
  std::string_view id, direction, from, to;
  std::optional<Instant> time;
};
/// The views are into `message`.
Record read_record(const boost::json::object& message);

/// `2021-07-13 13:04:06.799021+05:30`; `T` for the space and `Z` for the offset are read too. Without an offset it is UTC.
std::optional<Instant> read_time(std::string_view text);

/// Whether a number in a record is the one told, with or without a plus.
bool same_number(std::string_view recorded, std::string_view told);
/// The same where Plivo was asked to keep no whole numbers: up to five digits of a phone's may be `*` or `X`.
bool may_be_number(std::string_view recorded, std::string_view told);

}  // namespace northstar::plivo
