#include "gateway/net/breaker.h"

#include <gtest/gtest.h>

#include "loopback.h"

namespace northstar::net {
namespace {

using namespace test;
using namespace std::chrono_literals;

const Breaker::Moment kStart{1h};

TEST(Breaker, opens_after_faults_in_a_row_and_lets_one_text_try) {
  Breaker breaker;
  for (int i = 0; i < Breaker::kFaults; ++i) {
    EXPECT_TRUE(breaker.allows(kStart));
    breaker.told(Delivery::failed, kStart);
  }
  EXPECT_TRUE(breaker.open());
  EXPECT_FALSE(breaker.allows(kStart + 1s));
  EXPECT_TRUE(breaker.allows(kStart + 2s));
  EXPECT_FALSE(breaker.allows(kStart + 2s)) << "one at a time";
  breaker.told(Delivery::accepted, kStart + 3s);
  EXPECT_TRUE(breaker.allows(kStart + 3s));
  EXPECT_TRUE(breaker.allows(kStart + 3s));
}

TEST(Breaker, waits_longer_each_time_but_never_long) {
  Breaker breaker;
  for (int i = 0; i < Breaker::kFaults; ++i) breaker.told(Delivery::unknown, kStart);
  auto now = kStart;
  for (const auto pause : {2s, 4s, 8s, 15s, 15s}) {
    EXPECT_FALSE(breaker.allows(now + pause - 1ms));
    now += pause;
    ASSERT_TRUE(breaker.allows(now));
    breaker.told(Delivery::misconfigured, now);
  }
}

TEST(Breaker, what_was_on_the_way_when_it_opened_does_not_lengthen_the_pause) {
  Breaker breaker;
  for (int i = 0; i < 5 * Breaker::kFaults; ++i) breaker.told(Delivery::failed, kStart + 1s * (i >= Breaker::kFaults));
  EXPECT_TRUE(breaker.allows(kStart + 2s));
}

TEST(Breaker, an_answer_of_any_kind_is_no_fault) {
  for (const Delivery answer : {Delivery::accepted, Delivery::throttled, Delivery::refused, Delivery::opted_out}) {
    Breaker breaker;
    for (int i = 0; i < 3 * Breaker::kFaults; ++i) breaker.told(i % Breaker::kFaults == 0 ? answer : Delivery::failed, kStart);
    EXPECT_FALSE(breaker.open());
  }
}

/// Answers as it is told to.
class Scripted final : public Channel {
 public:
  explicit Scripted(Delivery& delivery) : delivery_(delivery) {}
  boost::asio::awaitable<Sent> send(const Outbound&, store::Deadline) override {
    ++asked;
    co_return Sent{delivery_, {}};
  }
  boost::asio::awaitable<std::optional<bool>> went_out(const Outbound&, store::Deadline) override { co_return knows; }
  std::optional<bool> knows;
  int asked = 0;

 private:
  Delivery& delivery_;
};

class Guarded : public testing::Test {
 protected:
  Guarded() {
    main.set_backup("second", second);
    second.set_backup("main", main);
  }
  Delivery send(GuardedChannel& by) { return loop.wait(by.send(outbound, std::chrono::steady_clock::now() + 1s)).delivery; }
  std::optional<bool> went_out() { return loop.wait(main.went_out(outbound, std::chrono::steady_clock::now() + 1s)); }

  Loop loop;
  Delivery of_first = Delivery::accepted, of_second = Delivery::accepted;
  Scripted *first_face = new Scripted(of_first), *second_face = new Scripted(of_second);  // owned by the guards
  GuardedChannel main{"main", std::unique_ptr<Channel>(first_face), {}}, second{"second", std::unique_ptr<Channel>(second_face), {}};
  Outbound outbound{"entry", "55501", PhoneNumber("+16195550101"), MessageText("hi")};
};

TEST_F(Guarded, texts_go_by_the_backup_while_a_channel_is_away) {
  of_first = Delivery::failed;
  for (int i = 0; i < Breaker::kFaults; ++i) EXPECT_EQ(send(main), Delivery::failed);
  EXPECT_EQ(send(main), Delivery::accepted);
  EXPECT_EQ(second_face->asked, 1);
  EXPECT_EQ(first_face->asked, Breaker::kFaults);
  EXPECT_EQ(main.state(), "away, texts go out by second");
}

TEST_F(Guarded, two_that_are_away_do_not_ask_each_other_for_ever) {
  of_first = of_second = Delivery::failed;
  for (int i = 0; i < 4 * Breaker::kFaults; ++i) EXPECT_EQ(send(main), Delivery::failed);
  EXPECT_EQ(first_face->asked + second_face->asked, 2 * Breaker::kFaults);
}

TEST_F(Guarded, only_what_both_deny_did_not_go_out) {
  const auto both = [this](std::optional<bool> first, std::optional<bool> second) {
    first_face->knows = first;
    second_face->knows = second;
    return went_out();
  };
  EXPECT_EQ(both(true, std::nullopt), true);
  EXPECT_EQ(both(false, true), true);
  EXPECT_EQ(both(false, false), false);
  EXPECT_EQ(both(false, std::nullopt), std::nullopt);
  EXPECT_EQ(both(std::nullopt, false), std::nullopt);
}

}  // namespace
}  // namespace northstar::net
