#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "gateway/language/language.h"

// For whoever tunes the lexicon.
//
//   lexicon_try config/lexicon                     reads texts, one a line, and says which words spoke
//   lexicon_try config/lexicon FILE.tsv...         reads labelled texts (corpora/README.md), says what was misread, and
//                                                  how much of each label was heard. A file is judged by the labels
//                                                  in it: what it never mentions is not counted.
namespace {
using namespace northstar;
using namespace northstar::language;

bool says(const Understanding& said, std::string_view label) {
  if (label == "ambiguous") return said.ambiguous;
  if (label == "tonight") return said.tonight;
  bool found = false;  // "medical" is a need and a cue: either tells it
  if (const auto intent = intent_from(label)) found = found || said.intents.contains(*intent);
  if (const auto cue = cue_from(label)) found = found || said.cues.contains(*cue);
  if (const auto need = need_from(label)) found = found || said.needs.contains(*need);
  return found;
}

struct Line {
  std::string text;
  std::map<std::string, bool> labels;  ///< wanted or, with `!`, not wanted
};

void score(const Interpreter& interpreter, const char* name) {
  std::vector<Line> lines;
  std::map<std::string, std::array<int, 3>> counts;  // hit, missed, wrong
  std::ifstream file(name);
  for (std::string row; std::getline(file, row);) {
    const std::size_t tab = row.find('\t');
    if (row.empty() || row[0] == '#' || tab == std::string::npos) continue;
    Line line{row.substr(0, tab), {}};
    std::istringstream words(row.substr(tab + 1));
    for (std::string label; words >> label;) {
      const bool wanted = label[0] != '!';
      if (!wanted) label.erase(0, 1);
      if (label == "-") continue;
      line.labels.emplace(label, wanted);
      counts[label];
    }
    lines.push_back(std::move(line));
  }
  for (const Line& line : lines) {
    const Understanding said = interpreter.understand(line.text);
    for (auto& [label, count] : counts) {
      const auto at = line.labels.find(label);
      const bool wanted = at != line.labels.end() && at->second, heard = says(said, label);
      if (wanted && heard) ++count[0];
      if (wanted == heard) continue;
      ++count[wanted ? 1 : 2];
      std::cout << (wanted ? "missed " : "wrong  ") << label << '\t' << line.text << '\n';
      if (heard) {
        for (const std::string& each : interpreter.explain(line.text)) std::cout << "         " << each << '\n';
      }
    }
  }
  for (const auto& [label, count] : counts) {
    const auto share = [](int part, int rest) { return part + rest == 0 ? 1.0 : static_cast<double>(part) / (part + rest); };
    std::printf("%s %-18s recall %.3f precision %.3f (hit %d, missed %d, wrong %d of %zu)\n", name, label.c_str(),
                share(count[0], count[1]), share(count[0], count[2]), count[0], count[1], count[2], lines.size());
  }
}
}  // namespace

int main(int argc, char** argv) {
  const auto interpreter = Interpreter::load(argc > 1 ? argv[1] : "config/lexicon");
  if (!interpreter) {
    for (const Fault& fault : interpreter.error()) std::cerr << fault.to_string() << '\n';
    return 1;
  }
  for (int i = 2; i < argc; ++i) score(*interpreter, argv[i]);
  if (argc > 2) return 0;
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << "> " << line << '\n';
    for (const std::string& each : interpreter->explain(line)) std::cout << "    " << each << '\n';
  }
}
