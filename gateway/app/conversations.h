#pragma once
#include <functional>
#include <memory>
#include <string>

#include "gateway/app/record.h"
#include "gateway/app/snapshot.h"
#include "gateway/net/channel.h"
#include "gateway/privacy/digests.h"
#include "gateway/store/parts.h"
#include "gateway/store/sessions.h"

namespace northstar::app {

/// What one io_context answers from just now. A reload or a new hour posts new pointers here; a step in progress keeps
/// the ones it began with.
struct Current {
  std::shared_ptr<const Snapshot> snapshot;
  std::shared_ptr<const privacy::Keyring> keyring;
};

/// How fast one contact may write before our answers slow down. A danger cue is never slowed (R90).
struct Pace {
  bool enabled = true;
  int texts_a_minute = 20;
};

/// The product's door, one for each io_context: load, understand, step, seal, commit; only then is anything answered.
class Talks final : public net::Conversations {
 public:
  /// `closed`: a talk has ended or was deleted; what Redis's files still hold of it can go (R73).
  Talks(store::Sessions& sessions, store::Parts& parts, const privacy::Digests& digests, const Current& current, Pace pace,
        std::function<void()> closed)
      : sessions_(sessions), parts_(parts), digests_(digests), current_(current), pace_(pace), closed_(std::move(closed)) {}

  boost::asio::awaitable<net::Reply> receive(net::Inbound inbound, bool inline_reply, store::Deadline deadline) override;
  boost::asio::awaitable<net::Reply> receive_part(net::InboundPart part, bool inline_reply, store::Deadline deadline) override;
  void delivered(const net::Reply& reply) override;
  void not_delivered(const net::Reply& reply) override;
  void acknowledged(const net::Reply& reply) override;

  /// A timer fell due: the talk steps by itself, or a long text whose last part never came is taken as it is. What is then
  /// said goes out through the outbox.
  boost::asio::awaitable<Result<void>> timer_due(privacy::ContactId contact, std::string kind, store::Deadline deadline);

 private:
  struct Work;
  boost::asio::awaitable<net::Reply> take(net::Inbound inbound, bool inline_reply, std::string drop_timer, store::Deadline deadline);
  boost::asio::awaitable<net::Reply> step_and_commit(Work& work, store::Deadline deadline);
  static net::Reply reply_to(const Work& work);
  std::optional<net::Inbound> joined(const std::string& contact, const store::Parts::Set& parts) const;
  boost::asio::awaitable<Result<void>> give_out(privacy::ContactId contact, std::string set, store::Deadline deadline);

  store::Sessions& sessions_;
  store::Parts& parts_;
  const privacy::Digests& digests_;
  const Current& current_;
  Pace pace_;
  std::function<void()> closed_;
};

}  // namespace northstar::app
