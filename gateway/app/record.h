#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/sensitive.h"
#include "gateway/base/time.h"
#include "gateway/conversation/session.h"
#include "gateway/privacy/digests.h"
#include "gateway/privacy/keyring.h"

namespace northstar::app {

/// A session with what is needed to speak to its person: where from, and to whom. The address is kept nowhere else.
struct Record {
  std::string channel;   ///< the one they last wrote through
  std::string service;
  PhoneNumber address;
  conversation::Session session;
};

/// The sealed record: form 1 | length of the first part, two bytes little-endian | the part that dies within a day, under its hour's key |
/// the part that they asked to keep longer, under its day's key (often empty). Each part carries the address, so that a
/// follow-up can be sent when the talk is long gone.
class Records {
 public:
  Records(const privacy::Keyring& keyring, const conversation::Flow& flow) : keyring_(keyring), flow_(flow) {}

  /// Empty when the keyring has no key for this hour: then nothing may be accepted.
  template <class Nonce>
  std::optional<std::string> seal(const privacy::ContactId& contact, std::uint64_t version, const Record& record,
                                  Instant now, Nonce&& nonce) const {
    return seal_with(contact, version, record, now, nonce(), nonce());
  }
  /// What can no longer be opened counts as absent.
  Record open(const privacy::ContactId& contact, std::uint64_t version, std::string_view sealed) const;

 private:
  std::optional<std::string> seal_with(const privacy::ContactId& contact, std::uint64_t version, const Record& record,
                                       Instant now, std::array<std::uint8_t, 12> first,
                                       std::array<std::uint8_t, 12> second) const;
  const privacy::Keyring& keyring_;
  const conversation::Flow& flow_;
};

}  // namespace northstar::app
