#include "gateway/directory/directory.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <optional>

#include "gateway/directory/directory_data.h"

namespace northstar::directory {
namespace {

namespace bgi = boost::geometry::index;

constexpr double kOtherCountyKmMax = 200;  // farther, and nobody gets there or is taken in

/// How well someone is served, the smaller the better; the fields in the order in which they count (R38).
struct Rank {
  std::uint8_t reserved = 0;    ///< 1: for one people or group, and they did not say that they are of it; never first
  std::uint8_t needs_left = 0;  ///< of those told, how many this place does not answer
  std::uint8_t next_best = 0;   ///< 1: help of that kind, but not the thing itself
  std::uint8_t people = 0;      ///< 0: for them; 1: for others in the first place, as far as is known
  std::uint8_t hours = 0;       ///< 0 open, 1 closed and says when it opens, 2 not known
  std::uint8_t tongue = 0;      ///< 0 theirs, 1 not known
  auto operator<=>(const Rank&) const = default;
};
struct Found {
  std::uint32_t record = 0;
  int tier = kOtherHelp;
  Rank rank;
  bool wide = false;
  double km = 0;
};

enum class Kind { fits, stands_in };

/// One search: who asks, when, and what answers them.
class ProviderSearch {
 public:
  ProviderSearch(const Directory::Data& data, const Place& here, const Wish& wish, Instant now, std::size_t limit)
      : data_(data),
        here_(here),
        wish_(wish),
        now_(now),
        limit_(limit),
        minute_(minute_of_week(now)),
        needs_(wish.needs),
        center_(spot(here.point)),
        tongue_(wish.language.known() && wish.language != Locale("en") ? tongue_bit(wish.language) : 0),
        asian_tongue_(asian_tongue()) {
    if (needs_.empty()) needs_.insert(language::Need::other);
    // "Something else" beside a need that was told adds nothing.
    if (needs_ != EnumSet<language::Need>{language::Need::other}) needs_.erase(language::Need::other);
    lawyer_ = true;
    for (const Answer& answer : kAnswers) {
      if (!needs_.contains(answer.need)) continue;
      lawyer_ = lawyer_ && answer.lawyer;
      state_serves_ = state_serves_ || answer.statewide_serves;
    }
  }

  std::vector<Match> run() {
    const auto county = county_number(here_.county_fips);
    if (!county && here_.precision != Precision::none) return {};  // outside California: the national line serves
    std::vector<Found> near, prosecutors, elsewhere;
    bool lawyer_near = false, state_lawyer = false;
    if (county) {
      gather_county(*county, Kind::fits, near, prosecutors);
      lawyer_near = lawyer_ && has_lawyer(near);
    }
    const bool covered = count_open(near) > 0;
    if (county && !covered) gather_county(*county, Kind::stands_in, near, prosecutors);
    bool whole_state = false;
    for (std::uint32_t id : data_.wide) {
      const auto found = wide(id);
      if (!found) continue;
      state_lawyer = state_lawyer || (found->rank.reserved == 0 && data_.records[id].services.contains(Service::legal));
      whole_state = whole_state || (found->rank.reserved == 0 && found->rank.people == 0 && found->rank.needs_left == 0);
      near.push_back(*found);
    }
    sort(near);
    if (lawyer_ && !lawyer_near && state_lawyer)  // R98
      std::sort(near.begin(), near.end(), [&](const Found& a, const Found& b) {
        const bool state_a = a.wide && a.rank.reserved == 0 && record(a).services.contains(Service::legal);
        const bool state_b = b.wide && b.rank.reserved == 0 && record(b).services.contains(Service::legal);
        return state_a != state_b ? state_a : before(a, b);
      });
    if (county && !covered && !(state_serves_ && whole_state)) {
      gather_elsewhere(*county, Kind::fits, elsewhere);
      if (count_open(near) == 0 && count_open(elsewhere) == 0) gather_elsewhere(*county, Kind::stands_in, elsewhere);
    }
    sort(prosecutors);

    std::vector<Match> matches;
    matches.reserve(limit_);
    // R98: who serves one people comes after who serves everyone; but not after every last town within reach, or
    // whoever is of it would never hear of them.
    const auto list = [&](const std::vector<Found>& from, bool other_county, bool reserved, std::size_t most) {
      for (const Found& found : from)
        if ((found.rank.reserved == 1) == reserved && matches.size() < most) add(matches, found, other_county);
    };
    list(near, false, false, limit_);
    list(elsewhere, true, false, matches.size() + kElsewhereBeforeReserved);
    list(near, false, true, limit_);
    list(elsewhere, true, false, limit_);
    list(elsewhere, true, true, limit_);
    for (const Found& found : prosecutors) add(matches, found, false);
    return matches;
  }

 private:
  const Record& record(const Found& found) const { return data_.records[found.record]; }

  /// How many are open to whoever asks.
  static std::size_t count_open(const std::vector<Found>& found) {
    return static_cast<std::size_t>(
        std::count_if(found.begin(), found.end(), [](const Found& each) { return each.rank.reserved == 0; }));
  }
  bool has_lawyer(const std::vector<Found>& found) const {
    return std::any_of(found.begin(), found.end(), [&](const Found& each) {
      return each.rank.reserved == 0 && record(each).services.contains(Service::legal);
    });
  }

  /// How it ranks, or nothing when it is not for them.
  std::optional<Rank> rank(const Card& card, Kind kind) const {
    Rank rank;
    std::uint8_t answered = 0;
    rank.next_best = 1;
    for (std::uint64_t left = needs_.bits(); left != 0; left &= left - 1) {
      const Answer& answer = kAnswers[static_cast<std::size_t>(std::countr_zero(left))];
      const bool answers = kind == Kind::fits ? card.services.intersects(answer.fits)
                                              : card.services.intersects(answer.stands_in) &&
                                                    (answer.for_whom.empty() || card.whom.intersects(answer.for_whom));
      if (!answers) {
        ++rank.needs_left;
        continue;
      }
      ++answered;
      if (card.services.intersects(answer.best)) rank.next_best = 0;
    }
    if (answered == 0) return std::nullopt;
    return for_them(card, rank) ? std::optional(rank) : std::nullopt;
  }

  bool for_them(const Card& card, Rank& rank) const {
    using P = Population;
    if (!data_.policy.demo && (now_ < card.verified_from || now_ > card.verified_until)) return false;
    const Populations whom = card.whom;
    const bool general =
        whom.intersects({P::adults, P::all, P::women, P::men, P::families, P::domestic_violence, P::sexual_violence});
    if (wish_.minor) {
      if (whom.contains(P::adults) && !whom.intersects({P::minors, P::all, P::families, P::young_adults})) return false;
      rank.people = whom.intersects({P::minors, P::all}) ? 0 : 1;
    } else if (whom.contains(P::minors) && !general) {
      // For minors alone; someone of eighteen to twenty-four may still be taken, and is not told off for asking.
      if (!whom.contains(P::young_adults)) return false;
      rank.reserved = 1;
    }
    if (wish_.man && whom.contains(P::women) && !whom.intersects({P::men, P::all})) return false;
    // For one people or group, as its source says. No code means not known, and is held against nobody.
    if (whom.intersects({P::native, P::lgbtq}) && !whom.contains(P::all)) rank.reserved = 1;
    if (whom.contains(P::asian_pacific_islander) && !whom.contains(P::all) && !asian_tongue_) rank.reserved = 1;

    if (tongue_ != 0 && !(card.tongues & tongue_) && !card.interprets) {
      if (card.tongues != 0) return false;  // says which it speaks, and theirs is not among them
      rank.tongue = 1;
    }
    rank.hours = hours_rank(card);
    return true;
  }

  bool asian_tongue() const {
    static constexpr std::array<std::string_view, 9> kTongues{"zh", "tl", "vi", "ko", "hi", "th", "km", "ja", "hm"};
    return std::find(kTongues.begin(), kTongues.end(), wish_.language.tag().substr(0, 2)) != kTongues.end();
  }

  /// For tonight, a door that is known to be shut is worth less than one that may be open.
  std::uint8_t hours_rank(const Card& card) const {
    if (card.always) return 0;
    for (std::uint32_t i = 0; i < card.spans; ++i)
      if (data_.spans[card.first_span + i].holds(minute_)) return 0;
    const std::uint8_t unknown = wish_.tonight ? 1 : 2, closed = wish_.tonight ? 2 : 1;
    if (card.spans == 0) return unknown;
    return card.unknown ? std::min(unknown, closed) : closed;
  }

  double distance(const Record& record) const {
    double least = std::numeric_limits<double>::max();
    for (const Point& point : record.points) least = std::min(least, kilometres(here_.point, point));
    return record.points.empty() ? 0 : least;
  }

  void gather_county(std::size_t county, Kind kind, std::vector<Found>& near, std::vector<Found>& prosecutors) const {
    const Services services = wanted(kind);
    for (int tier = kHelpLine; tier <= kProsecutor; ++tier) {
      // A prosecutor's office is no stand-in for anybody.
      if (tier == kProsecutor && kind == Kind::stands_in) continue;
      // A later tier comes after; R98 must still know whether there is a lawyer in it.
      const bool lawyer_sought = lawyer_ && tier == kOtherHelp && !has_lawyer(near);
      if (count_open(near) >= limit_ && !lawyer_sought) break;
      gather(static_cast<std::uint32_t>(county), tier, kind, services, tier == kProsecutor ? prosecutors : near);
    }
  }

  /// The services that can answer at all.
  Services wanted(Kind kind) const {
    Services services;
    for (std::uint64_t left = needs_.bits(); left != 0; left &= left - 1) {
      const Answer& answer = kAnswers[static_cast<std::size_t>(std::countr_zero(left))];
      services.merge(kind == Kind::fits ? answer.fits : answer.stands_in);
    }
    return services;
  }

  /// A record stands in the tree of each of its services; it is taken from the first of those that are wanted.
  static bool taken_here(const Card& card, Services services, unsigned service) {
    return static_cast<unsigned>(std::countr_zero(card.services.bits() & services.bits())) == service;
  }

  /// Walks outward, and stops when enough of the best rank are found: whoever comes later is farther and no better.
  void gather(std::uint32_t county, int tier, Kind kind, Services services, std::vector<Found>& out) const {
    const std::size_t before = out.size();
    Services best_services;
    for (std::uint64_t left = needs_.bits(); left != 0; left &= left - 1)
      best_services.merge(kAnswers[static_cast<std::size_t>(std::countr_zero(left))].best);
    for (std::uint32_t openness = kAlways; openness < kOpennesses; ++openness) {
      Rank best;  // nobody in these trees can be better
      best.hours = openness == kNotKnown && !wish_.tonight ? 2 : openness == kNotKnown ? 1 : 0;
      const auto better = [&](const Found& found) { return found.rank < best; };
      for (std::uint64_t left = services.bits(); left != 0; left &= left - 1) {
        const auto service = static_cast<unsigned>(std::countr_zero(left));
        const Tree* tree = data_.tree(county, tier, service, openness);
        if (!tree) continue;
        best.next_best = (left & best_services.bits()) == 0;
        if (static_cast<std::size_t>(
                std::count_if(out.begin() + static_cast<std::ptrdiff_t>(before), out.end(), better)) >= limit_)
          continue;
        std::size_t enough = 0;
        for (auto at = tree->qbegin(bgi::nearest(center_, static_cast<unsigned>(tree->size()))); at != tree->qend();
             ++at) {
          const std::uint32_t id = at->second;
          const Card& card = data_.cards[id];
          if (!taken_here(card, services, service)) continue;
          const auto ranked = rank(card, kind);
          if (!ranked || (data_.records[id].points.size() > 1 && seen(out, before, id))) continue;
          out.push_back({id, tier, *ranked, false, distance(data_.records[id])});
          // A few more than asked for, so that equals can be put in order.
          if (*ranked <= best && ++enough >= limit_ + kEquals) break;
        }
      }
    }
  }
  static constexpr std::size_t kEquals = 4;
  static constexpr std::size_t kElsewhereBeforeReserved = 3;

  static bool seen(const std::vector<Found>& out, std::size_t from, std::uint32_t id) {
    return std::any_of(out.begin() + static_cast<std::ptrdiff_t>(from), out.end(),
                       [&](const Found& found) { return found.record == id; });
  }

  std::optional<Found> wide(std::uint32_t id) const {
    const Record& candidate = data_.records[id];
    const int tier = data_.tiers[id];
    if (tier == kProsecutor) return std::nullopt;
    auto ranked = rank(data_.cards[id], Kind::fits);
    // The national help lines stand beside every answer already. A young person gets those for the young here.
    const bool line = candidate.national && candidate.services.contains(Service::crisis_line);
    if (line) {
      if (!wish_.minor || !candidate.populations.contains(Population::minors) ||
          !candidate.populations.contains(Population::young_adults))
        return std::nullopt;
      Rank young;
      young.needs_left = 1;
      if (!ranked && for_them(data_.cards[id], young)) ranked = young;
    }
    if (!ranked) return std::nullopt;
    return Found{id, tier, *ranked, true, distance(candidate)};
  }

  void gather_elsewhere(std::size_t county, Kind kind, std::vector<Found>& out) const {
    const Services services = wanted(kind);
    for (int tier = kHelpLine; tier <= kOtherHelp; ++tier)
      for (std::uint32_t openness = kAlways; openness < kOpennesses; ++openness)
        for (std::uint64_t left = services.bits(); left != 0; left &= left - 1) {
          const auto service = static_cast<unsigned>(std::countr_zero(left));
          const Tree* tree = data_.tree(kEverywhere, tier, service, openness);
          if (!tree) continue;
          const std::size_t before = out.size();
          for (auto at = tree->qbegin(bgi::nearest(center_, static_cast<unsigned>(tree->size()))); at != tree->qend();
               ++at) {
            const std::uint32_t id = at->second;
            const double km = distance(data_.records[id]);
            if (km > kOtherCountyKmMax || out.size() - before >= limit_) break;
            const Card& card = data_.cards[id];
            if (!taken_here(card, services, service) || data_.records[id].counties.test(county) || seen(out, 0, id))
              continue;
            if (const auto ranked = rank(card, kind)) out.push_back({id, tier, *ranked, false, km});
          }
        }
    // Here it is the way that counts: the nearest first, whatever it is.
    std::sort(out.begin(), out.end(), [&](const Found& a, const Found& b) {
      if (a.km != b.km) return a.km < b.km;
      return before(a, b);
    });
  }

  bool before(const Found& a, const Found& b) const {
    if (a.tier != b.tier) return a.tier < b.tier;
    if (a.rank != b.rank) return a.rank < b.rank;
    if (a.wide != b.wide) return b.wide;
    if (a.km != b.km) return a.km < b.km;
    // In the same town: those who know trafficking before those who do much else, then the better attested.
    const bool knows_a = knows_trafficking(a), knows_b = knows_trafficking(b);
    if (knows_a != knows_b) return knows_a;
    const bool high_a = record(a).provider.confidence == "high", high_b = record(b).provider.confidence == "high";
    if (high_a != high_b) return high_a;
    return record(a).provider.key < record(b).provider.key;
  }
  bool knows_trafficking(const Found& found) const {
    return record(found).populations.intersects({Population::sex_trafficking, Population::labor_trafficking});
  }
  void sort(std::vector<Found>& found) const {
    std::sort(found.begin(), found.end(), [&](const Found& a, const Found& b) { return before(a, b); });
  }

  /// The number to give: the crisis line, open, for this place and age.
  std::size_t phone_for(const Record& record) const {
    std::size_t best = record.provider.phones.size();
    int most = std::numeric_limits<int>::min();
    for (std::size_t i = 0; i < record.provider.phones.size(); ++i) {
      const Phone& phone = record.provider.phones[i];
      if (!offered(phone, record)) continue;
      int worth = 0;
      if (phone.kind == PhoneKind::crisis) worth += 40;
      if (phone.voice) worth += 100;
      const Open open = record.hours[i].at(minute_);
      worth += open == Open::always || open == Open::open_now ? 20 : open == Open::unknown ? 10 : 0;
      // "24/7 hotline (Del Norte)", "Bakersfield center", "24/7 teen hotline"
      if (says(phone, here_.name) || says(phone, here_.county)) worth += 30;
      const bool young = says(phone, "teen") || says(phone, "youth");
      worth += young ? (wish_.minor ? 30 : -30) : 0;
      if (says(phone, "claims")) worth -= 15;
      if (worth > most) most = worth, best = i;
    }
    return best;
  }

  static bool says(const Phone& phone, std::string_view word) {
    return !word.empty() && phone.description.find(word) != std::string::npos;
  }

  void add(std::vector<Match>& matches, const Found& found, bool other_county) const {
    if (matches.size() >= limit_) return;
    const Record& record = data_.records[found.record];
    // Found both as that kind of help and as a stand-in, or listed already.
    if (std::any_of(matches.begin(), matches.end(), [&](const Match& m) { return m.provider == &record.provider; })) return;
    const std::size_t phone = phone_for(record);
    if (phone == record.provider.phones.size()) return;
    Match match;
    match.provider = &record.provider;
    match.phone = &record.provider.phones[phone];
    match.km = found.km;
    match.tier = found.tier;
    match.open = record.hours[phone].at(minute_);
    match.hours = match.phone->hours;
    match.times = &record.hours[phone];
    match.other_county = other_county;
    match.statewide = found.wide;
    match.reserved = found.rank.reserved == 1;
    matches.push_back(std::move(match));
  }

  const Directory::Data& data_;
  const Place& here_;
  const Wish& wish_;
  Instant now_;
  std::size_t limit_;
  unsigned minute_;
  EnumSet<language::Need> needs_;
  Spot center_;
  std::uint32_t tongue_;  ///< 0 when every provider speaks it, or it is not known
  bool asian_tongue_;
  bool lawyer_ = false, state_serves_ = false;
};

}  // namespace

std::vector<Match> Directory::nearest(const Place& here, const Wish& wish, Instant now, std::size_t limit) const {
  if (limit == 0) return {};
  return ProviderSearch(*data_, here, wish, now, limit).run();
}

}  // namespace northstar::directory
