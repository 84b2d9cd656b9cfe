#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "handlers/smpp/pdu.h"

/// One bind to an SMSC, as a machine without I/O or clock (SMPP 3.4, 2.2): bytes and moments in, bytes and events out.
namespace northstar::smpp {

using Moment = std::chrono::steady_clock::time_point;

/// transceiver does both; the others one each.
enum class Role : std::uint8_t { transceiver, receiver, transmitter };

/// The bind stands: texts may come and go.
struct Bound {};
/// The SMSC would not have us. `status` as in 5.1.3.
struct BindRefused { std::uint32_t status = 0; };
/// A deliver_sm or data_sm came. It wants an answer: Session::answer with its sequence.
struct Arrived {
  std::uint32_t sequence = 0;
  Command command{};
  Message message;
};
/// What became of a submit_sm. `status` nothing: no answer came in time or before the link ended, so it may have been taken.
struct Answered {
  std::uint32_t sequence = 0;
  std::optional<std::uint32_t> status;
  std::string message_id;
};
/// The link is to be ended now; what is in `output` is still written. Every submit_sm has been Answered before this comes.
struct Ended { std::string why; };
using Event = std::variant<Bound, BindRefused, Arrived, Answered, Ended>;

class Session {
 public:
  struct Settings {
    Role role = Role::transceiver;
    Bind bind;
    std::size_t window = 10;                        ///< submit_sm without an answer at a time
    std::size_t inbound_window = 200;               ///< texts of theirs without an answer at a time; more get ESME_RMSGQFUL
    std::chrono::milliseconds answer_time{10'000};  ///< for a bind, and for each submit_sm
    std::chrono::milliseconds enquire_every{30'000};
  };
  enum class State : std::uint8_t { closed, binding, bound, unbinding };

  explicit Session(Settings settings) : settings_(std::move(settings)) {}

  // What happens.
  void connected(Moment now);
  void received(std::string_view bytes, Moment now);
  void lost(Moment now);
  /// Time passes: call at `due()` at the latest.
  void tick(Moment now);

  // What we want.
  /// The sequence number that its answer will have; nothing when the window is full or there is no bind to send by.
  std::optional<std::uint32_t> submit(Message message, Moment now);
  /// Answers an Arrived once. After the link ended it does nothing: the SMSC will send it again.
  void answer(std::uint32_t sequence, std::uint32_t status, Moment now);
  /// No more is submitted. What is in the window may still be answered; then, or at `until`, the bind ends.
  void unbind(Moment now, Moment until);

  // What comes of it.
  std::string take_output() { return std::exchange(output_, {}); }
  std::vector<Event> take_events() { return std::exchange(events_, {}); }
  std::optional<Moment> due() const;

  State state() const { return state_; }
  bool may_submit() const;
  std::size_t unanswered() const { return submitted_.size(); }

 private:
  struct Waiting {
    Command command{};
    Moment until{};
  };
  void write(const Pdu& pdu);
  void respond(Command request, std::uint32_t sequence, std::uint32_t status);
  void handle(Pdu pdu);
  void handle_response(const Pdu& pdu);
  void arrived(Pdu pdu);
  void nack(std::uint32_t sequence, std::uint32_t status);
  void end(std::string why);
  void finish_unbinding(Moment now);
  std::uint32_t next_sequence();

  Settings settings_;
  Framer framer_;
  State state_ = State::closed;
  std::string output_;
  std::vector<Event> events_;
  std::uint32_t sequence_ = 0;
  std::map<std::uint32_t, Moment> submitted_;      ///< until when each is waited for
  std::map<std::uint32_t, Command> arrived_;       ///< theirs, without our answer yet
  std::optional<std::uint32_t> bind_sequence_, enquiry_, unbind_sequence_;
  Moment bind_until_{}, enquiry_until_{}, heard_{}, unbind_until_{};
  bool unbind_wanted_ = false;
};

}  // namespace northstar::smpp
