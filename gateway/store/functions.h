#pragma once
#include <string_view>

namespace northstar::store {

/// The server-side functions, one library. Its version is in its name and in its functions' names, so that two
/// releases can work on one Redis side by side; whoever changes what a function takes or does raises it.
inline constexpr std::string_view kFunctionLibrary = "northstar1";

/// `functions.lua`, compiled in.
std::string_view function_source();

}  // namespace northstar::store
