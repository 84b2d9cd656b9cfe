#include <thread>

#include "tests/unit/language/loaded.h"

namespace northstar::language {
namespace {

bool stops(std::string_view text) { return shipped().understand(text).intents.contains(Intent::opt_out); }

TEST(Keywords, of_the_carriers_opt_out_in_any_dress) {  // R15
  for (const std::string word : {"stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe", "stopall",
                                 "optout", "remove", "arret", "alto", "parar", "cancelar", "baja"}) {
    std::string upper;
    std::string wide;
    for (const char c : word) {
      upper += static_cast<char>(std::toupper(c));
      if (c == ' ') {
        wide += "\u3000";
      } else {  // U+FF41 is the full-width "a"
        const unsigned code = 0xFF41U + static_cast<unsigned>(c - 'a');
        wide += static_cast<char>(0xE0U | (code >> 12U));
        wide += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
        wide += static_cast<char>(0x80U | (code & 0x3FU));
      }
    }
    for (const std::string& text : {word, upper, wide, "  " + word + "  ", word + ".", word + "!!!",
                                    "\"" + upper + "\"", "\u200B" + word + "\u202C"}) {
      EXPECT_TRUE(stops(text)) << text << why(text);
    }
  }
  EXPECT_TRUE(stops("ARRÊT"));
}

TEST(Keywords, opt_out_in_each_of_the_seventeen_languages) {  // R15
  for (const char* text : {"停止",  "退订", "退訂", "itigil", "tigil na po", "dừng lại", "huy",     "중지",      "그만",
                           "կանգ",  "توقف", "لغو",  "стоп",   "отписаться",  "ਬੰਦ ਕਰੋ",    "बंद करो",  "mat bhejo", "หยุด",
                           "ยกเลิก", "ឈប់",   "停止", "やめて", "解除",        "nres",     "tso tseg"}) {
    EXPECT_TRUE(stops(text)) << text << why(text);
  }
}

TEST(Keywords, help_and_delete_in_many_languages) {  // R14, R75
  for (const char* text :
       {"help",       "HELP", "Help!",  "ＨＥＬＰ", "ayuda", "AYUDA.", "帮助",   "幫助", "tulong", "giúp", "도움",
        "օգնություն", "کمک",  "مساعدة", "помощь",   "ਮਦਦ",   "मदद",    "ช่วยด้วย", "ជំនួយ",  "助けて", "pab"}) {
    EXPECT_TRUE(shipped().understand(text).intents.contains(Intent::help)) << text << why(text);
  }
  for (const char* text : {"delete", "DELETE", "borrar", "删除", "刪除", "burahin", "xóa", "삭제", "ջնջել", "حذف",
                           "удалить", "ਮਿਟਾਓ", "हटाओ", "ลบ", "លុប", "削除", "lwv"}) {
    EXPECT_TRUE(shipped().understand(text).intents.contains(Intent::erase)) << text << why(text);
  }
}

TEST(Keywords, a_sentence_with_help_in_it_is_a_need_and_not_the_keyword) {  // R14, R17
  const Understanding said = shipped().understand("help me please my boss took my passport");
  EXPECT_FALSE(said.intents.contains(Intent::help));
  EXPECT_TRUE(said.needs.contains(Need::papers));
  EXPECT_TRUE(shipped().understand("help me please").needs.contains(Need::other));
}

TEST(Keywords, that_end_a_talk_do_not_opt_out) {  // R15
  for (const char* text : {"bye", "done", "basta", "adios", "BASTA!"}) {
    const Understanding said = shipped().understand(text);
    EXPECT_TRUE(said.intents.contains(Intent::done)) << text;
    EXPECT_FALSE(said.intents.contains(Intent::opt_out)) << text << why(text);
  }
}

TEST(Digits, alone_are_menu_choices_in_any_dress) {
  for (const auto& [text, digit] : std::vector<std::pair<const char*, int>>{{"1", 1},
                                                                            {"1.", 1},
                                                                            {"１", 1},
                                                                            {"uno", 1},
                                                                            {"option 2", 2},
                                                                            {"1 please", 1},
                                                                            {"0", 0},
                                                                            {" 3 ", 3},
                                                                            {"opcion 3", 3},
                                                                            {"\"2\"", 2},
                                                                            {"٢", 2},
                                                                            {"9", 9}}) {
    const Understanding said = shipped().understand(text);
    ASSERT_TRUE(said.digit.has_value()) << text << why(text);
    EXPECT_EQ(*said.digit, digit) << text;
    EXPECT_TRUE(said.bare) << text;
    EXPECT_EQ(said.language, Locale("und")) << text;
  }
  for (const char* text : {"12", "93701", "1 kid with me", "im 1 of 3 girls", "911"}) {
    EXPECT_FALSE(shipped().understand(text).digit.has_value()) << text << why(text);
  }
}

TEST(Yes, alone_is_bare_and_with_more_behind_it_is_not) {  // R10, R92
  for (const char* text : {"yes", "si", "ok", "Yes!", "yeah sure"}) {
    EXPECT_TRUE(shipped().understand(text).bare) << text;
    EXPECT_TRUE(shipped().understand(text).intents.contains(Intent::yes)) << text;
  }
  for (const char* text : {"yes i need a lawyer", "si necesito un abogado"}) {
    const Understanding said = shipped().understand(text);
    EXPECT_TRUE(said.intents.contains(Intent::yes)) << text << why(text);
    EXPECT_TRUE(said.needs.contains(Need::legal)) << text;
    EXPECT_FALSE(said.bare) << text;
  }
}

TEST(Languages, asked_for_by_name_are_noted) {  // R41
  for (const auto& [text, tag] : std::vector<std::pair<const char*, const char*>>{{"español", "es"},
                                                                                  {"in english please", "en"},
                                                                                  {"简体中文", "zh-Hans"},
                                                                                  {"繁體中文", "zh-Hant"},
                                                                                  {"tagalog", "tl"},
                                                                                  {"한국어", "ko"},
                                                                                  {"русский", "ru"},
                                                                                  {"فارسی", "fa"},
                                                                                  {"no hablo ingles", "es"},
                                                                                  {"日本語", "ja"}}) {
    EXPECT_EQ(shipped().understand(text).asked_language.tag(), tag) << text << why(text);
  }
}

TEST(Safety, nine_one_one_is_noted_when_they_name_it) {  // R31
  EXPECT_TRUE(shipped().understand("should i call 911").named_911);
  EXPECT_FALSE(shipped().understand("my room is 9 and 11").named_911);
}

TEST(Interpreter, is_used_by_many_threads_at_once) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int k = 0; k < 50; ++k) EXPECT_TRUE(stops("plz stop texting me"));
    });
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace northstar::language
