// Any bytes as a text: it is understood in some way, the same way twice, and the form that safe words are compared in
// is the form of itself.
#include <stdexcept>
#include <string>

#include "gateway/language/language.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace northstar;
  static const language::Interpreter interpreter = [] {
    auto loaded = language::Interpreter::load(NORTHSTAR_SOURCE_DIR "/config/lexicon");
    if (!loaded) throw std::logic_error(loaded.error().front().to_string());
    return std::move(*loaded);
  }();
  std::string_view text = fuzz::bytes_of(data, size);
  const std::uint8_t choice = fuzz::take_choice(text);
  const Locale hint = choice < kLocales.size() ? kLocales[choice] : Locale{};

  const auto first = interpreter.understand(text, hint), again = interpreter.understand(text, hint);
  fuzz::require(first.intents == again.intents && first.cues == again.cues && first.needs == again.needs &&
                    first.language == again.language && first.digit == again.digit && first.ambiguous == again.ambiguous,
                "a text means the same twice");
  fuzz::require(!first.digit || *first.digit <= 9, "a menu choice has one digit");
  fuzz::require(first.confidence >= 0 && first.confidence <= 1, "a confidence is a part of one");
  fuzz::require(!first.bare || (first.cues.empty() && first.needs.empty()), "an answer alone tells nothing else");
  interpreter.explain(text, hint);

  const std::string once = language::normalise(text);
  fuzz::require(language::normalise(once) == once, "the normal form of a normal form is itself");
  return 0;
}
