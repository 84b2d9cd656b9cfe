#include "gateway/conversation/world.h"

#include <algorithm>

#include "gateway/conversation/hours_words.h"

namespace northstar::conversation {
namespace {

using language::Need;

constexpr std::size_t kSeekMax = 12;
constexpr float kChangesLanguage = 0.75F;  // less sure than this, a talk stays in its language
constexpr std::size_t kWordMin = 3;   // characters; shorter is guessed, or typed by chance
constexpr std::size_t kWordMax = 40;

Found found(const directory::Match& match) {
  if (match.other_county) return Found::elsewhere;
  if (match.provider->law_enforcement) return Found::office;
  return match.statewide ? Found::state : Found::here;
}

// The one that names the whole wish best, when there are several.
Need foremost(EnumSet<Need> needs) {
  for (Need need : {Need::shelter, Need::leave_safely, Need::legal, Need::immigration, Need::papers, Need::pay,
                    Need::clear_record, Need::costs, Need::medical, Need::food, Need::transport, Need::talk}) {
    if (needs.contains(need)) return need;
  }
  return Need::other;
}

std::string_view open_word(directory::Open open) {
  switch (open) {
    case directory::Open::always: return "always";
    case directory::Open::open_now: return "now";
    case directory::Open::closed_now: return "closed";
    case directory::Open::unknown: break;
  }
  return "unknown";
}

class Phrasing {
 public:
  Phrasing(const Say& say, const reply::Catalog& catalog, const Voice& voice, const directory::Directory& directory,
           const directory::Gazetteer& gazetteer)
      : say_(say), catalog_(catalog), voice_(voice), directory_(directory), gazetteer_(gazetteer) {}

  reply::Rendered render(reply::TemplateId what) const {
    reply::Values values;
    for (const auto& name : catalog_.facts(what).arguments) values.emplace_back(name, value(name));
    return catalog_.render(what, say_.locale, values);
  }

 private:
  reply::Value value(std::string_view name) const {
    const auto* match = say_.offer ? &say_.offer->match : nullptr;
    if (name == "programme") return voice_.programme;
    if (name == "contact") return voice_.contact;
    if (name == "rates") return std::string(voice_.free_to_end_user ? "free" : "other");
    if (name == "minutes") return std::int64_t{voice_.usual_wait_minutes};
    if (name == "back") return say_.back ? render(*say_.back).text : std::string{};
    if (name == "need") return std::string(language::name(foremost(asked_for())));
    if (name == "tonight") return std::string(say_.tonight ? "yes" : "no");
    if (name == "national") return national();
    if (name == "name") return say_.name;
    if (name == "met") return std::string(say_.met ? "yes" : "no");
    if (name == "place") return place();
    if (name == "area") return std::string(whole_county() ? "county" : "place");
    if (name == "county") return say_.places.empty() ? std::string{} : say_.places.front().county;
    if (name == "list") return list();
    if (name == "what") return what();
    if (name == "number") return match && match->phone ? match->phone->number : national();
    if (name == "provider") return match && match->provider ? match->provider->name : std::string{};
    if (name == "open") return std::string(match ? open_word(match->open) : "unknown");
    if (name == "office") return office();
    if (name == "hours") return match && match->times ? hours_in(*match->times, catalog_, say_.locale) : std::string{};
    if (name == "provider_county") {
      const auto* county =
          match && match->provider ? gazetteer_.county(match->provider->home_county_fips) : nullptr;
      return county ? county->county : std::string{};
    }
    return std::string{};
  }

  /// R96: whoever is police, a prosecutor or part of their office is named as such.
  std::string office() const {
    if (!say_.offer || !say_.offer->match.provider) return "prosecutor";
    const auto& services = say_.offer->match.provider->services;
    return std::find(services.begin(), services.end(), "law_enforcement") != services.end() ? "police" : "prosecutor";
  }
  /// Of all that they need, what this one gives: nobody is told to ask a labor office for a bed.
  EnumSet<Need> asked_for() const {
    if (!say_.offer || !say_.offer->match.provider) return say_.needs;
    return directory::answered_by(*say_.offer->match.provider, say_.needs);
  }
  /// The line for the whole country; another one where that one is the offer itself.
  std::string national() const {
    const auto& shown = catalog_.facts(say_.what).arguments;
    const bool shows_offer = std::find(shown.begin(), shown.end(), "number") != shown.end();
    const auto* offered = say_.offer && shows_offer ? say_.offer->match.phone : nullptr;
    for (const auto& line : directory_.national()) {
      if (line.phone && (!offered || line.phone->number != offered->number)) return line.phone->number;
    }
    return {};
  }
  bool whole_county() const {
    using directory::Precision;
    if (say_.places.empty()) return false;
    const auto& place = say_.places.front();
    return place.name.empty() || place.precision == Precision::county || place.precision == Precision::area_code ||
           place.precision == Precision::coordinate;
  }
  std::string place() const {
    if (say_.places.empty()) return {};
    const auto& place = say_.places.front();
    if (!place.name.empty()) return place.name;
    return place.county;
  }
  /// "1 Vincent (Los Angeles) 2 …": a digit for each place, or the languages' own names for themselves.
  std::string list() const {
    std::string out;
    int digit = 1;
    const auto add = [&](const std::string& label) {
      if (digit > 9) return;
      out += (out.empty() ? "" : " ") + std::to_string(digit++) + " " + label;
    };
    for (const auto& place : say_.languages.empty() ? say_.places : std::vector<directory::Place>{}) add(place.precision == directory::Precision::place ? place.name + " (" + place.county + ")" : place.name);
    for (Locale locale : say_.languages) {
      if (const auto own = catalog_.find("own_name")) add(catalog_.render(*own, locale, {}).text);
    }
    return out;
  }
  /// What would go over with them: "a place to stay, Fresno".
  std::string what() const {
    std::string out;
    if (!say_.needs.empty()) {
      if (const auto label = catalog_.find("label_need")) {
        out = catalog_.render(*label, say_.locale, {{"need", std::string(language::name(foremost(say_.needs)))}}).text;
      }
    }
    std::string where = place();
    if (const auto label = catalog_.find("label_county"); label && whole_county()) {
      where = catalog_.render(*label, say_.locale, {{"county", say_.places.front().county}}).text;
    }
    if (!where.empty()) out += (out.empty() ? "" : ", ") + where;
    return out;
  }

  const Say& say_;
  const reply::Catalog& catalog_;
  const Voice& voice_;
  const directory::Directory& directory_;
  const directory::Gazetteer& gazetteer_;
};

}  // namespace

std::vector<Offer> DirectoryHelp::seek(const directory::Place& here, const directory::Wish& wish, Instant now) const {
  directory::Place from = here;
  if (from.point.latitude == 0 && !from.county_fips.empty()) {  // coarse by now (R36): the county's seat serves
    if (const auto* county = gazetteer_.county(from.county_fips)) from.point = county->point;
  }
  std::vector<Offer> offers;
  for (auto& match : directory_.nearest(from, wish, now, kSeekMax)) {
    Offer offer;
    offer.found = found(match);
    offer.key = match.provider->key;
    offer.match = std::move(match);
    offers.push_back(std::move(offer));
  }
  if (here.county_fips.empty()) {  // anywhere in the state: what serves by phone, then the national lines
    // Who serves one people only is never the first answer.
    auto next = offers.empty() || !offers.front().match.reserved ? offers.end() : offers.begin();
    for (const auto& line : directory_.national()) {
      const bool known = std::any_of(offers.begin(), offers.end(), [&](const Offer& o) { return o.key == line.provider->key; });
      if (known || !line.phone) continue;
      Offer offer;
      offer.found = Found::state;
      offer.key = line.provider->key;
      offer.match.provider = line.provider;
      offer.match.phone = line.phone;
      next = offers.insert(next, std::move(offer)) + 1;
    }
  }
  return offers;
}

TextReceived read(const language::Interpreter& interpreter, const directory::Gazetteer& gazetteer, const Flow& flow,
                  const Session& session, Instant now, const Timing& timing, std::string_view text, bool media,
                  const WordDigest& digest) {
  TextReceived received;
  received.media = media && text.empty();
  received.media_beside = media && !text.empty();
  if (received.media) return received;
  const bool here = window_open(session, now, timing);
  const bool in_talk = here && session.talk.locale_sure;
  const Locale hint = in_talk ? session.talk.locale : Locale{};
  received.said = interpreter.understand(text, hint);
  if (!received.said.digit) received.where = gazetteer.find(text, here && awaits_place(flow, session), hint);
  if (in_talk && received.said.language != hint && received.said.confidence < kChangesLanguage) {
    received.said.language = hint;  // "he has a gun" is half Spanish to a machine, and must be answered in English
  }
  const auto& said = received.said;
  // An answer to where that is a place and nothing else: "ontario" is no misspelt "notario".
  if (received.where.whole_text && here && awaits_place(flow, session)) received.said.needs = {};
  if (received.where.whole_text && said.intents.empty() && said.cues.empty() && said.needs.empty() &&
      !said.asked_language.known()) {
    received.said.language = Locale{};  // a place alone is of no language (R41)
  }
  const bool wants_word = session.word.has_value() || (here && session.window == Window::closing);
  if (wants_word) {
    const std::string word = language::normalise(text);
    received.word_fits = word.size() >= kWordMin && word.size() <= kWordMax && !received.said.digit;
    if (received.word_fits) received.word = digest(word);
  }
  return received;
}

reply::Rendered phrase(const Say& say, const reply::Catalog& catalog, const Voice& voice,
                       const directory::Directory& directory, const directory::Gazetteer& gazetteer) {
  return Phrasing(say, catalog, voice, directory, gazetteer).render(say.what);
}

}  // namespace northstar::conversation
