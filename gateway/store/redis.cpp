#include "gateway/store/redis.h"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <optional>
#include <set>

namespace northstar::store {

namespace asio = boost::asio;
using boost::system::error_code;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t kSlots = 16384;
constexpr int kRedirectsMax = 16;  // a slot moves once or twice; more is a Cluster whose nodes disagree
constexpr auto kSweepEvery = 50ms;
constexpr auto kTryAgainAfter = 30ms;
constexpr auto kRefreshTime = 1s;

constexpr std::array<std::uint16_t, 256> kCrcTable = [] {
  std::array<std::uint16_t, 256> table{};
  for (unsigned i = 0; i < 256; ++i) {
    unsigned crc = i << 8;
    for (int bit = 0; bit < 8; ++bit) crc = crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1;
    table[i] = static_cast<std::uint16_t>(crc);
  }
  return table;
}();

// A reply is handed over to a plain function; used where no coroutine waits.
template <class F>
CallPtr call_for(Request request, Deadline deadline, F f) {
  return std::make_unique<HandlerCall<F>>(std::move(request), deadline, std::move(f));
}

}  // namespace

std::uint16_t slot_of_key(std::string_view key) {
  if (const std::size_t open = key.find('{'); open != std::string_view::npos) {
    const std::size_t close = key.find('}', open + 1);
    if (close != std::string_view::npos && close > open + 1) key = key.substr(open + 1, close - open - 1);
  }
  std::uint16_t crc = 0;
  for (const char c : key) crc = static_cast<std::uint16_t>(crc << 8 ^ kCrcTable[(crc >> 8 ^ static_cast<unsigned char>(c)) & 255]);
  return crc % kSlots;
}

Request Request::only(std::size_t index) const {
  // Our own writing is read back: *N, then N times $SIZE and as many bytes.
  const auto number_at = [this](std::size_t& at) {
    std::size_t number = 0;
    const char* const end = std::from_chars(bytes_.data() + at + 1, bytes_.data() + bytes_.size(), number).ptr;
    at = static_cast<std::size_t>(end - bytes_.data()) + 2;
    return number;
  };
  std::size_t at = 0, from = 0;
  for (std::size_t i = 0; i <= index; ++i) {
    from = at;
    for (std::size_t words = number_at(at); words > 0; --words) {
      const std::size_t size = number_at(at);
      at += size + 2;
    }
  }
  Request one{slot_};
  one.bytes_.assign(bytes_, from, at - from);
  one.commands_ = 1;
  return one;
}

Redis::Redis(asio::io_context& io, RedisUrl url, std::string password)
    : io_(io),
      url_(std::move(url)),
      password_(std::move(password)),
      cluster_(url_.kind == RedisUrl::Kind::cluster),
      sweep_(io),
      refresh_(io) {
  if (cluster_) slots_.assign(kSlots, nullptr);
}

Redis::~Redis() { stop(); }

asio::awaitable<Result<void>> Redis::start(Deadline deadline) {
  if (url_.endpoints.empty()) co_return Error{Error::Kind::failed, "store.url names no server to connect to"};
  for (const Endpoint& endpoint : url_.endpoints) link_to(endpoint);
  asio::steady_timer pause(io_);
  while (!stopped_) {
    if (ready()) co_return Result<void>{};
    if (auto fault = first_fault()) co_return *fault;
    if (steady_clock::now() >= deadline) break;
    pause.expires_after(5ms);
    error_code ignored;
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  co_return Error{Error::Kind::unavailable, "Redis cannot be reached at " + url_.endpoints.front().to_string()};
}

void Redis::stop() {
  if (std::exchange(stopped_, true)) return;
  *alive_ = false;
  sweep_.cancel();
  refresh_.cancel();
  for (auto& [endpoint, link] : links_) link->stop();
}

bool Redis::ready() const {
  if (!cluster_) return !links_.empty() && links_.begin()->second->state() == Link::State::up;
  return learnt_ && std::ranges::all_of(slots_, [](const Link* link) { return link && link->state() == Link::State::up; });
}

std::optional<Error> Redis::first_fault() const {
  for (const auto& [endpoint, link] : links_) {
    if (link->fault()) return link->fault();
  }
  return std::nullopt;
}

Link& Redis::link_to(const Endpoint& endpoint) {
  std::shared_ptr<Link>& link = links_[endpoint];
  if (!link) {
    link = std::make_shared<Link>(io_, endpoint, password_, static_cast<Link::Owner&>(*this));
    link->start();
  }
  return *link;
}

Link* Redis::route(std::uint16_t slot) {
  if (!cluster_) return links_.empty() ? nullptr : links_.begin()->second.get();
  if (slot < slots_.size()) return slots_[slot];
  for (auto& [endpoint, link] : links_) {
    if (link->state() == Link::State::up) return link.get();
  }
  return nullptr;
}

void Redis::launch(CallPtr call) {
  ++counts_.calls;
  Link* const link = stopped_ ? nullptr : route(call->request.slot());
  if (!link) {
    if (cluster_ && !stopped_) {
      refresh_soon();
      return later(std::move(call), kTryAgainAfter);  // the map is not known yet
    }
    return fail_soon(io_, std::move(call), Error{Error::Kind::unavailable, "Redis is not connected"});
  }
  link->send(std::move(call));
  arm_sweep();
}

asio::awaitable<std::vector<Result<Answer>>> Redis::call_all(std::vector<Request> requests, Deadline deadline) {
  struct Gather {
    std::vector<std::optional<Result<Answer>>> results;
    std::size_t missing;
    asio::steady_timer done;
  };
  auto gather = std::make_shared<Gather>(Gather{{}, requests.size(), asio::steady_timer(io_, steady_clock::time_point::max())});
  gather->results.resize(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    launch(call_for(std::move(requests[i]), deadline, [gather, i](Result<Answer> result) {
      gather->results[i].emplace(std::move(result));
      if (--gather->missing == 0) gather->done.cancel();
    }));
  }
  error_code ignored;
  if (gather->missing > 0) co_await gather->done.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  std::vector<Result<Answer>> out;
  out.reserve(gather->results.size());
  for (auto& result : gather->results) {
    if (result) out.push_back(std::move(*result));
    else out.push_back(Error{Error::Kind::unavailable, "the gateway is stopping"});
  }
  co_return out;
}

void Redis::settled(CallPtr call, Link& link) {
  for (const Reply& reply : call->answer.replies) {
    if (reply.view().is_error() && redirect(call, reply.view(), link)) return;
  }
  Answer answer = std::move(call->answer);
  call->finish(std::move(answer));
}

// Whether the call was sent on its way again.
bool Redis::redirect(CallPtr& call, ReplyView error, Link& link) {
  const std::string_view text = error.text();
  const std::string_view code = text.substr(0, text.find(' '));
  if (text.find("Function not found") != std::string_view::npos) {
    if (++call->redirects > 2) return false;
    link.greet_again();
    later(std::move(call), kTryAgainAfter);
    return true;
  }
  if (code == "LOADING" || code == "TRYAGAIN" || code == "CLUSTERDOWN" || code == "MASTERDOWN" || code == "READONLY") {
    ++counts_.tried_again;
    if (cluster_ && code != "TRYAGAIN") refresh_soon();
    // While a slot moves, keys that are not born yet have no home until all have moved: only time helps.
    later(std::move(call), kTryAgainAfter);
    return true;
  }
  if (!cluster_ || (code != "MOVED" && code != "ASK") || ++call->redirects > kRedirectsMax) return false;

  // MOVED 3999 127.0.0.1:6381, or ":6381" when the node does not know its own name
  const std::size_t number = text.find(' ') + 1, target = text.find(' ', number) + 1, colon = text.rfind(':');
  unsigned slot = kSlots;
  std::uint16_t port = 0;
  if (number == 0 || target == 0 || colon == std::string_view::npos || colon < target) return false;
  std::from_chars(text.data() + number, text.data() + text.size(), slot);
  std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
  if (slot >= kSlots || port == 0) return false;
  std::string host{text.substr(target, colon - target)};
  if (host.empty()) host = link.endpoint().host;
  Link& other = link_to(Endpoint{.host = std::move(host), .port = port});
  if (code == "MOVED") {
    ++counts_.moved;
    slots_[slot] = &other;
    refresh_soon();
  } else {
    ++counts_.asked;
    if (call->request.commands() > 1) {
      ask_for_some(std::move(call), other);
      return true;
    }
    call->asking = true;
  }
  other.send(std::move(call));
  return true;
}

// While a slot moves, one command's key may have gone and another's not. ASKING counts for one command only, and at the
// new place a key that has not come yet looks as if there were none: so only what was redirected is asked for there.
void Redis::ask_for_some(CallPtr call, Link& other) {
  struct Joined {
    CallPtr call;
    std::size_t missing = 0;
    std::optional<Error> fault;
  };
  const auto joined = std::make_shared<Joined>();
  std::vector<std::size_t> gone;
  for (std::size_t i = 0; i < call->answer.replies.size(); ++i) {
    if (call->answer[i].text().starts_with("ASK ") && call->answer[i].is_error()) gone.push_back(i);
  }
  joined->missing = gone.size();
  joined->call = std::move(call);
  for (const std::size_t i : gone) {
    auto one = call_for(joined->call->request.only(i), joined->call->deadline, [joined, i](Result<Answer> result) {
      if (result) joined->call->answer.replies[i] = std::move(result->replies[0]);
      else joined->fault = result.error();
      if (--joined->missing > 0) return;
      if (joined->fault) return joined->call->finish(*joined->fault);
      Answer answer = std::move(joined->call->answer);
      joined->call->finish(std::move(answer));
    });
    one->asking = true;
    one->redirects = joined->call->redirects;
    other.send(std::move(one));
  }
  arm_sweep();
}

void Redis::later(CallPtr call, std::chrono::milliseconds pause) {
  if (steady_clock::now() + pause >= call->deadline) {
    ++counts_.timed_out;
    return fail_soon(io_, std::move(call), Error{Error::Kind::unavailable, "Redis could not serve this in time"});
  }
  auto timer = std::make_shared<asio::steady_timer>(io_, pause);
  timer->async_wait([this, alive = alive_, timer, call = std::move(call)](error_code) mutable {
    if (!*alive) return call->finish(Error{Error::Kind::unavailable, "the gateway is stopping"});
    --counts_.calls;
    launch(std::move(call));
  });
}

void Redis::changed(Link& link) {
  if (link.state() == Link::State::down) ++counts_.links_lost;
  if (cluster_) refresh_soon();
}

void Redis::arm_sweep() {
  if (sweeping_ || stopped_) return;
  sweeping_ = true;
  sweep_.expires_after(kSweepEvery);
  sweep_.async_wait([this, alive = alive_](error_code cancelled) {
    if (cancelled || !*alive) return;
    sweeping_ = false;
    const auto now = steady_clock::now();
    bool busy = false;
    for (auto& [endpoint, link] : std::map(links_)) {  // a copy: whoever is told may make new links
      link->sweep(now);
      busy = busy || !link->idle();
    }
    if (busy) arm_sweep();
  });
}

// ---- a Cluster's map ----

void Redis::refresh_soon() {
  if (!cluster_ || refresh_armed_ || stopped_) return;
  refresh_armed_ = true;
  refresh_.expires_after(refreshing_ || learnt_ ? 50ms : 1ms);
  refresh_.async_wait([this, alive = alive_](error_code cancelled) {
    if (cancelled || !*alive) return;
    refresh_armed_ = false;
    refresh();
  });
}

void Redis::refresh() {
  if (refreshing_) return refresh_soon();
  Link* const source = route(Request::kAnySlot);
  if (!source) return;  // the first link that comes up asks again
  refreshing_ = true;
  source->send(call_for(Request{}.command({"CLUSTER", "SLOTS"}), steady_clock::now() + kRefreshTime,
                        [this, alive = alive_, from = source->endpoint()](Result<Answer> result) {
                          if (!*alive) return;
                          refreshing_ = false;
                          if (result && (*result)[0].is_array()) learn((*result)[0], from);
                          if (!ready()) {
                            refresh_armed_ = true;
                            refresh_.expires_after(250ms);
                            refresh_.async_wait([this, alive](error_code cancelled) {
                              if (cancelled || !*alive) return;
                              refresh_armed_ = false;
                              refresh();
                            });
                          }
                        }));
  arm_sweep();
}

// CLUSTER SLOTS: [first, last, [host, port, id, ...] master, replicas...]...
void Redis::learn(ReplyView ranges, const Endpoint& from) {
  std::vector<Link*> map(kSlots, nullptr);
  std::set<Endpoint> masters;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const ReplyView range = ranges[i];
    if (range.size() < 3 || range[2].size() < 2) continue;
    std::string host{range[2][0].text()};
    if (host.empty() || host == "?") host = from.host;
    const Endpoint master{.host = std::move(host), .port = static_cast<std::uint16_t>(range[2][1].integer())};
    Link* const link = &link_to(master);
    masters.insert(master);
    const auto last = std::min<std::int64_t>(range[1].integer(), kSlots - 1);
    for (std::int64_t slot = std::max<std::int64_t>(range[0].integer(), 0); slot <= last; ++slot) {
      map[static_cast<std::size_t>(slot)] = link;
    }
  }
  if (masters.empty()) return;
  slots_ = std::move(map);
  learnt_ = true;
  // Links to nodes that are masters no longer are let go, but never while one of them may still owe an answer.
  for (auto at = links_.begin(); at != links_.end();) {
    if (masters.contains(at->first) || !at->second->idle()) {
      ++at;
    } else {
      at->second->stop();
      at = links_.erase(at);
    }
  }
}

}  // namespace northstar::store
