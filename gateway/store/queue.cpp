#include "gateway/store/queue.h"

#include <charconv>

#include "gateway/store/layout.h"

namespace northstar::store {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kFixed = 11;
const std::uint16_t kSlot = slot_of_key(kQueueWaitingKey);

std::string packet_key(std::string_view contact) { return std::string(kQueuePacketPrefix).append(contact); }

}  // namespace

std::string encode_handoff(const Handoff& handoff) {
  std::string out;
  out.reserve(kFixed + handoff.sealed.size());
  out += static_cast<char>(handoff.change);
  out += handoff.held ? 'h' : 'l';
  out += static_cast<char>('0' + std::min<int>(handoff.severity, 9));
  const auto since = static_cast<std::uint64_t>(handoff.since.time_since_epoch().count());
  for (int i = 0; i < 8; ++i) out += static_cast<char>(since >> 8 * i & 255);
  return out.append(handoff.sealed);
}

std::optional<Handoff> decode_handoff(std::string_view bytes) {
  if (bytes.size() < kFixed || (bytes[0] != '+' && bytes[0] != '-')) return std::nullopt;
  std::uint64_t since = 0;
  for (std::size_t i = 0; i < 8; ++i) since |= std::uint64_t{static_cast<unsigned char>(bytes[3 + i])} << 8 * i;
  return Handoff{.change = static_cast<Handoff::Change>(bytes[0]),
                 .held = bytes[1] == 'h',
                 .severity = static_cast<std::uint8_t>(bytes[2] - '0'),
                 .since = Instant{Millis{static_cast<std::int64_t>(since)}},
                 .sealed = std::string(bytes.substr(kFixed))};
}

asio::awaitable<Result<void>> HandoffQueue::feed(const std::string& contact, std::int64_t order, const Handoff& handoff,
                                                 Instant now, Deadline deadline) {
  const std::string packet = std::to_string(order) + ":" + encode_handoff(handoff);
  Request request{kSlot, 256 + packet.size()};
  request.begin(13).arg("FCALL").arg("northstar1_queue").arg("2").arg(kQueueWaitingKey).arg(packet_key(contact));
  request.arg(contact).arg(order).arg(std::string_view{handoff.change == Handoff::Change::put ? "+" : "-"});
  request.arg(static_cast<std::int64_t>(handoff.severity)).arg(handoff.since.time_since_epoch().count());
  request.arg(packet).arg(kPacketLife.count()).arg(now.time_since_epoch().count());
  const Result<Answer> answer = co_await redis_.call(std::move(request), deadline);
  if (!answer) co_return answer.error();
  if (!(*answer)[0].is_integer()) co_return Error{Error::Kind::failed, "Redis refused to change the handoff queue"};
  co_return Result<void>{};
}

asio::awaitable<Result<std::vector<Waiting>>> HandoffQueue::waiting(std::size_t limit, Deadline deadline) {
  Request request{kSlot};
  request.begin(4).arg("ZRANGE").arg(kQueueWaitingKey).arg("0").arg(static_cast<std::int64_t>(limit) - 1);
  const Result<Answer> members = co_await redis_.call(std::move(request), deadline);
  if (!members) co_return members.error();
  const ReplyView contacts = (*members)[0];
  std::vector<Waiting> out;
  if (contacts.size() == 0) co_return out;
  Request packets{kSlot};
  packets.begin(1 + contacts.size()).arg("MGET");
  for (std::size_t i = 0; i < contacts.size(); ++i) packets.arg(packet_key(contacts[i].text()));
  const Result<Answer> answer = co_await redis_.call(std::move(packets), deadline);
  if (!answer) co_return answer.error();
  for (std::size_t i = 0; i < (*answer)[0].size(); ++i) {
    const std::string_view packet = (*answer)[0][i].text();
    const std::size_t colon = packet.find(':');
    if (colon == std::string_view::npos) continue;  // its life is over
    auto handoff = decode_handoff(packet.substr(colon + 1));
    if (!handoff) continue;
    Waiting one{.contact = std::string(contacts[i].text()), .handoff = std::move(*handoff)};
    std::from_chars(packet.data(), packet.data() + colon, one.order);
    out.push_back(std::move(one));
  }
  co_return out;
}

}  // namespace northstar::store
