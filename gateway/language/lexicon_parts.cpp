#include "gateway/language/lexicon_parts.h"

#include <algorithm>

namespace northstar::language {
namespace {

constexpr int kPartsDepthMax = 8;  // parts within parts: deeper is a circle

}  // namespace

std::vector<std::pair<std::string, std::size_t>> split_list(const std::string& list) {
  std::vector<std::pair<std::string, std::size_t>> out;
  std::size_t begin = 0;
  while (begin <= list.size()) {
    const std::size_t comma = std::min(list.find(',', begin), list.size());
    std::size_t from = begin;
    std::size_t to = comma;
    while (from < to && (list[from] == ' ' || list[from] == '\n')) ++from;
    while (to > from && (list[to - 1] == ' ' || list[to - 1] == '\n')) --to;
    if (to > from) out.emplace_back(list.substr(from, to - from), from);
    begin = comma + 1;
  }
  return out;
}

bool expand_parts(const std::map<std::string, std::string>& parts, const std::string& source, std::string& out, std::string& missing,
                  int depth) {
  if (depth > kPartsDepthMax) {
    missing = "parts that lead back to themselves";
    return false;
  }
  for (std::size_t i = 0; i < source.size(); ++i) {
    if (source[i] != '{') {
      out += source[i];
      continue;
    }
    const std::size_t close = source.find('}', i);
    const std::string name = close == std::string::npos ? source.substr(i + 1) : source.substr(i + 1, close - i - 1);
    const auto part = parts.find(name);
    if (close == std::string::npos || part == parts.end()) {
      missing = "no part is called {" + name + "}";
      return false;
    }
    out += '(';
    if (!expand_parts(parts, part->second, out, missing, depth + 1)) return false;
    out += ')';
    i = close;
  }
  return true;
}

}  // namespace northstar::language
