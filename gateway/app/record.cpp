#include "gateway/app/record.h"

namespace northstar::app {
namespace {

constexpr char kForm = 1;

void put(std::string& out, std::string_view text) {
  out.push_back(static_cast<char>(std::min<std::size_t>(text.size(), 255)));  // names and numbers are short
  out += text.substr(0, 255);
}

std::optional<std::string> get(std::string_view& in) {
  if (in.empty()) return std::nullopt;
  const auto size = static_cast<unsigned char>(in.front());
  if (in.size() < size + 1u) return std::nullopt;
  std::string out(in.substr(1, size));
  in.remove_prefix(size + 1u);
  return out;
}

std::string with_address(const Record& record, std::string_view rest) {
  std::string out;
  out.reserve(rest.size() + 64);
  put(out, record.channel);
  put(out, record.service);
  put(out, record.address.reveal());
  out += rest;
  return out;
}

}  // namespace

std::optional<std::string> Records::seal_with(const privacy::ContactId& contact, std::uint64_t version,
                                              const Record& record, Instant now, std::array<std::uint8_t, 12> first,
                                              std::array<std::uint8_t, 12> second) const {
  const std::string key = contact.key();
  const auto talk = keyring_.seal(privacy::Life::hour, {"session", key, version},
                                  with_address(record, conversation::encode_talk(record.session, flow_)), now, first);
  if (!talk) return std::nullopt;
  std::string out(1, kForm);
  out.push_back(static_cast<char>(talk->size() & 0xff));
  out.push_back(static_cast<char>(talk->size() >> 8));
  out += *talk;
  const std::string kept = conversation::encode_kept(record.session);
  if (!kept.empty()) {
    const auto sealed = keyring_.seal(privacy::Life::day, {"kept", key, version}, with_address(record, kept), now, second);
    if (!sealed) return std::nullopt;
    out += *sealed;
  }
  return out;
}

Record Records::open(const privacy::ContactId& contact, std::uint64_t version, std::string_view sealed) const {
  Record record;
  if (sealed.size() < 3 || sealed[0] != kForm) return record;
  const std::size_t size = static_cast<unsigned char>(sealed[1]) | static_cast<std::size_t>(static_cast<unsigned char>(sealed[2])) << 8;
  sealed.remove_prefix(3);
  if (sealed.size() < size) return record;
  const std::string key = contact.key();
  const auto talk = keyring_.open({"session", key, version}, sealed.substr(0, size));
  const auto kept = sealed.size() > size ? keyring_.open({"kept", key, version}, sealed.substr(size)) : std::nullopt;
  std::string_view talk_part, kept_part;
  const auto address = [&](std::string_view& part) {
    const auto channel = get(part), service = get(part), number = get(part);
    if (!channel || !service || !number) return part = {}, void();
    record.channel = *channel;
    record.service = *service;
    record.address = PhoneNumber(*number);
  };
  if (kept) address(kept_part = *kept);
  if (talk) address(talk_part = *talk);
  record.session = conversation::decode(talk_part, kept_part, flow_);
  return record;
}

}  // namespace northstar::app
