#include "gateway/store/parts.h"

#include <charconv>

#include "gateway/store/entropy.h"
#include "gateway/store/layout.h"

namespace northstar::store {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kDigest = 22;
static_assert(Parts::kLife == kPartsLife);

std::string timer_of(const std::string& set, const privacy::ContactId& contact) {
  return std::string("t:").append(Parts::kTimer).append(set).append(":").append(contact.key());
}

/// Fields and values as HGETALL gives them, from `begin` on.
Parts::Set read(ReplyView reply, std::size_t begin) {
  Parts::Set set;
  bool finished = false;
  for (std::size_t i = begin; i + 1 < reply.size(); i += 2) {
    const std::string_view field = reply[i].text(), value = reply[i + 1].text();
    int number = 0;
    if (field == "b") set.birth = value;
    else if (field == "f") finished = true;
    else if (std::from_chars(field.data(), field.data() + field.size(), number).ec == std::errc{} && value.size() > kDigest)
      set.sealed.emplace(number, value.substr(kDigest));
  }
  set.state = finished || set.sealed.empty() ? Parts::Set::State::finished : Parts::Set::State::complete;
  return set;
}

Error refused() { return Error{Error::Kind::failed, "Redis refused to keep a part of a text; its log says why"}; }

}  // namespace

asio::awaitable<Result<Parts::Set>> Parts::add(Part part, Deadline deadline) {
  const std::uint8_t partition = part.contact.partition();
  const Instant now = clock_.now();
  Request request{partition_slot(partition), part.sealed.size() + 512};
  request.begin(3 + 2 + 8).arg("FCALL").arg("northstar1_part").arg("2");
  request.arg(partition_key(partition, "parts:"), part.set).arg(partition_tag(partition), "due");
  request.arg(std::int64_t{part.number}).arg(std::int64_t{part.total}).arg(part.digest).arg(part.sealed).arg(random_id());
  request.arg(kLife.count()).arg((now + kWait).time_since_epoch().count()).arg(timer_of(part.set, part.contact));
  const Result<Answer> answer = co_await redis_.call(std::move(request), deadline);
  if (!answer) co_return answer.error();
  const ReplyView reply = (*answer)[0];
  if (!reply.is_array() || reply.size() == 0) co_return refused();
  if (reply[0].text() == "c") co_return read(reply, 1);
  Set set;
  if (reply[0].text() == "w") set.state = Set::State::waiting;
  co_return set;
}

asio::awaitable<Result<Parts::Set>> Parts::load(const privacy::ContactId& contact, std::string set, Deadline deadline) {
  Request request{partition_slot(contact.partition())};
  request.begin(2).arg("HGETALL").arg(partition_key(contact.partition(), "parts:"), set);
  const Result<Answer> answer = co_await redis_.call(std::move(request), deadline);
  if (!answer) co_return answer.error();
  if (!(*answer)[0].is_array()) co_return refused();
  co_return read((*answer)[0], 0);
}

asio::awaitable<Result<void>> Parts::finish(const privacy::ContactId& contact, std::string set, Deadline deadline) {
  const std::uint8_t partition = contact.partition();
  Request request{partition_slot(partition)};
  request.begin(3 + 2 + 1).arg("FCALL").arg("northstar1_parts_done").arg("2");
  request.arg(partition_key(partition, "parts:"), set).arg(partition_tag(partition), "due").arg(timer_of(set, contact));
  const Result<Answer> answer = co_await redis_.call(std::move(request), deadline);
  if (!answer) co_return answer.error();
  if ((*answer)[0].is_error()) co_return refused();
  co_return Result<void>{};
}

}  // namespace northstar::store
