#include "gateway/reply/pattern.h"

#include <gtest/gtest.h>
#include <unicode/fmtable.h>
#include <unicode/msgfmt.h>

#include <thread>

namespace northstar::reply {
namespace {

std::string said(std::string_view pattern, const Values& values, Locale locale = Locale("en")) {
  auto parsed = Pattern::parse(pattern, locale);
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().text);
  std::string out;
  if (parsed) parsed->render(out, values);
  return out;
}

std::string refusal(std::string_view pattern) {
  const auto parsed = Pattern::parse(pattern, Locale("en"));
  return parsed ? "" : parsed.error().text;
}

/// What ICU itself says: our tree must not differ.
std::string by_icu(std::string_view pattern, const Values& values, const char* locale) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::MessageFormat format(icu::UnicodeString::fromUTF8({pattern.data(), static_cast<int>(pattern.size())}),
                                  icu::Locale(locale), status);
  std::vector<icu::UnicodeString> names;
  std::vector<icu::Formattable> arguments;
  for (const auto& [name, value] : values) {
    names.push_back(icu::UnicodeString::fromUTF8(name));
    if (const auto* text = std::get_if<std::string>(&value))
      arguments.emplace_back(icu::UnicodeString::fromUTF8(*text));
    else
      arguments.emplace_back(static_cast<std::int64_t>(std::get<std::int64_t>(value)));
  }
  icu::UnicodeString out;
  format.format(names.data(), arguments.data(), static_cast<int>(names.size()), out, status);
  EXPECT_TRUE(U_SUCCESS(status)) << u_errorName(status);
  std::string utf8;
  out.toUTF8String(utf8);
  return utf8;
}

TEST(Pattern, says_what_icu_says) {
  const struct {
    std::string_view pattern;
    Values values;
  } kCases[] = {
      {"It's OK, isn't it? {name}'s 'quoted' '{braces}' stay", {{"name", "Ana"}}},
      {"{minutes, plural, =0 {no time} one {# minute} other {# minutes}}", {{"minutes", std::int64_t{0}}}},
      {"{minutes, plural, =0 {no time} one {# minute} other {# minutes}}", {{"minutes", std::int64_t{1}}}},
      {"{minutes, plural, offset:1 one {# more} other {# others}}", {{"minutes", std::int64_t{2}}}},
      {"{minutes, plural, one {#} other {# of {minutes}}}", {{"minutes", std::int64_t{1234567}}}},
      {"{place, selectordinal, one {#st} two {#nd} few {#rd} other {#th}}", {{"place", std::int64_t{22}}}},
      {"{open, select, now {open {open2, select, x {X} other {Y}}} other {shut}}", {{"open", "now"}, {"open2", "z"}}},
      {"{n, number} {n, plural, one {'#' is #} other {{n} '{'#'}'}}", {{"n", std::int64_t{7}}}},
  };
  for (const auto& one : kCases)
    for (const char* locale : {"en", "es", "ru", "ar"})
      EXPECT_EQ(said(one.pattern, one.values, Locale(locale)), by_icu(one.pattern, one.values, locale))
          << one.pattern << " in " << locale;
}

TEST(Pattern, a_missing_value_never_shows_braces_to_a_person) {
  EXPECT_EQ(said("Near {place}: {open, select, now {open} other {?}}", {}), "Near : ?");
  EXPECT_EQ(said("{minutes, plural, one {one} other {# min}}", {}), " min");
}

TEST(Pattern, typographers_signs_in_values_become_plain_and_accents_stay) {
  EXPECT_EQ(said("{name}", {{"name", "Women’s Center – “José’s”\u00A0House…"}}),
            "Women's Center - \"José's\" House...");
}

TEST(Pattern, what_is_not_a_message_format_is_refused_with_where_and_why) {
  EXPECT_NE(refusal("Near {place").find("near character"), std::string::npos);
  EXPECT_NE(refusal("{0}").find("names"), std::string::npos);
  EXPECT_NE(refusal("{when, date}").find("only {when, number}"), std::string::npos);
  EXPECT_NE(refusal("{n, choice, 0#a|1#b}").find("choice"), std::string::npos);
  EXPECT_NE(refusal("{open} {open, select, other {x}}").find("two names"), std::string::npos);
  EXPECT_NE(refusal("{open, select, a {1} a {2} other {3}}").find("twice"), std::string::npos);
  EXPECT_NE(refusal("{n, plural, one {x}}"), "");  // no `other`
}

TEST(Pattern, its_arguments_are_known_with_their_kinds) {
  const auto parsed = Pattern::parse("{b} {a, plural, other {#}} {c, select, x {{d}} other {}}", Locale("en"));
  ASSERT_TRUE(parsed);
  const auto& arguments = parsed->arguments();
  ASSERT_EQ(arguments.size(), 4U);
  EXPECT_EQ(arguments[0].name, "a");
  EXPECT_EQ(arguments[0].kind, Pattern::Argument::Kind::number);
  EXPECT_EQ(arguments[1].kind, Pattern::Argument::Kind::text);
  EXPECT_EQ(arguments[2].keywords, (std::set<std::string>{"x", "other"}));
}

TEST(Pattern, many_threads_may_read_one) {
  const auto parsed = Pattern::parse("{n, plural, one {# text} other {# texts}} {name}", Locale("en"));
  ASSERT_TRUE(parsed);
  std::vector<std::thread> threads;
  std::array<int, 4> wrong{};
  for (std::size_t t = 0; t < wrong.size(); ++t)
    threads.emplace_back([&, t] {
      for (std::int64_t n = 0; n < 2000; ++n) {
        std::string out;
        parsed->render(out, {{"n", n % 900}, {"name", "Ana"}});
        if (out != std::to_string(n % 900) + (n % 900 == 1 ? " text Ana" : " texts Ana")) ++wrong[t];
      }
    });
  for (auto& thread : threads) thread.join();
  for (const int count : wrong) EXPECT_EQ(count, 0);
}

}  // namespace
}  // namespace northstar::reply
