#include "handlers/smpp/receipt.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace northstar::smpp {
namespace {

using Status = net::Receipt::Status;

struct State {
  std::string_view word;
  std::uint8_t number;  // 5.2.28
  Status status;
};
constexpr std::array<State, 9> kStates{{{"ENROUTE", 1, Status::under_way},
                                        {"DELIVRD", 2, Status::delivered},
                                        {"EXPIRED", 3, Status::undelivered},
                                        {"DELETED", 4, Status::undelivered},
                                        {"UNDELIV", 5, Status::undelivered},
                                        {"ACCEPTD", 6, Status::under_way},
                                        {"UNKNOWN", 7, Status::under_way},
                                        {"REJECTD", 8, Status::failed},
                                        {"SKIPPED", 9, Status::undelivered}}};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// The value of `name:` in the text form; names come in any case, and "done date" has a blank in it.
std::string_view field(std::string_view text, std::string_view name) {
  for (std::size_t at = 0; at + name.size() < text.size(); ++at) {
    if (at > 0 && text[at - 1] != ' ') continue;
    const std::string_view here = text.substr(at, name.size());
    if (text[at + name.size()] != ':' || !std::ranges::equal(here, name, {}, lower)) continue;
    const std::string_view rest = text.substr(at + name.size() + 1);
    return rest.substr(0, rest.find_first_of(" \r\n"));
  }
  return {};
}

std::string_view before_text(std::string_view text) {
  for (std::size_t at = 0; at + 5 <= text.size(); ++at)
    if ((at == 0 || text[at - 1] == ' ') && std::ranges::equal(text.substr(at, 5), std::string_view("text:"), {}, lower))
      return text.substr(0, at);
  return text;
}

std::string_view without_end(std::string_view value) { return value.substr(0, value.find('\0')); }

std::string digits_of(std::string_view text) {
  return text.size() <= 8 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }) ? std::string(text) : std::string();
}

}  // namespace

std::string same_id(std::string_view id, IdForm form) {
  if (form == IdForm::text) return std::string(id);
  std::string_view digits = id;
  if (form == IdForm::hex && (digits.starts_with("0x") || digits.starts_with("0X"))) digits.remove_prefix(2);
  std::uint64_t number = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number, form == IdForm::hex ? 16 : 10);
  if (digits.empty() || fault != std::errc{} || end != digits.data() + digits.size()) return std::string(id);
  return std::to_string(number);
}

bool is_receipt(const Message& message) {
  // 5.2.12, bits 5 to 2: 0001 a receipt, 1000 an intermediate one; 0010 and 0100 are a phone's own acknowledgements.
  const unsigned kind = message.esm_class >> 2 & 0xF;
  return kind == 0x1 || kind == 0x8 || kind == 0x2 || kind == 0x4;
}

std::optional<ReceiptRead> read_receipt(const Message& message, IdForm taken, IdForm told) {
  ReceiptRead out;
  const std::string_view text = before_text(message.octets);
  const Tlv* id = message.find(tag::kReceiptedMessageId);
  // A TLV's id is written as the submit_sm_resp wrote it; the text form may have a way of its own.
  out.id = id ? same_id(without_end(id->value), taken) : same_id(field(text, "id"), told);
  if (out.id.empty()) return std::nullopt;

  if (const Tlv* state = message.find(tag::kMessageState); state && state->value.size() == 1) {
    const auto* found = std::ranges::find(kStates, static_cast<std::uint8_t>(state->value[0]), &State::number);
    if (found != kStates.end()) out.status = found->status;
  } else {
    const std::string_view word = field(text, "stat");
    for (const State& each : kStates)
      if (word.size() >= 4 && std::ranges::equal(word.substr(0, 7), each.word.substr(0, word.size()), {}, upper)) out.status = each.status;
  }
  if (const Tlv* error = message.find(tag::kNetworkErrorCode); error && error->value.size() == 3)
    out.error_code = std::to_string(static_cast<std::uint8_t>(error->value[1]) << 8 | static_cast<std::uint8_t>(error->value[2]));
  else
    out.error_code = digits_of(field(text, "err"));
  return out;
}

}  // namespace northstar::smpp
