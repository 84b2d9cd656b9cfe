#include "handlers/smpp/session.h"

#include <algorithm>
#include <utility>

namespace northstar::smpp {
namespace {

constexpr std::uint32_t kSequenceMost = 0x7FFFFFFF;  // 3.2

Command bind_command(Role role) {
  return role == Role::receiver      ? Command::bind_receiver
         : role == Role::transmitter ? Command::bind_transmitter
                                     : Command::bind_transceiver;
}

}  // namespace

std::uint32_t Session::next_sequence() {
  sequence_ = sequence_ >= kSequenceMost ? 1 : sequence_ + 1;
  return sequence_;
}

void Session::write(const Pdu& pdu) { encode(output_, pdu); }

void Session::respond(Command request, std::uint32_t sequence, std::uint32_t status) {
  Pdu pdu;
  pdu.command = response_to(request);
  pdu.status = status;
  pdu.sequence = sequence;
  write(pdu);
}

void Session::nack(std::uint32_t sequence, std::uint32_t status) {
  Pdu pdu;
  pdu.command = Command::generic_nack;
  pdu.status = status;
  pdu.sequence = sequence;
  write(pdu);
}

void Session::connected(Moment now) {
  framer_.clear();
  output_.clear();
  arrived_.clear();
  enquiry_.reset();
  unbind_sequence_.reset();
  unbind_wanted_ = false;
  sequence_ = 0;  // 3.2: numbers begin anew with each session
  state_ = State::binding;
  Pdu pdu;
  pdu.command = bind_command(settings_.role);
  pdu.sequence = next_sequence();
  pdu.bind = settings_.bind;
  bind_sequence_ = pdu.sequence;
  bind_until_ = now + settings_.answer_time;
  heard_ = now;
  write(pdu);
}

void Session::received(std::string_view bytes, Moment now) {
  if (state_ == State::closed) return;
  heard_ = now;
  framer_.feed(bytes);
  while (state_ != State::closed) {
    const auto frame = framer_.next();
    if (!frame) break;
    Decoded decoded = decode(*frame);
    if (!decoded.broken) {
      handle(std::move(decoded.pdu));
    } else if (is_response(decoded.broken->command)) {
      handle_response(decoded.pdu);  // what it says may be lost, that it came is not
    } else if (decoded.broken->status == status::kInvalidCommandId) {
      nack(decoded.broken->sequence, status::kInvalidCommandId);  // 4.3.1
    } else {
      // 4.3: a response of its own kind, which ends the matter: a temporary error would bring it again for ever.
      respond(decoded.broken->command, decoded.broken->sequence, decoded.broken->status);
    }
  }
  if (framer_.out_of_step() && state_ != State::closed) {
    nack(0, status::kInvalidCommandLength);
    end("the SMSC sent a length that no message has");
  }
  finish_unbinding(now);
}

void Session::handle(Pdu pdu) {
  if (is_response(pdu.command)) return handle_response(pdu);
  switch (pdu.command) {
    case Command::enquire_link:
      return respond(pdu.command, pdu.sequence, status::kOk);
    case Command::unbind:
      respond(pdu.command, pdu.sequence, status::kOk);
      return end("the SMSC ended the bind");
    case Command::deliver_sm:
    case Command::data_sm:
      return arrived(std::move(pdu));
    case Command::outbind:
    case Command::alert_notification:
      return;  // neither has an answer (4.1.7, 4.12)
    default:
      return nack(pdu.sequence, status::kInvalidCommandId);  // what only we may ask: a submit_sm, a bind
  }
}

void Session::arrived(Pdu pdu) {
  const bool may = state_ == State::bound || state_ == State::unbinding;
  if (!may || settings_.role == Role::transmitter) return respond(pdu.command, pdu.sequence, status::kWrongBindStatus);
  // A number that is still unanswered may not come again; the SMSC will, under another.
  if (arrived_.size() >= settings_.inbound_window || arrived_.contains(pdu.sequence) || state_ == State::unbinding)
    return respond(pdu.command, pdu.sequence, pdu.command == Command::data_sm ? status::kDeliveryFailure : status::kQueueFull);
  arrived_.emplace(pdu.sequence, pdu.command);
  events_.emplace_back(Arrived{pdu.sequence, pdu.command, std::move(pdu.message)});
}

void Session::handle_response(const Pdu& pdu) {
  if (bind_sequence_ && pdu.sequence == *bind_sequence_ && state_ == State::binding) {
    bind_sequence_.reset();
    if (pdu.command != response_to(bind_command(settings_.role)) || pdu.status != status::kOk) {
      const std::uint32_t why = pdu.status != status::kOk ? pdu.status : status::kBindFailed;
      events_.emplace_back(BindRefused{why});
      return end("the SMSC refused the bind");
    }
    state_ = State::bound;
    events_.emplace_back(Bound{});
    return;
  }
  if (enquiry_ && pdu.sequence == *enquiry_) {
    enquiry_.reset();  // a generic_nack to it is a sign of life too
    return;
  }
  if (unbind_sequence_ && pdu.sequence == *unbind_sequence_) return end("unbound");
  const auto at = submitted_.find(pdu.sequence);
  if (at == submitted_.end()) return;  // given up, or never ours
  if (pdu.command != Command::submit_sm_resp && pdu.command != Command::generic_nack) return;
  submitted_.erase(at);
  const bool refused = pdu.command == Command::generic_nack && pdu.status == status::kOk;
  events_.emplace_back(Answered{pdu.sequence, refused ? status::kSystemError : pdu.status, pdu.id});
}

void Session::lost(Moment) { end("the link was lost"); }

void Session::end(std::string why) {
  if (state_ == State::closed) return;
  state_ = State::closed;
  bind_sequence_.reset();
  arrived_.clear();
  for (const auto& [sequence, until] : std::exchange(submitted_, {})) events_.emplace_back(Answered{sequence, std::nullopt, {}});
  events_.emplace_back(Ended{std::move(why)});
}

void Session::tick(Moment now) {
  if (state_ == State::closed) return;
  if (state_ == State::binding && now >= bind_until_) return end("the SMSC did not answer the bind");
  std::vector<std::uint32_t> late;
  for (const auto& [sequence, until] : submitted_)
    if (now >= until) late.push_back(sequence);
  for (const std::uint32_t sequence : late) {
    submitted_.erase(sequence);
    events_.emplace_back(Answered{sequence, std::nullopt, {}});
  }
  if (enquiry_ && now >= enquiry_until_) return end("the SMSC is silent");
  if (!enquiry_ && state_ != State::binding && now >= heard_ + settings_.enquire_every) {
    Pdu pdu;
    pdu.command = Command::enquire_link;
    pdu.sequence = next_sequence();
    enquiry_ = pdu.sequence;
    enquiry_until_ = now + settings_.answer_time;
    write(pdu);
  }
  finish_unbinding(now);
}

bool Session::may_submit() const {
  return state_ == State::bound && !unbind_wanted_ && settings_.role != Role::receiver && submitted_.size() < settings_.window;
}

std::optional<std::uint32_t> Session::submit(Message message, Moment now) {
  if (!may_submit()) return std::nullopt;
  Pdu pdu;
  pdu.command = Command::submit_sm;
  pdu.sequence = next_sequence();
  pdu.message = std::move(message);
  write(pdu);
  submitted_.emplace(pdu.sequence, now + settings_.answer_time);
  return pdu.sequence;
}

void Session::answer(std::uint32_t sequence, std::uint32_t status, Moment now) {
  const auto at = arrived_.find(sequence);
  if (at == arrived_.end()) return;
  respond(at->second, sequence, status);
  arrived_.erase(at);
  finish_unbinding(now);
}

void Session::unbind(Moment now, Moment until) {
  if (state_ == State::closed) return;
  if (state_ == State::binding) return end("stopped");
  unbind_wanted_ = true;
  unbind_until_ = until;
  state_ = State::unbinding;
  finish_unbinding(now);
}

void Session::finish_unbinding(Moment now) {
  if (!unbind_wanted_ || state_ == State::closed) return;
  if (!unbind_sequence_ && ((submitted_.empty() && arrived_.empty()) || now >= unbind_until_)) {
    Pdu pdu;
    pdu.command = Command::unbind;
    pdu.sequence = next_sequence();
    unbind_sequence_ = pdu.sequence;
    write(pdu);
    unbind_until_ = std::max(unbind_until_, now) + std::chrono::seconds(1);
  } else if (unbind_sequence_ && now >= unbind_until_) {
    end("the SMSC did not answer the unbind");
  }
}

std::optional<Moment> Session::due() const {
  if (state_ == State::closed) return std::nullopt;
  if (state_ == State::binding) return bind_until_;
  Moment next = enquiry_ ? enquiry_until_ : heard_ + settings_.enquire_every;
  for (const auto& [sequence, until] : submitted_) next = std::min(next, until);
  if (unbind_wanted_) next = std::min(next, unbind_until_);
  return next;
}

}  // namespace northstar::smpp
