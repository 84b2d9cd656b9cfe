#include "gateway/store/redis_sessions.h"

#include <algorithm>

#include "gateway/store/layout.h"
#include "gateway/store/queue.h"

namespace northstar::store {

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

std::int64_t ms(Instant at) { return at.time_since_epoch().count(); }

// A contact's own handoff requests are numbered by the step that made them: a step committed twice would be one.
std::string handoff_id(const Commit& commit, std::uint64_t version, std::size_t i) {
  return commit.contact.key() + "." + std::to_string(version) + "." + std::to_string(i);
}

std::string timer_member(std::string_view kind, const std::string& contact) {
  return std::string("t:").append(kind).append(":").append(contact);
}

Error failed(std::string_view what) {
  return Error{Error::Kind::failed, "Redis refused to " + std::string(what) + "; its log says why"};
}

}  // namespace

RedisSessions::RedisSessions(Redis& redis, Clock& clock, std::function<void(std::uint8_t)> wake)
    : redis_(redis), clock_(clock), wake_(std::move(wake)), strike_timer_(redis.io()) {}

RedisSessions::~RedisSessions() {
  *alive_ = false;
  strike_timer_.cancel();
}

asio::awaitable<Result<Loaded>> RedisSessions::load(const privacy::ContactId& contact, const std::string& opt_out_digest,
                                                    Deadline deadline) {
  const std::string_view tag = partition_tag(contact.partition());
  Request request{partition_slot(contact.partition()), 160};
  request.begin(2).arg("GET").arg(partition_key(contact.partition(), "session:", contact.key()));
  request.begin(3).arg("SISMEMBER").arg(tag, "optouts").arg(opt_out_digest);
  request.with_time();
  const Result<Answer> answer = co_await redis_.call(std::move(request), deadline);
  ++counts_.loads;
  if (!answer) {
    ++counts_.failed;
    co_return answer.error();
  }
  const ReplyView session = (*answer)[0], opted_out = (*answer)[1];
  if (session.is_error() || !opted_out.is_integer()) {
    ++counts_.failed;
    co_return failed("read a session");
  }
  Loaded loaded;
  loaded.now = clock_.at(answer->server_time_us);
  loaded.opted_out = opted_out.integer() == 1;
  const std::string_view value = session.text();
  // A record's life is checked when it is read; Redis's TTL only sweeps.
  if (const auto stored = decode_head(value); stored && stored->expires > loaded.now) {
    loaded.head = stored->head;
    loaded.sealed = value.substr(kSessionHead);
  }
  co_return loaded;
}

Request RedisSessions::request_for(const Commit& commit, Instant now) const {
  const std::uint8_t partition = commit.contact.partition();
  const std::string contact = commit.contact.key();
  const bool born = commit.before.version == 0;
  const std::uint64_t version = commit.before.version + 1;
  const std::uint64_t number = born ? commit.number : commit.before.number;

  StoredHead after;
  after.head = {.version = version, .number = number, .quiet = commit.silence ? version : commit.before.quiet};
  after.expires = now + std::min(commit.life, kKeptLifeMax);
  if (commit.before.waiting > now) {
    after.head.waiting = commit.before.waiting;
    after.head.newest = commit.before.newest;
  }
  std::string_view first;  // the reply that a redelivery is answered with
  std::size_t size = 512 + (commit.sealed ? commit.sealed->size() : 0);
  EntryHead entry{.number = number, .version = version, .contact = contact};
  for (const Outgoing& out : commit.out) {
    size += 256 + out.sealed.size();
    if (out.marked && first.empty()) first = out.id;
    if (!out.marked) {
      after.head.waiting = std::max(after.head.waiting, now + out.useful);
      after.head.newest = entry.place();
    }
    ++entry.index;
  }
  for (const Handoff& handoff : commit.handoffs) size += 256 + handoff.sealed.size();

  const std::size_t entries = commit.out.size() + commit.handoffs.size();
  const bool changes_opt_out = commit.opt_out != Commit::OptOut::leave;
  const std::size_t keys = 3 + entries + (changes_opt_out ? 1 : 0);
  const std::size_t scored = 2 * (entries + commit.set_timers.size());
  // A timer that is set anew in the step that its forerunner began must not be dropped with it.
  std::vector<std::string_view> dropped;
  for (const std::string& kind : commit.drop_timers) {
    if (std::ranges::find(commit.set_timers, kind, &Timer::kind) == commit.set_timers.end()) dropped.push_back(kind);
  }
  const bool rest = changes_opt_out || !dropped.empty();

  Request request{partition_slot(partition), size};
  request.begin(3 + keys + 7 + 2 * entries + 1 + scored + 1 + (rest ? 1 + dropped.size() + 1 : 0));
  request.arg("FCALL").arg("northstar1_commit").arg(static_cast<std::int64_t>(keys));
  const std::string_view tag = partition_tag(partition);
  request.arg(partition_key(partition, "session:"), contact).arg(tag, "due");
  if (commit.seen.empty()) request.arg(tag, "due");
  else request.arg(partition_key(partition, "seen:"), commit.seen);
  for (const Outgoing& out : commit.out) request.arg(partition_key(partition, "entry:"), out.id);
  for (std::size_t i = 0; i < commit.handoffs.size(); ++i) {
    request.arg(partition_key(partition, "entry:"), handoff_id(commit, version, i));
  }
  if (changes_opt_out) request.arg(tag, "optouts");

  const auto before = encode_head({.head = commit.before});
  if (born) request.arg(std::string_view{});
  else request.arg({before.data(), 24}, {before.data() + 32, 8});
  request.arg(ms(now));
  const auto head = encode_head(after);
  if (commit.sealed) request.arg({head.data(), head.size()}, *commit.sealed);
  else request.arg(std::string_view{});
  request.arg(std::min(commit.life, kKeptLifeMax).count());
  if (commit.seen.empty()) request.arg(std::string_view{});
  else request.arg(first.empty() ? std::string_view{"."} : first);
  request.arg(commit.seen_life.count());
  request.arg(static_cast<std::int64_t>(entries));

  entry.index = 0;
  const auto put = [&](const std::string& sealed, Millis useful) {
    entry.useful_until = now + useful;
    request.arg((useful + kEntryMargin).count()).arg(encode_entry_head(entry), sealed);
    ++entry.index;
  };
  for (const Outgoing& out : commit.out) {
    entry.state = out.marked ? EntryHead::State::inline_reply : EntryHead::State::queued;
    entry.lane = out.lane;
    entry.outlives_session = out.outlives_session;
    put(out.sealed, std::min(out.useful, kSessionLifeMax));
  }
  entry.state = EntryHead::State::queued;
  entry.lane = 'n';
  entry.outlives_session = true;
  for (const Handoff& handoff : commit.handoffs) put(encode_handoff(handoff), kPacketLife);

  request.arg(static_cast<std::int64_t>(scored));
  for (const Outgoing& out : commit.out) {
    request.arg(ms(std::max(out.due, now))).arg(out.marked ? "r" : "e", out.id);
  }
  for (std::size_t i = 0; i < commit.handoffs.size(); ++i) request.arg(ms(now)).arg("h", handoff_id(commit, version, i));
  for (const Timer& timer : commit.set_timers) request.arg(ms(timer.at)).arg(timer_member(timer.kind, contact));

  if (!rest) {
    request.arg(std::string_view{});
    return request;
  }
  using OptOut = Commit::OptOut;
  request.arg(commit.opt_out == OptOut::set ? "+" : commit.opt_out == OptOut::clear ? "-" : ".");
  request.arg(static_cast<std::int64_t>(dropped.size()));
  for (const std::string_view kind : dropped) request.arg(timer_member(kind, contact));
  request.arg(commit.opt_out_digest);
  return request;
}

asio::awaitable<Result<Committed>> RedisSessions::commit(const Commit& commit, Deadline deadline) {
  const Instant now = commit.now == Instant{} ? clock_.now() : commit.now;
  const Result<Answer> answer = co_await redis_.call(request_for(commit, now), deadline);
  if (!answer) {
    ++counts_.failed;
    co_return answer.error();
  }
  const ReplyView reply = (*answer)[0];
  if (reply.is_integer() && reply.integer() == 1) {
    ++counts_.committed;
    const bool queued = !commit.handoffs.empty() || std::ranges::any_of(commit.out, [&](const Outgoing& out) {
      return !out.marked && out.due <= now;
    });
    if (wake_ && queued) wake_(commit.contact.partition());
    co_return Committed{.outcome = Outcome::committed, .version = commit.before.version + 1};
  }
  if (reply.is_integer()) {
    ++counts_.stale;
    co_return Committed{.outcome = Outcome::stale, .version = commit.before.version};
  }
  if (!reply.is_array()) {
    ++counts_.failed;
    co_return failed("commit a step");
  }
  ++counts_.seen;
  Committed seen{.outcome = Outcome::seen, .version = commit.before.version};
  if (reply.size() == 3 && reply[2].text().size() >= kEntryHead) {
    seen.entry_id = reply[1].text();
    seen.entry_sealed = reply[2].text().substr(kEntryHead);
  }
  co_return seen;
}

void RedisSessions::strike(std::uint8_t partition, std::string entry_id) {
  Strikes& strikes = strikes_[partition];
  if (strikes.empty()) struck_.push_back(partition);
  strikes.entries.push_back(std::move(entry_id));
  strike_soon();
}

void RedisSessions::forget_seen(std::uint8_t partition, std::string seen) {
  Strikes& strikes = strikes_[partition];
  if (strikes.empty()) struck_.push_back(partition);
  strikes.seen.push_back(std::move(seen));
  strike_soon();
}

void RedisSessions::hand_back(const privacy::ContactId& contact, std::string entry_id) {
  const std::uint8_t partition = contact.partition();
  Request request{partition_slot(partition)};
  request.begin(3 + 3 + 2).arg("FCALL").arg("northstar1_hand_back").arg("3").arg(partition_tag(partition), "due");
  request.arg(partition_key(partition, "entry:"), entry_id).arg(partition_key(partition, "session:"), contact.key());
  request.arg(entry_id).arg(ms(clock_.now()));
  const auto wake = [this, alive = alive_, partition](const Result<Answer>& answer) {
    if (*alive && wake_ && answer) wake_(partition);
  };
  redis_.launch(std::make_unique<HandlerCall<decltype(wake)>>(std::move(request), steady_clock::now() + std::chrono::seconds{2}, wake));
}

void RedisSessions::strike_soon() {
  if (strike_armed_) return;
  strike_armed_ = true;
  strike_timer_.expires_after(kStrikeEvery);
  strike_timer_.async_wait([this, alive = alive_](boost::system::error_code cancelled) {
    if (!*alive) return;
    strike_armed_ = false;
    if (cancelled) return;
    // Nobody waits for these. One that is lost with its link is found by the worker, which asks whether it went out.
    const Deadline deadline = steady_clock::now() + std::chrono::seconds{2};
    const auto ignore = [](const Result<Answer>&) {};
    for (Request& request : take_strikes()) {
      redis_.launch(std::make_unique<HandlerCall<decltype(ignore)>>(std::move(request), deadline, ignore));
    }
  });
}

std::vector<Request> RedisSessions::take_strikes() {
  std::vector<Request> out;
  out.reserve(struck_.size());
  for (const std::uint8_t partition : std::exchange(struck_, {})) {
    const Strikes strikes = std::exchange(strikes_[partition], {});
    if (!strikes.entries.empty()) {
      Request request{partition_slot(partition), 64 + 32 * strikes.entries.size()};
      request.begin(2 + strikes.entries.size()).arg("ZREM").arg(partition_tag(partition), "due");
      for (const std::string& id : strikes.entries) request.arg("r", id);
      counts_.struck += strikes.entries.size();
      out.push_back(std::move(request));
    }
    if (!strikes.seen.empty()) {
      Request request{partition_slot(partition), 64 + 48 * strikes.seen.size()};
      request.begin(1 + strikes.seen.size()).arg("UNLINK");
      for (const std::string& seen : strikes.seen) request.arg(partition_key(partition, "seen:"), seen);
      out.push_back(std::move(request));
    }
  }
  return out;
}

asio::awaitable<void> RedisSessions::flush_strikes(Deadline deadline) {
  (void)co_await redis_.call_all(take_strikes(), deadline);
}

asio::awaitable<Result<void>> RedisSessions::ping(Deadline deadline) {
  const Result<Answer> answer = co_await redis_.call(Request{}.command({"PING"}), deadline);
  if (!answer) co_return answer.error();
  if ((*answer)[0].text() != "PONG") co_return failed("answer a ping");
  co_return Result<void>{};
}

}  // namespace northstar::store
