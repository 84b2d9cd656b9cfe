#pragma once
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gateway/language/language.h"
#include "tests/unit/language/labels.h"

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

/// `corpora/<name>.tsv`.
inline std::vector<Line> corpus(const std::string& name) {
  auto lines = labelled_texts(NORTHSTAR_SOURCE_DIR "/tests/unit/language/corpora/" + name + ".tsv");
  EXPECT_TRUE(lines) << name;
  return lines.value_or(std::vector<Line>{});
}

inline std::string why(std::string_view text) {
  std::string out;
  for (const std::string& line : shipped().explain(text)) out += "\n    " + line;
  return out;
}

}  // namespace northstar::language
