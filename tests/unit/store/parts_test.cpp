#include "gateway/store/parts.h"

#include "gateway/store/layout.h"
#include "tests/unit/store/servers.h"

namespace northstar::store {
namespace {

using namespace testing;
using State = Parts::Set::State;

class LongTexts : public OnEveryRedis {
 protected:
  void SetUp() override {
    OnEveryRedis::SetUp();
    node.emplace(url_of(GetParam()));
    parts.emplace(node->redis, node->clock);
  }
  Parts::Set add(int number, const std::string& says, int total = 2) {
    std::string digest = says;
    digest.resize(22, '.');
    auto set = node->run(parts->add({.contact = ana, .set = kSet, .number = number, .total = total, .digest = digest, .sealed = says}, in(3s)));
    EXPECT_TRUE(set) << (set ? "" : set.error().text);
    return set ? *set : Parts::Set{};
  }
  std::string due(const std::string& set = kSet) { return node->command({"ZSCORE", "{p17}:due", "t:parts." + set + ":" + ana.key()}); }

  static inline const std::string kSet = "a-set-of-22-characters";
  const privacy::ContactId ana = contact_in(17);
  std::optional<Node> node;
  std::optional<Parts> parts;
};
INSTANTIATE_TEST_SUITE_P(Real, LongTexts, ::testing::Values(Place::single, Place::cluster), place_name);

TEST_P(LongTexts, wait_for_all_their_parts_in_any_order) {
  EXPECT_EQ(add(2, "world").state, State::waiting);
  EXPECT_NE(due(), "(nil)") << "what is there is given out after a while";
  const Parts::Set whole = add(1, "hello");
  EXPECT_EQ(whole.state, State::complete);
  EXPECT_EQ(whole.sealed, (std::map<int, std::string>{{1, "hello"}, {2, "world"}}));
  EXPECT_FALSE(whole.birth.empty());
}

TEST_P(LongTexts, a_part_told_twice_counts_once) {
  add(1, "hello");
  EXPECT_EQ(add(1, "hello").state, State::waiting);
  const Parts::Set whole = add(2, "world");
  EXPECT_EQ(whole.state, State::complete);
  // Not finished yet, as after a crash: the last part comes again, and so does the same text.
  const Parts::Set again = add(2, "world");
  EXPECT_EQ(again.state, State::complete);
  EXPECT_EQ(again.birth, whole.birth);
  ASSERT_TRUE(node->run(parts->finish(ana, kSet, in(3s))));
  EXPECT_EQ(due(), "(nil)");
  EXPECT_EQ(add(2, "world").state, State::finished);
}

TEST_P(LongTexts, a_reference_used_again_begins_another_text) {
  add(1, "hello");
  const Parts::Set first = add(2, "world");
  ASSERT_TRUE(node->run(parts->finish(ana, kSet, in(3s))));
  EXPECT_EQ(add(1, "other").state, State::waiting);
  const Parts::Set second = add(2, "words");
  EXPECT_EQ(second.state, State::complete);
  EXPECT_NE(second.birth, first.birth);
}

TEST_P(LongTexts, an_old_text_that_still_waits_goes_its_own_way_when_its_reference_is_used_again) {
  add(1, "hello");
  const auto waiting = node->run(parts->load(ana, kSet, in(3s)));
  ASSERT_TRUE(waiting);
  EXPECT_EQ(add(1, "other").state, State::waiting);
  const std::string old = kSet + "." + waiting->birth;
  EXPECT_NE(due(old), "(nil)");
  const auto kept = node->run(parts->load(ana, old, in(3s)));
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->sealed, (std::map<int, std::string>{{1, "hello"}})) << "two texts never mix";
  const Parts::Set whole = add(2, "words");
  EXPECT_EQ(whole.sealed, (std::map<int, std::string>{{1, "other"}, {2, "words"}}));
}

TEST_P(LongTexts, what_is_not_there_any_more_is_finished) {
  const auto gone = node->run(parts->load(ana, kSet, in(3s)));
  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->state, State::finished);
}

}  // namespace
}  // namespace northstar::store
