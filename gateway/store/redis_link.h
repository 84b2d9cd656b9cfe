#pragma once
#include <hiredis/hiredis.h>

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "gateway/base/result.h"
#include "gateway/store/redis_reply.h"
#include "gateway/store/redis_request.h"
#include "gateway/store/redis_url.h"
#include "gateway/store/sessions.h"

namespace northstar::store {

/// A request on its way, and who awaits it. Finished exactly once, or destroyed with the io_context.
class Call {
 public:
  Call(Request r, Deadline d) : request(std::move(r)), deadline(d) {}
  virtual ~Call() = default;
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  /// Hands the outcome to whoever waits. The call is spent then.
  virtual void finish(Result<Answer> outcome) = 0;

  Request request;
  Deadline deadline;
  Answer answer;
  int redirects = 0;
  bool asking = false;  ///< the slot is moving: the other node serves us only if we say ASKING first
  Deadline queued{};    ///< since when it waits for a link
};
using CallPtr = std::unique_ptr<Call>;

/// Ends the call with an error in a later turn of the loop: a call must not end within the function that began it.
void fail_soon(boost::asio::io_context& io, CallPtr call, Error error);

/// The Call behind a completion token, without a std::function.
template <class Handler>
class HandlerCall final : public Call {
 public:
  HandlerCall(Request r, Deadline d, Handler h) : Call(std::move(r), d), handler_(std::move(h)) {}
  void finish(Result<Answer> outcome) override { std::move(handler_)(std::move(outcome)); }

 private:
  Handler handler_;
};

/// One connection to one server. Requests of one turn of the loop leave in one write, answers come in their order.
/// It connects by itself, greets (functions loaded, eviction policy seen), and connects again when the link is lost.
///
///   down --connect--> greeting --ready--> up --lost--> down
///                        |                             ^
///                        +---- refused or lost --------+
class Link : public std::enable_shared_from_this<Link> {
 public:
  /// Who hears about it. Called on the loop's thread, never from within `send`.
  class Owner {
   public:
    virtual void settled(CallPtr call, Link& link) = 0;
    virtual void changed(Link& link) = 0;  ///< up, down, or refused

   protected:
    ~Owner() = default;
  };
  enum class State { down, greeting, up };

  Link(boost::asio::io_context& io, Endpoint endpoint, std::string password, Owner& owner);
  ~Link();

  void start();
  /// Whatever waits ends as `unavailable`; no more is heard of this link.
  void stop();
  /// Sends now if the link is up, else as soon as it is, unless that takes longer than kPatience.
  void send(CallPtr call);
  /// Ends what is past its deadline; gives the link up if the server has been silent for too long.
  void sweep(Deadline now);
  /// The server lost our functions (it was emptied): greet again.
  void greet_again();
  bool idle() const { return inflight_.empty() && waiting_.empty(); }

  State state() const { return state_; }
  const Endpoint& endpoint() const { return endpoint_; }
  /// Why the server is not fit for use, when it is not.
  const std::optional<Error>& fault() const { return fault_; }

  /// How long a request waits for a link that is just being made again.
  static constexpr std::chrono::milliseconds kPatience{500};
  /// A server that owes answers and says nothing for this long is given up.
  static constexpr std::chrono::seconds kSilence{3};

 private:
  using Socket = boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol, boost::asio::io_context::executor_type>;
  enum class Owed : std::uint8_t { call, time, nothing };  ///< whose reply comes next
  struct Slot {
    CallPtr call;
    std::uint16_t replies = 1;
    Owed owed = Owed::call;
  };

  boost::asio::awaitable<void> run();
  boost::asio::awaitable<bool> connect();
  boost::asio::awaitable<Result<void>> greet();
  auto say(Request request);
  void write(CallPtr call);
  void flush();
  void read();
  void take(redisReply* raw);
  void lost();
  void change(State state);
  static void abandon(CallPtr call, std::string_view why);

  boost::asio::io_context& io_;
  Endpoint endpoint_;
  std::string password_;
  Owner* owner_;
  Socket socket_;
  boost::asio::steady_timer pause_;   ///< the wait between tries, and the wait for the loss of the link
  struct FreeReader {
    void operator()(redisReader* reader) const { redisReaderFree(reader); }
  };
  std::unique_ptr<redisReader, FreeReader> reader_;
  std::array<char, 65536> input_;
  std::string output_, sending_;
  std::deque<Slot> inflight_;
  std::deque<CallPtr> waiting_;
  std::optional<Error> fault_;
  std::minstd_rand jitter_;
  Deadline heard_{};
  std::int64_t server_time_us_ = 0;
  std::uint64_t life_ = 0;            ///< counts connections: a late handler of an earlier one changes nothing
  State state_ = State::down;
  bool writing_ = false, flush_posted_ = false, time_in_batch_ = false, stopped_ = false, greet_again_ = false;
};

}  // namespace northstar::store
