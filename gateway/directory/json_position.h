#pragma once
#include <string_view>

namespace northstar::directory {

/// Line and column, from 1; 0 when not known.
struct Position {
  int line = 0, column = 0;
};

/// Where a byte of a text stands.
Position position_of(std::string_view text, std::size_t offset);

/// Where `contents[3].services[0].phones` stands in a JSON text that parses; where the last member that exists stands
/// when the path leads to one that is missing.
Position position_of(std::string_view json, std::string_view path);

}  // namespace northstar::directory
