#include "gateway/store/outbound_message.h"

#include <cstdint>

namespace northstar::store {

namespace {

constexpr char kForm = 1;
constexpr std::size_t kFixed = 18;

void put(std::string& out, std::int64_t number) {
  for (int i = 0; i < 8; ++i) out += static_cast<char>(static_cast<std::uint64_t>(number) >> 8 * i & 255);
}

std::int64_t get(std::string_view bytes, std::size_t at) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number |= std::uint64_t{static_cast<unsigned char>(bytes[at + i])} << 8 * i;
  return static_cast<std::int64_t>(number);
}

void put(std::string& out, std::string_view name) {
  name = name.substr(0, 255);  // names and numbers are checked to be far shorter when they come in
  out += static_cast<char>(name.size());
  out += name;
}

bool take(std::string_view& rest, std::string& out) {
  if (rest.empty()) return false;
  const std::size_t size = static_cast<unsigned char>(rest[0]);
  if (rest.size() < 1 + size) return false;
  out = rest.substr(1, size);
  rest.remove_prefix(1 + size);
  return true;
}

}  // namespace

std::string encode(const OutboundMessage& message) {
  std::string out;
  out.reserve(kFixed + 64 + message.text.reveal().size());
  out += kForm;
  out += static_cast<char>((message.repeat_harmless ? 1 : 0) | (message.first ? 2 : 0));
  put(out, message.made.time_since_epoch().count());
  put(out, message.useful.count());
  put(out, message.channel);
  put(out, message.service);
  put(out, message.address.reveal());
  return out.append(message.text.reveal());
}

std::optional<OutboundMessage> decode_outbound(std::string_view bytes) {
  if (bytes.size() < kFixed || bytes[0] != kForm) return std::nullopt;
  OutboundMessage message;
  message.repeat_harmless = (bytes[1] & 1) != 0;
  message.first = (bytes[1] & 2) != 0;
  message.made = Instant{Millis{get(bytes, 2)}};
  message.useful = Millis{get(bytes, 10)};
  std::string_view rest = bytes.substr(kFixed);
  std::string address;
  if (!take(rest, message.channel) || !take(rest, message.service) || !take(rest, address)) return std::nullopt;
  message.address = PhoneNumber(std::move(address));
  message.text = MessageText(std::string(rest));
  return message;
}

}  // namespace northstar::store
