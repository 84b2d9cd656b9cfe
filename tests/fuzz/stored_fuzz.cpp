// Any bytes as what stands in Redis around a seal and inside it: heads and outbox entries read or do not, and what was
// read is written as the same bytes.
#include <string>

#include "gateway/store/layout.h"
#include "gateway/store/outbound_message.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace northstar;
  using fuzz::require;
  std::string_view bytes = fuzz::bytes_of(data, size);
  switch (fuzz::take_choice(bytes) % 4) {
    case 0:
      if (const auto message = store::decode_outbound(bytes)) {
        const std::string written = encode(*message);
        const auto again = store::decode_outbound(written);
        require(again && encode(*again) == written && again->text.reveal() == message->text.reveal() &&
                    again->address.reveal() == message->address.reveal(),
                "an outbox entry reads as it was written");
      }
      break;
    case 1:
      if (const auto head = store::decode_head(bytes)) {
        const auto written = encode_head(*head);
        require(bytes.starts_with(std::string_view(written.data(), written.size())), "a session's head is all there");
      }
      break;
    case 2:
      if (const auto head = store::decode_entry_head(bytes)) {
        const std::string written = encode_entry_head(*head);
        const auto again = store::decode_entry_head(written);
        require(again && encode_entry_head(*again) == written, "an entry's head reads as it was written");
      }
      break;
    default:
      if (const auto contact = store::contact_of(bytes)) require(contact->key() == bytes, "a contact's key is its own");
      store::kind_of(bytes);
  }
  return 0;
}
