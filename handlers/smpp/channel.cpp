#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>

#include "handlers/smpp/gate.h"
#include "handlers/smpp/link.h"
#include "handlers/smpp/smpp.h"
#include "handlers/sms/user_data_header.h"
#include "gateway/net/notices.h"
#include "gateway/net/number.h"

namespace northstar::smpp {

namespace asio = boost::asio;
using asio::awaitable;
using net::Delivery;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace {

constexpr auto kCommitTime = 5s;     // SMSCs wait longer for a deliver_sm_resp, and the store answers in one second or not
constexpr auto kHeard = 2s;          // a link that stands so long after an answer has carried it
constexpr auto kSaidAgain = 30s;     // after which a broken link's texts have come again
constexpr auto kBehind = 20s;
constexpr auto kReplyTime = 15s;     // an inline reply is the outbox's after twenty

std::string plus(const std::string& digits) { return digits.starts_with('+') ? digits : "+" + digits; }

class SmppChannel final : public net::Channel {
 public:
  SmppChannel(asio::io_context& io, const std::string& name, const SmppConfig& config, net::Conversations& conversations,
              const net::ChannelMetrics& metrics, net::ReceiptSink receipts)
      : io_(io),
        name_(name),
        config_(config),
        conversations_(conversations),
        metrics_(metrics),
        receipts_(std::move(receipts)),
        notices_(name, metrics.last_notice),
        sweep_(io),
        gate_(io, config.rate, [this](Message& message, std::function<void(const Answered&)> told) { return submit(message, std::move(told)); }) {
    using As = SmppConfig::BindAs;
    for (int i = 0; i < config.binds; ++i) {
      if (config.bind == As::transceiver) add_link(Role::transceiver);
      if (config.bind == As::receiver || config.bind == As::pair) add_link(Role::receiver);
      if (config.bind == As::transmitter || config.bind == As::pair) add_link(Role::transmitter);
    }
  }
  ~SmppChannel() override { *alive_ = false; }

  void start() override {
    for (const auto& link : links_) link->start();
  }
  awaitable<void> stop(store::Deadline deadline) override {
    for (const auto& link : links_) co_await link->stop(deadline);
  }

  std::string state() const override {
    const auto up = std::ranges::count_if(links_, [](const auto& link) { return link->bound(); });
    std::string words = std::to_string(up) + " of " + std::to_string(links_.size()) + " binds stand";
    for (const auto& link : links_)
      if (!link->bound()) return words + "; " + link->trouble();
    return words;
  }

  awaitable<net::Sent> send(const net::Outbound& outbound, store::Deadline deadline) override {
    if (const auto refusal = told_before(outbound.to.reveal(), outbound.text.reveal())) co_return net::Sent{*refusal, {}};
    net::Sent sent = co_await send_text(outbound.service, outbound.to.reveal(), outbound.text.reveal(), outbound.lane, deadline);
    metrics_.count(sent.delivery);
    co_return sent;
  }
  awaitable<std::optional<bool>> went_out(const net::Outbound&, store::Deadline) override { co_return std::nullopt; }

 private:
  void add_link(Role role) {
    Session::Settings settings = config_.session;
    settings.role = role;
    Link::Hooks hooks;
    hooks.arrived = [this](Link& link, std::uint64_t life, Arrived arrived) { take(link, life, std::move(arrived)); };
    hooks.ended = [this](Link& link, std::uint64_t life) { ended({&link, life}); };
    hooks.changed = [this] { gate_.look(); };
    hooks.told = [this](std::string_view what) { notices_.warn(what); };
    links_.push_back(std::make_shared<Link>(io_, config_.target, std::move(settings), std::move(hooks)));
  }

  // ---- out -------------------------------------------------------------------------------------------------------

  bool submit(Message& message, std::function<void(const Answered&)> told) {
    for (std::size_t i = 0; i < links_.size(); ++i) {  // the binds take turns
      Link& link = *links_[(next_link_ + i) % links_.size()];
      if (!link.may_submit()) continue;
      next_link_ = (next_link_ + i + 1) % links_.size();
      link.submit(std::move(message), std::move(told));
      return true;
    }
    return false;
  }

  bool connected() const {
    return std::ranges::any_of(links_, [](const auto& link) { return link->bound(); });
  }

  awaitable<net::Sent> send_text(std::string service, std::string to, std::string text, char lane, store::Deadline deadline,
                                 bool inline_reply = false) {
    const auto alive = alive_;
    if (!connected()) co_return net::Sent{Delivery::failed, {}};
    const auto turn = co_await gate_.turn(to, deadline);
    if (!*alive || !turn) co_return net::Sent{Delivery::throttled, {}};
    if (inline_reply && behind(to)) co_return net::Sent{Delivery::failed, {}};
    Message message;
    message.source = config_.source;
    message.source.digits = service;
    message.destination = config_.destination;
    message.destination.digits = config_.destination.ton == 1 && to.starts_with('+') ? to.substr(1) : to;
    message.registered_delivery = config_.receipts ? 1 : 0;
    const std::vector<Piece> pieces = to_pieces(text, config_.alphabet, ++reference_);
    net::Sent sent;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      message.octets = pieces[i].octets;
      message.data_coding = pieces[i].data_coding;
      message.esm_class = pieces[i].has_header ? 0x40 : 0;
      const auto answered = co_await gate_.send(message, lane, deadline);
      if (!*alive) co_return net::Sent{Delivery::unknown, {}};
      const Delivery delivery = !answered ? Delivery::throttled : !answered->status ? Delivery::unknown : delivery_of(*answered->status, config_);
      if (delivery != Delivery::accepted) {
        if (answered && answered->status) notices_.warn("the SMSC did not take a text: status " + std::to_string(*answered->status));
        // The beginning is gone already: the whole may not simply be sent again.
        co_return net::Sent{i == 0 ? delivery : Delivery::unknown, {}};
      }
      if (i == 0) sent.provider_message_id = same_id(answered->message_id, config_.taken);
    }
    sent.delivery = Delivery::accepted;
    co_return sent;
  }

  // ---- in --------------------------------------------------------------------------------------------------------

  using Life = std::pair<const Link*, std::uint64_t>;
  struct Said {
    Life life{};
    int count = 0;
    bool acknowledged = false, doubtful = false;
    steady_clock::time_point until{};
    net::Reply reply;
  };
  using Passing = std::deque<std::pair<steady_clock::time_point, std::string>>;
  struct Waiting {
    std::weak_ptr<Link> link;
    std::uint64_t life = 0;
    Arrived arrived;
  };

  void take(Link& link, std::uint64_t life, Arrived arrived) {
    // esm_class says what is a receipt, never the words.
    if (is_receipt(arrived.message)) {
      take_receipt(arrived.message);
      return link.answer(life, arrived.sequence, status::kOk);
    }
    // One number's texts are taken in the order in which they came.
    const std::string from = arrived.message.source.digits;
    auto& line = lines_[from];
    line.push_back({link.weak_from_this(), life, std::move(arrived)});
    if (line.size() == 1) {
      asio::co_spawn(io_, [](SmppChannel* self, std::string number, std::shared_ptr<bool> alive) -> awaitable<void> {
        co_await self->work(std::move(number), std::move(alive));
      }(this, from, alive_), asio::detached);
    }
  }

  awaitable<void> work(std::string from, std::shared_ptr<bool> alive) {
    while (*alive) {
      const auto at = lines_.find(from);
      if (at == lines_.end()) co_return;
      const Waiting one = at->second.front();
      const auto verdict = co_await text(one.arrived.message, one.link, one.life);
      if (!*alive) co_return;
      if (const auto link = one.link.lock()) link->answer(one.life, one.arrived.sequence, verdict.status);
      if (verdict.reply && verdict.reply->kind == net::Reply::Kind::text) reply(*verdict.reply, verdict.service, verdict.to);
      const auto line = lines_.find(from);
      line->second.pop_front();
      if (!line->second.empty()) continue;
      lines_.erase(line);
      co_return;
    }
  }

  struct Verdict {
    std::uint32_t status = status::kOk;
    std::optional<net::Reply> reply;
    std::string service, to;
  };

  awaitable<Verdict> text(const Message& message, std::weak_ptr<Link> link, std::uint64_t life) {
    const auto began = steady_clock::now();
    Verdict verdict;
    // 5.2.5: 5 is a name. A number may come with its plus or without, and of an unknown type.
    const bool international = message.source.ton == 1;
    const net::Sender sender = message.source.ton == 5 ? net::Sender{}
                                                       : net::read_sender(international ? plus(message.source.digits) : message.source.digits, config_.region);
    if (sender.kind != net::Sender::Kind::phone) {  // a reply would reach a machine
      metrics_.not_answered->Increment();
      co_return verdict;
    }
    net::Inbound inbound;
    inbound.channel = name_;
    inbound.service = config_.service.empty() ? net::read_service(message.destination.digits, config_.region) : config_.service;
    inbound.address = PhoneNumber(sender.number);
    const UserData data = user_data(message);
    const auto alphabet = alphabet_of(message.data_coding, config_.alphabet);
    inbound.media = !alphabet || data.port_addressed;
    verdict.service = message.destination.digits;
    verdict.to = sender.number;
    metrics_.received->Increment();
    const auto deadline = steady_clock::now() + kCommitTime;
    net::Reply reply;
    if (data.part && alphabet) {
      net::InboundPart part;
      part.of = std::move(inbound);
      part.set = sms::part_set(data.part->wide, data.part->reference, data.part->total);
      part.number = data.part->number;
      part.total = data.part->total;
      part.alphabet = static_cast<std::uint8_t>(*alphabet);
      part.octets = MessageText(std::string(data.octets));
      reply = co_await conversations_.receive_part(std::move(part), true, deadline);
    } else {
      if (!inbound.media) inbound.text = MessageText(to_utf8(data.octets, *alphabet));
      inbound.known_until_acknowledged = true;
      const std::string words = sender.number + ' ' + std::to_string(message.data_coding) + ' ' + std::to_string(message.esm_class) + ' ' + message.octets;
      inbound.message_id = id_of(words);
      reply = co_await conversations_.receive(std::move(inbound), true, deadline);
      const auto stands = link.lock();
      if (reply.kind == net::Reply::Kind::away) pass(doubtful_, words, said_[words], kSaidAgain);
      else remember(words, {stands.get(), life}, reply, stands && stands->stands(life));
    }
    metrics_.answer_seconds->Observe(std::chrono::duration<double>(steady_clock::now() - began).count());
    if (reply.kind == net::Reply::Kind::away) {
      metrics_.count(net::Refusal::away);
      verdict.status = status::kTemporaryAppError;
      co_return verdict;
    }
    verdict.reply = std::move(reply);
    co_return verdict;
  }

  // A reply of theirs went to the outbox: what is said right after it, before the store knows, must go behind it.
  bool behind(const std::string& number) {
    const auto now = steady_clock::now();
    std::erase_if(behind_, [&](const auto& each) { return each.second < now; });
    return behind_.contains(number);
  }

  // What the SMSC refused for ever as a direct reply is the outbox's to write down; the SMSC is not asked a second time.
  std::optional<Delivery> told_before(const std::string& number, const std::string& text) {
    std::erase_if(refused_, [now = steady_clock::now()](const auto& each) { return each.second.until < now; });
    const auto at = refused_.find(number);
    if (at == refused_.end() || at->second.text != std::hash<std::string>{}(text)) return std::nullopt;
    const Delivery delivery = at->second.delivery;
    refused_.erase(at);
    return delivery;
  }

  // SMPP numbers no text. What an SMSC did not hear acknowledged it says again, in the same words, once the link stands
  // again. So words that were acknowledged just before their link broke are doubtful for a while: told again, they are the
  // same text. In every other case the same words are another text.
  std::string id_of(const std::string& words) {
    forget();
    Said& said = said_[words];
    if (said.acknowledged && !said.doubtful) {
      ++said.count;
      said.acknowledged = false;
    }
    said.until = {};  // not while it is under way
    return "smpp " + words + ' ' + std::to_string(said.count);
  }

  void remember(const std::string& words, const Life& life, const net::Reply& reply, bool stands) {
    Said& said = said_[words];
    said.life = life;
    said.acknowledged = true;
    said.doubtful = !stands;  // nobody is there any more to be told
    said.reply = reply;
    said.reply.text = {};
    if (stands) pass(heard_, words, said, kHeard);
    else pass(doubtful_, words, said, kSaidAgain);
    sweep_soon();
  }

  void ended(const Life& life) {
    for (auto& [words, said] : said_) {
      if (said.life != life || said.doubtful) continue;
      said.doubtful = true;
      pass(doubtful_, words, said, kSaidAgain);
    }
  }

  /// To be forgotten after `time`, the same for all of a queue: so each is in the order of its times.
  void pass(Passing& queue, const std::string& words, Said& said, steady_clock::duration time) {
    said.until = steady_clock::now() + time;
    queue.emplace_back(said.until, words);
  }

  void forget() {
    const auto now = steady_clock::now();
    for (Passing* queue : {&heard_, &doubtful_}) {
      for (; !queue->empty() && queue->front().first <= now; queue->pop_front()) {
        const auto at = said_.find(queue->front().second);
        if (at == said_.end() || at->second.until != queue->front().first) continue;  // said again, or doubtful since
        if (at->second.acknowledged) conversations_.acknowledged(at->second.reply);
        said_.erase(at);
      }
    }
  }

  void sweep_soon() {
    if (std::exchange(sweeping_, true)) return;
    sweep_.expires_after(kHeard / 2);
    sweep_.async_wait([this, alive = alive_](boost::system::error_code cancelled) {
      if (cancelled || !*alive) return;
      sweeping_ = false;
      forget();
      if (!heard_.empty() || !doubtful_.empty()) sweep_soon();
    });
  }

  void reply(net::Reply reply, const std::string& service, const std::string& to) {
    asio::co_spawn(io_, [](SmppChannel* self, net::Reply said, std::string from, std::string number, std::shared_ptr<bool> alive) -> awaitable<void> {
      const net::Sent sent = co_await self->send_text(std::move(from), number, said.text.reveal(), said.lane, steady_clock::now() + kReplyTime, true);
      if (!*alive) co_return;
      self->metrics_.count(sent.delivery);
      if (sent.delivery == Delivery::accepted) {
        self->metrics_.replied_inline->Increment();
        self->conversations_.delivered(said);
      } else if (sent.delivery != Delivery::unknown) {
        self->behind_[number] = steady_clock::now() + kBehind;
        if (sent.delivery == Delivery::opted_out || sent.delivery == Delivery::refused) {
          self->refused_[number] = {sent.delivery, std::hash<std::string>{}(said.text.reveal()), steady_clock::now() + kBehind};
        }
        self->conversations_.not_delivered(said);  // the outbox tries again, or writes down what a refusal says
      }
    }(this, std::move(reply), service, to, alive_), asio::detached);
  }

  void take_receipt(const Message& message) {
    const auto read = read_receipt(message, config_.taken, config_.told);
    if (!read) return notices_.warn("a receipt named no message");
    if (!receipts_) return;
    net::Receipt receipt;
    receipt.channel = name_;
    receipt.message_id = read->id;
    receipt.status = read->status;
    receipt.error_code = read->error_code;
    receipts_(std::move(receipt));
  }

  asio::io_context& io_;
  const std::string name_;
  const SmppConfig config_;
  net::Conversations& conversations_;
  const net::ChannelMetrics metrics_;
  net::ReceiptSink receipts_;
  net::Notices notices_;
  asio::steady_timer sweep_;
  std::vector<std::shared_ptr<Link>> links_;
  Gate gate_;
  std::map<std::string, std::deque<Waiting>> lines_;  ///< by sender
  std::map<std::string, Said> said_;                  ///< by sender and words
  Passing heard_, doubtful_;                          ///< when each of them is forgotten
  std::map<std::string, steady_clock::time_point> behind_;  ///< numbers whose replies go by the outbox, until when
  struct Refused {
    Delivery delivery;
    std::size_t text;  ///< its hash
    steady_clock::time_point until;
  };
  std::map<std::string, Refused> refused_;            ///< by number
  bool sweeping_ = false;
  std::size_t next_link_ = 0;
  std::uint8_t reference_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace

net::Delivery delivery_of(std::uint32_t status, const SmppConfig& config) {
  if (status == status::kOk) return Delivery::accepted;
  if (std::ranges::find(config.opted_out, status) != config.opted_out.end()) return Delivery::opted_out;
  if (std::ranges::find(config.refused, status) != config.refused.end()) return Delivery::refused;
  switch (status) {
    case status::kThrottled:
    case status::kQueueFull:
      return Delivery::throttled;
    case status::kSystemError:
    case status::kTemporaryAppError:
    case 0x45:  // ESME_RSUBMITFAIL
      return Delivery::failed;
    case status::kWrongBindStatus:
    case status::kInvalidSource:
    case 0x15:  // ESME_RINVSERTYP
    case 0x48:  // ESME_RINVSRCTON
    case 0x49:  // ESME_RINVSRCNPI
    case 0x53:  // ESME_RINVSYSTYP
      return Delivery::misconfigured;
    default:
      return Delivery::refused;  // of the message or the number: the same text would be refused again
  }
}

std::unique_ptr<net::Channel> make_channel(asio::io_context& io, const std::string& name, const SmppConfig& config,
                                           net::Conversations& conversations, const net::ChannelMetrics& metrics,
                                           net::ReceiptSink receipts) {
  return std::make_unique<SmppChannel>(io, name, config, conversations, metrics, std::move(receipts));
}

}  // namespace northstar::smpp
