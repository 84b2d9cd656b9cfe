#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "handlers/smpp/session.h"

namespace northstar::smpp {

/// How fast a channel sends: as many a second as are leased, half as many each time the SMSC says "throttled", and slowly
/// back up. Without I/O or clock.
class Pace {
 public:
  explicit Pace(double rate) : leased_(rate), now_rate_(rate), tokens_(1) {}
  /// When the next may go: `now` when it may.
  Moment next(Moment now);
  void take() { tokens_ -= 1; }
  void throttled(Moment now);
  double rate() const { return now_rate_; }

 private:
  void refill(Moment now);
  double leased_, now_rate_, tokens_;
  Moment at_{}, held_until_{}, last_throttled_{};
  std::chrono::milliseconds hold_{500};
};

/// The way out of a channel: waits for a free place in a bind's window and for the leased rate. Danger goes first, then
/// first replies, then the rest; of one number only one text is on the way at a time, so none overtakes another.
class Gate {
 public:
  /// Sends a message by some bind and tells how it was answered; false when there is no place now.
  using Submit = std::function<bool(Message&, std::function<void(const Answered&)>)>;

  Gate(boost::asio::io_context& io, double rate, Submit submit);
  ~Gate();

  /// What the SMSC answered. Nothing when no place came before `deadline`: then it certainly was not sent.
  boost::asio::awaitable<std::optional<Answered>> send(Message message, char lane, Moment deadline);
  /// One text (all its parts) of a number at a time. Released when the handle ends.
  using Turn = std::shared_ptr<void>;
  boost::asio::awaitable<Turn> turn(std::string number, Moment deadline);  ///< empty when none came in time

  /// A place may have become free.
  void look();
  std::size_t waiting() const { return lanes_[0].size() + lanes_[1].size() + lanes_[2].size(); }
  double rate() const { return pace_.rate(); }

 private:
  struct Waiter {
    explicit Waiter(boost::asio::io_context& io) : timer(io) {}
    Message message;
    bool sent = false;
    std::optional<Answered> answered;
    boost::asio::steady_timer timer;
  };
  using WaiterPtr = std::shared_ptr<Waiter>;
  struct Line {
    bool taken = false;
    std::deque<WaiterPtr> waiting;
  };
  struct Lines;
  void arm(Moment when);

  boost::asio::io_context& io_;
  Submit submit_;
  Pace pace_;
  std::array<std::deque<WaiterPtr>, 3> lanes_;
  std::shared_ptr<Lines> lines_;
  boost::asio::steady_timer refill_;
  bool armed_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace northstar::smpp
