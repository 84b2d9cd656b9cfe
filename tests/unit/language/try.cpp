#include <iostream>

#include "gateway/language/language.h"

/// For whoever tunes the lexicon: reads texts, one a line, and says which words spoke.
int main(int argc, char** argv) {
  using namespace northstar;
  const auto interpreter = language::Interpreter::load(argc > 1 ? argv[1] : "config/lexicon");
  if (!interpreter) {
    for (const Fault& fault : interpreter.error()) std::cerr << fault.to_string() << '\n';
    return 1;
  }
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << "> " << line << '\n';
    for (const std::string& each : interpreter->explain(line)) std::cout << "    " << each << '\n';
  }
}
