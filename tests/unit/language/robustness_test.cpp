#include <random>

#include "gateway/language/letters.h"
#include "tests/unit/language/loaded.h"

namespace northstar::language {
namespace {

TEST(Normalise, folds_what_keyboards_make_different) {
  EXPECT_EQ(normalise("  AYÚDAME\tpor   favor "), "ayudame por favor");
  EXPECT_EQ(normalise("Don’t can´t it's"), "dont cant its");
  EXPECT_EQ(normalise("ＳＴＯＰ"), "stop");
  EXPECT_EQ(normalise("s\u200Bt\u200Do\u202Ep"), "stop");
  EXPECT_EQ(normalise("Tôi cần giúp đỡ"), "toi can giup do");
  EXPECT_EQ(normalise("मुझे"), "मुझे") << "vowel signs are letters";
}

TEST(Normalise, twice_is_once_for_any_bytes) {
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    std::string text(random() % 60, '\0');
    for (char& c : text) c = static_cast<char>(random());
    const std::string once = normalise(text);
    EXPECT_EQ(normalise(once), once);
  }
  for (int round = 0; round < 3000; ++round) {  // valid code points of the planes that people type in
    std::string text;
    for (unsigned i = 0; i < random() % 20; ++i) {
      const unsigned c = 0x80 + random() % 0xD700;
      if (c < 0x800) {
        text += static_cast<char>(0xC0U | (c >> 6U));
      } else {
        text += static_cast<char>(0xE0U | (c >> 12U));
        text += static_cast<char>(0x80U | ((c >> 6U) & 0x3FU));
      }
      text += static_cast<char>(0x80U | (c & 0x3FU));
    }
    const std::string once = normalise(text);
    EXPECT_EQ(normalise(once), once) << text;
  }
}

TEST(Interpreter, bears_any_bytes) {
  std::mt19937 random(11);
  const std::vector<std::string> words{"stop",     "he",           "is",    "here", "help", "no", "me",
                                       "\xF0\x9F", "\xE2\x80\x8B", "ayuda", "?",    ".",    "1",  "停"};
  for (int round = 0; round < 1500; ++round) {
    std::string text;
    if (round % 2 == 0) {
      text.resize(random() % 200);
      for (char& c : text) c = static_cast<char>(random());
    } else {
      for (unsigned i = 0; i < random() % 40; ++i) text += words[random() % words.size()] + (random() % 3 ? " " : "");
    }
    const Understanding said = shipped().understand(text);
    EXPECT_GE(said.confidence, 0.0F);
    EXPECT_LE(said.confidence, 1.0F);
    EXPECT_FALSE(said.ambiguous && said.intents.contains(Intent::opt_out)) << text;
    (void)shipped().explain(text);
  }
}

TEST(Interpreter, reads_a_huge_text_only_as_far_as_a_person_writes) {
  std::string text;
  for (int i = 0; i < 200000; ++i) text += "stop please no ";
  (void)shipped().understand(text);
  (void)shipped().understand(std::string(1000000, 'a'));
  (void)shipped().understand(std::string(1000000, '\xFF'));
  EXPECT_LE(pieces_of(normalise(text)).all.size(), kTokensMax);
  const Understanding none = shipped().understand("");
  EXPECT_TRUE(none.intents.empty());
  EXPECT_EQ(none.language, Locale("und"));
}

}  // namespace
}  // namespace northstar::language
