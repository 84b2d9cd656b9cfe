#pragma once
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gateway/store/redis_link.h"

namespace northstar::store {

/// What a Redis client has seen, for whoever exports metrics.
struct RedisCounts {
  std::uint64_t calls = 0, unavailable = 0, timed_out = 0, moved = 0, asked = 0, tried_again = 0, links_lost = 0;
};

/// Redis, whether one server or a Cluster, as one io_context sees it: a connection a server, everything pipelined.
///
/// `call` routes by the request's slot and always ends by its deadline. On a lost link it ends `unavailable`: what was
/// written then may have been done, and whoever asked answers 503 or asks again (a commit is safe to repeat, its `seen`
/// key says what came of the first). A Cluster's redirects (MOVED, ASK, TRYAGAIN, CLUSTERDOWN) are followed inside.
/// Not thread-safe: one for each io_context, used on its thread alone.
class Redis final : private Link::Owner {
 public:
  Redis(boost::asio::io_context& io, RedisUrl url, std::string password = {});
  ~Redis();

  /// Connects and waits until every server that is needed can be used, or says why one cannot.
  boost::asio::awaitable<Result<void>> start(Deadline deadline);
  /// Ends all that waits, and the links. Call it before the io_context ends.
  void stop();

  /// `co_await redis.call(std::move(request), deadline)` gives Result<Answer>.
  auto call(Request request, Deadline deadline) {
    return boost::asio::async_initiate<const boost::asio::deferred_t, void(Result<Answer>)>(
        [this](auto handler, Request r, Deadline d) {
          using Handler = std::decay_t<decltype(handler)>;
          launch(std::make_unique<HandlerCall<Handler>>(std::move(r), d, std::move(handler)));
        },
        boost::asio::deferred, std::move(request), deadline);
  }
  /// Many at once, each to its own node; answers in the order of the requests.
  boost::asio::awaitable<std::vector<Result<Answer>>> call_all(std::vector<Request> requests, Deadline deadline);
  /// For whoever has its own way of waiting.
  void launch(CallPtr call);

  /// Whether every slot has a server that is up.
  bool ready() const;
  bool is_cluster() const { return cluster_; }
  const RedisCounts& counts() const { return counts_; }
  boost::asio::io_context& io() { return io_; }

 private:
  void settled(CallPtr call, Link& link) override;
  void changed(Link& link) override;
  Link& link_to(const Endpoint& endpoint);
  Link* route(std::uint16_t slot);
  bool redirect(CallPtr& call, ReplyView error, Link& link);
  void ask_for_some(CallPtr call, Link& other);
  void later(CallPtr call, std::chrono::milliseconds pause);
  void refresh_soon();
  void refresh();
  void learn(ReplyView slots, const Endpoint& from);
  void arm_sweep();
  std::optional<Error> first_fault() const;

  boost::asio::io_context& io_;
  RedisUrl url_;
  std::string password_;
  bool cluster_;
  std::map<Endpoint, std::shared_ptr<Link>> links_;
  std::vector<Link*> slots_;               ///< of a Cluster: who serves each slot
  boost::asio::steady_timer sweep_, refresh_;
  RedisCounts counts_;
  bool sweeping_ = false, refresh_armed_ = false, refreshing_ = false, learnt_ = false, stopped_ = false;
  struct Delayed;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace northstar::store
