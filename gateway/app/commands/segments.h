#pragma once
#include <string>
#include <string_view>

#include "gateway/base/result.h"

namespace northstar::app {

/// One line of `northstar segments --jsonl`: in {"id","text"}, out
/// {"id","encoding":"GSM-7"|"UCS-2","segments","units"}. The id comes back as it came, whatever it is. The error names
/// what is wrong with the line, and none of its text.
Result<std::string> segments_line(std::string_view json);

}  // namespace northstar::app
