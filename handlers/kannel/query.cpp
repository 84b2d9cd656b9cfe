#include "handlers/kannel/query.h"

#include <algorithm>

namespace northstar::kannel {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::optional<std::string> decoded(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] != '%') {
      out += bytes[i] == '+' ? ' ' : bytes[i];
      continue;
    }
    if (i + 2 >= bytes.size()) return std::nullopt;
    const int high = hex_digit(bytes[i + 1]), low = hex_digit(bytes[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high << 4 | low);
    i += 2;
  }
  return out;
}

/// Calls `take(name, value)`, both as sent, for each part, until it says false.
template <class Take>
bool each(std::string_view query, Take take) {
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), part.size() + 1));
    if (part.empty()) continue;
    const auto equals = part.find('=');
    const std::string_view value = equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
    if (!take(part.substr(0, equals), value)) return false;
  }
  return true;
}

}  // namespace

std::optional<Query> Query::parse(std::string_view bytes) {
  Query query;
  const bool whole = each(bytes, [&query](std::string_view name, std::string_view value) {
    auto decoded_name = decoded(name), decoded_value = decoded(value);
    if (!decoded_name || !decoded_value || query.fields_.size() == kFieldsMost) return false;
    query.fields_.emplace_back(std::move(*decoded_name), std::move(*decoded_value));
    return true;
  });
  if (!whole) return std::nullopt;
  return query;
}

const std::string* Query::find(std::string_view name) const {
  const auto found = std::ranges::find(fields_, name, [](const auto& field) -> std::string_view { return field.first; });
  return found == fields_.end() ? nullptr : &found->second;
}

bool Query::twice(std::string_view name) const {
  return std::ranges::count(fields_, name, [](const auto& field) -> std::string_view { return field.first; }) > 1;
}

std::optional<std::string> only(std::string_view query, std::string_view name) {
  std::optional<std::string> found;
  int times = 0;
  each(query, [&](std::string_view each_name, std::string_view value) {
    if (each_name == name) found = decoded(value), ++times;
    return true;
  });
  return times == 1 ? found : std::nullopt;
}

}  // namespace northstar::kannel
