#include "gateway/store/key_file.h"

#include <sys/stat.h>

#include <fstream>
#include <set>

#include "tests/unit/store/servers.h"

namespace northstar::store {
namespace {

using namespace testing;
constexpr Instant kNow{std::chrono::hours{497000} + 30min};

mode_t mode_of(const std::filesystem::path& file) {
  struct stat about {};
  ::stat(file.c_str(), &about);
  return about.st_mode & 0777;
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(KeyFile, holds_a_key_before_anything_is_sealed_with_it) {
  TempFolder folder;
  auto file = KeyFile::open(folder.path() / "keys");
  ASSERT_TRUE(file);
  const auto ring = file->refresh(kNow);
  ASSERT_TRUE(ring);
  const privacy::Binding place{.kind = "session", .key = "a", .version = 1};
  const auto sealed = (*ring)->seal(privacy::Life::hour, place, "text", kNow, random_nonce());
  EXPECT_EQ(mode_of(file->path()), 0600u);
  auto after_a_crash = KeyFile::open(folder.path() / "keys");
  ASSERT_TRUE(after_a_crash);
  EXPECT_EQ((*after_a_crash->refresh(kNow))->open(place, *sealed), "text");
}

TEST(KeyFile, is_not_written_again_while_nothing_changes) {
  TempFolder folder;
  auto file = KeyFile::open(folder.path() / "keys");
  const auto first = *file->refresh(kNow);
  EXPECT_EQ(*file->refresh(kNow + 1min), first);
  EXPECT_NE(*file->refresh(kNow + 21min), first) << "ten minutes before the hour its key is made";
}

TEST(KeyFile, first_drops_what_is_too_old_after_any_downtime) {
  TempFolder folder;
  const privacy::Binding place{.kind = "session", .key = "a", .version = 1};
  std::string sealed;
  {
    auto file = KeyFile::open(folder.path() / "keys");
    sealed = *(*file->refresh(kNow))->seal(privacy::Life::hour, place, "text", kNow, random_nonce());
  }
  auto file = KeyFile::open(folder.path() / "keys");
  EXPECT_FALSE((*file->refresh(kNow + 26h))->open(place, sealed));
  EXPECT_EQ(content_of(file->path()).find("hour 497000 "), std::string::npos);
}

TEST(KeyFile, that_cannot_be_read_is_named_and_never_overwritten) {
  TempFolder folder;
  const auto path = folder.path() / "keys";
  ASSERT_TRUE(write_secretly(path, "something else\n"));
  const auto file = KeyFile::open(path);
  ASSERT_FALSE(file);
  EXPECT_NE(file.error().text.find(path.string()), std::string::npos);
  EXPECT_EQ(content_of(path), "something else\n");
}

TEST(KeyFile, in_a_folder_that_is_not_there_says_so) {
  TempFolder folder;
  auto file = KeyFile::open(folder.path() / "nowhere" / "keys");
  ASSERT_TRUE(file);
  const auto ring = file->refresh(kNow);
  ASSERT_FALSE(ring);
  EXPECT_NE(ring.error().text.find("nowhere"), std::string::npos);
}

TEST(KeyFile, a_draft_that_a_crash_left_is_removed_at_start) {
  TempFolder folder;
  std::ofstream(folder.path() / "keys.new") << "old keys";
  ASSERT_TRUE(KeyFile::open(folder.path() / "keys"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "keys.new"));
}

TEST(SecretFile, is_made_at_the_first_start_and_then_stays) {
  TempFolder folder;
  const auto path = folder.path() / "secret";
  const auto first = load_or_make_secret(path);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->size(), 32u);
  EXPECT_EQ(mode_of(path), 0600u);
  EXPECT_EQ(*load_or_make_secret(path), *first);
}

TEST(SecretFile, that_all_may_read_or_that_was_cut_short_is_refused) {
  TempFolder folder;
  const auto path = folder.path() / "secret";
  ASSERT_TRUE(load_or_make_secret(path));
  ::chmod(path.c_str(), 0644);
  EXPECT_NE(load_or_make_secret(path).error().text.find("chmod 600"), std::string::npos);
  ASSERT_TRUE(write_secretly(path, "short"));
  EXPECT_EQ(load_or_make_secret(path).error().kind, Error::Kind::malformed);
}

TEST(Randomness, does_not_repeat) {
  std::set<std::string> ids;
  for (int i = 0; i < 2000; ++i) ids.insert(random_id());
  EXPECT_EQ(ids.size(), 2000u);
  EXPECT_EQ(ids.begin()->size(), 22u);
}

}  // namespace
}  // namespace northstar::store
