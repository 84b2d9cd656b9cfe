#include "handlers/smpp/pdu.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace northstar::smpp {
namespace {

std::string bytes_of(const Pdu& pdu) {
  std::string out;
  encode(out, pdu);
  return out;
}

Pdu text_pdu() {
  Pdu pdu;
  pdu.command = Command::deliver_sm;
  pdu.sequence = 7;
  pdu.message.source = {1, 1, "12025550101"};
  pdu.message.destination = {3, 0, "55501"};
  pdu.message.octets = "help";
  pdu.message.data_coding = 3;
  pdu.message.tlvs = {{tag::kReceiptedMessageId, std::string("abc\0", 4)}};
  return pdu;
}

TEST(Pdu, what_is_written_is_read_again) {
  for (const Command command : {Command::submit_sm, Command::deliver_sm, Command::bind_transceiver, Command::bind_receiver_resp,
                                Command::submit_sm_resp, Command::enquire_link, Command::unbind_resp, Command::generic_nack}) {
    Pdu pdu = text_pdu();
    pdu.command = command;
    pdu.bind = {"northstar", "secret", "type", 0x34, {0, 0, "55501"}};
    pdu.id = "4f2a";
    const std::string bytes = bytes_of(pdu);
    const Decoded back = decode(bytes);
    ASSERT_FALSE(back.broken);
    EXPECT_EQ(back.pdu.command, command);
    EXPECT_EQ(back.pdu.sequence, 7u);
    EXPECT_EQ(bytes_of(back.pdu), bytes);
  }
}

TEST(Pdu, is_laid_out_as_the_specification_says) {  // SMPP 3.4, 4.11.1
  Pdu pdu;
  pdu.command = Command::enquire_link;
  pdu.sequence = 0x01020304;
  EXPECT_EQ(bytes_of(pdu), std::string("\0\0\0\x10\0\0\0\x15\0\0\0\0\1\2\3\4", 16));
}

TEST(Pdu, a_long_text_comes_and_goes_as_message_payload) {
  Pdu pdu = text_pdu();
  pdu.message.octets = std::string(1000, 'x');
  const Decoded back = decode(bytes_of(pdu));
  ASSERT_FALSE(back.broken);
  EXPECT_EQ(back.pdu.message.octets, pdu.message.octets);
  EXPECT_EQ(back.pdu.message.find(tag::kMessagePayload), nullptr);
}

TEST(Pdu, cut_off_anywhere_is_broken_and_says_what_it_was) {
  const std::string whole = bytes_of(text_pdu());
  int broken = 0;
  for (std::size_t size = kHeader; size < whole.size(); ++size) {
    const Decoded some = decode(std::string_view(whole).substr(0, size));
    if (!some.broken) continue;  // cut just where the optional parts begin: a whole PDU
    ++broken;
    EXPECT_EQ(some.broken->sequence, 7u);
    EXPECT_EQ(some.broken->command, Command::deliver_sm);
    EXPECT_EQ(some.broken->status, status::kInvalidCommandLength);
  }
  EXPECT_EQ(broken, static_cast<int>(whole.size() - kHeader) - 1);
}

TEST(Pdu, lengths_inside_that_reach_outside_are_broken) {
  std::string bytes = bytes_of(text_pdu());
  const auto sm_length = bytes.find("help") - 1;
  bytes[sm_length] = static_cast<char>(200);
  EXPECT_TRUE(decode(bytes).broken);
  bytes = bytes_of(text_pdu());
  bytes[bytes.size() - 5] = 9;  // the element's length
  EXPECT_TRUE(decode(bytes).broken);
}

TEST(Pdu, any_bytes_are_read_without_harm) {
  std::minstd_rand random(4);
  const std::string whole = bytes_of(text_pdu());
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = whole;
    for (int changes = 1 + static_cast<int>(random() % 4); changes > 0; --changes) bytes[random() % bytes.size()] = static_cast<char>(random());
    (void)decode(bytes);
  }
}

TEST(Framer, gives_pdus_however_their_bytes_arrive) {
  std::string stream;
  for (int i = 0; i < 50; ++i) stream += bytes_of(text_pdu());
  for (const std::size_t step : {1, 3, 17, 1000}) {
    Framer framer;
    int found = 0;
    for (std::size_t at = 0; at < stream.size(); at += step) {
      framer.feed(std::string_view(stream).substr(at, step));
      while (framer.next()) ++found;
    }
    EXPECT_EQ(found, 50) << step;
  }
}

TEST(Framer, a_length_that_no_pdu_has_ends_the_stream) {
  for (const std::uint32_t length : {0u, 1u, 15u, static_cast<unsigned>(kLongest) + 1, 0xFFFFFFFFu}) {
    Framer framer;
    const std::string header{static_cast<char>(length >> 24), static_cast<char>(length >> 16), static_cast<char>(length >> 8), static_cast<char>(length)};
    framer.feed(header + std::string(100, '\0'));
    EXPECT_FALSE(framer.next());
    EXPECT_TRUE(framer.out_of_step()) << length;
    framer.clear();
    framer.feed(bytes_of(text_pdu()));
    EXPECT_TRUE(framer.next()) << "a new link begins with a clean buffer";
  }
}

}  // namespace
}  // namespace northstar::smpp
