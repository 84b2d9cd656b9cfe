#pragma once
#include <string>

#include "gateway/app/config/config.h"

namespace northstar::app {

/// A fingerprint of all that the checker reads, this program included: what was proved of these very bytes need not be
/// proved again at the next start, which would take a second.
std::string fingerprint(const Config& config);

/// Whether the last proof was of this fingerprint; kept in the state folder.
bool proved_before(const Config& config, const std::string& fingerprint);
void remember_proof(const Config& config, const std::string& fingerprint);

}  // namespace northstar::app
