#pragma once
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "gateway/language/language.h"

namespace northstar::language {

/// The shipped lexicon, loaded once; its faults fail whichever test comes first.
inline const Interpreter& shipped() {
  static const Interpreter* const kInterpreter = [] {
    auto loaded = Interpreter::load(NORTHSTAR_SOURCE_DIR "/config/lexicon");
    if (!loaded) {
      for (const Fault& fault : loaded.error()) ADD_FAILURE() << fault.to_string();
      std::abort();
    }
    return new Interpreter(std::move(*loaded));
  }();
  return *kInterpreter;
}

struct Line {
  std::string text;
  std::vector<std::string> labels;  ///< "-" stands for none
  bool is(std::string_view label) const {
    for (const std::string& each : labels) {
      if (each == label) return true;
    }
    return false;
  }
};

/// `corpora/<name>.tsv`.
inline std::vector<Line> corpus(const std::string& name) {
  std::ifstream file(NORTHSTAR_SOURCE_DIR "/tests/unit/language/corpora/" + name + ".tsv");
  EXPECT_TRUE(file) << name;
  std::vector<Line> out;
  for (std::string row; std::getline(file, row);) {
    if (row.empty() || row[0] == '#') continue;
    const std::size_t tab = row.find('\t');
    Line line{row.substr(0, tab), {}};
    std::istringstream labels(row.substr(tab + 1));
    for (std::string label; labels >> label;) line.labels.push_back(label);
    out.push_back(std::move(line));
  }
  return out;
}

inline std::string why(std::string_view text) {
  std::string out;
  for (const std::string& line : shipped().explain(text)) out += "\n    " + line;
  return out;
}

}  // namespace northstar::language
