#include <gmock/gmock.h>

#include "handlers/kannel/incoming.h"
#include "handlers/kannel/query.h"
#include "handlers/kannel/status_address.h"
#include "handlers/smpp/text.h"

namespace northstar::kannel {
namespace {

using namespace std::string_literals;

// net::InboundPart says its octets' alphabet by its place in that list.
static_assert(static_cast<int>(smpp::Alphabet::utf8) == 4 && static_cast<int>(smpp::Alphabet::ucs2) == 5);

TEST(KannelQuery, values_are_octets_and_need_not_be_utf8) {
  const auto query = Query::parse("text=%00h%D8%3D%DEO&udh=%05%00%03%2A%02%01&from=%2B1+2&empty=&bare&&x=a=b");
  ASSERT_TRUE(query);
  EXPECT_EQ(*query->find("text"), "\0h\xD8\x3D\xDE\x4F"s);
  EXPECT_EQ(*query->find("udh"), "\5\0\3\x2A\2\1"s);
  EXPECT_EQ(*query->find("from"), "+1 2");
  EXPECT_EQ(*query->find("empty"), "");
  EXPECT_EQ(*query->find("bare"), "");
  EXPECT_EQ(*query->find("x"), "a=b");
  EXPECT_EQ(query->find("none"), nullptr);
  EXPECT_FALSE(query->twice("text"));
  EXPECT_TRUE(Query::parse("a=1&a=2")->twice("a"));
  EXPECT_TRUE(Query::parse("a=1&%61=2")->twice("a")) << "however the name is written";
}

TEST(KannelQuery, broken_escapes_and_floods_of_fields_are_refused) {
  for (const char* broken : {"a=%", "a=%4", "a=%zz", "%G0=1", "a=1&b=%1x"}) EXPECT_FALSE(Query::parse(broken)) << broken;
  std::string many;
  for (std::size_t i = 0; i < Query::kFieldsMost; ++i) many += "a=1&";
  EXPECT_TRUE(Query::parse(many));
  EXPECT_FALSE(Query::parse(many + "a=1"));
}

TEST(KannelQuery, a_secret_is_found_before_the_rest_is_read_and_only_when_it_is_there_once) {
  EXPECT_EQ(only("text=%zz&secret=a%2Db", "secret"), "a-b");
  EXPECT_EQ(only("secret=a&secret=a", "secret"), std::nullopt);
  EXPECT_EQ(only("secret=%zz", "secret"), std::nullopt);
  EXPECT_EQ(only("xsecret=a", "secret"), std::nullopt);
  EXPECT_EQ(only("", "secret"), std::nullopt);
}

TEST(KannelText, each_charset_that_kannel_names_is_read) {
  struct Row {
    const char *charset, *coding;
    std::optional<Charset> expected;
  };
  for (const Row& row : {Row{"UTF-8", "0", Charset::utf8}, Row{"utf-8", "0", Charset::utf8}, Row{"", "0", Charset::utf8},
                         Row{"", "", Charset::utf8}, Row{"", "2", Charset::utf16}, Row{"UTF-16BE", "2", Charset::utf16},
                         Row{"WINDOWS-1252", "0", Charset::latin}, Row{"ISO-8859-1", "0", Charset::latin},
                         Row{"8-BIT", "1", Charset::binary}, Row{"8-BIT", "", Charset::binary}, Row{"UTF-8", "1", Charset::binary},
                         Row{"KOI8-R", "0", std::nullopt}})
    EXPECT_EQ(charset_of(row.charset, row.coding), row.expected) << row.charset << "/" << row.coding;
}

TEST(KannelText, words_come_out_as_well_formed_utf8_whatever_came_in) {
  EXPECT_EQ(to_utf8("se\xC3\xB1or \xF0\x9F\x99\x8F", Charset::utf8), "se\xC3\xB1or \xF0\x9F\x99\x8F");
  EXPECT_EQ(to_utf8("a\xFFz", Charset::utf8), "a\xEF\xBF\xBDz");
  EXPECT_EQ(to_utf8("\0h\0\xED\xD8\x3D\xDE\x4F"s, Charset::utf16), "h\xC3\xAD\xF0\x9F\x99\x8F");
  EXPECT_EQ(to_utf8("\xD8\x3D\0a"s, Charset::utf16), "\xEF\xBF\xBD" "a") << "half a pair";
  EXPECT_EQ(to_utf8("\0a\0"s, Charset::utf16), "a\xEF\xBF\xBD") << "an odd last octet";
  EXPECT_EQ(to_utf8("\x80 \xF1", Charset::latin), "\xE2\x82\xAC \xC3\xB1");
  EXPECT_EQ(to_utf8("anything", Charset::binary), "");
}

TEST(KannelText, a_header_tells_parts_and_ports_and_one_that_does_not_fit_tells_nothing) {
  const auto narrow = read_header("\5\0\3\x2A\2\1"s);
  EXPECT_EQ(narrow.reference, 0x2A);
  EXPECT_FALSE(narrow.wide);
  EXPECT_EQ(narrow.total, 2);
  EXPECT_EQ(narrow.number, 1);
  const auto wide = read_header("\6\x08\4\1\x2A\3\2"s);
  EXPECT_EQ(wide.reference, 0x12A);
  EXPECT_TRUE(wide.wide);
  EXPECT_EQ(wide.total, 3);
  EXPECT_EQ(wide.number, 2);
  const auto card = read_header("\x0B\5\4\x23\xF4\0\0\0\3\1\2\2"s);
  EXPECT_TRUE(card.port_addressed);
  EXPECT_EQ(card.number, 2);
  EXPECT_TRUE(read_header("\x0B\0\3\1\2\2\5\4\x23\xF4\0\0"s).port_addressed) << "in the other order, too";
  // Zero, above the total, cut off, a length that lies.
  for (const std::string& odd : {""s, "\0"s, "\5\0\3\x2A\2\0"s, "\5\0\3\x2A\2\3"s, "\5\0\3\x2A\2"s, "\4\0\3\x2A\2\1"s, "\5\0\x7F\x2A\2\1"s, "\1\0"s}) {
    const auto none = read_header(odd);
    EXPECT_EQ(none.total, 1) << testing::PrintToString(odd);
    EXPECT_FALSE(none.port_addressed);
  }
}

TEST(KannelReceiptAddress, it_holds_a_proof_for_one_text_and_never_the_secret) {
  const std::string address = status_address("https://a.example/50%25/sms/k", "top-secret", "e1");
  EXPECT_THAT(address, testing::StartsWith("https://a.example/50%%25/sms/k/status?id=e1&proof="));
  EXPECT_THAT(address, testing::EndsWith("&type=%d&error=%#smpp#dlr_err#"));
  EXPECT_THAT(address, testing::Not(testing::HasSubstr("top-secret")));
  EXPECT_EQ(network_error("\3\0\x22"s), "34");
  EXPECT_EQ(network_error("\3\1\2"s), "258");
  for (const std::string& none : {""s, "\3\0\0"s, "\3\0"s, "\3\0\0\1"s, "0034"s}) EXPECT_EQ(network_error(none), "");
  EXPECT_EQ(status_proof("top-secret", "e1").size(), 32u);
  EXPECT_NE(status_proof("top-secret", "e1"), status_proof("top-secret", "e2"));
  EXPECT_NE(status_proof("top-secret", "e1"), status_proof("other", "e1"));
}

}  // namespace
}  // namespace northstar::kannel
