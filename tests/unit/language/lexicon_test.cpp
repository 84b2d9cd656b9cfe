#include <filesystem>

#include "tests/unit/language/loaded.h"

namespace northstar::language {
namespace {

/// A lexicon folder of one file, gone again at the end.
class Folder {
 public:
  explicit Folder(const std::string& content) {
    path_ = std::filesystem::temp_directory_path() /
            ("northstar-lexicon-" + std::to_string(std::hash<std::string>{}(content)));
    std::filesystem::create_directories(path_);
    std::ofstream(path_ / "x.yaml") << content;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string faults() const {
    const auto loaded = Interpreter::load(path_);
    std::string out;
    if (loaded) return out;
    for (const Fault& fault : loaded.error()) {
      out += fault.to_string().substr(fault.to_string().rfind("x.yaml")) + "\n";
    }
    return out;
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

const char* const kBase = "locale: en\nclasses:\n  filler: please\n  not: not\n  gone: left, went away\n";

TEST(Lexicon, that_is_whole_loads_and_matches) {
  const Folder folder(std::string(kBase) +
                      "rules:\n  - intent: done\n    says:\n      - he .. <gone>\n    unless: [he not]\n");
  auto loaded = Interpreter::load(folder.path());
  ASSERT_TRUE(loaded) << folder.faults();
  EXPECT_TRUE(loaded->understand("ok he went away").intents.contains(Intent::done));
  EXPECT_TRUE(loaded->understand("he just left").intents.contains(Intent::done));
  EXPECT_FALSE(loaded->understand("he not left").intents.contains(Intent::done)) << "gaps do not cross a negation";
  EXPECT_FALSE(loaded->understand("he is. left").intents.contains(Intent::done)) << "nor the end of a sentence";
}

TEST(Lexicon, faults_name_file_line_and_column_all_at_once) {
  const Folder folder(
      std::string(kBase) +
      "colour: red\nrules:\n  - intent: dance\n    says:\n      - he <nowhere>\n  - intent: done\n    says:\n"
      "      - he (left\n      - x? \n    often: yes\n  - says: hello\n");
  const std::string faults = folder.faults();
  EXPECT_NE(faults.find("x.yaml:6:1: \"colour\" is not known here"), std::string::npos) << faults;
}

TEST(Lexicon, faults_in_rules_are_told_with_their_place) {
  const Folder folder(std::string(kBase) +
                      "rules:\n  - intent: dance\n    says:\n      - he <nowhere>\n  - intent: done\n    says:\n"
                      "      - he (left\n      - \"left?\"\n      - \"{nothing} left\"\n    often: yes\n  - says: "
                      "hello\n  - need: food\n");
  const std::string faults = folder.faults();
  for (const char* each :
       {"x.yaml:7:13: no intent is called \"dance\"", "x.yaml:9:12: no class is called <nowhere>",
        "x.yaml:12:12: this bracket is not closed", "x.yaml:13:9: this pattern needs at least one word",
        "x.yaml:14:9: no part is called {nothing}", "x.yaml:15:5: \"often\" is not known in a rule",
        "this rule means nothing", "this rule has neither"}) {
    EXPECT_NE(faults.find(each), std::string::npos) << each << "\nin\n" << faults;
  }
}

TEST(Lexicon, twice_the_same_key_and_an_unknown_locale_are_faults) {
  const Folder twice("locale: en\nclasses:\n  not: not\n  filler: a\n  filler: b\n");
  EXPECT_NE(twice.faults().find("x.yaml:5:3: \"filler\" stands twice"), std::string::npos) << twice.faults();
  const Folder strange("locale: xx\n");
  EXPECT_NE(strange.faults().find("x.yaml:1:9: \"xx\" is not one of our locales"), std::string::npos)
      << strange.faults();
  const Folder broken("locale: [en\n");
  EXPECT_NE(broken.faults().find("x.yaml:"), std::string::npos);
}

TEST(Lexicon, reads_a_list_of_words_to_its_end) {
  // More words than are read of a text, and more bytes; the last one lies a letter from a word of a class.
  std::string words;
  for (char a = 'a'; a <= 'z'; ++a) {
    for (char b = 'a'; b <= 'z'; ++b) {
      for (const char* end : {"zq", "qz", "zz"}) (((words += a) += b) += end) += b == 'e' ? ", " : " ";
    }
  }
  const std::string base = "locale: en\nclasses:\n  filler: please\n  not: not\n  gone: departed\n";
  const std::string rules = "rules:\n  - intent: done\n    says: [he <gone>]\n";
  const Folder short_list(base + "words: >\n  " + words + "\n" + rules);
  const Folder long_list(base + "words: >\n  " + words + "departes\n" + rules);
  auto repaired = Interpreter::load(short_list.path());
  ASSERT_TRUE(repaired) << short_list.faults();
  EXPECT_TRUE(repaired->understand("he departes").intents.contains(Intent::done));
  auto known = Interpreter::load(long_list.path());
  ASSERT_TRUE(known) << long_list.faults();
  EXPECT_FALSE(known->understand("he departes").intents.contains(Intent::done));
}

TEST(Lexicon, explains_which_words_spoke) {
  bool found = false;
  for (const std::string& line : shipped().explain("plz stop txting me")) {
    found =
        found || (line.starts_with("opt_out: \"") && line.find("config/lexicon/en/opt_out.yaml:") != std::string::npos);
  }
  EXPECT_TRUE(found) << why("plz stop txting me");
}

}  // namespace
}  // namespace northstar::language
