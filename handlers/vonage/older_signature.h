#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "handlers/sms/form.h"

namespace northstar::vonage {

/// How the SMS API signs: as the "Signature method" of the account says.
enum class Hash { md5hash, md5, sha1, sha256, sha512 };

/// The SMS API's signature: over `&name=value` for each parameter but `sig`, by name, with every & and = in a value
/// written as _. `md5hash` is MD5 over that and the secret; the others are HMACs keyed with it. In hex, either case.
///
/// What it cannot tell apart: & and = and _ within one value. A name that has & or = in it is refused, because with it
/// two values could be passed off as one.
///
/// `fields` by name and each once. Nothing when they are not, or no name could have been signed.
std::optional<std::string> older_signature(Hash hash, std::string_view secret, std::span<const sms::Field> fields);

/// Whether `fields` have a right `sig` among them. Takes any fields; compares in constant time; an empty secret fits nothing.
bool signed_by(Hash hash, std::string_view secret, std::span<const sms::Field> fields);

}  // namespace northstar::vonage
