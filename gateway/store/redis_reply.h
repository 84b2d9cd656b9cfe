#pragma once
#include <hiredis/hiredis.h>

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <memory>
#include <string_view>

namespace northstar::store {

/// A look at one value that Redis gave; valid as long as the Reply it came from.
class ReplyView {
 public:
  explicit ReplyView(const redisReply* raw) : raw_(raw) {}
  bool is_error() const { return raw_->type == REDIS_REPLY_ERROR; }
  bool is_nil() const { return raw_->type == REDIS_REPLY_NIL; }
  bool is_integer() const { return raw_->type == REDIS_REPLY_INTEGER; }
  bool is_array() const { return raw_->type == REDIS_REPLY_ARRAY; }
  bool is_text() const { return raw_->type == REDIS_REPLY_STRING || raw_->type == REDIS_REPLY_STATUS; }
  /// The bytes of a string, a status or an error; empty for anything else.
  std::string_view text() const {
    return is_text() || is_error() ? std::string_view{raw_->str, static_cast<std::size_t>(raw_->len)} : std::string_view{};
  }
  std::int64_t integer() const { return is_integer() ? raw_->integer : 0; }
  std::size_t size() const { return is_array() ? raw_->elements : 0; }
  ReplyView operator[](std::size_t i) const { return ReplyView{raw_->element[i]}; }

 private:
  const redisReply* raw_;
};

/// One reply, owned.
class Reply {
 public:
  explicit Reply(redisReply* raw) : raw_(raw) {}
  ReplyView view() const { return ReplyView{raw_.get()}; }

 private:
  struct Free {
    void operator()(redisReply* raw) const { freeReplyObject(raw); }
  };
  std::unique_ptr<redisReply, Free> raw_;
};

/// What a request gave: a reply a command, in their order.
struct Answer {
  boost::container::small_vector<Reply, 2> replies;
  /// Redis's clock in the same trip, in microseconds of UTC, when the request asked for it.
  std::int64_t server_time_us = 0;
  ReplyView operator[](std::size_t i) const { return replies[i].view(); }
};

}  // namespace northstar::store
