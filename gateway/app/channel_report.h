#pragma once
#include <functional>
#include <string>

#include "gateway/app/config/config.h"
#include "gateway/net/metrics.h"

namespace northstar::app {

/// How each channel stands, for `GET /channels` and `northstar channels`: a JSON array, in the settings' order, of
///   { name, type, state, received, replied_inline, not_answered, sent: {outcome: n}, refused: {reason: n},
///     receipts: {outcome: n}, trouble: {sentence, seconds_ago} }
/// Counts are since this process began; `state` and `trouble` only where there is something to say.
std::string channels_json(const Config& config, net::Metrics& metrics, const std::function<std::string(const std::string&)>& state);

/// The same as a page for a terminal. `json` empty: the gateway does not run, and the settings alone are shown.
Result<std::string> channels_page(const Config& config, std::string_view json);

}  // namespace northstar::app
