// The stored form of a session. States stand by name, so that a flow may change under a talk.
//
//   talk: form 2 | window, times, place in line, what was kept, the talk, and what a safe word brings back, as written below
//   kept: form 1 | which there are | word | consent | follow-up
//
// Form 1 of the talk, which the release before wrote, does not know which words asked for consent.
// Numbers are varints (LEB128), times are milliseconds since 1970-01-01, strings are length and bytes.
#include <cstring>

#include "gateway/conversation/session.h"

namespace northstar::conversation {
namespace {

constexpr std::uint8_t kTalkForm = 2, kOldTalkForm = 1, kKeptForm = 1;
constexpr std::size_t kListMax = 16;  // longest list in a session; a longer one is not ours

class Writer {
 public:
  void number(std::uint64_t value) {
    while (value >= 0x80) {
      out_.push_back(static_cast<char>(value | 0x80));
      value >>= 7;
    }
    out_.push_back(static_cast<char>(value));
  }
  void time(Instant t) { number(static_cast<std::uint64_t>(t.time_since_epoch().count())); }
  void text(std::string_view text) {
    number(text.size());
    out_ += text;
  }
  void real(double value) {
    char bytes[8];
    std::memcpy(bytes, &value, 8);
    out_.append(bytes, 8);
  }
  void bytes(const std::array<std::uint8_t, 16>& value) {
    out_.append(reinterpret_cast<const char*>(value.data()), value.size());
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  bool good() const { return good_; }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<std::uint8_t>(next());
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (!(byte & 0x80)) return value;
    }
    good_ = false;
    return 0;
  }
  template <class E>
  E one_of(E last) {
    const auto value = number();
    if (value > static_cast<std::uint64_t>(last)) good_ = false;
    return good_ ? static_cast<E>(value) : E{};
  }
  Instant time() { return Instant{Millis{static_cast<std::int64_t>(number())}}; }
  std::string text() {
    const auto size = number();
    if (size > bytes_.size()) good_ = false;
    if (!good_) return {};
    std::string out(bytes_.substr(0, size));
    bytes_.remove_prefix(size);
    return out;
  }
  double real() {
    double value = 0;
    if (bytes_.size() < 8) return good_ = false, 0;
    std::memcpy(&value, bytes_.data(), 8);
    bytes_.remove_prefix(8);
    return value;
  }
  std::array<std::uint8_t, 16> bytes() {
    std::array<std::uint8_t, 16> value{};
    if (bytes_.size() < 16) return good_ = false, value;
    std::memcpy(value.data(), bytes_.data(), 16);
    bytes_.remove_prefix(16);
    return value;
  }
  std::size_t count() {
    const auto n = number();
    if (n > kListMax) good_ = false;
    return good_ ? n : 0;
  }

 private:
  char next() {
    if (bytes_.empty()) return good_ = false, '\0';
    const char c = bytes_.front();
    bytes_.remove_prefix(1);
    return c;
  }
  std::string_view bytes_;
  bool good_ = true;
};

std::uint64_t bits(std::initializer_list<bool> flags) {
  std::uint64_t out = 0, at = 1;
  for (bool flag : flags) {
    if (flag) out |= at;
    at <<= 1;
  }
  return out;
}

void put_places(Writer& w, const std::vector<directory::Place>& places) {
  w.number(places.size());
  for (const auto& place : places) {
    w.number(static_cast<std::uint64_t>(place.precision));
    w.text(place.name);
    w.text(place.county_fips);
    w.text(place.county);
    w.real(place.point.latitude);
    w.real(place.point.longitude);
    w.number(place.other_counties.size());
    for (const auto& fips : place.other_counties) w.text(fips);
  }
}

std::vector<directory::Place> get_places(Reader& r) {
  std::vector<directory::Place> places(r.count());
  for (auto& place : places) {
    place.precision = r.one_of(directory::Precision::coordinate);
    place.name = r.text();
    place.county_fips = r.text();
    place.county = r.text();
    place.point.latitude = r.real();
    place.point.longitude = r.real();
    place.other_counties.resize(r.count());
    for (auto& fips : place.other_counties) fips = r.text();
  }
  return places;
}

void put_heard(Writer& w, const Heard& h) {
  w.number(h.intents.bits());
  w.number(h.cues.bits());
  w.number(h.needs.bits());
  w.number(bits({h.tonight, h.doubtful, h.outside, h.man}));
  put_places(w, h.places);
  w.text(h.language.tag());
}

Heard get_heard(Reader& r) {
  Heard h;
  h.intents = EnumSet<language::Intent>::from_bits(r.number());
  h.cues = EnumSet<language::Cue>::from_bits(r.number());
  h.needs = EnumSet<language::Need>::from_bits(r.number());
  const auto flags = r.number();
  h.tonight = flags & 1;
  h.doubtful = flags & 2;
  h.outside = flags & 4;
  h.man = flags & 8;
  h.places = get_places(r);
  h.language = Locale(r.text());
  return h;
}

void put_talk(Writer& w, const Talk& t, const Flow& flow) {
  w.text(t.state == kNowhere ? std::string_view{} : std::string_view(flow.state(t.state).name));
  w.text(t.locale.tag());
  w.number(t.needs.bits());
  w.number(bits({t.locale_sure, t.tonight, t.minor, t.youth, t.doubtful, t.unknown_place, t.outside, t.skipped_place,
                 t.limits_told, t.danger_told, t.who_asked, t.for_friend, t.tip, t.share_asked, t.by_word,
                 t.man, t.met}));
  put_places(w, t.places);
  w.number(t.offers.size());
  for (const auto& key : t.offers) w.text(key);
  w.number(t.offered);
  w.number(static_cast<std::uint64_t>(t.until));
  w.number(t.misunderstood);
  w.text(t.consent_asked.locale.tag());
  w.text(t.consent_asked.revision);
}

Talk get_talk(Reader& r, const Flow& flow, std::uint64_t form) {
  Talk t;
  const std::string state = r.text();
  t.state = state.empty() ? kNowhere : flow.find(state);
  // A state that has come to say nothing only passes on, and nobody rests in it: it has vanished, too.
  if (t.state != kNowhere && !flow.state(t.state).says) t.state = kNowhere;
  t.locale = Locale(r.text());
  t.needs = EnumSet<language::Need>::from_bits(r.number());
  const auto flags = r.number();
  std::uint64_t at = 1;
  for (bool* flag : {&t.locale_sure, &t.tonight, &t.minor, &t.youth, &t.doubtful, &t.unknown_place, &t.outside,
                     &t.skipped_place, &t.limits_told, &t.danger_told, &t.who_asked, &t.for_friend, &t.tip,
                     &t.share_asked, &t.by_word, &t.man, &t.met}) {
    *flag = flags & at;
    at <<= 1;
  }
  t.places = get_places(r);
  t.offers.resize(r.count());
  for (auto& key : t.offers) key = r.text();
  t.offered = static_cast<std::uint8_t>(std::min<std::uint64_t>(r.number(), t.offers.size()));
  t.until = r.one_of(Until::mine);
  t.misunderstood = static_cast<std::uint8_t>(std::min<std::uint64_t>(r.number(), 2));
  if (form == kOldTalkForm) return t;
  t.consent_asked.locale = Locale(r.text());
  t.consent_asked.revision = r.text();
  return t;
}

}  // namespace

std::string encode_talk(const Session& s, const Flow& flow) {
  Writer w;
  w.number(kTalkForm);
  w.number(static_cast<std::uint64_t>(s.window));
  w.time(s.last_text);
  w.time(s.asked_at);
  w.number(s.asks);
  w.number(bits({s.stop_asked, s.opted_out, s.wrote_since_stop, s.joined, s.word_given, s.queue.told_nobody,
                 s.queue.tip, s.stop_hidden}));
  w.number(static_cast<std::uint64_t>(s.queue.standing));
  w.number(static_cast<std::uint64_t>(s.queue.severity));
  w.time(s.queue.since);
  w.number(static_cast<std::uint64_t>(s.until));
  w.time(s.until_from);
  w.time(s.pace_from);
  w.number(s.pace_count);
  put_heard(w, s.kept);
  put_talk(w, s.talk, flow);
  const bool parked = s.parked && (s.word || s.window == Window::closing);
  w.number(parked ? 1 : 0);
  if (parked) put_talk(w, *s.parked, flow);
  return w.take();
}

std::string encode_kept(const Session& s) {
  if (!s.word && !s.consent.any() && !s.follow_up) return {};
  Writer w;
  w.number(kKeptForm);
  w.number(bits({s.word.has_value(), s.consent.any(), s.follow_up.has_value()}));
  if (s.word) w.bytes(*s.word);
  if (s.consent.any()) {
    w.number(bits({s.consent.need, s.consent.area}));
    w.number(s.consent.needs.bits());
    w.text(s.consent.county_fips);
    w.time(s.consent.given);
    w.time(s.consent.expires);
    w.text(s.consent.locale.tag());
    w.text(s.consent.revision);
  }
  if (s.follow_up) {
    w.time(*s.follow_up);
    w.text(s.follow_up_locale.tag());
  }
  return w.take();
}

Session decode(std::string_view talk, std::string_view kept, const Flow& flow) {
  Session s;
  if (!talk.empty()) {
    Reader r(talk);
    Session t;
    const auto form = r.number();
    const bool ours = form == kTalkForm || form == kOldTalkForm;
    t.window = r.one_of(Window::closing);
    t.last_text = r.time();
    t.asked_at = r.time();
    t.asks = static_cast<std::uint8_t>(r.number());
    const auto flags = r.number();
    t.stop_asked = flags & 1;
    t.opted_out = flags & 2;
    t.wrote_since_stop = flags & 4;
    t.joined = flags & 8;
    t.word_given = flags & 16;
    t.queue.told_nobody = flags & 32;
    t.queue.tip = flags & 64;
    t.stop_hidden = flags & 128;
    t.queue.standing = r.one_of(Standing::live);
    t.queue.severity = r.one_of(Severity::danger);
    t.queue.since = r.time();
    t.until = r.one_of(Until::mine);
    t.until_from = r.time();
    t.pace_from = r.time();
    t.pace_count = static_cast<std::uint32_t>(r.number());
    t.kept = get_heard(r);
    t.talk = get_talk(r, flow, form);
    if (r.number() == 1) t.parked = get_talk(r, flow, form);
    if (ours && r.good()) s = std::move(t);
    // A state that has vanished from the flow: the talk goes on from the beginning of an open window.
    if (s.window == Window::closing && s.talk.state == kNowhere) s.window = Window::closed;
  }
  if (!kept.empty()) {
    Reader r(kept);
    Session k;
    const bool ours = r.number() == kKeptForm;
    const auto flags = r.number();
    if (flags & 1) k.word = r.bytes();
    if (flags & 2) {
      const auto scope = r.number();
      k.consent.need = scope & 1;
      k.consent.area = scope & 2;
      k.consent.needs = EnumSet<language::Need>::from_bits(r.number());
      k.consent.county_fips = r.text();
      k.consent.given = r.time();
      k.consent.expires = r.time();
      k.consent.locale = Locale(r.text());
      k.consent.revision = r.text();
    }
    if (flags & 4) {
      k.follow_up = r.time();
      k.follow_up_locale = Locale(r.text());
    }
    if (ours && r.good()) {
      s.word = k.word;
      s.consent = k.consent;
      s.follow_up = k.follow_up;
      s.follow_up_locale = k.follow_up_locale;
    }
  }
  return s;
}

}  // namespace northstar::conversation
