#pragma once
#include <string>
#include <string_view>

namespace northstar::kannel {

/// What Kannel is to tell of a text: 1 delivered, 2 not delivered, 16 refused by the SMSC. The steps between (4 waits at
/// the SMSC, 8 taken by it) are told to nobody, so they are not asked for.
inline constexpr std::string_view kReceiptMask = "19";

/// The address of one text's receipts, for `X-Kannel-DLR-Url`: with Kannel's escapes %d (what became of it) and
/// %#smpp#dlr_err# (an SMPP carrier's error code). Not %A: an SMSC repeats there what the text said. And not %B, whatever
/// Kannel's guide says of it: 1.4.5 leaves it empty.
///
/// Kannel keeps this address and writes it to its logs, so it does not hold the secret but a proof for this text alone.
std::string status_address(std::string_view public_url, std::string_view secret, std::string_view entry_id);

/// The number in such a code: SMPP's network_error_code, a network's kind and two octets. Empty for anything else and for 0.
std::string network_error(std::string_view octets);

/// The proof that `status_address` holds.
std::string status_proof(std::string_view secret, std::string_view entry_id);

}  // namespace northstar::kannel
