#include "gateway/language/identify.h"

#include <cstdio>  // CLD2's header forgets it

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>

namespace northstar::language {
namespace {

constexpr float kPoolMin = 0.7F;  ///< below this share of known words, CLD2 is heard too
constexpr int kWordsForCld2 = 3;  ///< on fewer words it guesses

struct Heard {
  Locale language;
  bool reliable = false;
  int percent = 0;
};

/// CLD2's codes, in BCP 47 as we write it. Han is told apart by us.
Locale tag_of(CLD2::Language language) {
  const std::string_view code = CLD2::LanguageCode(language);
  if (code == "un" || code == "xxx") return Locale{};
  if (code == "iw") return Locale("he");
  if (code == "in") return Locale("id");
  if (code == "jw") return Locale("jv");
  if (code == "no") return Locale("nb");
  if (code == "fil") return Locale("tl");
  if (code == "mww" || code == "blu") return Locale("hmn");
  if (code == "zh-CN" || code == "zh") return Locale("zh-Hans");
  if (code == "zh-TW") return Locale("zh-Hant");
  return Locale(code);
}

Heard ask_cld2(std::string_view text) {
  CLD2::Language languages[3]{};
  int percents[3]{};
  double scores[3]{};
  int bytes = 0;
  bool reliable = false;
  int valid = 0;
  const CLD2::CLDHints hints{nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
  const CLD2::Language best =
      CLD2::ExtDetectLanguageSummaryCheckUTF8(text.data(), static_cast<int>(text.size()), true, &hints, 0, languages,
                                              percents, scores, nullptr, &bytes, &reliable, &valid);
  return {tag_of(best), reliable, percents[0]};
}

struct Scripts {
  std::array<int, static_cast<std::size_t>(Script::other) + 1> pieces{};
  int total = 0;
  int of(Script script) const { return pieces[static_cast<std::size_t>(script)]; }
};

Scripts count(const Pieces& pieces) {
  Scripts out;
  for (const Piece& piece : pieces.all) {
    if (piece.number || piece.script == Script::none) continue;
    ++out.pieces[static_cast<std::size_t>(piece.script)];
    ++out.total;
  }
  return out;
}

struct Votes {
  std::array<float, kLocales.size()> sum{};
  std::array<int, kLocales.size()> words{};  ///< words that the language knows
  bool strong = false;                       ///< at least one that is more than an article
  int unknown = 0;
};

Votes vote(const Lexicon& lexicon, std::span<const Slot> slots) {
  Votes out;
  std::uint16_t last = static_cast<std::uint16_t>(-1);
  for (const Slot& slot : slots) {
    if (slot.piece == last && !slot.repaired) continue;  // "don't" is one word, not two
    last = slot.piece;
    const WordId word = slot.words[0];
    if (word == kUnknownWord) {
      ++out.unknown;
      continue;
    }
    for (const Evidence& each : lexicon.evidence[word]) {
      out.sum[each.language] += slot.repaired ? each.weight * 0.6F : each.weight;
      ++out.words[each.language];
      out.strong = out.strong || each.weight >= 1;
    }
  }
  return out;
}

/// Letters that only one of the languages in Arabic script writes.
Locale by_arabic_letters(std::string_view text) {
  int farsi = 0;
  int arabic = 0;
  int urdu = 0;
  int pashto = 0;
  int kurdish = 0;
  const auto size = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < size;) {
    UChar32 c = 0;
    U8_NEXT(text.data(), i, size, c);
    switch (c) {
      case 0x067E:
      case 0x0686:
      case 0x0698:
      case 0x06AF:
      case 0x06CC:
      case 0x06A9:
        ++farsi;
        break;
      case 0x0629:
      case 0x0649:
      case 0x064A:
      case 0x0643:
      case 0x0623:
      case 0x0625:
        ++arabic;
        break;
      case 0x0679:
      case 0x0688:
      case 0x0691:
      case 0x06BA:
      case 0x06D2:
      case 0x06BE:
      case 0x06C1:
        ++urdu;
        break;
      case 0x067C:
      case 0x0689:
      case 0x0693:
      case 0x0696:
      case 0x069A:
      case 0x06D0:
      case 0x06CD:
        ++pashto;
        break;
      case 0x0695:
      case 0x06B5:
      case 0x06CE:
      case 0x06C6:
      case 0x06D5:
        ++kurdish;
        break;
      default:
        break;
    }
  }
  if (pashto > 0) return Locale("ps");
  if (kurdish > 1) return Locale("ckb");
  if (urdu > 0) return Locale("ur");
  if (farsi > arabic) return Locale("fa");
  return arabic > 0 ? Locale("ar") : Locale{};
}

std::optional<std::size_t> index_of(const Lexicon& lexicon, std::string_view tag) {
  for (std::size_t i = 0; i < lexicon.languages.size(); ++i) {
    if (lexicon.languages[i].tag() == tag) return i;
  }
  return std::nullopt;
}

Identified between(const Lexicon& lexicon, const Votes& votes, std::string_view a, std::string_view b, Locale hint,
                   float least) {
  const auto i = index_of(lexicon, a);
  const auto j = index_of(lexicon, b);
  const float x = i ? votes.sum[*i] : 0;
  const float y = j ? votes.sum[*j] : 0;
  if (x == y) {
    if (hint.tag() == b) return {Locale(b), least};
    return {Locale(a), least};
  }
  return {Locale(x > y ? a : b), std::min(0.99F, least + 0.15F + 0.3F * std::abs(x - y) / (x + y))};
}

/// Scripts that settle the language, or nearly.
std::optional<Identified> by_script(const Lexicon& lexicon, std::string_view text, const Scripts& scripts,
                                    const Votes& votes, Locale hint) {
  static constexpr std::array<std::pair<Script, std::string_view>, 14> kOnly{{{Script::hangul, "ko"},
                                                                              {Script::thai, "th"},
                                                                              {Script::khmer, "km"},
                                                                              {Script::lao, "lo"},
                                                                              {Script::myanmar, "my"},
                                                                              {Script::armenian, "hy"},
                                                                              {Script::georgian, "ka"},
                                                                              {Script::gurmukhi, "pa"},
                                                                              {Script::greek, "el"},
                                                                              {Script::tamil, "ta"},
                                                                              {Script::telugu, "te"},
                                                                              {Script::bengali, "bn"},
                                                                              {Script::ethiopic, "am"},
                                                                              {Script::hebrew, "he"}}};
  if (scripts.of(Script::kana) > 0 && scripts.of(Script::kana) + scripts.of(Script::han) > scripts.of(Script::latin)) {
    return Identified{Locale("ja"), 0.98F};
  }
  for (const auto& [script, tag] : kOnly) {
    if (scripts.of(script) * 2 <= scripts.total) continue;
    if (script == Script::ethiopic || script == Script::hebrew || script == Script::bengali) {
      const Heard heard = ask_cld2(text);  // Amharic or Tigrinya, Hebrew or Yiddish, Bengali or Assamese
      if (heard.reliable && heard.language.known()) return Identified{heard.language, 0.9F};
    }
    return Identified{Locale(tag), 0.98F};
  }
  if (scripts.of(Script::han) * 2 > scripts.total) return between(lexicon, votes, "zh-Hans", "zh-Hant", hint, 0.55F);
  if (scripts.of(Script::devanagari) * 2 > scripts.total) {
    const auto hindi = index_of(lexicon, "hi");
    if (!hindi || votes.sum[*hindi] < 3) {
      const Heard heard = ask_cld2(text);
      if (heard.reliable && heard.language.known()) return Identified{heard.language, 0.85F};
    }
    return Identified{Locale("hi"), 0.85F};
  }
  if (scripts.of(Script::arabic) * 2 > scripts.total) {
    const Identified words = between(lexicon, votes, "ar", "fa", hint, 0.55F);
    const Locale letters = by_arabic_letters(text);
    if (letters.known() && letters != Locale("ar") && letters != Locale("fa")) return Identified{letters, 0.8F};
    if (words.confidence > 0.56F) return words;
    const Heard heard = ask_cld2(text);
    if (heard.reliable && heard.language.known()) return Identified{heard.language, 0.8F};
    return letters.known() ? Identified{letters, 0.7F} : words;
  }
  if (scripts.of(Script::cyrillic) * 2 > scripts.total) {
    const auto russian = index_of(lexicon, "ru");
    const float own = russian ? votes.sum[*russian] : 0;
    const bool foreign = text.find("і") != std::string_view::npos || text.find("ї") != std::string_view::npos ||
                         text.find("є") != std::string_view::npos || text.find("ў") != std::string_view::npos;
    const Heard heard = ask_cld2(text);
    if (foreign)
      return Identified{heard.language.known() && heard.language != Locale("ru") ? heard.language : Locale("uk"), 0.8F};
    if (own < 2 && heard.reliable && heard.language.known()) return Identified{heard.language, 0.8F};
    return Identified{Locale("ru"), own >= 2 ? 0.95F : 0.6F};
  }
  return std::nullopt;
}

}  // namespace

Identified identify(const Lexicon& lexicon, std::string_view text, const Pieces& pieces, std::span<const Slot> slots,
                    Locale hint) {
  const Scripts scripts = count(pieces);
  if (scripts.total == 0) return {};
  const Votes votes = vote(lexicon, slots);
  if (const auto script = by_script(lexicon, text, scripts, votes, hint)) return *script;

  std::size_t top = 0;
  std::size_t second = 0;
  float best = 0;
  float next = 0;
  for (std::size_t i = 0; i < lexicon.languages.size(); ++i) {
    const float sum = votes.sum[i] + (lexicon.languages[i] == hint && votes.sum[i] > 0 ? 0.3F : 0);
    if (sum > best) {
      second = top;
      next = best;
      top = i;
      best = sum;
    } else if (sum > next) {
      second = i;
      next = sum;
    }
  }
  (void)second;
  const int words = scripts.total;
  const float known = std::min(1.0F, static_cast<float>(votes.words[top]) / static_cast<float>(words));
  if (best > 0 && !votes.strong) best = 0;  // "los", "san", "la" alone are as likely a place
  if (words >= kWordsForCld2 && (best == 0 || known < kPoolMin)) {
    const Heard heard = ask_cld2(text);
    if (heard.reliable && heard.language.known() && (best == 0 || heard.language != lexicon.languages[top])) {
      const bool ours = std::find(kLocales.begin(), kLocales.end(), heard.language) != kLocales.end();
      if (best == 0 || known < 0.5F || (!ours && heard.percent >= 90)) {
        return {heard.language, static_cast<float>(heard.percent) / 100.0F * 0.8F};
      }
    }
    if (!heard.reliable && heard.language.known() && words >= 4 && known < 0.4F && heard.percent >= 80) {
      return {heard.language, 0.4F};
    }
    if (heard.reliable && best > 0 && heard.language == lexicon.languages[top]) return {heard.language, 0.9F};
  }
  if (best <= 0 || best == next) return {};
  if (words >= 4 && known < 0.3F) return {};  // one known word in four may be a name
  const float margin = best / (best + next);
  return {lexicon.languages[top], std::min(0.99F, margin * (0.5F + 0.5F * known))};
}

}  // namespace northstar::language
