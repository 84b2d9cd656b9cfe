#include <gmock/gmock.h>

#include "gateway/app/phone/carrier.h"
#include "gateway/app/phone/screen.h"

namespace northstar::app {
namespace {

using testing::ElementsAre;

TEST(Carrier, signs_as_the_aggregator_documents_it) {
  // The worked example of Twilio's own page on validating requests, with its published token and signature.
  const Form form{{"CallSid", "CA1234567890ABCDE"}, {"Caller", "+14158675310"}, {"Digits", "1234"},
                  {"From", "+14158675310"}, {"To", "+18005551212"}};
  EXPECT_EQ(sign_form("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form), "GvWf1cFY/Q7PnoempGyD5oXAezc=");
}

TEST(Carrier, writes_and_reads_forms_alike) {
  const Form form{{"Body", "está lloviendo & 100% + más = ok\n"}, {"From", "+15595550142"}, {"Empty", ""}};
  EXPECT_EQ(decode_form(encode_form(form)), form);
  EXPECT_EQ(encode_form({{"Body", "a b+c"}}), "Body=a+b%2Bc");
  EXPECT_EQ(decode_form("a=%zz&b=%4"), (Form{{"a", "%zz"}, {"b", "%4"}})) << "what is no code stays as it is";
}

TEST(Carrier, reads_the_texts_of_an_answer) {
  EXPECT_THAT(*texts_of_twiml(R"(<?xml version="1.0"?><Response><Message>A &amp; B &#8217;&#x41;</Message></Response>)"),
              ElementsAre("A & B ’A"));
  EXPECT_THAT(*texts_of_twiml("<Response><Message to=\"1\"><Body>one</Body></Message><Message>two</Message></Response>"),
              ElementsAre("one", "two"));
  EXPECT_THAT(*texts_of_twiml("<Response/>"), testing::IsEmpty());
  EXPECT_FALSE(texts_of_twiml("<html>no</html>"));
  EXPECT_FALSE(texts_of_twiml("<Response><Message>cut off"));
}

TEST(Screen, breaks_lines_between_words_and_counts_columns_as_a_terminal_does) {
  EXPECT_THAT(wrapped("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(wrapped("unbreakable", 5), ElementsAre("unbre", "akabl", "e"));
  EXPECT_THAT(wrapped("a\n\nb", 5), ElementsAre("a", "", "b"));
  EXPECT_EQ(columns("niño"), 4U);
  EXPECT_EQ(columns("需要帮助"), 8U);
  EXPECT_EQ(columns("e\u0301"), 1U) << "a combining accent takes no column";
}

}  // namespace
}  // namespace northstar::app
