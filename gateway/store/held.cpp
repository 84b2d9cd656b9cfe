// What is kept for a number (R77): everything that carries its contact's digest, and its opt-out.
#include <charconv>

#include "gateway/store/layout.h"
#include "gateway/store/redis_sessions.h"

namespace northstar::store {

namespace asio = boost::asio;

namespace {

constexpr std::string_view kScanCount = "1000";

Instant score_of(std::string_view text) {
  double score = 0;
  std::from_chars(text.data(), text.data() + text.size(), score);
  return Instant{Millis{static_cast<std::int64_t>(score)}};
}

}  // namespace

asio::awaitable<Result<std::vector<Held>>> RedisSessions::held(const privacy::ContactId& contact, const std::string& opt_out_digest,
                                                               Deadline deadline) {
  const std::uint8_t partition = contact.partition();
  const std::string key = contact.key();
  const std::string_view tag = partition_tag(partition);
  std::vector<Held> out;

  const auto loaded = co_await load(contact, opt_out_digest, deadline);
  if (!loaded) co_return loaded.error();
  const Instant now = loaded->now;
  if (loaded->opted_out) out.push_back({.kind = "opt_out", .key = opt_out_digest});

  Request request{partition_slot(partition)};
  request.begin(2).arg("GET").arg(partition_key(partition, "session:"), key);
  request.begin(5).arg("ZRANGE").arg(tag, "due").arg("0").arg("-1").arg("WITHSCORES");
  const auto first = co_await redis_.call(std::move(request), deadline);
  if (!first) co_return first.error();
  if (const auto stored = decode_head((*first)[0].text()); stored && stored->expires > now) {
    out.push_back({.kind = "session", .key = key, .version = stored->head.version, .until = stored->expires,
                   .sealed = std::string((*first)[0].text().substr(kSessionHead))});
  }
  const ReplyView due = (*first)[1];
  for (std::size_t i = 0; i + 1 < due.size(); i += 2) {
    const std::string_view member = due[i].text();
    if (member.starts_with("t:") && member.ends_with(":" + key)) {
      out.push_back({.kind = "timer", .key = std::string(member.substr(2, member.size() - key.size() - 3)), .until = score_of(due[i + 1].text())});
    }
  }

  // Entries that were struck off are in no set any more; this is asked rarely enough to look at every key.
  std::string cursor = "0";
  do {
    Request scan{partition_slot(partition)};
    scan.begin(6).arg("SCAN").arg(cursor).arg("MATCH").arg(tag, "entry:*").arg("COUNT").arg(kScanCount);
    const auto page = co_await redis_.call(std::move(scan), deadline);
    if (!page) co_return page.error();
    if ((*page)[0].size() != 2) co_return Error{Error::Kind::failed, "Redis refused to list its keys"};
    cursor = (*page)[0][0].text();
    const ReplyView keys = (*page)[0][1];
    if (keys.size() == 0) continue;
    Request bodies{partition_slot(partition), 64 * keys.size()};
    for (std::size_t i = 0; i < keys.size(); ++i) bodies.begin(2).arg("GET").arg(keys[i].text());
    const auto read = co_await redis_.call(std::move(bodies), deadline);
    if (!read) co_return read.error();
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const std::string_view entry = (*read)[i].text();
      const auto head = decode_entry_head(entry);
      if (!head || head->contact != key || head->useful_until <= now) continue;
      const std::string_view name = keys[i].text().substr(tag.size() + std::string_view("entry:").size());
      out.push_back({.kind = name.find('.') == std::string_view::npos ? "entry" : "handoff", .key = std::string(name), .version = head->version,
                     .until = head->useful_until, .sealed = std::string(entry.substr(kEntryHead))});
    }
  } while (cursor != "0");

  const std::string packet_key = std::string(kQueuePacketPrefix) + key;
  Request packet{slot_of_key(packet_key)};
  packet.command({"GET", packet_key});
  const auto waiting = co_await redis_.call(std::move(packet), deadline);
  if (!waiting) co_return waiting.error();
  if ((*waiting)[0].is_text()) {
    out.push_back({.kind = "queue", .key = key, .until = now + kPacketLife, .sealed = std::string((*waiting)[0].text())});
  }
  co_return out;
}

}  // namespace northstar::store
