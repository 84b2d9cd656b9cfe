#include "gateway/reply/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "folder.h"

namespace northstar::reply {
namespace {

using ::testing::Contains;
using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr Locale kEn{"en"}, kEs{"es"};

std::string entry(const std::string& name, const std::string& text, const std::string& more = "") {
  return name + ":\n  text: \"" + text + "\"\n  reveals: nothing\n  budget: 1\n  useful: 5m\n  review: draft\n" + more;
}

/// What is wrong with these messages, a line each, without the folder's own path.
std::vector<std::string> faults(const std::string& en, const std::string& es = "") {
  const Folder folder;
  folder.write("en/messages.yaml", en);
  if (!es.empty()) folder.write("es/messages.yaml", es);
  std::vector<std::string> lines;
  const auto loaded = Catalog::load(folder.path());
  if (loaded) return lines;
  for (const Fault& fault : loaded.error())
    lines.push_back(fault.to_string().substr(folder.path().string().size() + 1));
  return lines;
}

TEST(Catalog, facts_and_wordings_are_as_written) {
  const Folder folder;
  folder.write("en/messages.yaml",
               entry("ask", "Hi {name}, OK? 1 Yes 2 No", "  class: discreet\n  repeat: harmless\n  tags: [a, b]\n"));
  folder.write("es/messages.yaml",
               "ask:\n  text: \"Hola {name}, ¿puede? 1 Puedo 2 No\"\n  reveals: nothing\n  budget: 1\n  useful: 5m\n"
               "  class: discreet\n  repeat: harmless\n  tags: [b, a]\n  review: { by: Someone, on: 2026-01-31 }\n");
  const auto catalog = Catalog::load(folder.path());
  ASSERT_TRUE(catalog) << catalog.error().front().to_string();
  ASSERT_EQ(catalog->locales().size(), 2U);
  EXPECT_EQ(catalog->locales()[0], kEn);
  const auto id = catalog->find("ask");
  ASSERT_TRUE(id);
  EXPECT_FALSE(catalog->find("nothing"));
  const TemplateFacts& facts = catalog->facts(*id);
  EXPECT_TRUE(facts.discreet && facts.repeat_harmless);
  EXPECT_EQ(facts.useful, std::chrono::minutes(5));
  EXPECT_EQ(facts.arguments, std::vector<std::string>{"name"});
  EXPECT_EQ(facts.tags, (std::set<std::string>{"a", "b"}));
  EXPECT_EQ(catalog->wording(*id, kEn)->choices, (std::set<int>{1, 2}));
  EXPECT_TRUE(catalog->wording(*id, kEn)->draft);
  EXPECT_FALSE(catalog->wording(*id, kEs)->draft);
  const Rendered rendered = catalog->render(*id, kEs, {{"name", "Ana"}});
  EXPECT_EQ(rendered.text, "Hola Ana, ¿puede? 1 Puedo 2 No");
  EXPECT_EQ(rendered.encoding.segments, 1U);
}

TEST(Catalog, what_a_locale_lacks_is_said_in_english) {
  const Folder folder;
  folder.write("en/messages.yaml", entry("one", "One") + entry("two", "Two"));
  folder.write("es/messages.yaml", entry("one", "Uno"));
  const auto catalog = Catalog::load(folder.path());
  ASSERT_TRUE(catalog);
  EXPECT_TRUE(catalog->complete(kEn));
  EXPECT_FALSE(catalog->complete(kEs));
  EXPECT_EQ(catalog->render(*catalog->find("one"), kEs, {}).text, "Uno");
  EXPECT_EQ(catalog->render(*catalog->find("two"), kEs, {}).text, "Two");
  EXPECT_EQ(catalog->render(*catalog->find("two"), Locale("ko"), {}).text, "Two");
  EXPECT_EQ(catalog->wording(*catalog->find("two"), kEs), nullptr);
}

TEST(Catalog, every_fault_is_named_with_its_line_and_column_all_at_once) {
  const auto lines = faults(
      "a:\n"
      "  text: \"Hi {name\"\n"   // 2:9
      "  reveals: everything\n"  // 3:12
      "  budget: many\n"         // 4:11
      "  useful: 5 minutes\n"    // 5:11
      "  repeat: often\n"        // 6:11
      "  class: loud\n"          // 7:10
      "  colour: red\n"          // 8:3
      "  tags: one\n"            // 9:9
      "  review: soon\n"         // 10:11
      "b:\n"                     // 11:1
      "  text: Hello\n"
      "a: { text: Twice }\n");  // 13:1
  EXPECT_THAT(lines, Contains(HasSubstr("en/messages.yaml:2:9: \"a\": not a message format")));
  EXPECT_THAT(lines, Contains(HasSubstr("en/messages.yaml:3:12: \"a\": reveals is \"everything\"")));
  EXPECT_THAT(lines, Contains(HasSubstr("en/messages.yaml:4:11: \"a\": budget is \"many\"")));
  EXPECT_THAT(lines, Contains(HasSubstr("en/messages.yaml:5:11: \"a\": useful is \"5 minutes\"")));
  EXPECT_THAT(lines, Contains(HasSubstr("en/messages.yaml:6:11: \"a\": repeat is \"often\"")));
  EXPECT_THAT(lines, Contains(HasSubstr("en/messages.yaml:7:10: \"a\": class is \"loud\"")));
  EXPECT_THAT(lines, Contains(HasSubstr("en/messages.yaml:8:3: \"a\" has \"colour\"")));
  EXPECT_THAT(lines, Contains(HasSubstr("en/messages.yaml:9:9: \"a\": tags must be a list")));
  EXPECT_THAT(lines, Contains(HasSubstr("en/messages.yaml:10:11: \"a\": review is draft")));
  EXPECT_THAT(lines, Contains(HasSubstr("en/messages.yaml:11:1: \"b\" has no \"reveals\"")));
  EXPECT_THAT(lines, Contains(HasSubstr("en/messages.yaml:13:1: \"a\" stands twice")));
}

TEST(Catalog, a_key_that_stands_twice_in_an_entry_is_a_fault) {
  EXPECT_THAT(faults(entry("a", "Hi", "  budget: 2\n")),
              Contains("en/messages.yaml:7:3: \"budget\" stands twice in \"a\""));
}

TEST(Catalog, a_file_that_is_not_yaml_says_where) {
  EXPECT_THAT(faults("a:\n  text: \"open\n"), Contains(HasSubstr("en/messages.yaml:")));
  EXPECT_THAT(faults("- a\n- b\n"), Contains(HasSubstr("en/messages.yaml:1:1: the messages must be entries")));
}

TEST(Catalog, locales_that_differ_in_a_fact_or_an_argument_are_refused) {
  const auto lines = faults(entry("a", "Hi {name}") + entry("b", "Hi"),
                            entry("a", "Hola {nombre}", "  class: discreet\n") + entry("c", "Hola"));
  EXPECT_THAT(lines, Contains(HasSubstr("es/messages.yaml:7:10: \"a\": class is not the same as in")));
  EXPECT_THAT(lines, Contains(HasSubstr("es/messages.yaml:2:9: \"a\" leaves out {name}")));
  EXPECT_THAT(lines, Contains(HasSubstr("es/messages.yaml:2:9: \"a\" has {nombre}")));
  EXPECT_THAT(lines, Contains(HasSubstr("es/messages.yaml:8:1: \"c\" is not among the English messages")));
}

TEST(Catalog, english_must_be_there_and_unknown_languages_are_refused) {
  const Folder folder;
  std::filesystem::create_directories(folder.path() / "klingon");
  folder.write("klingon/messages.yaml", "{}");
  const auto loaded = Catalog::load(folder.path());
  ASSERT_FALSE(loaded);
  std::vector<std::string> lines;
  for (const Fault& fault : loaded.error()) lines.push_back(fault.to_string());
  EXPECT_THAT(lines, Contains(HasSubstr("\"klingon\" is not a language")));
  EXPECT_THAT(lines, Contains(EndsWith("is missing: English is what all else falls back on")));
}

}  // namespace
}  // namespace northstar::reply
