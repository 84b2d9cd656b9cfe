#pragma once
#include <optional>
#include <set>
#include <string_view>

/// A key that is there twice in one JSON object: a parser keeps one of the two, and another parser the other. Whose number
/// would it be?
namespace northstar::sms {

/// The elements of the outermost array in which some object has a key twice; of an outermost object, whether there are any
/// is what counts. Nothing for what is no JSON.
std::optional<std::set<std::size_t>> repeated_keys(std::string_view json);

/// Whether no object in this JSON has a key twice. False for what is no JSON.
bool keys_once(std::string_view json);

}  // namespace northstar::sms
