#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

/// The small grammar inside the lexicon's lines: comma lists, and `{parts}` that stand for longer pieces of patterns.
namespace northstar::language {

/// The members of a comma list, trimmed, each with where it begins in the line; empty ones are left out.
std::vector<std::pair<std::string, std::size_t>> split_list(const std::string& list);

/// Writes out `{part}`s, which may hold others. False when one is unknown or leads back to itself; `missing` says which.
bool expand_parts(const std::map<std::string, std::string>& parts, const std::string& source, std::string& out, std::string& missing,
                  int depth = 0);

}  // namespace northstar::language
