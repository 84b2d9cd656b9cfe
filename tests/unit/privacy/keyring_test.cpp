#include "gateway/privacy/keyring.h"

#include <gtest/gtest.h>

#include <random>

namespace northstar::privacy {
namespace {

using namespace std::chrono_literals;

// Thursday 2026-09-10 14:30 UTC.
constexpr Instant kNow = Instant{std::chrono::sys_days{std::chrono::year{2026} / 9 / 10}} + 14h + 30min;
constexpr std::array<std::uint8_t, 12> kNonce{1, 2, 3};
constexpr Binding kAna{.kind = "session", .key = "contact-a", .version = 7};

struct Entropy {
  std::mt19937 source{42};
  void operator()(std::uint8_t* out, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(source());
  }
};

Keyring ring_of(Instant now) {
  Keyring ring;
  Entropy entropy;
  EXPECT_TRUE(ring.make_missing(now, entropy));
  return ring;
}

TEST(Sealing, what_was_sealed_opens_to_the_same_bytes_whatever_they_are) {
  const Keyring ring = ring_of(kNow);
  std::mt19937 random{7};
  for (int i = 0; i < 500; ++i) {
    std::string plain(random() % 2000, '\0');
    for (char& c : plain) c = static_cast<char>(random());
    const std::string key = std::to_string(random());
    const Binding place{.kind = i % 2 ? "session" : "outbox", .key = key, .version = random()};
    std::array<std::uint8_t, 12> nonce;
    Entropy{random}(nonce.data(), nonce.size());
    const Life life = i % 3 ? Life::hour : Life::day;
    const auto sealed = ring.seal(life, place, plain, kNow, nonce);
    ASSERT_TRUE(sealed);
    EXPECT_EQ(sealed->size(), plain.size() + 34);
    EXPECT_EQ(ring.open(place, *sealed), plain);
  }
}

TEST(Sealing, a_record_opens_only_in_its_own_place) {
  const Keyring ring = ring_of(kNow);
  const std::string sealed = *ring.seal(Life::hour, kAna, "the text", kNow, kNonce);
  Binding other = kAna;
  other.key = "contact-b";  // two people's records swapped
  EXPECT_FALSE(ring.open(other, sealed));
  other = kAna;
  other.kind = "outbox";
  EXPECT_FALSE(ring.open(other, sealed));
  other = kAna;
  other.version = 8;  // an old copy put back where version 8 stands
  EXPECT_FALSE(ring.open(other, sealed));
  // The kind's end and the key's beginning are kept apart.
  EXPECT_FALSE(ring.open(Binding{.kind = "sessioncontact", .key = "-a", .version = 7}, sealed));
  EXPECT_TRUE(ring.open(kAna, sealed));
}

TEST(Sealing, any_changed_byte_is_noticed) {
  const Keyring ring = ring_of(kNow);
  const std::string sealed = *ring.seal(Life::hour, kAna, "the text", kNow, kNonce);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(ring.open(kAna, changed)) << "byte " << i;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) EXPECT_FALSE(ring.open(kAna, sealed.substr(0, size)));
}

TEST(Sealing, the_words_are_not_in_the_record) {
  const Keyring ring = ring_of(kNow);
  EXPECT_EQ(ring.seal(Life::hour, kAna, "canary-text", kNow, kNonce)->find("canary"), std::string::npos);
}

TEST(Sealing, without_the_hours_key_nothing_is_sealed) {
  const Keyring ring = ring_of(kNow);
  EXPECT_FALSE(ring.seal(Life::hour, kAna, "x", kNow + 1h, kNonce));
  EXPECT_FALSE(Keyring{}.seal(Life::day, kAna, "x", kNow, kNonce));
}

TEST(Keys, of_an_hour_are_dropped_after_25_hours_and_what_they_sealed_is_gone) {
  Keyring ring = ring_of(kNow);
  const std::string sealed = *ring.seal(Life::hour, kAna, "the text", kNow, kNonce);
  const std::string kept = *ring.seal(Life::day, kAna, "asked to keep", kNow, kNonce);
  const Instant dies = std::chrono::floor<std::chrono::hours>(kNow) + Keyring::kHourKeyLife;
  EXPECT_FALSE(ring.drop_old(dies - 1ms));
  EXPECT_TRUE(ring.open(kAna, sealed));
  EXPECT_TRUE(ring.drop_old(dies));
  EXPECT_FALSE(ring.open(kAna, sealed));
  EXPECT_EQ(ring.open(kAna, kept), "asked to keep");
  EXPECT_EQ(ring.serialise().find("hour"), std::string::npos);
}

TEST(Keys, of_a_day_are_dropped_after_45_days) {
  Keyring ring = ring_of(kNow);
  const std::string kept = *ring.seal(Life::day, kAna, "asked to keep", kNow, kNonce);
  const Instant dies = std::chrono::floor<std::chrono::days>(kNow) + Keyring::kDayKeyLife;
  ring.drop_old(dies - 1ms);
  EXPECT_TRUE(ring.open(kAna, kept));
  EXPECT_TRUE(ring.drop_old(dies));
  EXPECT_FALSE(ring.open(kAna, kept));
}

TEST(Keys, made_again_after_they_were_dropped_are_others) {
  Keyring ring;
  Entropy entropy;
  ring.make_missing(kNow, entropy);
  const std::string sealed = *ring.seal(Life::hour, kAna, "the text", kNow, kNonce);
  ring.drop_old(kNow + 46 * 24h);
  ring.make_missing(kNow, entropy);
  EXPECT_FALSE(ring.open(kAna, sealed));
}

TEST(Keys, are_made_ten_minutes_before_their_hour) {
  const Instant next = std::chrono::ceil<std::chrono::hours>(kNow);
  Keyring ring = ring_of(kNow);
  EXPECT_TRUE(ring.complete(next - 10min - 1ms));
  EXPECT_FALSE(ring.complete(next - 10min));
  Entropy entropy;
  EXPECT_TRUE(ring.make_missing(next - 10min, entropy));
  EXPECT_TRUE(ring.complete(next));
  EXPECT_FALSE(ring.make_missing(next, entropy)) << "the hour's turn must make nothing new";
  // The day's key likewise, at ten to midnight.
  const Instant midnight = std::chrono::ceil<std::chrono::days>(kNow);
  ring.make_missing(midnight - 10min, entropy);
  EXPECT_TRUE(ring.complete(midnight));
  EXPECT_TRUE(ring.seal(Life::day, kAna, "x", midnight, kNonce));
}

TEST(Keys, ahead_of_the_clock_stay) {
  Keyring ring = ring_of(kNow + 5h);
  EXPECT_FALSE(ring.drop_old(kNow)) << "a clock set back must not lose a talk";
}

TEST(KeyFile, reads_what_it_wrote) {
  Keyring ring = ring_of(kNow);
  Entropy entropy;
  ring.make_missing(kNow + 3h, entropy);
  const std::string sealed = *ring.seal(Life::hour, kAna, "the text", kNow, kNonce);
  const auto again = Keyring::parse(ring.serialise());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->open(kAna, sealed), "the text");
  EXPECT_EQ(again->serialise(), ring.serialise());
}

TEST(KeyFile, a_file_and_a_record_of_form_1_open_for_ever) {
  // Written once by the first release; never to be changed.
  const auto ring = Keyring::parse(
      "northstar keys 1\n"
      "hour 497000 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
      "day 20708 1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100\n"
      "end 2\n");
  ASSERT_TRUE(ring);
  const std::string_view hex = "01016895070001020300000000000000000047e04b38188840e77bf32701f3a20d2706c348";
  std::string sealed;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    sealed += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  EXPECT_EQ(ring->open(kAna, sealed), "old");
}

TEST(KeyFile, every_fault_names_its_line_and_never_the_key) {
  const std::string good = ring_of(kNow).serialise();
  const std::string key(64, 'a');
  for (const auto& [file, what] : std::vector<std::pair<std::string, std::string>>{
           {"", "line 1"},
           {"northstar keys 2\nend 0\n", "newer release"},
           {"northstar keys x\n", "line 1"},
           {"northstar keys 1\nweek 1 " + key + "\nend 1\n", "line 2"},
           {"northstar keys 1\nhour 1 " + key.substr(1) + "\nend 1\n", "line 2"},
           {"northstar keys 1\nhour 1 " + key.substr(1) + "g\nend 1\n", "line 2"},
           {"northstar keys 1\nhour one " + key + "\nend 1\n", "line 2"},
           {"northstar keys 1\nhour 1 " + key + "\nend 2\n", "line 3"},
           {good.substr(0, good.find("end")), "cut short"}}) {
    const auto ring = Keyring::parse(file);
    ASSERT_FALSE(ring) << file;
    EXPECT_NE(ring.error().text.find(what), std::string::npos) << ring.error().text;
    EXPECT_EQ(ring.error().text.find("aaaa"), std::string::npos);
  }
}

}  // namespace
}  // namespace northstar::privacy
