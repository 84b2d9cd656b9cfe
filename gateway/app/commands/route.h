#pragma once
#include <string>
#include <string_view>

#include "gateway/base/time.h"
#include "gateway/directory/directory.h"
#include "gateway/directory/place.h"
#include "gateway/language/language.h"

namespace northstar::app {

/// One line of `northstar route --jsonl`. In: `{"id":7,"text":"refugio en fresno"}`. Out: the place heard, whether it
/// must be confirmed, whom the person would be sent to for what they need (`other` when no need is heard), and the
/// national lines. A line that is no such object comes back as `{"id":…,"error":"…"}`, which never repeats the text.
/// Without an interpreter no need is heard.
std::string route_line(const directory::Gazetteer& gazetteer, const directory::Directory& directory,
                       const language::Interpreter* interpreter, std::string_view json_line, Instant now);

}  // namespace northstar::app
