// The rules of the house that a compiler does not keep: who may know whom, what a pure room may not name, what a file
// of the repository may not hold. Each failure names the file and says what to do.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <regex>
#include <set>

#include "tests/unit/house/source_tree.h"

namespace northstar::house {
namespace {

const std::filesystem::path kTop = NORTHSTAR_SOURCE_DIR;

const std::vector<SourceFile>& tree() {
  static const std::vector<SourceFile> files = read_tree(kTop);
  return files;
}

/// Whom a room may know, itself aside. Pure rooms know pure rooms; the shell knows them and what is below it.
const std::map<std::string, std::set<std::string>, std::less<>> kMayKnow{
    {"gateway/base", {}},
    {"gateway/language", {"gateway/base"}},
    {"gateway/directory", {"gateway/base", "gateway/language"}},
    {"gateway/reply", {"gateway/base"}},
    {"gateway/privacy", {"gateway/base"}},
    {"gateway/conversation", {"gateway/base", "gateway/language", "gateway/directory", "gateway/reply", "gateway/privacy"}},
    {"gateway/store", {"gateway/base", "gateway/privacy"}},
    {"gateway/net", {"gateway/base", "gateway/privacy", "gateway/store"}},
};
const std::set<std::string, std::less<>> kPure{"gateway/base",  "gateway/language", "gateway/directory",
                                              "gateway/reply", "gateway/privacy",  "gateway/conversation"};

bool may_know(const std::string& room, const std::string& other) {
  if (room == other) return true;
  if (room == "gateway/app") return true;  // wiring: it alone knows everyone
  if (other == "handlers/sms") return room.starts_with("handlers/");  // what the channels of aggregators share
  if (other == "gateway/app" || other.starts_with("handlers/")) return false;
  if (room.starts_with("handlers/")) return true;
  const auto rule = kMayKnow.find(room);
  return rule != kMayKnow.end() && rule->second.contains(other);
}

std::string room_of(std::string_view include) { return SourceFile{std::string(include), ""}.room(); }

TEST(House, arrows_between_rooms_go_one_way) {
  std::size_t looked_at = 0;
  for (const SourceFile& file : tree()) {
    const std::string room = file.room();
    if (!file.cpp() || room.empty()) continue;
    EXPECT_TRUE(room == "gateway/app" || room.starts_with("handlers/") || kMayKnow.contains(room))
        << file.path << ": the room " << room << " is not in the table of this test";
    for (const std::string& include : file.includes()) {
      const std::string other = room_of(include);
      if (other.empty()) continue;
      ++looked_at;
      EXPECT_TRUE(may_know(room, other)) << file.path << ": " << room << " may not know " << other << " (" << include << ")";
    }
  }
  EXPECT_GT(looked_at, 20U) << "the tree was not found at " << kTop;
}

TEST(House, pure_rooms_name_no_socket_no_store_no_clock_and_no_chance) {
  const std::regex includes(R"(^(boost/(asio|beast|process)/.*|boost/(asio|beast)\.hpp|hiredis.*|openssl/(rand|ssl)\.h|)"
                            R"((sys/(socket|time|epoll|un)|netinet/.*|arpa/inet|netdb|unistd|time)\.h|)"
                            R"(random|ctime|thread|mutex|future|condition_variable|semaphore|csignal|spdlog/.*)$)");
  const std::regex names(R"(\b(system_clock|steady_clock|high_resolution_clock|utc_clock|file_clock|current_zone)\b|)"
                         R"(\b(random_device|mt19937(_64)?|default_random_engine|RAND_bytes|RAND_priv_bytes|getrandom|arc4random)\b|)"
                         R"(\b(time\s*\(\s*(nullptr|NULL|0|&)|rand\s*\(\s*\)|(std::|[^\w.>]::)(time|clock|rand)\s*\()|)"
                         R"(\b(srand|getenv|setenv|popen)\s*\(|)"
                         R"(\b(clock_gettime|gettimeofday|localtime|gmtime)\b|)"
                         R"(\b(redis(Command|Connect)\w*|co_await|co_return|this_thread)\b|\bboost::(asio|beast)\b)");
  std::size_t looked_at = 0;
  for (const SourceFile& file : tree()) {
    if (!file.cpp() || !kPure.contains(file.room())) continue;
    ++looked_at;
    for (const std::string& include : file.includes()) {
      EXPECT_FALSE(std::regex_match(include, includes))
          << file.path << " includes <" << include << ">: time and entropy come in as arguments, bytes move elsewhere";
    }
    for (const Line& line : file.lines()) {
      std::smatch found;
      EXPECT_FALSE(std::regex_search(line.code, found, names))
          << file.path << ":" << line.number << ": a pure room may not say \"" << found.str()
          << "\"; time and entropy come in as arguments";
    }
  }
  EXPECT_GT(looked_at, 10U);
}

TEST(House, what_catches_a_clock_in_code_lets_comments_and_strings_be) {
  const SourceFile file{"gateway/base/x.h", "int a; // steady_clock\n/* rand() */ int b;\nauto c = \"time(\";\n"
                                            "auto d = R\"(clock())\";\nchar e = '\"'; int f = 1'000;\nrand();\n"};
  std::string code;
  for (const Line& line : file.lines()) code += line.code + "\n";
  EXPECT_THAT(code, testing::Not(testing::AnyOf(testing::HasSubstr("clock"), testing::HasSubstr("time("))));
  EXPECT_THAT(code, testing::HasSubstr("1'000;\nrand();"));
}

TEST(House, every_header_of_a_pure_room_compiles_alone) {
  for (const SourceFile& file : tree()) {
    if (file.extension() != ".h" || !kPure.contains(file.room())) continue;
    const std::string command = std::string(NORTHSTAR_CXX) + " -x c++-header -std=c++20 -fsyntax-only -Wall -Wextra -I '" +
                                kTop.string() + "' '" + (kTop / file.path).string() + "' 2>&1";
    FILE* pipe = ::popen(command.c_str(), "r");
    ASSERT_NE(pipe, nullptr);
    std::string said;
    for (std::array<char, 4096> block{}; std::size_t got = std::fread(block.data(), 1, block.size(), pipe);) {
      said.append(block.data(), got);
    }
    EXPECT_EQ(::pclose(pipe), 0) << file.path << " does not compile by itself; include what it uses\n" << said;
    EXPECT_EQ(said, "") << file.path;
  }
}

TEST(House, every_header_says_pragma_once) {
  for (const SourceFile& file : tree()) {
    if (file.extension() == ".h") EXPECT_THAT(file.text, testing::HasSubstr("#pragma once\n")) << file.path;
  }
}

TEST(House, no_source_file_is_longer_than_450_lines) {
  for (const SourceFile& file : tree()) {
    if (!file.cpp() || file.room().empty()) continue;
    EXPECT_LE(std::ranges::count(file.text, '\n'), 450) << file.path << " is asking to be two";
  }
}

TEST(House, every_source_file_is_built) {
  std::string lists;
  for (const SourceFile& file : tree()) {
    if (file.path.ends_with("CMakeLists.txt")) lists += file.text;
  }
  for (const SourceFile& file : tree()) {
    if (file.extension() != ".cpp") continue;
    const std::string name = std::filesystem::path(file.path).filename().string();
    EXPECT_THAT(lists, testing::HasSubstr(name)) << file.path << " is in no CMakeLists.txt";
  }
}

TEST(House, has_nothing_at_its_top_level_but_what_belongs_there) {
  const std::set<std::string, std::less<>> belongs{
      "gateway",     "handlers",       "templates",        "config",        "i18n",        "tests",        "ops",
      ".ci",         "README.md",      "LICENSE",          "CMakeLists.txt", "CMakePresets.json",
      ".clang-format", ".clang-tidy",  ".editorconfig",    ".gitignore"};
  for (const std::string& name : top_level(kTop)) EXPECT_TRUE(belongs.contains(name)) << name << " has no place here";
}

/// Data that others wrote, or that a fuzzer made up, is not held to our wording.
bool written_by_us(const SourceFile& file) {
  static const std::set<std::string, std::less<>> kText{".h",   ".cpp", ".txt", ".cmake", ".md",  ".yaml", ".yml", ".json",
                                                        ".lua", ".sh",  "",     ".ts",    ".css", ".html", ".py",  ".mjs"};
  return kText.contains(file.extension()) && !file.path.starts_with("config/geo/") &&
         !file.path.starts_with("config/directory/") && !file.path.starts_with("tests/fuzz/corpus/") &&
         !file.path.ends_with("package-lock.json");
}

TEST(House, no_file_names_a_machine_or_puts_something_off) {
  // Put together here, so that this file does not hold what it looks for.
  const std::vector<std::pair<std::string, std::string>> kUnwanted{
      {std::string("/ho") + "me/", "a folder of somebody's machine"},
      {std::string("/wo") + "rk/", "a folder of somebody's machine"},
      {std::string("/ro") + "ot/", "a folder of somebody's machine"},
      {std::string("/tm") + "p/", "temporary files go where the system says (mktemp, temp_directory_path)"},
      {std::string("TO") + "DO", "do it, or say what follows from not doing it"},
      {std::string("FIX") + "ME", "fix it, or say what follows from not fixing it"},
      {std::string("XX") + "X:", "fix it, or say what follows from not fixing it"},
      {std::string("DISA") + "BLED_", "a test that does not run protects nobody"},
      {std::string("GTEST_") + "SKIP", "a test that does not run protects nobody"}};
  std::size_t looked_at = 0;
  for (const SourceFile& file : tree()) {
    if (!written_by_us(file)) continue;
    ++looked_at;
    for (const auto& [word, why] : kUnwanted) {
      const std::size_t at = file.text.find(word);
      EXPECT_EQ(at, std::string::npos) << file.path << ":" << std::count(file.text.begin(), file.text.begin() + static_cast<std::ptrdiff_t>(std::min(at, file.text.size())), '\n') + 1
                                       << " holds " << word << ": " << why;
    }
  }
  EXPECT_GT(looked_at, 30U);
}

TEST(House, every_text_file_ends_with_a_line_end_and_uses_no_tabs_or_carriage_returns) {
  for (const SourceFile& file : tree()) {
    if (!written_by_us(file) || file.text.empty()) continue;
    EXPECT_EQ(file.text.back(), '\n') << file.path;
    EXPECT_EQ(file.text.find('\r'), std::string::npos) << file.path;
    if (file.cpp()) EXPECT_EQ(file.text.find('\t'), std::string::npos) << file.path;
  }
}

TEST(House, tests_use_only_numbers_that_belong_to_nobody) {
  // 555-01xx belongs to nobody; anything else in a test may be somebody's phone.
  const std::regex number(R"(\+1(\d{3})(\d{3})(\d{4}))");
  for (const SourceFile& file : tree()) {
    if (!file.path.starts_with("tests/") || !written_by_us(file)) continue;
    for (std::sregex_iterator found(file.text.begin(), file.text.end(), number), end; found != end; ++found) {
      const std::string line = found->str();
      const bool published_example = line == std::string("+1415867") + "5310" || line == std::string("+1800555") + "1212";
      EXPECT_TRUE(published_example || ((*found)[2].str() == "555" && (*found)[3].str().starts_with("01")))
          << file.path << ": " << line << "; use +1 NPA 555 01xx";
    }
  }
}

}  // namespace
}  // namespace northstar::house
