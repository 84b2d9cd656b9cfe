#include "gateway/store/outbox_worker.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>

#include "gateway/store/key_file.h"

namespace northstar::store {

namespace asio = boost::asio;
using boost::system::error_code;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

constexpr auto kCallTime = 2s;
constexpr auto kBeatEvery = 1000ms, kBeatTime = 900ms;
constexpr auto kStarvedEvery = 50ms;
constexpr auto kTimerTime = 5s;
constexpr Millis kTimerAgain = 10s;        // how long a timer's step may take before it is begun again
constexpr Millis kMarkMargin = 15s;        // beyond the time of a send and of asking: then another may take it for lost
constexpr std::string_view kLookMax = "256";

std::int64_t ms(Instant at) { return at.time_since_epoch().count(); }
std::string_view entry_id(std::string_view member) { return member.substr(1); }

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

template <class Work>
void OutboxWorker::spawn(Work work) {
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

// ---- leases ----

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

// ---- looking ----

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

// ---- timers and the queue for a person ----

asio::awaitable<void> OutboxWorker::take_timers(std::uint8_t partition, std::vector<std::string> members, Instant now) {
  const auto alive = alive_;
  std::erase_if(members, [&](const std::string& member) { return firing_.contains(member); });
  if (members.empty() || !hooks_.timer_due) co_return;
  const std::string_view tag = partition_tag(partition);
  Request request{partition_slot(partition), 64 * members.size() + 128};
  request.begin(3 + 2 + 3 + members.size()).arg("FCALL").arg("northstar1_take_timers").arg("2");
  request.arg(tag, "lease").arg(tag, "due").arg(leases_.holder(partition)).arg(ms(now)).arg(ms(now + kTimerAgain));
  for (const std::string& member : members) request.arg(member);
  const Result<Answer> answer = co_await redis_.call(std::move(request), steady_clock::now() + kCallTime);
  if (!*alive || !answer) co_return;
  const ReplyView taken = (*answer)[0];
  if (taken.is_integer()) co_return lose(partition);
  for (std::size_t i = 0; i < taken.size(); ++i) {
    const std::string_view member = taken[i].text();  // t:<kind>:<contact>
    const std::size_t colon = member.rfind(':');
    const auto contact = contact_of(member.substr(colon + 1));
    if (!contact || colon < 2) continue;
    firing_.emplace(member);
    ++counts_.timers;
    spawn(fire(alive_, *contact, std::string(member.substr(2, colon - 2))));
  }
}

asio::awaitable<void> OutboxWorker::fire(std::shared_ptr<bool> alive, privacy::ContactId contact, std::string kind) {
  ++on_the_wire_;
  const Result<void> stepped = co_await hooks_.timer_due(contact, kind, steady_clock::now() + kTimerTime);
  if (!*alive) co_return;
  --on_the_wire_;
  if (!stepped) ++counts_.timers_failed;
  firing_.erase("t:" + kind + ":" + contact.key());
}

asio::awaitable<void> OutboxWorker::feed_queue(std::uint8_t partition, std::vector<std::string> members) {
  const auto alive = alive_;
  Request bodies{partition_slot(partition), 96 * members.size()};
  for (const std::string& member : members) bodies.begin(2).arg("GET").arg(partition_key(partition, "entry:"), entry_id(member));
  const Result<Answer> read = co_await redis_.call(std::move(bodies), steady_clock::now() + kCallTime);
  if (!*alive || !read) co_return;
  struct Fed {
    std::string member;
    EntryHead head;
    std::optional<Handoff> handoff;
  };
  std::vector<Fed> all;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const std::string_view entry = (*read)[i].text();
    auto head = decode_entry_head(entry);
    all.push_back({members[i], head.value_or(EntryHead{}), head ? decode_handoff(entry.substr(kEntryHead)) : std::nullopt});
  }
  std::ranges::sort(all, {}, [](const Fed& one) { return std::pair{one.head.useful_until, one.head.index}; });
  std::vector<Fed> done;
  for (Fed& one : all) {
    if (one.handoff) {
      // When the step was made, and its place in it: grows with the contact's steps, also across a DELETE.
      const std::int64_t order = ms(one.head.useful_until - kPacketLife) * 100 + one.head.index;
      const auto fed = co_await queue_.feed(one.head.contact, order, *one.handoff, clock_.now(), steady_clock::now() + kCallTime);
      if (!*alive) co_return;
      if (!fed) continue;  // it stays due
      ++counts_.handoffs;
    }
    done.push_back(std::move(one));
  }
  if (done.empty() || !leases_.holds(partition)) co_return;
  const std::string_view tag = partition_tag(partition);
  Request request{partition_slot(partition), 192 * done.size() + 128};
  request.begin(3 + 4 + 2 * done.size() + 1 + 4 * done.size()).arg("FCALL").arg("northstar1_record");
  request.arg(static_cast<std::int64_t>(4 + 2 * done.size())).arg(tag, "lease").arg(tag, "due").arg(tag, "outcomes").arg(tag, "optouts");
  for (const Fed& one : done) {
    request.arg(partition_key(partition, "entry:"), entry_id(one.member)).arg(partition_key(partition, "session:"), one.head.contact);
  }
  request.arg(leases_.holder(partition));
  for (const Fed& one : done) request.arg(one.member).arg("d").arg("").arg("");
  const Result<Answer> answer = co_await redis_.call(std::move(request), steady_clock::now() + kCallTime);
  if (*alive && answer && (*answer)[0].integer() != 1) lose(partition);
}

// ---- marking, sending, recording ----

std::size_t OutboxWorker::budget() {
  if (stopping_) return 0;
  const auto now = steady_clock::now();
  const double rate = settings_.texts_a_second / static_cast<double>(leases_.live_nodes());
  tokens_ = std::min(std::max(1.0, rate), tokens_ + rate * std::chrono::duration<double>(now - tokens_at_).count());
  tokens_at_ = now;
  const std::size_t wire = settings_.at_once > on_the_wire_ ? settings_.at_once - on_the_wire_ : 0;
  return std::min(wire, static_cast<std::size_t>(tokens_));
}

asio::awaitable<bool> OutboxWorker::mark(std::uint8_t partition, Partition& box, const Mark& marks) {
  const auto alive = alive_;
  tokens_ -= static_cast<double>(marks.ids.size());
  const std::string_view tag = partition_tag(partition);
  const Instant now = clock_.now();
  const Instant until = now + std::chrono::duration_cast<Millis>(2 * settings_.send_time) + kMarkMargin;
  Request request{partition_slot(partition), 160 * marks.ids.size() + 128};
  request.begin(3 + 2 + 2 * marks.ids.size() + 3 + marks.ids.size()).arg("FCALL").arg("northstar1_mark");
  request.arg(static_cast<std::int64_t>(2 + 2 * marks.ids.size())).arg(tag, "lease").arg(tag, "due");
  for (const std::string& member : marks.ids) {
    request.arg(partition_key(partition, "entry:"), entry_id(member));
    request.arg(partition_key(partition, "session:"), box.machine.contact_of(member));
  }
  request.arg(leases_.holder(partition)).arg(ms(now)).arg(ms(until));
  for (const std::string& member : marks.ids) request.arg(member);
  const Result<Answer> answer = co_await redis_.call(std::move(request), steady_clock::now() + kCallTime);
  if (!*alive) co_return false;
  if (!answer || (*answer)[0].is_error()) {
    for (const std::string& member : marks.ids) box.machine.mark_failed(member, clock_.now());
    co_return false;
  }
  const ReplyView verdicts = (*answer)[0];
  if (verdicts.is_integer()) {
    lose(partition);
    co_return false;
  }
  const auto keyring = hooks_.keyring();
  for (std::size_t i = 0; i < marks.ids.size() && i < verdicts.size(); ++i) {
    using Verdict = Outbox::Marked::Verdict;
    const std::string& member = marks.ids[i];
    const ReplyView one = verdicts[i];
    const std::string_view what = one[0].text();
    Outbox::Marked marked{.verdict = what == "m" ? Verdict::may_go : what == "x" ? Verdict::expired : what == "s" ? Verdict::silenced : Verdict::gone};
    if (one.size() > 1) marked.before = static_cast<EntryHead::State>(one[1].text()[0]);
    if (marked.verdict == Verdict::may_go) {
      const std::string_view version = one[2].text(), entry = one[3].text();
      std::from_chars(version.data(), version.data() + version.size(), marked.session_version);
      const auto plain = keyring ? keyring->open({.kind = "outbox", .key = entry_id(member)}, entry.substr(kEntryHead)) : std::nullopt;
      auto message = plain ? decode_outbound(*plain) : std::nullopt;
      marked.readable = message.has_value();
      marked.repeat_harmless = message && message->repeat_harmless;
      if (message) box.messages.insert_or_assign(member, std::move(*message));
    }
    box.machine.marked(member, marked);
  }
  co_return true;
}

asio::awaitable<bool> OutboxWorker::record(std::uint8_t partition, Partition& box, const Record& records) {
  const auto alive = alive_;
  const std::string_view tag = partition_tag(partition);
  const std::size_t n = records.items.size();
  Request request{partition_slot(partition), 224 * n + 128};
  request.begin(3 + 4 + 2 * n + 1 + 4 * n).arg("FCALL").arg("northstar1_record").arg(static_cast<std::int64_t>(4 + 2 * n));
  request.arg(tag, "lease").arg(tag, "due").arg(tag, "outcomes").arg(tag, "optouts");
  for (const Record::Item& item : records.items) {
    request.arg(partition_key(partition, "entry:"), entry_id(item.id));
    request.arg(partition_key(partition, "session:"), box.machine.contact_of(item.id));
  }
  request.arg(leases_.holder(partition));
  for (const Record::Item& item : records.items) {
    request.arg(item.id).arg(item.outcome ? "d" : "a");
    if (!item.outcome) {
      request.arg(ms(item.again)).arg("");
      continue;
    }
    const auto message = box.messages.find(item.id);
    const bool opts_out = item.outcome == SendOutcome::opted_out && hooks_.opt_out_digest && message != box.messages.end();
    request.arg(opts_out ? hooks_.opt_out_digest(message->second) : std::string{}).arg(name_of(*item.outcome));
  }
  const Result<Answer> answer = co_await redis_.call(std::move(request), steady_clock::now() + kCallTime);
  if (!*alive) co_return false;
  if (!answer || (*answer)[0].is_error()) {
    for (const Record::Item& item : records.items) box.machine.record_failed(item.id);
    co_return false;
  }
  if ((*answer)[0].integer() != 1) {
    lose(partition);
    co_return false;
  }
  for (const Record::Item& item : records.items) {
    if (item.outcome) ++counts_.outcomes[static_cast<std::size_t>(*item.outcome)];
    box.messages.erase(item.id);
    box.machine.recorded(item.id);
  }
  co_return true;
}

Outbound OutboxWorker::outbound(const std::string& member, const OutboundMessage& message) const {
  return {.entry_id = std::string(entry_id(member)), .service = message.service, .to = message.address, .text = message.text, .made = message.made};
}

asio::awaitable<void> OutboxWorker::send(std::uint8_t partition, PartitionPtr box, Send order) {
  const auto alive = alive_;
  ++counts_.attempts;
  const OutboundMessage message = box->messages.at(order.id);
  Channel* const channel = hooks_.channel(message.channel);
  Delivery delivery = Delivery::misconfigured;
  if (channel) {
    const Outbound text = outbound(order.id, message);
    const Sent sent = co_await channel->send(text, steady_clock::now() + settings_.send_time);
    delivery = sent.delivery;
  }
  if (!*alive) co_return;
  counts_.throttled += delivery == Delivery::throttled;
  counts_.failed += delivery == Delivery::failed;
  counts_.misconfigured += delivery == Delivery::misconfigured;
  box->machine.sent(order.id, delivery, clock_.now(), static_cast<double>(random_() % 1000) / 1000);
  sent_or_answered(partition);
}

asio::awaitable<void> OutboxWorker::ask(std::uint8_t partition, PartitionPtr box, AskWhetherItWentOut question) {
  const auto alive = alive_;
  ++counts_.asked;
  const OutboundMessage message = box->messages.at(question.id);
  Channel* const channel = hooks_.channel(message.channel);
  std::optional<bool> went_out;
  if (channel) {
    const Outbound text = outbound(question.id, message);
    went_out = co_await channel->went_out(text, steady_clock::now() + settings_.send_time);
  }
  if (!*alive) co_return;
  box->machine.answered(question.id, went_out, clock_.now());
  sent_or_answered(partition);
}

void OutboxWorker::sent_or_answered(std::uint8_t partition) {
  --on_the_wire_;
  poke(partition, false);
}

}  // namespace northstar::store
