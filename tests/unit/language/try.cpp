#include <array>
#include <cstdio>
#include <iostream>
#include <map>

#include "gateway/language/language.h"
#include "tests/unit/language/labels.h"

// For whoever tunes the lexicon.
//
//   lexicon_try config/lexicon                     reads texts, one a line, and says which words spoke
//   lexicon_try config/lexicon FILE.tsv...         reads labelled texts (corpora/README.md), says what was misread, and
//                                                  how much of each label was heard. A file is judged by the labels
//                                                  in it: what it never mentions is not counted.
namespace {
using namespace northstar;
using namespace northstar::language;

void score(const Interpreter& interpreter, const char* name) {
  const auto lines = labelled_texts(name);
  if (!lines) {
    std::cerr << name << ": cannot be read\n";
    return;
  }
  std::map<std::string, std::array<int, 3>> counts;  // hit, missed, wrong
  for (const Line& line : *lines)
    for (const std::string& label : line.labels)
      if (label != "-") counts[label.substr(label[0] == '!' ? 1 : 0)];
  for (const Line& line : *lines) {
    const Understanding said = interpreter.understand(line.text);
    for (auto& [label, count] : counts) {
      const bool wanted = line.is(label), heard = says(said, label);
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
                share(count[0], count[1]), share(count[0], count[2]), count[0], count[1], count[2], lines->size());
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
