#pragma once
#include <string>
#include <string_view>

#include "gateway/language/language.h"

namespace northstar::app {

/// One line of `northstar understand --jsonl`: an object {"id","text","locale"?} in, what the text means out, without
/// the text:
///   {"id","language","confidence","intents":[],"cues":[],"needs":[],"ambiguous":false}
/// and `"tonight":true` beside a shelter need that was said to be for tonight, `"man":true` where they say that they are
/// one. A line that cannot be read gives {"id","error"}, with a null id where none was found; the next line is read all
/// the same.
std::string understand_line(const language::Interpreter& interpreter, std::string_view json_line);

}  // namespace northstar::app
