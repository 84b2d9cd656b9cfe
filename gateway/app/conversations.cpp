#include "gateway/app/conversations.h"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "gateway/store/entropy.h"
#include "gateway/store/outbound_message.h"
#include "handlers/smpp/text.h"

namespace northstar::app {
namespace {

using boost::asio::awaitable;
namespace talk = conversation;

// Texts of one contact that come at once collide: all but one step again. Each waits a little longer, by chance, and
// goes on until its deadline: none is lost to the others, one of danger least of all.
constexpr int kStaleRetriesMax = 64;
constexpr int kStaleWaitMost = 16;  // ms
// Redis answers in a millisecond. When it is away the aggregator is told so within a second, and tries again (R90).
constexpr std::chrono::milliseconds kStoreAnswers{900};
constexpr Millis kInlineTaken = std::chrono::seconds{20};  // longer than aggregators wait for an answer
constexpr Millis kAnswersAgain = std::chrono::minutes{5};  // a redelivery later than this is met with silence
constexpr Millis kRecordMin = std::chrono::minutes{10};    // a reply in the outbox needs its session (silence is kept there)
constexpr Millis kPaceWindow = std::chrono::minutes{1};
constexpr Millis kPaceStep = std::chrono::seconds{3};      // each text above the pace waits so much longer
const std::string kMissing = " \u2026 ";  // stands where a part never came
static_assert(net::InboundPart::kUtf8 == static_cast<std::uint8_t>(smpp::Alphabet::utf8));
static_assert(net::InboundPart::kUcs2 == static_cast<std::uint8_t>(smpp::Alphabet::ucs2));
constexpr Millis kPaceDelayMax = std::chrono::minutes{1};

std::string_view timer_name(talk::TimerKind kind) {
  switch (kind) {
    case talk::TimerKind::nobody: return "nobody";
    case talk::TimerKind::stop_unanswered: return "stop_unanswered";
    case talk::TimerKind::follow_up: return "follow_up";
  }
  return "";
}

std::optional<talk::TimerKind> timer_kind(std::string_view name) {
  for (auto kind : {talk::TimerKind::nobody, talk::TimerKind::stop_unanswered, talk::TimerKind::follow_up}) {
    if (timer_name(kind) == name) return kind;
  }
  return std::nullopt;
}

net::Reply away() { return {.kind = net::Reply::Kind::away}; }

/// What an advocate is told of a person who waits: facts they agreed to, never words or a number (R46). Sealed by the
/// caller; form 1 | kind (p person, t tip) | language;needs;county.
std::string packet(const talk::Queue& queue) {
  return std::string("1") + (queue.place.tip ? "t" : "p") + std::string(queue.language.tag()) + ";" +
         std::to_string(queue.needs.bits()) + ";" + queue.county_fips;
}

/// Empty when there is no key to seal it with.
std::optional<store::Handoff> handoff(const talk::Queue& queue, const privacy::ContactId& contact,
                                      const privacy::Keyring& keyring, Instant now) {
  store::Handoff request;
  request.change = queue.change == talk::Queue::Change::put ? store::Handoff::Change::put : store::Handoff::Change::cancel;
  request.held = queue.place.standing == talk::Standing::held;
  request.severity = static_cast<std::uint8_t>(queue.place.severity);
  request.since = queue.place.since;
  if (request.change == store::Handoff::Change::cancel) return request;
  const auto sealed =
      keyring.seal(privacy::Life::hour, {"packet", contact.key(), 0}, packet(queue), now, store::random_nonce());
  if (!sealed) return std::nullopt;
  request.sealed = *sealed;
  return request;
}

}  // namespace

/// One event of one contact on its way through.
struct Talks::Work {
  privacy::ContactId contact;
  std::string opt_out_digest;
  std::string seen;                      ///< empty for what is not a text
  const net::Inbound* inbound = nullptr;
  std::optional<talk::Event> event;      ///< for what is not a text
  std::string drop_timer;                ///< the timer that fired
  bool inline_reply = false;
};

net::Reply Talks::reply_to(const Work& work) {
  net::Reply reply;
  reply.contact = work.contact;
  if (work.inbound && work.inbound->known_until_acknowledged) reply.seen = work.seen;
  return reply;
}

awaitable<net::Reply> Talks::receive(net::Inbound inbound, bool inline_reply, store::Deadline deadline) {
  co_return co_await take(std::move(inbound), inline_reply, {}, std::min(deadline, std::chrono::steady_clock::now() + kStoreAnswers));
}

awaitable<net::Reply> Talks::take(net::Inbound inbound, bool inline_reply, std::string drop_timer, store::Deadline deadline) {
  Work work;
  work.contact = digests_.contact(inbound.service, inbound.address);
  work.opt_out_digest = digests_.opt_out(inbound.service, inbound.address);
  work.seen = digests_.message(inbound.service, inbound.message_id);
  work.inbound = &inbound;
  work.inline_reply = inline_reply;
  work.drop_timer = std::move(drop_timer);
  co_return co_await step_and_commit(work, deadline);
}

awaitable<net::Reply> Talks::receive_part(net::InboundPart part, bool inline_reply, store::Deadline deadline) {
  deadline = std::min(deadline, std::chrono::steady_clock::now() + kStoreAnswers);
  store::Parts::Part kept;
  kept.contact = digests_.contact(part.of.service, part.of.address);
  kept.set = digests_.message(part.of.service, part.of.channel + ' ' + part.of.address.reveal() + ' ' + part.set);
  kept.number = part.number;
  kept.total = part.total;
  const std::string said = static_cast<char>(part.alphabet) + part.octets.reveal();
  kept.digest = digests_.message(part.of.service, said);
  // Sealed as a message on its way out is: with the address that it belongs to.
  store::OutboundMessage message;
  message.channel = part.of.channel;
  message.service = part.of.service;
  message.address = part.of.address;
  message.text = MessageText(said);
  const auto keyring = current_.keyring;
  const Instant now = parts_.now();
  const auto sealed = keyring->seal(privacy::Life::hour, {"part", kept.contact.key(), static_cast<std::uint64_t>(part.number)},
                                    encode(message), now, store::random_nonce());
  if (!sealed) co_return away();
  kept.sealed = *sealed;
  const privacy::ContactId contact = kept.contact;
  const std::string set = kept.set;
  const auto all = co_await parts_.add(std::move(kept), deadline);
  if (!all) co_return away();
  if (all->state != store::Parts::Set::State::complete) co_return net::Reply{};
  auto whole = joined(contact.key(), *all);
  if (!whole) co_return net::Reply{};
  whole->media = part.of.media;
  net::Reply reply = co_await take(std::move(*whole), inline_reply, std::string(store::Parts::kTimer) + set, deadline);
  // Its timer is gone with the commit already; should this fail, a redelivery is known by its birth all the same.
  if (reply.kind != net::Reply::Kind::away) (void)co_await parts_.finish(contact, set, deadline);
  co_return reply;
}

std::optional<net::Inbound> Talks::joined(const std::string& contact, const store::Parts::Set& parts) const {
  net::Inbound inbound;
  std::vector<smpp::CodedOctets> pieces;
  int next = 1;
  for (const auto& [number, sealed] : parts.sealed) {
    const auto opened = current_.keyring->open({"part", contact, static_cast<std::uint64_t>(number)}, sealed);
    const auto message = opened ? store::decode_outbound(*opened) : std::nullopt;
    if (!message || message->text.empty()) continue;
    const std::string& said = message->text.reveal();
    if (number > next) pieces.push_back({smpp::Alphabet::utf8, kMissing});
    next = number + 1;
    pieces.push_back({static_cast<smpp::Alphabet>(said[0]), said.substr(1)});
    inbound.channel = message->channel;
    inbound.service = message->service;
    inbound.address = message->address;
  }
  if (pieces.empty()) return std::nullopt;
  inbound.text = MessageText(smpp::joined(pieces));
  inbound.message_id = std::string(store::Parts::kTimer) + parts.birth;
  return inbound;
}

awaitable<Result<void>> Talks::give_out(privacy::ContactId contact, std::string set, store::Deadline deadline) {
  const auto parts = co_await parts_.load(contact, set, deadline);
  if (!parts) co_return parts.error();
  if (parts->state == store::Parts::Set::State::complete) {
    auto incomplete = joined(contact.key(), *parts);
    if (incomplete) {
      const auto reply = co_await take(std::move(*incomplete), false, std::string(store::Parts::kTimer) + set, deadline);
      if (reply.kind == net::Reply::Kind::away) co_return Error{Error::Kind::unavailable, "a long text's step was not stored"};
    }
  }
  co_return co_await parts_.finish(contact, set, deadline);
}

void Talks::delivered(const net::Reply& reply) {
  if (!reply.entry_id.empty()) sessions_.strike(reply.contact.partition(), reply.entry_id);
}

void Talks::acknowledged(const net::Reply& reply) {
  if (!reply.seen.empty()) sessions_.forget_seen(reply.contact.partition(), reply.seen);
}

void Talks::not_delivered(const net::Reply& reply) {
  if (!reply.entry_id.empty()) sessions_.hand_back(reply.contact, reply.entry_id);
}

awaitable<Result<void>> Talks::timer_due(privacy::ContactId contact, std::string kind, store::Deadline deadline) {
  if (kind.starts_with(store::Parts::kTimer)) co_return co_await give_out(contact, kind.substr(store::Parts::kTimer.size()), deadline);
  const auto which = timer_kind(kind);
  Work work;
  work.contact = contact;
  if (which) work.event = talk::TimerFired{*which};
  work.drop_timer = kind;
  const auto reply = co_await step_and_commit(work, deadline);
  if (reply.kind == net::Reply::Kind::away) co_return Error{Error::Kind::unavailable, "a timer's step was not stored"};
  co_return Result<void>{};
}

awaitable<net::Reply> Talks::step_and_commit(Work& work, store::Deadline deadline) {
  const auto snapshot = current_.snapshot;  // one view for the whole step
  const auto keyring = current_.keyring;
  const auto& flow = snapshot->flow;
  const Records records(*keyring, flow);
  const auto nonce = [] { return store::random_nonce(); };

  const auto answer_again = [&](const store::Committed& first) {  // R90: the same bytes, or nothing
    net::Reply reply = reply_to(work);
    if (!work.inline_reply || first.entry_sealed.empty() || work.inbound->known_until_acknowledged) return reply;
    const auto opened = keyring->open({"outbox", first.entry_id, 0}, first.entry_sealed);
    const auto message = opened ? store::decode_outbound(*opened) : std::nullopt;
    if (!message) return reply;
    reply.kind = net::Reply::Kind::text;
    reply.text = message->text;
    reply.entry_id = first.entry_id;
    return reply;
  };

  for (int attempt = 0; attempt < kStaleRetriesMax; ++attempt) {
    auto loaded = co_await sessions_.load(work.contact, work.opt_out_digest, deadline);
    if (!loaded) co_return away();
    const Instant now = loaded->now;
    Record record = records.open(work.contact, loaded->head.version, loaded->sealed);
    talk::Session& session = record.session;
    if (work.inbound) {
      record.channel = work.inbound->channel;
      record.service = work.inbound->service;
      record.address = work.inbound->address;
      session.opted_out = loaded->opted_out;
    } else if (record.address.empty()) {
      co_return net::Reply{};  // the talk is gone, and its timer with it
    } else {
      work.opt_out_digest = digests_.opt_out(record.service, record.address);
    }

    // Pace: a flood from one number is answered slowly, never ignored, and danger is never slowed (R90).
    Millis delay{0};
    talk::TextReceived text;
    if (work.inbound) {
      text = talk::read(snapshot->interpreter, snapshot->gazetteer, flow, session, now, snapshot->timing,
                        work.inbound->text.reveal(), work.inbound->media,
                        [&](std::string_view word) { return digests_.safe_word(work.contact, word); });
      if (now - session.pace_from > kPaceWindow) {
        session.pace_from = now;
        session.pace_count = 0;
      }
      ++session.pace_count;
      const int over = static_cast<int>(session.pace_count) - pace_.texts_a_minute;
      if (pace_.enabled && over > 0 && text.said.cues.empty()) delay = std::min(kPaceDelayMax, kPaceStep * over);
    }

    const talk::Event event = work.inbound ? talk::Event{text} : *work.event;
    const bool was_open = session.window == talk::Window::open;
    talk::Step next = talk::step(flow, snapshot->catalogs(), std::move(session), event, now);

    store::Commit commit;
    commit.contact = work.contact;
    commit.before = loaded->head;
    commit.now = now;
    commit.number = loaded->head.version == 0 ? store::random_number() : loaded->head.number;
    commit.seen = work.seen;
    if (work.inbound && work.inbound->known_until_acknowledged) commit.seen_life = store::kSeenUnacknowledged;
    commit.opt_out_digest = work.opt_out_digest;
    if (!work.drop_timer.empty()) commit.drop_timers.push_back(work.drop_timer);
    const std::uint64_t version = loaded->head.version + 1;
    bool forget = false;
    net::Reply reply = reply_to(work);
    const bool in_answer = work.inline_reply && delay == Millis{0} && !loaded->waiting();
    Millis longest_useful{0};
    for (const auto& action : next.actions) {
      if (const auto* say = std::get_if<talk::Say>(&action)) {
        const auto& facts = snapshot->templates.facts(say->what);
        const auto words = talk::phrase(*say, snapshot->templates, snapshot->voice, snapshot->directory, snapshot->gazetteer);
        store::OutboundMessage message;
        message.channel = record.channel;
        message.service = record.service;
        message.address = record.address;
        message.text = MessageText(words.text);
        message.made = now;
        message.repeat_harmless = facts.repeat_harmless;
        message.first = say->first;
        store::Outgoing entry;
        entry.id = store::random_id();
        entry.marked = in_answer && reply.kind != net::Reply::Kind::text;
        entry.due = entry.marked ? now + kInlineTaken : now + delay;
        entry.useful = facts.useful + delay;
        if (entry.marked) entry.useful = std::min<Millis>(entry.useful, kAnswersAgain);
        entry.outlives_session = say->outlives_session;
        entry.lane = say->danger ? 'd' : say->first ? 'f' : 'n';
        const auto sealed =
            keyring->seal(privacy::Life::hour, {"outbox", entry.id, 0}, encode(message), now, nonce());
        if (!sealed) co_return away();
        entry.sealed = *sealed;
        longest_useful = std::max(longest_useful, entry.useful);
        if (entry.marked) {
          reply.kind = net::Reply::Kind::text;
          reply.text = message.text;
          reply.entry_id = entry.id;
          reply.lane = entry.lane;
        }
        commit.out.push_back(std::move(entry));
      } else if (const auto* start = std::get_if<talk::StartTimer>(&action)) {
        commit.set_timers.push_back({std::string(timer_name(start->kind)), start->at});
      } else if (const auto* stop = std::get_if<talk::StopTimer>(&action)) {
        commit.drop_timers.emplace_back(timer_name(stop->kind));
      } else if (std::holds_alternative<talk::Silence>(action)) {
        commit.silence = true;
      } else if (std::holds_alternative<talk::Forget>(action)) {
        forget = true;
      } else if (const auto* opt_out = std::get_if<talk::OptOut>(&action)) {
        commit.opt_out = opt_out->out ? store::Commit::OptOut::set : store::Commit::OptOut::clear;
      } else if (const auto* queue = std::get_if<talk::Queue>(&action)) {
        auto request = handoff(*queue, work.contact, *keyring, now);
        if (!request) co_return away();
        commit.handoffs.push_back(*std::move(request));
      }
    }
    if (!forget) {
      record.session = std::move(next.session);
      commit.sealed = records.seal(work.contact, version, record, now, nonce);
      if (!commit.sealed) co_return away();
      commit.life = std::max({talk::life(record.session, now, snapshot->timing), kRecordMin, longest_useful});
    }
    auto committed = co_await sessions_.commit(commit, deadline);
    if (!committed) co_return away();
    if (committed->outcome == store::Outcome::stale) {  // another stepped first
      boost::asio::steady_timer pause(co_await boost::asio::this_coro::executor);
      const auto longest = static_cast<std::uint64_t>(std::min(kStaleWaitMost, 1 << std::min(attempt, 4)));
      pause.expires_after(std::chrono::milliseconds(1 + store::random_number() % longest));
      co_await pause.async_wait(boost::asio::use_awaitable);
      continue;
    }
    if (committed->outcome == store::Outcome::seen) co_return answer_again(*committed);
    if (forget || (was_open && record.session.window != talk::Window::open)) closed_();
    co_return reply;
  }
  co_return away();
}

}  // namespace northstar::app
