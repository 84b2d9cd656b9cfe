#pragma once
#include <string_view>

namespace northstar::vonage {

/// Whether no object in this JSON has a key twice. A parser keeps one of the two, and another parser the other: whose
/// number would it be? False for what is no JSON.
bool keys_once(std::string_view json);

}  // namespace northstar::vonage
