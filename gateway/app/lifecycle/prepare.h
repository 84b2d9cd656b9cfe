#pragma once
#include <string>
#include <vector>

#include "gateway/app/config/config.h"
#include "gateway/base/result.h"

namespace northstar::app {

/// What has to hold before anything else of a gateway starts: no core dumps, no swap where real people text (R71, R79),
/// a state folder that only we may enter, and in the demo a token for each channel that has none.
Result<void> prepare(const Config& config);

/// The demo's tokens: one for each channel whose token file is to lie in the state folder and is not there yet. Nothing
/// outside the demo.
Result<void> make_demo_tokens(const Config& config);

/// The settings that differ and that a running gateway cannot take up: each needs a restart.
std::vector<std::string> needs_restart(const Config& running, const Config& fresh);

}  // namespace northstar::app
