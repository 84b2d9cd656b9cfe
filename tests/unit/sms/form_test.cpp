#include "handlers/sms/form.h"

#include <gtest/gtest.h>

#include <random>

#include "handlers/sms/escape.h"
#include "gateway/net/number.h"

namespace northstar::sms {
namespace {

TEST(Form, is_decoded_strictly_and_nothing_else_is_changed) {
  Form form;
  ASSERT_TRUE(form.parse("a=1&b=%C3%a9+x%2B&c=&d&&=e&f=g=h&"));
  const std::vector<Field> expected{{"a", "1"}, {"b", "\xC3\xA9 x+"}, {"c", ""}, {"d", ""}, {"", "e"}, {"f", "g=h"}};
  EXPECT_TRUE(std::ranges::equal(form.fields(), expected));
  EXPECT_EQ(*form.find("c"), "");
  EXPECT_EQ(form.find("nothing"), nullptr);
  ASSERT_TRUE(form.parse(""));
  EXPECT_TRUE(form.fields().empty());
}

TEST(Form, broken_escapes_and_bytes_that_are_no_utf8_are_refused_whole) {
  Form form;
  for (const char* broken : {"a=%", "a=%4", "a=%4g", "a=%%41", "%zz=1", "a=1&b=%", "a=%C3", "a=%C3%28", "a=%C0%AF", "a=%ED%A0%80",
                             "a=%F4%90%80%80", "a=%FF", "a=\xC3", "%80=1", "a=%E2%82", "a=%C3&%A9=1"}) {
    EXPECT_FALSE(form.parse(broken)) << broken;
    EXPECT_TRUE(form.fields().empty());
  }
  std::string many;
  for (int i = 0; i < 300; ++i) many += "a=1&";
  EXPECT_FALSE(form.parse(many));
}

TEST(Form, what_is_written_is_read_back_and_any_bytes_are_survived) {
  std::mt19937 random(20261124);
  Form form;
  for (int round = 0; round < 3000; ++round) {
    std::string noise(random() % 60, ' ');
    for (char& c : noise) c = static_cast<char>(random() % 3 == 0 ? "%&=+\xC3"[random() % 5] : char(random() % 256));
    form.parse(noise);
    std::string name(random() % 5 + 1, 'n'), value;
    for (unsigned i = random() % 30; i > 0; --i) value += static_cast<char>(random() % 128);
    value += "\xC3\xB1\xF0\x9F\x98\x80";
    std::string body;
    append_pair(body, name, value);
    ASSERT_TRUE(form.parse(body));
    ASSERT_EQ(*form.find(name), value);
  }
}

TEST(Escape, words_stay_words_inside_xml_json_and_forms) {
  const auto escaped = [](std::string_view text, Escape how) {
    std::string out;
    append_escaped(out, text, how);
    return out;
  };
  EXPECT_EQ(escaped("</Message><Redirect>&\"'", Escape::xml), "&lt;/Message&gt;&lt;Redirect&gt;&amp;&quot;&apos;");
  EXPECT_EQ(escaped("caf\xC3\xA9 \xF0\x9F\x98\x80\n\t]]>", Escape::xml), "caf\xC3\xA9 \xF0\x9F\x98\x80\n\t]]&gt;");
  EXPECT_EQ(escaped(std::string_view("a\0b\x1b" "c\r\xEF\xBF\xBF", 9), Escape::xml), "abc&#13;") << "XML has no way to write these";
  EXPECT_EQ(escaped("a\"b\\c\n\x01\xC3\xA9", Escape::json), "a\\\"b\\\\c\\n\\u0001\xC3\xA9");
  EXPECT_EQ(escaped("a b&c=d+\xC3\xA9~", Escape::form), "a%20b%26c%3Dd%2B%C3%A9~");
}

struct Row {
  const char* from;
  net::Sender::Kind kind;
  const char* number;
};
TEST(Sender, phones_become_e164_and_names_and_short_codes_are_told_apart) {
  using Kind = net::Sender::Kind;
  for (const Row& row : {Row{"+16195550101", Kind::phone, "+16195550101"}, Row{"6195550101", Kind::phone, "+16195550101"},
                         Row{"16195550101", Kind::phone, "+16195550101"}, Row{"(619) 555-0101", Kind::phone, "+16195550101"},
                         Row{"+52 55 5555 0101", Kind::phone, "+525555550101"}, Row{"55501", Kind::short_code, ""},
                         Row{"911", Kind::short_code, ""}, Row{"22000000", Kind::short_code, ""}, Row{"MYBANK", Kind::name, ""},
                         Row{"Info123456", Kind::name, ""}, Row{"+0123456789", Kind::name, ""}, Row{"", Kind::name, ""},
                         Row{"whatsapp:+16195550101", Kind::name, ""}, Row{"+314110-0", Kind::name, ""},
                         Row{"+1619555010112345678", Kind::name, ""}}) {
    const net::Sender sender = net::read_sender(row.from);
    EXPECT_EQ(sender.kind, row.kind) << row.from;
    EXPECT_EQ(sender.number, row.number) << row.from;
  }
  EXPECT_EQ(net::read_service("55501"), "55501");
  EXPECT_EQ(net::read_service("(619) 555-0199"), "+16195550199");
}

}  // namespace
}  // namespace northstar::sms
