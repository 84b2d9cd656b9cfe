#include "handlers/smpp/text.h"

#include <gtest/gtest.h>

#include <random>

#include "gateway/reply/segments.h"

namespace northstar::smpp {
namespace {

Message with(std::string octets, std::uint8_t esm_class = 0) {
  Message message;
  message.octets = std::move(octets);
  message.esm_class = esm_class;
  return message;
}

TEST(Text, each_coding_is_read_as_the_standard_says) {
  struct Row {
    std::uint8_t coding;
    Alphabet standard;
    std::string octets, utf8;
  };
  using namespace std::string_literals;
  for (const Row& row : std::vector<Row>{
           {0, Alphabet::gsm, "\x00 \x11\x1b\x65\x1b\x14\x7d"s, "@ _€^ñ"},
           {0, Alphabet::latin1, "ay\xFA" "dame"s, "ayúdame"},
           {0, Alphabet::utf8, "ayúdame"s, "ayúdame"},
           {0, Alphabet::ucs2, "\0h\0i"s, "hi"},
           {0, Alphabet::gsm_packed, "\xE8\x32\x9B\xFD\x06"s, "hello"},
           {1, Alphabet::gsm, "a@b"s, "a@b"},
           {3, Alphabet::gsm, "se\xF1or"s, "señor"},
           {8, Alphabet::gsm, "\x4F\x60\x59\x7D"s, "你好"},
           {8, Alphabet::gsm, "\xD8\x3D\xDE\x4F"s, "🙏"},
           {0xF1, Alphabet::gsm, "hi"s, "hi"},
       }) {
    const auto alphabet = alphabet_of(row.coding, row.standard);
    ASSERT_TRUE(alphabet);
    EXPECT_EQ(to_utf8(row.octets, *alphabet), row.utf8);
  }
  for (const std::uint8_t binary : {2, 4, 0xF5, 9, 13}) EXPECT_FALSE(alphabet_of(binary, Alphabet::gsm)) << int{binary};
}

TEST(Text, what_is_no_character_becomes_one_that_says_so) {
  using namespace std::string_literals;
  EXPECT_EQ(to_utf8("\xD8\x3D"s, Alphabet::ucs2), "\uFFFD");
  EXPECT_EQ(to_utf8("\xDE\x4F\0h"s, Alphabet::ucs2), "\uFFFDh");
  EXPECT_EQ(to_utf8("\0h\0"s, Alphabet::ucs2), "h\uFFFD");
  EXPECT_EQ(to_utf8("a\xFF"s, Alphabet::utf8), "a\uFFFD");
  EXPECT_EQ(to_utf8("\xC1"s, Alphabet::gsm), "\uFFFD");
  EXPECT_EQ(to_utf8("\x1B"s, Alphabet::gsm), "") << "an escape before nothing";
  EXPECT_EQ(to_utf8("\x1B" "a"s, Alphabet::gsm), "a") << "6.2.1.1";
}

TEST(UserData, parts_are_found_in_headers_and_elements_of_every_kind) {
  using namespace std::string_literals;
  const Message narrow = with("\x05\x00\x03\x2A\x02\x01hello"s, 0x40);
  EXPECT_EQ(user_data(narrow).part->reference, 0x2A);
  EXPECT_FALSE(user_data(narrow).part->wide);
  EXPECT_EQ(user_data(narrow).octets, "hello");

  const Message wide = with("\x06\x08\x04\x01\x2A\x03\x02hello"s, 0x40);
  EXPECT_EQ(user_data(wide).part->reference, 0x12A);
  EXPECT_TRUE(user_data(wide).part->wide);
  EXPECT_EQ(user_data(wide).part->number, 2);

  const Message after_another = with("\x09\x24\x01\x01\x00\x03\x2A\x02\x02\x00hello"s, 0x40);
  EXPECT_EQ(user_data(after_another).part->number, 2) << "offsets are not fixed: elements are walked";

  Message sar = with("hello");
  sar.tlvs = {{tag::kSarMsgRefNum, "\x01\x02"}, {tag::kSarTotalSegments, "\x02"}, {tag::kSarSegmentSeqnum, "\x01"}};
  EXPECT_EQ(user_data(sar).part->reference, 0x102);
}

TEST(UserData, what_cannot_be_is_ignored_and_the_text_is_kept) {
  using namespace std::string_literals;
  for (const std::string& header : {"\x05\x00\x03\x2A\x02\x00"s, "\x05\x00\x03\x2A\x02\x03"s, "\x05\x00\x03\x2A\x00\x01"s, "\x05\x00\x09\x2A\x02\x01"s,
                                    "\x05\x00\x03\x2A\x01\x01"s}) {
    const Message message = with(header + "hello", 0x40);
    EXPECT_FALSE(user_data(message).part);
    EXPECT_EQ(user_data(message).octets, "hello");
  }
  const Message no_header = with("\x7Fhello"s, 0x40);
  EXPECT_EQ(user_data(no_header).octets, "\x7Fhello") << "a header longer than the message is none";
  const Message ring_tone = with("\x06\x05\x04\x15\x8A\x00\x00xx"s, 0x40);
  EXPECT_TRUE(user_data(ring_tone).port_addressed);
}

TEST(Pieces, say_the_text_whatever_the_alphabet) {
  std::minstd_rand random(8);
  const std::vector<std::string> words{"hello ", "ayúdame ", "[x] ", "€5 ", "señor ", "你好", "🙏🏽", "call 559-233-4357. "};
  for (const Alphabet standard : {Alphabet::gsm, Alphabet::latin1, Alphabet::ascii}) {
    for (int i = 0; i < 500; ++i) {
      std::string text;
      for (int n = 1 + static_cast<int>(random() % 60); n > 0; --n) text += words[random() % (i % 2 == 0 ? 1 : words.size())];
      std::string back;
      const auto pieces = to_pieces(text, standard, 0x2A);
      for (const Piece& piece : pieces) {
        Message message = with(piece.octets, piece.has_header ? 0x40 : 0);
        const UserData data = user_data(message);
        EXPECT_EQ(data.part.has_value(), pieces.size() > 1);
        back += to_utf8(data.octets, *alphabet_of(piece.data_coding, standard));
        const std::size_t septets_or_octets = piece.data_coding == 0 ? (piece.octets.size() - (piece.has_header ? 6 : 0)) + (piece.has_header ? 7 : 0) : 0;
        EXPECT_LE(piece.data_coding == 0 ? septets_or_octets : piece.octets.size(), piece.data_coding == 0 ? 160u : 140u);
      }
      EXPECT_EQ(back, text);
    }
  }
}

TEST(Pieces, are_as_many_as_the_segments_that_are_counted) {
  for (const std::string& text : {std::string(160, 'a'), std::string(161, 'a'), std::string(400, 'a'), std::string("ayúdame ") + std::string(100, 'a')})
    EXPECT_EQ(to_pieces(text, Alphabet::gsm, 1).size(), reply::encode_sms(text).segments);
}

}  // namespace
}  // namespace northstar::smpp
