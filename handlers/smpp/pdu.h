#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// SMPP's protocol data units, read and written (SMPP Protocol Specification v3.4, Issue 1.2; sections are its). No I/O.
namespace northstar::smpp {

/// 5.1.2.1
enum class Command : std::uint32_t {
  bind_receiver = 0x1,
  bind_transmitter = 0x2,
  submit_sm = 0x4,
  deliver_sm = 0x5,
  unbind = 0x6,
  bind_transceiver = 0x9,
  outbind = 0xB,
  enquire_link = 0x15,
  alert_notification = 0x102,
  data_sm = 0x103,
  generic_nack = 0x80000000,
  bind_receiver_resp = 0x80000001,
  bind_transmitter_resp = 0x80000002,
  submit_sm_resp = 0x80000004,
  deliver_sm_resp = 0x80000005,
  unbind_resp = 0x80000006,
  bind_transceiver_resp = 0x80000009,
  enquire_link_resp = 0x80000015,
  data_sm_resp = 0x80000103,
};
constexpr bool is_response(Command command) { return (static_cast<std::uint32_t>(command) & 0x80000000) != 0; }
constexpr Command response_to(Command command) { return static_cast<Command>(static_cast<std::uint32_t>(command) | 0x80000000); }

/// 5.1.3; those that this side sends or tells apart. Others arrive as plain numbers.
namespace status {
inline constexpr std::uint32_t kOk = 0x0, kInvalidMessageLength = 0x1, kInvalidCommandLength = 0x2, kInvalidCommandId = 0x3,
                               kWrongBindStatus = 0x4, kAlreadyBound = 0x5, kSystemError = 0x8, kInvalidSource = 0xA,
                               kInvalidDestination = 0xB, kBindFailed = 0xD, kInvalidPassword = 0xE, kInvalidSystemId = 0xF,
                               kQueueFull = 0x14, kThrottled = 0x58, kTemporaryAppError = 0x64, kPermanentAppError = 0x65,
                               kRejectedByApp = 0x66, kInvalidOptionalPart = 0xC0, kInvalidParameterValue = 0xC4,
                               kDeliveryFailure = 0xFE;
}

/// 5.3.2; those that are read.
namespace tag {
inline constexpr std::uint16_t kReceiptedMessageId = 0x1E, kSarMsgRefNum = 0x20C, kSarTotalSegments = 0x20E,
                               kSarSegmentSeqnum = 0x20F, kNetworkErrorCode = 0x423, kMessagePayload = 0x424,
                               kMessageState = 0x427;
}

struct Tlv {
  std::uint16_t tag = 0;
  std::string value;
};

/// 5.2.5 to 5.2.9. `digits` is as it came on the wire: with or without a plus, a name, a short code.
struct Address {
  std::uint8_t ton = 0, npi = 0;
  std::string digits;
};

/// submit_sm, deliver_sm and data_sm (4.4, 4.6, 4.7).
struct Message {
  std::string service_type;
  Address source, destination;
  std::uint8_t esm_class = 0, protocol_id = 0, priority = 0;
  std::string schedule, validity;
  std::uint8_t registered_delivery = 0, replace_if_present = 0, data_coding = 0, default_message = 0;
  std::string octets;            ///< short_message; or message_payload, when that is how it came
  std::vector<Tlv> tlvs;

  const Tlv* find(std::uint16_t tag) const;
};

/// bind_receiver, bind_transmitter, bind_transceiver (4.1).
struct Bind {
  std::string system_id, password, system_type;
  std::uint8_t interface_version = 0x34;
  Address range;
};

struct Pdu {
  Command command{};
  std::uint32_t status = status::kOk, sequence = 0;
  Bind bind;                     ///< of a bind
  Message message;               ///< of a submit_sm, deliver_sm, data_sm
  std::string id;                ///< message_id of a response to those; system_id of a response to a bind
};

/// A PDU that cannot be read. Its sequence number is told to the peer with `status`.
struct Broken {
  Command command{};
  std::uint32_t sequence = 0, status = status::kInvalidCommandLength;
};

inline constexpr std::size_t kHeader = 16;
/// Longer than any PDU that may come: a message_payload of 64 KiB, and the fields before it.
inline constexpr std::size_t kLongest = 70'000;
inline constexpr std::size_t kShortMessageMost = 254;

/// Takes bytes apart at PDU borders. After `out_of_step` nothing that follows can be trusted: the link must end.
class Framer {
 public:
  void feed(std::string_view bytes) { buffer_.append(bytes); }
  /// The next whole PDU's bytes, good until the next call of either; nothing when more must come.
  std::optional<std::string_view> next();
  /// A length that no PDU has: told with a generic_nack, then the link ends.
  bool out_of_step() const { return out_of_step_; }
  void clear();

 private:
  std::string buffer_;
  std::size_t at_ = 0;
  bool out_of_step_ = false;
};

/// One whole PDU. Every string and element stays inside it, whatever its bytes say.
struct Decoded {
  Pdu pdu;
  std::optional<Broken> broken;
};
Decoded decode(std::string_view bytes);

/// Appends. A message longer than 254 octets goes as message_payload.
void encode(std::string& out, const Pdu& pdu);

}  // namespace northstar::smpp
