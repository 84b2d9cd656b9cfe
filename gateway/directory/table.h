#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"

namespace northstar::directory {

/// A tab-separated file: one header line, no quoting, `#` begins a comment line. Every wrong line becomes a fault.
class Table {
 public:
  struct Row {
    int line = 0;
    std::vector<std::string_view> fields;  ///< as many as columns were asked for, in that order
  };

  /// Reads `file` and picks `columns` by their names in the header. Faults are added to `faults`; a table that could
  /// not be read at all has no rows.
  static Table read(const std::filesystem::path& file, std::initializer_list<std::string_view> columns, Faults& faults);

  const std::vector<Row>& rows() const { return rows_; }
  Fault fault(const Row& row, std::string text) const { return {file_, row.line, 1, std::move(text), {}}; }

 private:
  std::string file_;
  std::string bytes_;
  std::vector<Row> rows_;
};

/// The parts of `text` between `separator`; an empty text has none.
std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace northstar::directory
