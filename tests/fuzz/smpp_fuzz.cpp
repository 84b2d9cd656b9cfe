// Any bytes from an SMSC, cut anywhere: the bind ends or goes on alike however they arrive, every text of ours is
// answered for once, all that we write can be read, and what comes in as a text is one. And any text on its way out.
#include <algorithm>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "handlers/sms/form.h"
#include "handlers/smpp/pdu.h"
#include "handlers/smpp/receipt.h"
#include "handlers/smpp/session.h"
#include "handlers/smpp/text.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace northstar;
using fuzz::require;

constexpr std::chrono::milliseconds kMoment{5};

struct Outcome {
  std::string output;
  std::vector<smpp::Event> events;
};

void written_well(std::string_view output) {
  smpp::Framer framer;
  framer.feed(output);
  std::size_t read = 0;
  while (const auto frame = framer.next()) {
    read += frame->size();
    require(!smpp::decode(*frame).broken, "what we write can be read");
  }
  require(read == output.size(), "what we write ends where a message ends");
}

/// A bind that stands, with one text of ours on its way; then these bytes, and then the link is gone.
Outcome play(std::string_view bytes, std::size_t cut) {
  smpp::Moment now{};
  smpp::Session session({});
  session.connected(now);
  session.take_output();
  std::string welcome;
  smpp::Pdu bound;
  bound.command = smpp::Command::bind_transceiver_resp;
  bound.sequence = 1;
  encode(welcome, bound);
  session.received(welcome, now);
  require(session.submit({}, now).has_value(), "a bind that stands takes a text");
  for (const std::string_view piece : {bytes.substr(0, cut), bytes.substr(cut)}) session.received(piece, now += kMoment);
  session.lost(now += kMoment);
  return {session.take_output(), session.take_events()};
}

void look_at(const smpp::Message& message) {
  const auto data = smpp::user_data(message);
  if (data.part) require(data.part->number >= 1 && data.part->number <= data.part->total, "a part is one of its text's");
  for (const auto standard : {smpp::Alphabet::gsm, smpp::Alphabet::gsm_packed, smpp::Alphabet::utf8}) {
    const auto alphabet = smpp::alphabet_of(message.data_coding, standard);
    if (alphabet) require(sms::valid_utf8(smpp::to_utf8(data.octets, *alphabet)), "a text is UTF-8");
  }
  if (const auto receipt = smpp::read_receipt(message, smpp::IdForm::hex, smpp::IdForm::decimal)) {
    require(!receipt->id.empty(), "a receipt is for some text");
    require(receipt->error_code.find_first_not_of("0123456789") == std::string::npos, "an error's code has digits only");
  }
}

void from_the_carrier(std::string_view bytes, std::size_t cut) {
  const Outcome whole = play(bytes, bytes.size()), pieces = play(bytes, cut);
  require(whole.output == pieces.output && whole.events.size() == pieces.events.size(), "bytes say the same whole or in pieces");
  written_well(whole.output);
  std::size_t answered = 0, ended = 0;
  for (const smpp::Event& event : whole.events) {
    require(ended == 0, "nothing comes after the end");
    if (const auto* text = std::get_if<smpp::Arrived>(&event)) look_at(text->message);
    if (std::holds_alternative<smpp::Answered>(event)) ++answered;
    if (std::holds_alternative<smpp::Ended>(event)) ++ended;
  }
  require(answered == 1 && ended == 1, "each text of ours is answered for once, and the link ends once");
}

void one_message(std::string_view bytes) {
  const auto first = smpp::decode(bytes);
  if (first.broken) return;
  look_at(first.pdu.message);
  std::string written, again;
  encode(written, first.pdu);
  const auto second = smpp::decode(written);
  require(!second.broken, "what was read can be written and read");
  encode(again, second.pdu);
  require(written == again, "what was written is written alike");
}

void to_the_carrier(std::string_view text) {
  if (!sms::valid_utf8(text)) return;
  for (const auto standard : {smpp::Alphabet::gsm, smpp::Alphabet::latin1, smpp::Alphabet::ascii}) {
    std::vector<smpp::CodedOctets> parts;
    for (const smpp::Piece& piece : smpp::to_pieces(text, standard, 7)) {
      require(piece.octets.size() <= 140 || (piece.data_coding == 0 && piece.octets.size() <= 160), "a piece fits a text");
      smpp::Message message;
      message.octets = piece.octets;
      message.esm_class = piece.has_header ? 0x40 : 0;
      message.data_coding = piece.data_coding;
      const auto alphabet = smpp::alphabet_of(piece.data_coding, standard);
      require(alphabet.has_value(), "a piece is written in some alphabet");
      parts.push_back({*alphabet, std::string(smpp::user_data(message).octets)});
    }
    require(smpp::joined(parts) == text, "a text comes out as it went in");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes = fuzz::bytes_of(data, size);
  const std::uint8_t choice = fuzz::take_choice(bytes);
  if (choice % 4 == 0) {
    to_the_carrier(bytes);
  } else if (choice % 4 == 1) {
    one_message(bytes);
  } else {
    const std::size_t cut = fuzz::take_choice(bytes);
    from_the_carrier(bytes, std::min(cut, bytes.size()));
  }
  return 0;
}
