// Timers that fell due, and the queue for a person: what the due set holds beside texts.
#include "gateway/store/outbox_worker.h"

#include <algorithm>

#include "gateway/store/outbox_calls.h"

namespace northstar::store {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

constexpr auto kTimerTime = 5s;
constexpr Millis kTimerAgain = 10s;  // how long a timer's step may take before it is begun again

}  // namespace

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

}  // namespace northstar::store
