#include "gateway/store/redis_link.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "gateway/store/functions.h"

namespace northstar::store {

namespace asio = boost::asio;
using boost::system::error_code;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

constexpr auto kConnectTime = 1s;
constexpr auto kGreetingTime = 2s;
constexpr auto kFirstPause = 20ms, kLongestPause = 1000ms;
constexpr auto kRefusedPause = 5s;

// The first word of an error reply is a code; what follows may quote keys, so it goes no further.
std::string_view code_of(ReplyView reply) {
  const std::string_view text = reply.text();
  return text.substr(0, text.find(' '));
}

// A server that evicts keys drops talks without saying so: `volatile-*` picks exactly ours, which have a TTL.
std::optional<Error> eviction_fault(std::string_view info, const Endpoint& endpoint) {
  constexpr std::string_view kField = "maxmemory_policy:";
  const std::size_t at = info.find(kField);
  std::string_view policy = at == std::string_view::npos ? "unknown" : info.substr(at + kField.size());
  policy = policy.substr(0, policy.find_first_of("\r\n"));
  if (policy == "noeviction") return std::nullopt;
  return Error{Error::Kind::refused, endpoint.to_string() + ": maxmemory-policy is \"" + std::string(policy) +
                                         "\", which could drop people's talks; set it to noeviction"};
}

}  // namespace

void fail_soon(asio::io_context& io, CallPtr call, Error error) {
  asio::post(io, [call = std::move(call), error = std::move(error)]() mutable { call->finish(std::move(error)); });
}

Link::Link(asio::io_context& io, Endpoint endpoint, std::string password, Owner& owner)
    : io_(io),
      endpoint_(std::move(endpoint)),
      password_(std::move(password)),
      owner_(&owner),
      socket_(io.get_executor()),
      pause_(io),
      reader_(redisReaderCreate()),
      jitter_(std::random_device{}()) {}

Link::~Link() = default;

void Link::start() {
  asio::co_spawn(io_, [self = shared_from_this()]() -> asio::awaitable<void> { co_await self->run(); }, asio::detached);
}

void Link::stop() {
  stopped_ = true;
  owner_ = nullptr;
  pause_.cancel();
  lost();
  for (CallPtr& call : std::exchange(waiting_, {})) abandon(std::move(call), "the gateway is stopping");
}

void Link::abandon(CallPtr call, std::string_view why) {
  if (call) call->finish(Error{Error::Kind::unavailable, std::string(why)});
}

void Link::change(State state) {
  if (state_ == state) return;
  state_ = state;
  if (owner_) owner_->changed(*this);
}

// The only writer of `state_` but for `lost`.
asio::awaitable<void> Link::run() {
  std::chrono::milliseconds pause = kFirstPause;
  while (!stopped_) {
    const bool connected = co_await connect();
    if (connected && !stopped_) {
      state_ = State::greeting;
      heard_ = steady_clock::now();
      read();
      const Result<void> greeted = co_await greet();
      if (stopped_) break;
      if (greeted && state_ == State::greeting) {
        fault_.reset();
        pause = kFirstPause;
        change(State::up);
        for (CallPtr& call : std::exchange(waiting_, {})) write(std::move(call));
        while (state_ == State::up && !stopped_) {
          pause_.expires_at(steady_clock::time_point::max());
          error_code ignored;
          co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
          if (greet_again_ && state_ == State::up) {
            greet_again_ = false;
            if (!co_await greet()) lost();
          }
        }
        continue;  // the first try after a loss comes at once
      }
      if (!greeted) {
        const bool refused = greeted.error().kind == Error::Kind::refused;
        if (refused) fault_ = greeted.error();
        if (refused) pause = kRefusedPause;
      }
      lost();
      if (fault_) {
        for (CallPtr& call : std::exchange(waiting_, {})) call->finish(*fault_);
        if (owner_) owner_->changed(*this);
      }
    }
    if (stopped_) break;
    const auto spread = std::chrono::milliseconds(jitter_() % static_cast<unsigned>(pause.count() / 2 + 1));
    pause_.expires_after(pause / 2 + spread);
    error_code ignored;
    co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    pause = std::min<std::chrono::milliseconds>(pause * 2, kLongestPause);
  }
}

asio::awaitable<bool> Link::connect() {
  error_code fault;
  std::vector<asio::generic::stream_protocol::endpoint> targets;
  if (!endpoint_.path.empty()) {
    if (endpoint_.path.size() > 107) co_return false;  // sun_path's size
    targets.emplace_back(asio::local::stream_protocol::endpoint(endpoint_.path));
  } else {
    const auto literal = asio::ip::make_address(endpoint_.host, fault);
    if (!fault) {
      targets.emplace_back(asio::ip::tcp::endpoint(literal, endpoint_.port));
    } else {
      asio::ip::tcp::resolver resolver(io_);
      const auto found = co_await resolver.async_resolve(endpoint_.host, std::to_string(endpoint_.port),
                                                         asio::redirect_error(asio::use_awaitable, fault));
      for (const auto& one : found) targets.emplace_back(one.endpoint());
    }
  }
  for (const auto& target : targets) {
    if (stopped_) co_return false;
    error_code ignored;
    socket_.close(ignored);
    socket_ = Socket(io_.get_executor());
    auto timer = std::make_shared<asio::steady_timer>(io_, kConnectTime);
    timer->async_wait([self = shared_from_this(), timer](error_code cancelled) {
      error_code unused;
      if (!cancelled) self->socket_.close(unused);
    });
    co_await socket_.async_connect(target, asio::redirect_error(asio::use_awaitable, fault));
    if (timer->cancel() == 0) co_return false;  // it fired: the socket is closed
    if (fault) continue;
    if (endpoint_.path.empty()) {
      const int one = 1;
      ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
    }
    reader_.reset(redisReaderCreate());
    ++life_;
    writing_ = false;
    co_return true;
  }
  co_return false;
}

auto Link::say(Request request) {
  return asio::async_initiate<const asio::deferred_t, void(Result<Answer>)>(
      [self = shared_from_this()](auto handler, Request r) {
        using Handler = std::decay_t<decltype(handler)>;
        auto call = std::make_unique<HandlerCall<Handler>>(std::move(r), steady_clock::now() + kGreetingTime, std::move(handler));
        if (self->state_ == State::down) {
          return fail_soon(self->io_, std::move(call), Error{Error::Kind::unavailable, "the link was lost"});
        }
        self->write(std::move(call));
      },
      asio::deferred, std::move(request));
}

asio::awaitable<Result<void>> Link::greet() {
  const auto unfit = [&](std::string_view what, const Answer& answer, std::size_t i) {
    // LOADING passes by itself, the rest needs somebody.
    const std::string code{code_of(answer[i])};
    const auto kind = code == "LOADING" || code == "MASTERDOWN" ? Error::Kind::unavailable : Error::Kind::refused;
    return Error{kind, endpoint_.to_string() + ": " + std::string(what) + " was answered with " + code};
  };
  if (!password_.empty()) {
    auto authenticated = co_await say(Request{}.command({"AUTH", password_}));
    if (!authenticated) co_return authenticated.error();
    if ((*authenticated)[0].is_error()) co_return unfit("AUTH", *authenticated, 0);
  }
  auto first = co_await say(Request{}.command({"INFO", "memory"}).command(
      {"FUNCTION", "LIST", "LIBRARYNAME", kFunctionLibrary, "WITHCODE"}));
  if (!first) co_return first.error();
  for (std::size_t i : {0, 1}) {
    if ((*first)[i].is_error()) co_return unfit(i == 0 ? "INFO" : "FUNCTION LIST (Redis 7 or newer is needed)", *first, i);
  }
  if (auto fault = eviction_fault((*first)[0].text(), endpoint_)) co_return *fault;

  bool ours = false;
  const ReplyView libraries = (*first)[1];
  for (std::size_t i = 0; i < libraries.size(); ++i) {
    for (std::size_t j = 0; j + 1 < libraries[i].size(); j += 2) {
      ours = ours || (libraries[i][j].text() == "library_code" && libraries[i][j + 1].text() == function_source());
    }
  }
  if (!ours) {
    auto loaded = co_await say(Request{Request::kAnySlot, function_source().size() + 128}.command({"FUNCTION", "LOAD", "REPLACE", function_source()}));
    if (!loaded) co_return loaded.error();
    if ((*loaded)[0].is_error()) co_return unfit("FUNCTION LOAD", *loaded, 0);
  }
  co_return Result<void>{};
}

void Link::greet_again() {
  if (state_ != State::up || greet_again_) return;
  greet_again_ = true;
  pause_.cancel();
}

void Link::send(CallPtr call) {
  if (stopped_) return fail_soon(io_, std::move(call), Error{Error::Kind::unavailable, "the gateway is stopping"});
  if (state_ == State::up) return write(std::move(call));
  if (fault_) return fail_soon(io_, std::move(call), *fault_);
  call->queued = steady_clock::now();
  waiting_.push_back(std::move(call));
}

void Link::write(CallPtr call) {
  if (call->request.wants_time() && !time_in_batch_) {
    output_.append("*1\r\n$4\r\nTIME\r\n");
    inflight_.push_back(Slot{.owed = Owed::time});
    time_in_batch_ = true;
  }
  if (call->asking) {
    output_.append("*1\r\n$6\r\nASKING\r\n");
    inflight_.push_back(Slot{.owed = Owed::nothing});
    call->asking = false;
  }
  if (inflight_.empty()) heard_ = steady_clock::now();
  output_.append(call->request.bytes());
  call->answer.replies.clear();
  const std::uint16_t replies = call->request.commands();
  inflight_.push_back(Slot{.call = std::move(call), .replies = replies});
  if (!flush_posted_ && !writing_) {
    flush_posted_ = true;
    asio::post(io_, [self = shared_from_this()] {
      self->flush_posted_ = false;
      self->flush();
    });
  }
}

void Link::flush() {
  if (writing_ || output_.empty() || state_ == State::down) return;
  writing_ = true;
  time_in_batch_ = false;
  sending_.clear();
  sending_.swap(output_);
  asio::async_write(socket_, asio::buffer(sending_), [self = shared_from_this(), life = life_](error_code fault, std::size_t) {
    if (self->life_ != life) return;
    self->writing_ = false;
    if (fault) return self->lost();
    self->flush();
  });
}

void Link::read() {
  socket_.async_read_some(asio::buffer(input_), [self = shared_from_this(), life = life_](error_code fault, std::size_t size) {
    if (self->life_ != life) return;
    if (fault || redisReaderFeed(self->reader_.get(), self->input_.data(), size) != REDIS_OK) return self->lost();
    self->heard_ = steady_clock::now();
    void* raw = nullptr;
    while (redisReaderGetReply(self->reader_.get(), &raw) == REDIS_OK && raw) {
      self->take(static_cast<redisReply*>(raw));
      if (self->life_ != life || self->state_ == State::down) return;
      raw = nullptr;
    }
    if (self->reader_->err) return self->lost();
    self->read();
  });
}

void Link::take(redisReply* raw) {
  Reply reply(raw);
  if (inflight_.empty()) return lost();  // an answer that nobody asked for: the two sides are out of step
  Slot& front = inflight_.front();
  if (front.owed == Owed::time && reply.view().size() == 2) {
    std::int64_t part[2] = {};
    for (std::size_t i = 0; i < 2; ++i) {
      const std::string_view text = reply.view()[i].text();
      std::from_chars(text.data(), text.data() + text.size(), part[i]);
    }
    server_time_us_ = part[0] * 1'000'000 + part[1];
  } else if (front.call) {
    front.call->answer.replies.push_back(std::move(reply));
  }
  if (--front.replies > 0) return;
  CallPtr call = std::move(front.call);
  inflight_.pop_front();
  if (!call) return;
  call->answer.server_time_us = server_time_us_;
  if (state_ == State::up && owner_) return owner_->settled(std::move(call), *this);
  Answer answer = std::move(call->answer);
  call->finish(std::move(answer));
}

// What was written may or may not have been done: whoever asked must treat it as unknown.
void Link::lost() {
  ++life_;
  error_code ignored;
  socket_.close(ignored);
  output_.clear();
  time_in_batch_ = false;
  writing_ = false;
  auto orphans = std::exchange(inflight_, {});
  const bool was_up = state_ == State::up;
  state_ = State::down;
  if (was_up) pause_.cancel();
  if (was_up && owner_) owner_->changed(*this);
  for (Slot& slot : orphans) abandon(std::move(slot.call), "the link to " + endpoint_.to_string() + " was lost");
}

void Link::sweep(Deadline now) {
  std::deque<CallPtr> ended;
  const auto late = [&](const Slot& slot) { return slot.call && slot.call->deadline <= now; };
  for (Slot& slot : inflight_) {
    if (late(slot)) ended.push_back(std::move(slot.call));  // its reply, when it comes, is thrown away
  }
  std::deque<CallPtr> impatient;
  std::erase_if(waiting_, [&](CallPtr& call) {
    if (call->deadline > now && now - call->queued < kPatience) return false;
    impatient.push_back(std::move(call));
    return true;
  });
  const bool silent = !inflight_.empty() && now - heard_ > kSilence;
  for (CallPtr& call : ended) {
    call->finish(Error{Error::Kind::timed_out, endpoint_.to_string() + " did not answer in time"});
  }
  for (CallPtr& call : impatient) abandon(std::move(call), endpoint_.to_string() + " is away");
  if (silent && state_ != State::down) lost();
}

}  // namespace northstar::store
