#include "gateway/store/outbox.h"

#include <algorithm>
#include <tuple>

namespace northstar::store {

namespace {

constexpr Millis kMisconfiguredPause = std::chrono::minutes{1};
constexpr Millis kRedisPause = std::chrono::seconds{1};

int rank(char lane) { return lane == 'd' ? 0 : lane == 'f' ? 1 : 2; }

}  // namespace

std::string_view name_of(SendOutcome outcome) {
  switch (outcome) {
    case SendOutcome::sent: return "sent";
    case SendOutcome::repeated: return "repeated";
    case SendOutcome::unknown: return "unknown";
    case SendOutcome::opted_out: return "opted_out";
    case SendOutcome::refused: return "refused";
    case SendOutcome::expired: return "expired";
    case SendOutcome::silenced: return "silenced";
    case SendOutcome::unreadable: return "unreadable";
  }
  return "";
}

// Steps of one talk are ordered by their version. Entries of two talks can only meet when the first was ended by
// DELETE; then what fell due first was made first.
bool Outbox::Key::operator<(const Key& other) const {
  if (number == other.number) return std::tie(version, index, id) < std::tie(other.version, other.index, other.id);
  return std::tie(due, id) < std::tie(other.due, other.id);
}

Outbox::Entry* Outbox::find(const std::string& id, State expected) {
  const auto at = entries_.find(id);
  return at == entries_.end() || at->second.state != expected ? nullptr : &at->second;
}

void Outbox::found(std::vector<Found> entries) {
  if (lost_) return;
  for (Found& one : entries) {
    const auto [at, is_new] = entries_.try_emplace(one.id);
    if (!is_new) continue;
    at->second.head = std::move(one.head);
    at->second.due = one.due;
    const EntryHead& head = at->second.head;
    contacts_[head.contact].insert(Key{head.number, head.version, head.index, one.due, one.id});
  }
}

void Outbox::marked(const std::string& id, Marked outcome) {
  Entry* const entry = find(id, State::marking);
  if (!entry) return;
  using Verdict = Marked::Verdict;
  // Only what this worker has not itself cleared can be in doubt: it marked a first time to take it over.
  const bool doubtful = !entry->cleared && (entry->doubtful || outcome.before != EntryHead::State::queued);
  switch (outcome.verdict) {
    case Verdict::gone:  // struck off, or recorded by another
      return forget(id);
    case Verdict::expired:
    case Verdict::silenced:
      // Recording drops and counts it. What may have gone out already is not "dropped".
      return settle(*entry, id, doubtful || entry->repeats > 0 ? SendOutcome::unknown
                                : outcome.verdict == Verdict::expired ? SendOutcome::expired
                                                                      : SendOutcome::silenced);
    case Verdict::may_go:
      break;
  }
  if (!outcome.readable) return settle(*entry, id, doubtful ? SendOutcome::unknown : SendOutcome::unreadable);
  entry->repeat_harmless = outcome.repeat_harmless;
  // While something waits in the outbox, later replies queue behind it; only an inline one can have been overtaken.
  entry->moved_on = id.front() == 'r' && outcome.session_version > entry->head.version;
  if (doubtful) {
    entry->doubtful = true;
    entry->state = State::asking;
    asks_.push_back(AskWhetherItWentOut{id});
    return;
  }
  entry->cleared = false;
  entry->state = State::sending;
  asks_.push_back(Send{.id = id, .attempt = entry->attempts++, .repeat = entry->repeats > 0});
}

void Outbox::mark_failed(const std::string& id, Instant now) {
  if (Entry* const entry = find(id, State::marking)) {
    // It may have been marked all the same; the next mark would then find our own. Nothing was sent in between, so that
    // is no cause for doubt, unless there was one before.
    if (entry->head.state == EntryHead::State::queued && !entry->doubtful) entry->cleared = true;
    entry->state = State::waiting;
    entry->due = now + kRedisPause;
  }
}

void Outbox::sent(const std::string& id, Delivery delivery, Instant now, double jitter) {
  Entry* const entry = find(id, State::sending);
  if (!entry) return;
  const auto later = [&](Millis pause) {
    const Instant again = now + pause / 2 + Millis{static_cast<std::int64_t>(static_cast<double>(pause.count()) / 2 * jitter)};
    if (again >= entry->head.useful_until) return settle(*entry, id, entry->repeats > 0 ? SendOutcome::unknown : SendOutcome::expired);
    settle(*entry, id, std::nullopt, again);
  };
  switch (delivery) {
    case Delivery::accepted:
      return settle(*entry, id, entry->repeats > 0 ? SendOutcome::repeated : SendOutcome::sent);
    case Delivery::opted_out:
      return settle(*entry, id, SendOutcome::opted_out);
    case Delivery::refused:
      return settle(*entry, id, SendOutcome::refused);
    case Delivery::throttled:
    case Delivery::failed:
      return later(std::min(kLongestPause, kFirstPause * (1 << std::min(entry->attempts, 6))));
    case Delivery::misconfigured:
      return later(kMisconfiguredPause);
    case Delivery::unknown:
      entry->doubtful = true;
      entry->state = State::asking;
      asks_.push_back(AskWhetherItWentOut{id});
      return;
  }
}

void Outbox::answered(const std::string& id, std::optional<bool> went_out, Instant now) {
  Entry* const entry = find(id, State::asking);
  if (!entry) return;
  if (went_out == true) return settle(*entry, id, entry->repeats > 0 ? SendOutcome::repeated : SendOutcome::sent);
  const bool may_repeat = entry->repeat_harmless && !entry->moved_on && entry->repeats < kRepeatsMax;
  if (!went_out && !may_repeat) return settle(*entry, id, SendOutcome::unknown);
  if (now >= entry->head.useful_until) return settle(*entry, id, SendOutcome::unknown);
  // Out of order it would only confuse: something newer has been said since.
  if (entry->moved_on) return settle(*entry, id, SendOutcome::unknown);
  if (!went_out) ++entry->repeats;
  entry->doubtful = false;
  entry->cleared = true;  // marked anew before it is sent
  entry->state = State::waiting;
  entry->due = now;
}

void Outbox::settle(Entry& entry, const std::string& id, std::optional<SendOutcome> outcome, Instant again) {
  entry.state = State::recording;
  entry.outcome = Record::Item{id, outcome, again};
  records_.push_back(entry.outcome);
}

void Outbox::recorded(const std::string& id) {
  Entry* const entry = find(id, State::recording);
  if (!entry) return;
  if (entry->outcome.outcome) return forget(id);
  entry->state = State::waiting;
  entry->due = entry->outcome.again;
  entry->head.state = EntryHead::State::queued;
}

void Outbox::record_failed(const std::string& id) {
  if (Entry* const entry = find(id, State::recording)) records_.push_back(entry->outcome);
}

void Outbox::forget(const std::string& id) {
  const auto at = entries_.find(id);
  if (at == entries_.end()) return;
  const auto contact = contacts_.find(at->second.head.contact);
  std::erase_if(contact->second, [&](const Key& key) { return key.id == id; });
  if (contact->second.empty()) contacts_.erase(contact);
  entries_.erase(at);
}

void Outbox::lease_lost() {
  lost_ = true;
  entries_.clear();
  contacts_.clear();
  asks_.clear();
  records_.clear();
}

std::vector<Ask> Outbox::next(Instant now, std::size_t budget) {
  if (lost_) return {Yield{}};
  // What was learnt is written down before anything else is begun.
  std::vector<Ask> out;
  if (!records_.empty()) out.push_back(Record{std::exchange(records_, {})});
  for (Ask& ask : std::exchange(asks_, {})) out.push_back(std::move(ask));

  std::optional<Instant> soonest;
  std::vector<std::tuple<int, Instant, const std::string*, Entry*>> heads;
  for (const auto& [contact, order] : contacts_) {
    const std::string& id = order.begin()->id;
    Entry& entry = entries_.at(id);  // only the first of a contact may move
    if (entry.state != State::waiting) continue;
    if (entry.due <= now) heads.emplace_back(rank(entry.head.lane), entry.due, &id, &entry);
    else soonest = soonest ? std::min(*soonest, entry.due) : entry.due;
  }
  std::sort(heads.begin(), heads.end(), [](const auto& a, const auto& b) {
    return std::tie(std::get<0>(a), std::get<1>(a), *std::get<2>(a)) < std::tie(std::get<0>(b), std::get<1>(b), *std::get<2>(b));
  });
  if (heads.size() > budget) {
    soonest = now;  // there is more than may go now; whoever holds the budget says when
    heads.resize(budget);
  }
  if (!heads.empty()) {
    Mark mark;
    for (auto& [lane, due, id, entry] : heads) {
      entry->state = State::marking;
      mark.ids.push_back(*id);
    }
    out.push_back(std::move(mark));
  }
  if (out.empty()) out.push_back(Rest{soonest});
  return out;
}

}  // namespace northstar::store
