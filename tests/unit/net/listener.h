#pragma once
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "gateway/net/channel.h"

namespace northstar::net::test {

/// What stands behind a channel's door in tests: it keeps what it is given and answers what it is told to.
class Listener final : public Conversations {
 public:
  boost::asio::awaitable<Reply> receive(Inbound inbound, bool inline_reply, store::Deadline deadline) override {
    const std::lock_guard lock(mutex);
    got.push_back(std::move(inbound));
    was_inline = inline_reply;
    left = deadline - std::chrono::steady_clock::now();
    co_return reply;
  }
  boost::asio::awaitable<Reply> receive_part(InboundPart part, bool inline_reply, store::Deadline deadline) override {
    const std::lock_guard lock(mutex);
    parts.push_back(std::move(part));
    was_inline = inline_reply;
    left = deadline - std::chrono::steady_clock::now();
    co_return reply;
  }
  void not_delivered(const Reply&) override {}
  void acknowledged(const Reply&) override {}
  void delivered(const Reply& told) override {
    const std::lock_guard lock(mutex);
    struck.push_back(told.entry_id);
  }

  std::mutex mutex;
  Reply reply;
  std::vector<Inbound> got;
  std::vector<InboundPart> parts;
  std::vector<std::string> struck;
  bool was_inline = false;
  std::chrono::steady_clock::duration left{};
};

}  // namespace northstar::net::test
