#pragma once
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/language/understanding.h"

/// Labelled texts: a text, a tab, and the labels it must have (`-` for none, `!label` for not that one). See corpora/README.md.
namespace northstar::language {

struct Line {
  std::string text;
  std::vector<std::string> labels;
  bool is(std::string_view label) const {
    for (const std::string& each : labels) {
      if (each == label) return true;
    }
    return false;
  }
};

/// Nothing when the file cannot be read.
inline std::optional<std::vector<Line>> labelled_texts(const std::string& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
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

/// Whether a text was understood to mean what the label says. `medical` is a need and a cue: either tells it.
inline bool says(const Understanding& said, std::string_view label) {
  if (label == "tonight") return said.tonight;
  if (label == "ambiguous") return said.ambiguous;
  bool found = false;
  if (const auto intent = intent_from(label)) found = found || said.intents.contains(*intent);
  if (const auto cue = cue_from(label)) found = found || said.cues.contains(*cue);
  if (const auto need = need_from(label)) found = found || said.needs.contains(*need);
  return found;
}

}  // namespace northstar::language
