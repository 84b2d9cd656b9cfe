#include "handlers/smpp/link.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace northstar::smpp {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace {

constexpr auto kConnectTime = 5s;
constexpr auto kFirstPause = 500ms, kLongestPause = 30'000ms;
constexpr auto kRefusedPause = 5'000ms;  // a wrong password does not get right by itself, and SMSCs lock who insists
constexpr std::size_t kReadMost = 64 * 1024;

}  // namespace

std::string refusal(std::uint32_t status) {
  switch (status) {
    case status::kInvalidPassword: return "the password is wrong (ESME_RINVPASWD)";
    case status::kInvalidSystemId: return "the system_id is not known (ESME_RINVSYSID)";
    case status::kAlreadyBound: return "another bind of this system_id stands (ESME_RALYBND)";
    case status::kBindFailed: return "the bind failed (ESME_RBINDFAIL): check system_id, password, system_type and this machine's address";
    default: return "status " + std::to_string(status);
  }
}

Link::Link(asio::io_context& io, Stream::Target target, Session::Settings settings, Hooks hooks)
    : io_(io),
      target_(std::move(target)),
      session_(std::move(settings)),
      hooks_(std::move(hooks)),
      pause_(io),
      clock_(io),
      random_(std::random_device{}()) {}

void Link::start() {
  running_ = true;
  asio::co_spawn(io_, [self = shared_from_this()]() -> asio::awaitable<void> { co_await self->run(); }, asio::detached);
}

asio::awaitable<void> Link::run() {
  std::chrono::milliseconds pause = kFirstPause;
  while (!stopping_) {
    auto opened = co_await Stream::open(io_, target_, steady_clock::now() + kConnectTime);
    if (opened && !stopping_) {
      stream_ = *opened;
      ++life_;
      pending_.clear();
      was_bound_ = false;
      session_.connected(steady_clock::now());
      stir();
      std::string buffer(kReadMost, '\0');
      while (session_.state() != Session::State::closed) {
        const std::size_t size = co_await stream_->read(buffer.data(), buffer.size());
        if (size == 0) session_.lost(steady_clock::now());
        else session_.received(std::string_view(buffer).substr(0, size), steady_clock::now());
        dispatch();
      }
      if (writing_ != life_) co_await write_out(stream_);  // last words: an unbind_resp, a generic_nack
      stream_->close();
      if (was_bound_) pause = kFirstPause;
    } else if (!opened) {
      trouble_ = opened.error().text;
      if (hooks_.told) hooks_.told(trouble_);
    }
    if (stopping_) break;
    const auto spread = std::chrono::milliseconds(random_() % static_cast<unsigned>(pause.count() / 2 + 1));
    pause_.expires_after(pause / 2 + spread);
    error_code ignored;
    co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    pause = std::min<std::chrono::milliseconds>(pause * 2, kLongestPause);
    if (trouble_.starts_with("the SMSC refused")) pause = std::max<std::chrono::milliseconds>(pause, kRefusedPause);
  }
  running_ = false;
}

// What the session has to say goes out together, once a turn of the loop.
void Link::stir() {
  if (std::exchange(stir_posted_, true)) return;
  asio::post(io_, [self = shared_from_this()] {
    self->stir_posted_ = false;
    self->dispatch();
  });
}

void Link::dispatch() {
  for (Event& event : session_.take_events()) {
    if (auto* arrived = std::get_if<Arrived>(&event)) {
      hooks_.arrived(*this, life_, std::move(*arrived));
    } else if (auto* answered = std::get_if<Answered>(&event)) {
      auto found = waiting_.extract(answered->sequence);
      if (found) found.mapped()(*answered);
    } else if (auto* refused = std::get_if<BindRefused>(&event)) {
      trouble_ = "the SMSC refused the bind: " + refusal(refused->status);
      if (hooks_.told) hooks_.told(trouble_);
    } else if (auto* ended = std::get_if<Ended>(&event)) {
      if (!trouble_.starts_with("the SMSC refused")) trouble_ = ended->why;
      if (hooks_.told && !stopping_ && was_bound_) hooks_.told(ended->why);
      if (hooks_.ended) hooks_.ended(*this, life_);
    } else {
      was_bound_ = true;
      trouble_.clear();
    }
  }
  if (hooks_.changed) hooks_.changed();
  pending_ += session_.take_output();
  if (!pending_.empty() && writing_ != life_ && stream_) {
    asio::co_spawn(io_, [self = shared_from_this(), stream = stream_]() -> asio::awaitable<void> { co_await self->write_out(stream); },
                   asio::detached);
  }
  keep_time();
}

asio::awaitable<void> Link::write_out(std::shared_ptr<Stream> stream) {
  const std::uint64_t life = life_;
  writing_ = life;
  bool good = true;
  while (good && !pending_.empty() && life == life_) good = co_await stream->write(std::exchange(pending_, {}));
  if (life == life_) writing_ = 0;
  // The reader sees it, and ends the session; or the session ended by itself, and its reader waits for nothing.
  if (!good || session_.state() == Session::State::closed) stream->close();
}

void Link::keep_time() {
  const auto due = session_.due();
  if (!due) {
    armed_ = Moment::max();
    clock_.cancel();
    if (stream_ && pending_.empty()) stream_->close();  // it ended by itself (a silent SMSC), and a reader is still there
    return;
  }
  if (*due >= armed_) return;  // the timer looks again when it fires
  armed_ = *due;
  clock_.expires_at(*due);
  clock_.async_wait([self = shared_from_this()](error_code cancelled) {
    if (cancelled) return;
    self->armed_ = Moment::max();
    self->session_.tick(steady_clock::now());
    self->dispatch();
  });
}

void Link::submit(Message message, Told told) {
  const auto sequence = session_.submit(std::move(message), steady_clock::now());
  if (!sequence) return told(Answered{0, status::kThrottled, {}});  // whoever asks looks at may_submit first
  waiting_.emplace(*sequence, std::move(told));
  stir();
}

void Link::answer(std::uint64_t life, std::uint32_t sequence, std::uint32_t status) {
  if (life != life_) return;  // another link's numbers
  session_.answer(sequence, status, steady_clock::now());
  stir();
}

asio::awaitable<void> Link::stop(Moment deadline) {
  stopping_ = true;
  pause_.cancel();
  session_.unbind(steady_clock::now(), deadline - 1500ms);
  dispatch();
  asio::steady_timer tick(io_);
  while (running_ && steady_clock::now() < deadline) {
    tick.expires_after(10ms);
    error_code ignored;
    co_await tick.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  session_.lost(steady_clock::now());
  dispatch();
  if (stream_) stream_->close();
}

}  // namespace northstar::smpp
