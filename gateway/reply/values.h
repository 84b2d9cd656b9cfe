#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace northstar::reply {

/// One value for an argument of a message.
using Value = std::variant<std::string, std::int64_t>;
using Values = std::vector<std::pair<std::string, Value>>;

}  // namespace northstar::reply
