// A text on its way: marked, handed to its channel or asked about, and what became of it written down.
#include "gateway/store/outbox_worker.h"

#include <algorithm>
#include <charconv>

#include "gateway/store/outbox_calls.h"

namespace northstar::store {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

constexpr Millis kMarkMargin = 15s;  // beyond the time of a send and of asking: then another may take it for lost

}  // namespace

std::size_t OutboxWorker::budget() {
  if (stopping_) return 0;
  const auto now = steady_clock::now();
  const double rate = settings_.texts_a_second / static_cast<double>(leases_.live_nodes());
  tokens_ = std::min(std::max(1.0, rate), tokens_ + rate * std::chrono::duration<double>(now - tokens_at_).count());
  tokens_at_ = now;
  const std::size_t wire = settings_.at_once > on_the_wire_ ? settings_.at_once - on_the_wire_ : 0;
  return std::min(wire, static_cast<std::size_t>(std::max(0.0, tokens_)));  // it may owe some: see mark()
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
      if (message) {
        message->lane = decode_entry_head(entry).value_or(EntryHead{}).lane;
        box.messages.insert_or_assign(member, std::move(*message));
      }
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
  return {.entry_id = std::string(entry_id(member)), .service = message.service, .to = message.address, .text = message.text, .made = message.made,
          .lane = message.lane};
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
