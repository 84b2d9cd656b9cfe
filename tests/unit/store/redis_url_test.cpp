#include "gateway/store/redis_url.h"

#include <gtest/gtest.h>

#include "gateway/store/layout.h"
#include "gateway/store/redis_request.h"

namespace northstar::store {
namespace {

TEST(RedisUrl, reads_each_form_that_the_configuration_may_hold) {
  EXPECT_EQ(RedisUrl::parse("private")->kind, RedisUrl::Kind::owned);
  EXPECT_EQ(RedisUrl::parse("unix:/run/redis.sock")->endpoints[0].path, "/run/redis.sock");
  const auto one = RedisUrl::parse("redis://db.example.org:6379");
  EXPECT_EQ(one->kind, RedisUrl::Kind::single);
  EXPECT_EQ(one->endpoints[0].to_string(), "db.example.org:6379");
  const auto many = RedisUrl::parse("redis+cluster://10.0.0.1:7000,[::1]:7001");
  EXPECT_EQ(many->kind, RedisUrl::Kind::cluster);
  EXPECT_EQ(many->endpoints[1].host, "::1");
}

TEST(RedisUrl, says_which_forms_there_are_when_it_is_none_of_them) {
  for (const char* bad : {"", "redis", "unix:", "redis://", "redis://host", "redis://host:0", "redis://host:70000", "redis://:1",
                          "redis://user@host:1", "redis://a b:1", "redis+sentinel://10.0.0.1:1", "unix:redis.sock", "redis://a:1,b:2", "redis+cluster://a:1,,b:2", "http://a:1"}) {
    const auto url = RedisUrl::parse(bad);
    ASSERT_FALSE(url) << bad;
    EXPECT_NE(url.error().text.find("redis+cluster://HOST:PORT"), std::string::npos);
  }
}

TEST(RedisUrl, does_not_repeat_a_password) {
  const auto url = RedisUrl::parse("redis://:word@10.0.0.1:6379");
  ASSERT_FALSE(url);
  EXPECT_EQ(url.error().text.find("word@"), std::string::npos);
}

TEST(RedisUrl, refuses_a_socket_whose_path_no_socket_can_have) {
  EXPECT_TRUE(RedisUrl::parse("unix:/" + std::string(kSocketPathMax - 1, 's')));
  EXPECT_FALSE(RedisUrl::parse("unix:/" + std::string(kSocketPathMax, 's')));
}

TEST(Slots, agree_with_the_published_examples) {
  EXPECT_EQ(slot_of_key("123456789"), 0x31c3);  // the Redis Cluster specification's own check value
  EXPECT_EQ(slot_of_key("foo"), 12182);
  EXPECT_EQ(slot_of_key("{user1000}.following"), slot_of_key("user1000"));
  EXPECT_EQ(slot_of_key("foo{}{bar}"), 8363);
  EXPECT_EQ(slot_of_key("foo{{bar}}zap"), slot_of_key("{bar"));
  EXPECT_EQ(partition_slot(17), slot_of_key("{p17}:session:x"));
}

TEST(Request, gives_one_of_its_commands_alone) {
  Request both{partition_slot(17)};
  both.command({"GET", "a\r\n*1\r\n"}).command({"SISMEMBER", "set", ""});
  EXPECT_EQ(both.only(0).bytes(), Request{}.command({"GET", "a\r\n*1\r\n"}).bytes());
  EXPECT_EQ(both.only(1).bytes(), Request{}.command({"SISMEMBER", "set", ""}).bytes());
  EXPECT_EQ(both.only(1).commands(), 1);
}

TEST(Layout, heads_read_back_what_was_written) {
  const StoredHead head{{.version = 3, .number = 0xfedcba9876543210, .quiet = 2, .waiting = Instant{Millis{1790000000456}}, .newest = 0xfedc},
                        Instant{Millis{1790000000123}}};
  const auto bytes = encode_head(head);
  const auto again = decode_head({bytes.data(), bytes.size()});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->head.version, 3u);
  EXPECT_EQ(again->head.number, 0xfedcba9876543210u);
  EXPECT_EQ(again->head.quiet, 2u);
  EXPECT_EQ(again->expires, head.expires);
  EXPECT_EQ(again->head.waiting, head.head.waiting);
  EXPECT_EQ(again->head.newest, 0xfedc);
  EXPECT_FALSE(decode_head({bytes.data(), bytes.size() - 1}));

  const EntryHead entry{.state = EntryHead::State::sending, .lane = 'd', .outlives_session = true, .index = 2, .number = 7,
                        .version = 9, .useful_until = Instant{Millis{1790000000456}}, .contact = "ABCDEFGHIJKLMNOPQRSTUV"};
  const auto read = decode_entry_head(encode_entry_head(entry) + "sealed");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->state, entry.state);
  EXPECT_EQ(read->lane, 'd');
  EXPECT_TRUE(read->outlives_session);
  EXPECT_EQ(read->index, 2);
  EXPECT_EQ(read->number, 7u);
  EXPECT_EQ(read->version, 9u);
  EXPECT_EQ(read->useful_until, entry.useful_until);
  EXPECT_EQ(read->contact, entry.contact);
  EXPECT_FALSE(decode_entry_head("2" + encode_entry_head(entry).substr(1)));
}

}  // namespace
}  // namespace northstar::store
