#include "handlers/smpp/pdu.h"

#include <algorithm>

namespace northstar::smpp {
namespace {

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<std::uint8_t>(bytes[at + i]);
  return number;
}

/// Reads fields in order. Once one does not fit, all that follow are empty and `good` is false.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : bytes_(bytes) {}

  bool good() const { return good_; }
  bool at_end() const { return at_ == bytes_.size(); }
  std::size_t left() const { return bytes_.size() - at_; }

  std::uint8_t octet() {
    if (!good_ || left() < 1) return fail();
    return static_cast<std::uint8_t>(bytes_[at_++]);
  }
  std::uint16_t pair() {
    const auto high = octet();
    return static_cast<std::uint16_t>(high << 8 | octet());
  }
  std::string octets(std::size_t count) {
    if (!good_ || left() < count) return fail(), std::string();
    at_ += count;
    return std::string(bytes_.substr(at_ - count, count));
  }
  /// A C-octet string of at most `most` octets, its end included (3.1).
  std::string string(std::size_t most) {
    if (!good_) return {};
    const auto within = bytes_.substr(at_, most);
    const auto end = within.find('\0');
    if (end == std::string_view::npos) return fail(), std::string();
    at_ += end + 1;
    return std::string(within.substr(0, end));
  }
  /// SMSCs leave out what is empty at the end of a response.
  std::string string_if_any(std::size_t most) { return at_end() ? std::string() : string(most); }

  std::vector<Tlv> tlvs() {
    std::vector<Tlv> out;
    while (good_ && left() > 0) {
      Tlv tlv;
      tlv.tag = pair();
      tlv.value = octets(pair());
      if (good_) out.push_back(std::move(tlv));
    }
    return out;
  }

 private:
  std::uint8_t fail() {
    good_ = false;
    return 0;
  }
  std::string_view bytes_;
  std::size_t at_ = 0;
  bool good_ = true;
};

Address read_address(Cursor& in, std::size_t most = 21) {
  Address address;
  address.ton = in.octet();
  address.npi = in.octet();
  address.digits = in.string(most);
  return address;
}

/// What an SMSC may say longer than the specification allows, and some do: addresses and ids of 65 octets.
constexpr std::size_t kLenient = 66;

Message read_message(Cursor& in) {
  Message message;
  message.service_type = in.string(6);
  message.source = read_address(in, kLenient);
  message.destination = read_address(in, kLenient);
  message.esm_class = in.octet();
  message.protocol_id = in.octet();
  message.priority = in.octet();
  message.schedule = in.string(17);
  message.validity = in.string(17);
  message.registered_delivery = in.octet();
  message.replace_if_present = in.octet();
  message.data_coding = in.octet();
  message.default_message = in.octet();
  message.octets = in.octets(in.octet());
  message.tlvs = in.tlvs();
  return message;
}

Message read_data(Cursor& in) {
  Message message;
  message.service_type = in.string(6);
  message.source = read_address(in, kLenient);
  message.destination = read_address(in, kLenient);
  message.esm_class = in.octet();
  message.registered_delivery = in.octet();
  message.data_coding = in.octet();
  message.tlvs = in.tlvs();
  return message;
}

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out), begin_(out.size()) {}
  void octet(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
  void pair(std::uint16_t value) {
    octet(static_cast<std::uint8_t>(value >> 8));
    octet(static_cast<std::uint8_t>(value & 255));
  }
  void number(std::uint32_t value) {
    pair(static_cast<std::uint16_t>(value >> 16));
    pair(static_cast<std::uint16_t>(value & 0xFFFF));
  }
  /// Cut where the field ends, so that what follows stays in its place.
  void string(std::string_view text, std::size_t most) {
    text = text.substr(0, std::min(text.find('\0'), most - 1));
    out_.append(text);
    octet(0);
  }
  void address(const Address& address) {
    octet(address.ton);
    octet(address.npi);
    string(address.digits, 21);
  }
  void tlv(std::uint16_t tag, std::string_view value) {
    pair(tag);
    pair(static_cast<std::uint16_t>(value.size()));
    out_.append(value);
  }
  void finish() {
    const auto length = static_cast<std::uint32_t>(out_.size() - begin_);
    for (std::size_t i = 0; i < 4; ++i) out_[begin_ + i] = static_cast<char>(length >> (24 - 8 * i) & 255);
  }

 private:
  std::string& out_;
  std::size_t begin_;
};

void write_message(Writer& out, const Message& message) {
  out.string(message.service_type, 6);
  out.address(message.source);
  out.address(message.destination);
  out.octet(message.esm_class);
  out.octet(message.protocol_id);
  out.octet(message.priority);
  out.string(message.schedule, 17);
  out.string(message.validity, 17);
  out.octet(message.registered_delivery);
  out.octet(message.replace_if_present);
  out.octet(message.data_coding);
  out.octet(message.default_message);
  const bool payload = message.octets.size() > kShortMessageMost;
  out.octet(payload ? 0 : static_cast<std::uint8_t>(message.octets.size()));
  if (!payload)
    for (const char c : message.octets) out.octet(static_cast<std::uint8_t>(c));
  for (const Tlv& tlv : message.tlvs) out.tlv(tlv.tag, tlv.value);
  if (payload) out.tlv(tag::kMessagePayload, std::string_view(message.octets).substr(0, 0xFFFF));
}

}  // namespace

const Tlv* Message::find(std::uint16_t tag) const {
  const auto at = std::ranges::find(tlvs, tag, &Tlv::tag);
  return at == tlvs.end() ? nullptr : &*at;
}

std::optional<std::string_view> Framer::next() {
  if (out_of_step_) return std::nullopt;
  if (at_ > 0 && (at_ == buffer_.size() || at_ > 64 * 1024)) {
    buffer_.erase(0, at_);
    at_ = 0;
  }
  const std::string_view rest = std::string_view(buffer_).substr(at_);
  if (rest.size() < 4) return std::nullopt;
  const std::size_t length = number_at(rest, 0);
  if (length < kHeader || length > kLongest) {
    out_of_step_ = true;
    return std::nullopt;
  }
  if (rest.size() < length) return std::nullopt;
  at_ += length;
  return rest.substr(0, length);
}

void Framer::clear() {
  buffer_.clear();
  at_ = 0;
  out_of_step_ = false;
}

Decoded decode(std::string_view bytes) {
  Decoded out;
  Pdu& pdu = out.pdu;
  if (bytes.size() < kHeader) {
    out.broken = Broken{};
    return out;
  }
  pdu.command = static_cast<Command>(number_at(bytes, 4));
  pdu.status = number_at(bytes, 8);
  pdu.sequence = number_at(bytes, 12);
  const auto broken = [&](std::uint32_t status) { out.broken = Broken{pdu.command, pdu.sequence, status}; };
  Cursor in(bytes.substr(kHeader));
  bool whole = true;  // whether the body has fields that must be there
  switch (pdu.command) {
    case Command::bind_receiver:
    case Command::bind_transmitter:
    case Command::bind_transceiver:
      pdu.bind.system_id = in.string(16);
      pdu.bind.password = in.string(9);
      pdu.bind.system_type = in.string(13);
      pdu.bind.interface_version = in.octet();
      pdu.bind.range = read_address(in, 41);
      break;
    case Command::submit_sm:
    case Command::deliver_sm:
    case Command::data_sm: {
      pdu.message = pdu.command == Command::data_sm ? read_data(in) : read_message(in);
      if (!in.good()) break;
      // 5.3.2.32: one of the two; where both are there, what was sent as the text is the text.
      if (const Tlv* payload = pdu.message.find(tag::kMessagePayload)) {
        if (pdu.message.octets.empty()) pdu.message.octets = payload->value;
        std::erase_if(pdu.message.tlvs, [](const Tlv& tlv) { return tlv.tag == tag::kMessagePayload; });
      }
      break;
    }
    case Command::bind_receiver_resp:
    case Command::bind_transmitter_resp:
    case Command::bind_transceiver_resp:
    case Command::submit_sm_resp:
    case Command::deliver_sm_resp:
    case Command::data_sm_resp:
      // 4.4.2: no body with an error. What stands behind the id is of no use to us, well written or not.
      pdu.id = in.string_if_any(kLenient);
      break;
    case Command::unbind:
    case Command::unbind_resp:
    case Command::enquire_link:
    case Command::enquire_link_resp:
    case Command::generic_nack:
    case Command::outbind:
    case Command::alert_notification:
      whole = false;
      break;
    default:
      broken(status::kInvalidCommandId);
      return out;
  }
  if (whole && !in.good()) broken(status::kInvalidCommandLength);
  return out;
}

void encode(std::string& to, const Pdu& pdu) {
  Writer out(to);
  out.number(0);
  out.number(static_cast<std::uint32_t>(pdu.command));
  out.number(pdu.status);
  out.number(pdu.sequence);
  switch (pdu.command) {
    case Command::bind_receiver:
    case Command::bind_transmitter:
    case Command::bind_transceiver:
      out.string(pdu.bind.system_id, 16);
      out.string(pdu.bind.password, 9);
      out.string(pdu.bind.system_type, 13);
      out.octet(pdu.bind.interface_version);
      out.octet(pdu.bind.range.ton);
      out.octet(pdu.bind.range.npi);
      out.string(pdu.bind.range.digits, 41);
      break;
    case Command::submit_sm:
    case Command::deliver_sm:
      write_message(out, pdu.message);
      break;
    case Command::data_sm:
      out.string(pdu.message.service_type, 6);
      out.address(pdu.message.source);
      out.address(pdu.message.destination);
      out.octet(pdu.message.esm_class);
      out.octet(pdu.message.registered_delivery);
      out.octet(pdu.message.data_coding);
      for (const Tlv& tlv : pdu.message.tlvs) out.tlv(tlv.tag, tlv.value);
      break;
    case Command::bind_receiver_resp:
    case Command::bind_transmitter_resp:
    case Command::bind_transceiver_resp:
      if (pdu.status == status::kOk) out.string(pdu.id, 16);
      break;
    case Command::submit_sm_resp:
    case Command::deliver_sm_resp:
    case Command::data_sm_resp:
      if (pdu.status == status::kOk || pdu.command == Command::deliver_sm_resp) out.string(pdu.id, 65);
      break;
    default:
      break;
  }
  out.finish();
}

}  // namespace northstar::smpp
