#include "handlers/smpp/receipt.h"

#include <gtest/gtest.h>

namespace northstar::smpp {
namespace {

using Status = net::Receipt::Status;

Message receipt(std::string text, std::vector<Tlv> tlvs = {}) {
  Message message;
  message.esm_class = 0x04;
  message.octets = std::move(text);
  message.tlvs = std::move(tlvs);
  return message;
}

TEST(Receipt, the_words_never_make_one) {
  Message text = receipt("id:123 stat:DELIVRD err:000");
  text.esm_class = 0;
  EXPECT_FALSE(is_receipt(text));
  text.esm_class = 0x40;
  EXPECT_FALSE(is_receipt(text));
  text.esm_class = 0x04;
  EXPECT_TRUE(is_receipt(text));
  text.esm_class = 0x20;
  EXPECT_TRUE(is_receipt(text)) << "an intermediate one";
}

TEST(Receipt, the_text_form_is_read_as_smscs_write_it) {
  struct Row {
    std::string text;
    std::string id;
    Status status;
    std::string error;
  };
  for (const Row& row : std::vector<Row>{
           {"id:0123456789 sub:001 dlvrd:001 submit date:2611250312 done date:2611250312 stat:DELIVRD err:000 text:hello", "0123456789", Status::delivered, "000"},
           {"id:a1 sub:001 dlvrd:000 submit date:2611250312 done date:2611250312 stat:UNDELIV err:045 text:", "a1", Status::undelivered, "045"},
           {"ID:7 STAT:REJECTD ERR:12", "7", Status::failed, "12"},
           {"id:7 stat:ENROUTE err:000", "7", Status::under_way, "000"},
           {"id:7 stat:EXPIRED err:abc", "7", Status::undelivered, ""},
           {"id:7 stat:UNDELIVERABLE err:1", "7", Status::undelivered, "1"},
           {"id:7 stat:DELIVRD err:0 text:stat:UNDELIV id:9 err:99", "7", Status::delivered, "0"},
       }) {
    const auto read = read_receipt(receipt(row.text), IdForm::text, IdForm::text);
    ASSERT_TRUE(read) << row.text;
    EXPECT_EQ(read->id, row.id) << row.text;
    EXPECT_EQ(read->status, row.status) << row.text;
    EXPECT_EQ(read->error_code, row.error) << row.text;
  }
  EXPECT_FALSE(read_receipt(receipt("text:id:9 stat:DELIVRD"), IdForm::text, IdForm::text)) << "only our own old words";
}

TEST(Receipt, elements_win_over_words) {
  const auto read = read_receipt(receipt("id:9 stat:DELIVRD err:000", {{tag::kReceiptedMessageId, std::string("77\0", 3)},
                                                                        {tag::kMessageState, "\x05"},
                                                                        {tag::kNetworkErrorCode, std::string("\x03\x01\x02", 3)}}),
                                 IdForm::text, IdForm::text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id, "77");
  EXPECT_EQ(read->status, Status::undelivered);
  EXPECT_EQ(read->error_code, "258");
}

TEST(Receipt, ids_are_the_same_in_hex_in_decimal_and_with_zeros_in_front) {
  EXPECT_EQ(same_id("4F2A", IdForm::hex), same_id("0000020266", IdForm::decimal));
  EXPECT_EQ(same_id("0x4f2a", IdForm::hex), "20266");
  EXPECT_EQ(same_id("not a number", IdForm::hex), "not a number");
  EXPECT_EQ(same_id("", IdForm::decimal), "");
  EXPECT_EQ(same_id("99999999999999999999999", IdForm::decimal), "99999999999999999999999");
  const auto read = read_receipt(receipt("id:0000020266 stat:DELIVRD"), IdForm::hex, IdForm::decimal);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id, same_id("4f2a", IdForm::hex));
}

}  // namespace
}  // namespace northstar::smpp
