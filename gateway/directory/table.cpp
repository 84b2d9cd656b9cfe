#include "gateway/directory/table.h"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace northstar::directory {
namespace {

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (std::size_t from = 0;;) {
    const std::size_t tab = line.find('\t', from);
    fields.push_back(line.substr(from, tab - from));
    if (tab == std::string_view::npos) return fields;
    from = tab + 1;
  }
}

}  // namespace

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end > 0) parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

Table Table::read(const std::filesystem::path& file, std::initializer_list<std::string_view> columns, Faults& faults) {
  Table table;
  table.file_ = file.string();
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    faults.push_back({table.file_, 0, 0, "cannot be read", {}});
    return table;
  }
  // The rows point into these bytes, and a short string's bytes move with the string.
  table.bytes_.reserve(64);
  table.bytes_.assign(std::istreambuf_iterator<char>(in), {});

  std::vector<std::size_t> picked;
  std::size_t width = 0;
  int line_number = 0;
  std::string_view rest = table.bytes_;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    ++line_number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    std::vector<std::string_view> fields = fields_of(line);
    if (width == 0) {
      width = fields.size();
      for (std::string_view column : columns) {
        const auto at = std::find(fields.begin(), fields.end(), column);
        if (at == fields.end()) {
          faults.push_back({table.file_, line_number, 1, "has no column \"" + std::string(column) + "\"", {}});
          return table;
        }
        picked.push_back(static_cast<std::size_t>(at - fields.begin()));
      }
      continue;
    }
    if (fields.size() != width) {
      faults.push_back({table.file_,
                        line_number,
                        1,
                        "has " + std::to_string(fields.size()) + " fields, the header has " + std::to_string(width),
                        {}});
      continue;
    }
    Row row{line_number, {}};
    row.fields.reserve(picked.size());
    for (std::size_t at : picked) row.fields.push_back(fields[at]);
    table.rows_.push_back(std::move(row));
  }
  return table;
}

}  // namespace northstar::directory
