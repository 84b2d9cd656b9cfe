#include "gateway/store/outbox_worker.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>

#include "gateway/store/entropy.h"
#include "gateway/store/outbox_calls.h"

namespace northstar::store {

namespace asio = boost::asio;
using boost::system::error_code;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

constexpr auto kBeatEvery = 1000ms, kBeatTime = 900ms;
constexpr auto kStarvedEvery = 50ms;
constexpr std::string_view kLookMax = "256";

struct DueMember {
  std::string member;
  Instant due{};
};

// [member, score, member, score, ...]
std::vector<DueMember> due_members(ReplyView reply) {
  std::vector<DueMember> out;
  for (std::size_t i = 0; i + 1 < reply.size(); i += 2) {
    double score = 0;
    const std::string_view text = reply[i + 1].text();
    std::from_chars(text.data(), text.data() + text.size(), score);
    out.push_back({std::string(reply[i].text()), Instant{Millis{static_cast<std::int64_t>(score)}}});
  }
  return out;
}

}  // namespace

OutboxWorker::OutboxWorker(Redis& redis, Clock& clock, Hooks hooks, Settings settings)
    : redis_(redis),
      clock_(clock),
      hooks_(std::move(hooks)),
      settings_(std::move(settings)),
      leases_(redis, settings_.node.empty() ? random_id() : settings_.node),
      queue_(redis),
      lease_timer_(redis.io()),
      look_timer_(redis.io()),
      random_(std::random_device{}()),
      tokens_(1),
      tokens_at_(steady_clock::now()) {}

OutboxWorker::~OutboxWorker() { *alive_ = false; }

void OutboxWorker::spawn(asio::awaitable<void> work) {
  asio::co_spawn(redis_.io(), std::move(work), asio::detached);
}

void OutboxWorker::start() {
  loops_ = 2;
  spawn(keep_leases(alive_));
  spawn(keep_looking(alive_));
}

asio::awaitable<void> OutboxWorker::stop(Deadline deadline) {
  const auto alive = alive_;
  stopping_ = true;
  lease_timer_.cancel();
  look_timer_.cancel();
  asio::steady_timer pause(redis_.io());
  const auto busy = [&] {
    return on_the_wire_ > 0 || loops_ > 0 || std::ranges::any_of(boxes_, [](const auto& box) { return box && box->working; });
  };
  while (busy() && steady_clock::now() < deadline) {
    pause.expires_after(5ms);
    error_code ignored;
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (!*alive) co_return;
  }
  co_await leases_.give_up_all(deadline);
}

void OutboxWorker::wake(std::uint8_t partition) {
  asio::post(redis_.io(), [this, alive = alive_, partition] {
    if (*alive && !stopping_ && leases_.holds(partition)) poke(partition, true);
  });
}

OutboxCounts OutboxWorker::counts() const {
  OutboxCounts out = counts_;
  out.partitions = leases_.held();
  out.live_nodes = leases_.live_nodes();
  for (const auto& box : boxes_) out.waiting += box ? box->machine.size() : 0;
  return out;
}

asio::awaitable<void> OutboxWorker::keep_leases(std::shared_ptr<bool> alive) {
  while (*alive && !stopping_) {
    const auto gained = co_await leases_.renew(steady_clock::now() + kBeatTime, [this](std::uint8_t partition) {
      return !boxes_[partition] || boxes_[partition]->machine.empty();
    });
    if (!*alive) co_return;
    for (const std::uint8_t partition : leases_.take_released()) boxes_[partition].reset();
    if (gained && !stopping_) {
      for (const std::uint8_t partition : *gained) poke(partition, true);
    }
    lease_timer_.expires_after(kBeatEvery);
    error_code ignored;
    co_await lease_timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  if (*alive) --loops_;
}

void OutboxWorker::lose(std::uint8_t partition) {
  if (leases_.holds(partition)) ++counts_.leases_lost;
  leases_.lost(partition);
  if (boxes_[partition]) boxes_[partition]->machine.lease_lost();
  boxes_[partition].reset();
}

// A commit wakes the worker by itself; this is the net for what a crash, a lost link or time alone made due.
asio::awaitable<void> OutboxWorker::keep_looking(std::shared_ptr<bool> alive) {
  auto next_look = steady_clock::now() + settings_.look_every;
  while (*alive && !stopping_) {
    look_timer_.expires_at(starved_.empty() ? next_look : std::min<Deadline>(next_look, steady_clock::now() + kStarvedEvery));
    error_code ignored;
    co_await look_timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (!*alive || stopping_) break;
    for (const std::uint8_t partition : std::exchange(starved_, {})) poke(partition, false);
    if (steady_clock::now() < next_look) continue;
    next_look = steady_clock::now() + settings_.look_every;
    std::vector<std::uint8_t> ours;
    std::vector<Request> looks;
    const std::int64_t now = ms(clock_.now());
    for (std::size_t p = 0; p < boxes_.size(); ++p) {
      const auto partition = static_cast<std::uint8_t>(p);
      if (!leases_.holds(partition)) continue;
      ours.push_back(partition);
      Request request{partition_slot(partition)};
      request.begin(7).arg("ZRANGEBYSCORE").arg(partition_tag(partition), "due").arg("-inf").arg(now).arg("LIMIT").arg("0").arg("1");
      looks.push_back(std::move(request));
    }
    const auto seen = co_await redis_.call_all(std::move(looks), steady_clock::now() + kCallTime);
    if (!*alive || stopping_) break;
    for (std::size_t i = 0; i < ours.size(); ++i) {
      const auto& box = boxes_[ours[i]];
      if ((seen[i] && (*seen[i])[0].size() > 0) || (box && !box->machine.empty())) poke(ours[i], true);
    }
  }
  if (*alive) --loops_;
}

void OutboxWorker::poke(std::uint8_t partition, bool look) {
  if (!leases_.holds(partition)) return;
  PartitionPtr& box = boxes_[partition];
  if (!box) box = std::make_shared<Partition>();
  box->again = true;
  box->look = box->look || look;
  if (box->working) return;
  box->working = true;
  spawn(work(partition, box));
}

asio::awaitable<void> OutboxWorker::work(std::uint8_t partition, PartitionPtr box) {
  const auto alive = alive_;
  while (std::exchange(box->again, false) && leases_.holds(partition)) {
    if (!stopping_ && std::exchange(box->look, false)) {
      const auto looked = co_await look(partition, *box);
      if (!*alive) co_return;
      if (!looked) break;  // Redis is away; the next look is within a second
    }
    bool going = true;
    while (going) {
      const Instant now = clock_.now();
      for (Ask& one : box->machine.next(now, budget())) {
        if (const auto* marks = std::get_if<Mark>(&one)) {
          going = co_await mark(partition, *box, *marks) && going;
        } else if (const auto* records = std::get_if<Record>(&one)) {
          going = co_await record(partition, *box, *records) && going;
        } else if (auto* order = std::get_if<Send>(&one)) {
          ++on_the_wire_;
          spawn(send(partition, box, std::move(*order)));
        } else if (auto* question = std::get_if<AskWhetherItWentOut>(&one)) {
          ++on_the_wire_;
          spawn(ask(partition, box, std::move(*question)));
        } else if (const auto* rest = std::get_if<Rest>(&one)) {
          going = false;
          if (rest->until && *rest->until <= now && !stopping_) {
            starved_.insert(partition);
            look_timer_.cancel();
          }
        } else {
          going = false;  // Yield
        }
        if (!*alive) co_return;
        if (!going && !std::holds_alternative<Rest>(one)) box->again = false;
      }
    }
  }
  box->working = false;
}

asio::awaitable<Result<void>> OutboxWorker::look(std::uint8_t partition, Partition& box) {
  const auto alive = alive_;
  const std::string_view tag = partition_tag(partition);
  const Instant now = clock_.now();
  Request members{partition_slot(partition)};
  if (box.surveyed) {
    members.begin(8).arg("ZRANGEBYSCORE").arg(tag, "due").arg("-inf").arg(ms(now)).arg("WITHSCORES").arg("LIMIT").arg("0").arg(kLookMax);
  } else {
    members.begin(5).arg("ZRANGE").arg(tag, "due").arg("0").arg("-1").arg("WITHSCORES");
  }
  const Result<Answer> answer = co_await redis_.call(std::move(members), steady_clock::now() + kCallTime);
  if (!*alive) co_return Error{};
  if (!answer) co_return answer.error();

  std::vector<std::string> timers, requests;
  std::vector<DueMember> unknown;
  for (DueMember& one : due_members((*answer)[0])) {
    const bool due = one.due <= now;
    switch (one.member[0]) {
      case 't': if (due) timers.push_back(std::move(one.member)); break;
      case 'h': if (due) requests.push_back(std::move(one.member)); break;
      case 'r': if (due && !box.machine.knows(one.member)) unknown.push_back(std::move(one)); break;
      // At first also what is not due yet: it may be the forerunner of something that is.
      case 'e': if (!box.machine.knows(one.member)) unknown.push_back(std::move(one)); break;
      default: break;
    }
  }
  if (!unknown.empty()) {
    Request heads{partition_slot(partition), 96 * unknown.size()};
    for (const DueMember& one : unknown) {
      heads.begin(4).arg("GETRANGE").arg(partition_key(partition, "entry:"), entry_id(one.member)).arg("0").arg(static_cast<std::int64_t>(kEntryHead) - 1);
    }
    const Result<Answer> read = co_await redis_.call(std::move(heads), steady_clock::now() + kCallTime);
    if (!*alive) co_return Error{};
    if (!read) co_return read.error();
    std::vector<Outbox::Found> found;
    for (std::size_t i = 0; i < unknown.size(); ++i) {
      // An entry whose life is over is found gone when it is marked, and counted there.
      auto head = decode_entry_head((*read)[i].text()).value_or(EntryHead{.contact = unknown[i].member});
      found.push_back({std::move(unknown[i].member), std::move(head), unknown[i].due});
    }
    box.machine.found(std::move(found));
  }
  box.surveyed = true;
  if (!timers.empty()) co_await take_timers(partition, std::move(timers), now);
  if (!*alive) co_return Error{};
  if (!requests.empty()) co_await feed_queue(partition, std::move(requests));
  co_return Result<void>{};
}

}  // namespace northstar::store
