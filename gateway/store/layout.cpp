#include "gateway/store/layout.h"

#include <cstring>

#include "gateway/store/redis_request.h"

namespace northstar::store {

namespace {

struct Partition {
  std::string tag;
  std::uint16_t slot = 0;
};

const std::array<Partition, 256>& partitions() {
  static const std::array<Partition, 256> all = [] {
    std::array<Partition, 256> out;
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i].tag = "{p" + std::to_string(i) + "}:";
      out[i].slot = slot_of_key(out[i].tag);
    }
    return out;
  }();
  return all;
}

void put(char* at, std::uint64_t number, std::size_t size = 8) {
  for (std::size_t i = 0; i < size; ++i) at[i] = static_cast<char>(number >> 8 * i & 255);
}

std::uint64_t get(std::string_view text, std::size_t at, std::size_t size = 8) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < size; ++i) number |= std::uint64_t{static_cast<unsigned char>(text[at + i])} << 8 * i;
  return number;
}

std::uint64_t millis(Instant at) { return static_cast<std::uint64_t>(at.time_since_epoch().count()); }
Instant instant(std::uint64_t number) { return Instant{Millis{static_cast<std::int64_t>(number)}}; }

constexpr std::size_t kContactKey = 22;

// `*` stands for any characters; one is enough for every pattern here, but two are understood.
bool matches(std::string_view pattern, std::string_view key) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == key;
  if (!key.starts_with(pattern.substr(0, star))) return false;
  for (std::size_t from = star; from <= key.size(); ++from) {
    if (matches(pattern.substr(star + 1), key.substr(from))) return true;
  }
  return false;
}

constexpr std::array kKinds{
    Kind{"{p*}:session:*", kKeptLifeMax},
    Kind{"{p*}:seen:*", kSeenLife},
    Kind{"{p*}:entry:*", kSessionLifeMax + kEntryMargin},
    Kind{"{p*}:parts:*", kPartsLife},
    Kind{"{p*}:due", std::nullopt},
    Kind{"{p*}:optouts", std::nullopt},
    Kind{"{p*}:lease", std::nullopt},
    Kind{"{p*}:outcomes", std::nullopt},
    Kind{kClockOffsetKey, std::nullopt},
    Kind{kNodesKey, std::nullopt},
    Kind{kQueueWaitingKey, std::nullopt},
    Kind{"{queue}:packet:*", kPacketLife},
};

}  // namespace

std::string_view partition_tag(std::uint8_t partition) { return partitions()[partition].tag; }
std::uint16_t partition_slot(std::uint8_t partition) { return partitions()[partition].slot; }

std::string partition_key(std::uint8_t partition, std::string_view what, std::string_view name) {
  const std::string_view tag = partition_tag(partition);
  std::string out;
  out.reserve(tag.size() + what.size() + name.size());
  return out.append(tag).append(what).append(name);
}

std::optional<privacy::ContactId> contact_of(std::string_view key) {
  static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  privacy::ContactId contact;
  std::uint32_t bits = 0;
  int have = 0;
  std::size_t at = 0;
  for (const char c : key) {
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    have += 6;
    if (have < 8) continue;
    have -= 8;
    if (at == contact.bytes.size()) return std::nullopt;
    contact.bytes[at++] = static_cast<std::uint8_t>(bits >> have & 255);
  }
  if (key.size() != kContactKey || contact.key() != key) return std::nullopt;
  return contact;
}

std::array<char, kSessionHead> encode_head(const StoredHead& stored) {
  std::array<char, kSessionHead> out;
  put(out.data(), stored.head.version);
  put(out.data() + 8, stored.head.number);
  put(out.data() + 16, stored.head.quiet);
  put(out.data() + 24, millis(stored.expires));
  put(out.data() + 32, millis(stored.head.waiting), 6);
  put(out.data() + 38, stored.head.newest, 2);
  return out;
}

std::optional<StoredHead> decode_head(std::string_view value) {
  if (value.size() < kSessionHead) return std::nullopt;
  return StoredHead{{.version = get(value, 0), .number = get(value, 8), .quiet = get(value, 16), .waiting = instant(get(value, 32, 6)),
                     .newest = static_cast<std::uint16_t>(get(value, 38, 2))},
                    instant(get(value, 24))};
}

std::string encode_entry_head(const EntryHead& head) {
  std::string out(kEntryHead, '\0');
  out[0] = '1';
  out[1] = static_cast<char>(head.state);
  out[2] = head.lane;
  out[3] = head.outlives_session ? '1' : '0';
  out[4] = static_cast<char>(head.index);
  put(out.data() + 5, head.number);
  put(out.data() + 13, head.version);
  put(out.data() + 21, millis(head.useful_until));
  std::memcpy(out.data() + 29, head.contact.data(), std::min(head.contact.size(), kContactKey));
  return out;
}

std::optional<EntryHead> decode_entry_head(std::string_view value) {
  if (value.size() < kEntryHead || value[0] != '1') return std::nullopt;
  return EntryHead{.state = static_cast<EntryHead::State>(value[1]),
                   .lane = value[2],
                   .outlives_session = value[3] == '1',
                   .index = static_cast<std::uint8_t>(value[4]),
                   .number = get(value, 5),
                   .version = get(value, 13),
                   .useful_until = instant(get(value, 21)),
                   .contact = std::string(value.substr(29, kContactKey))};
}

std::span<const Kind> kinds() { return kKinds; }

const Kind* kind_of(std::string_view key) {
  for (const Kind& kind : kKinds) {
    if (matches(kind.pattern, key)) return &kind;
  }
  return nullptr;
}

}  // namespace northstar::store
