#include "gateway/directory/surroundings.h"

#include <algorithm>
#include <array>

namespace northstar::directory {
namespace {

template <std::size_t N>
using Words = std::array<std::string_view, N>;

template <std::size_t N>
constexpr Words<N> sorted(Words<N> words) {
  std::sort(words.begin(), words.end());
  return words;
}

template <std::size_t N>
bool has(const Words<N>& words, std::string_view word) {
  return std::binary_search(words.begin(), words.end(), word);
}

constexpr auto kCounty = sorted(std::to_array<std::string_view>(
    {"county", "co", "cnty", "conty", "countty", "counti", "condado", "condao", "cty", "county's"}));
constexpr auto kCalifornia =
    sorted(std::to_array<std::string_view>({"ca", "cali", "calif", "california", "califas", "californa", "cal"}));

// Only words of one of the two languages: "me", "no", "a", "legal" are both.
constexpr auto kEnglish = sorted(std::to_array<std::string_view>(
    {"i",       "im",      "my",         "is",     "are",   "am",     "the",   "in",     "near",  "need",      "needs",
     "help",    "for",     "and",        "to",     "of",    "at",     "from",  "with",   "place", "somewhere", "sleep",
     "shelter", "food",    "lawyer",     "live",   "we",    "you",    "he",    "she",    "it",    "its",       "they",
     "want",    "have",    "has",        "was",    "do",    "dont",   "can",   "cant",   "get",   "out",       "on",
     "this",    "that",    "please",     "plz",    "pls",   "anyone", "there", "here",   "where", "someone",   "talk",
     "stay",    "tonight", "tonite",     "now",    "hello", "hi",     "safe",  "around", "moved", "staying",   "stuck",
     "work",    "job",     "counseling", "doctor", "ride"}));
constexpr auto kSpanish = sorted(std::to_array<std::string_view>(
    {"el",    "los",      "las",    "un",      "una",     "de",      "del",     "en",     "y",     "que",
     "mi",    "necesito", "ayuda",  "refugio", "estoy",   "vivo",    "cerca",   "por",    "para",  "quiero",
     "con",   "soy",      "aqui",   "donde",   "comida",  "abogado", "abogada", "dormir", "hola",  "gracias",
     "como",  "es",       "esta",   "yo",      "su",      "mis",     "tengo",   "puedo",  "favor", "al",
     "hay",   "lugar",    "busco",  "trabajo", "hablar",  "somos",   "estamos", "nos",    "se",    "ella",
     "ellos", "pero",     "porque", "salir",   "noche",   "hoy",     "ahora",   "casa",   "xfa",   "xfavor",
     "porfa", "q",        "xq",     "si",      "alguien", "vengo",   "ando"}));
constexpr auto kJoining = sorted(std::to_array<std::string_view>(
    {"a",      "am",      "an",       "be",      "but",  "can",   "cant",   "do",   "dont", "get",  "go",
     "he",     "her",     "him",      "his",     "how",  "if",    "me",     "my",   "no",   "not",  "on",
     "or",     "so",      "some",     "than",    "that", "us",    "was",    "what", "when", "who",  "will",
     "with",   "your",    "us",       "ok",      "yes",  "lo",    "le",     "les",  "te",   "tu",   "o",
     "u",      "sin",     "mas",      "muy",     "ya",   "ni",    "cuando", "algo", "todo", "nada", "legal",
     "person", "persona", "anything", "tonight", "free", "gratis"}));
constexpr auto kFiller = sorted(std::to_array<std::string_view>(
    {"im",      "i",       "am",      "in",     "near",       "nr",       "at",      "the",       "uh",      "um",
     "umm",     "around",  "here",    "estoy",  "vivo",       "en",       "cerca",   "serca",     "de",      "del",
     "por",     "aqui",    "ca",      "calif",  "california", "cali",     "please",  "pls",       "plz",     "city",
     "live",    "living",  "now",     "ok",     "okay",       "yes",      "yeah",    "si",        "hi",      "hello",
     "hola",    "think",   "maybe",   "creo",   "ahorita",    "ahora",    "area",    "somewhere", "we",      "are",
     "were",    "county",  "condado", "zip",    "code",       "codigo",   "postal",  "close",     "to",      "by",
     "town",    "of",      "outside", "afuera", "gracias",    "thanks",   "thx",     "favor",     "porfa",   "xfa",
     "xfavor",  "or",      "and",     "o",      "y",          "downtown", "usa",     "shelter",   "refugio", "albergue",
     "food",    "comida",  "legal",   "lawyer", "abogado",    "abogada",  "help",    "ayuda",     "housing", "clinic",
     "clinica", "doctor",  "bed",     "cama",   "counseling", "talk",     "stay",    "sleep",     "need",    "necesito",
     "us",      "estamos", "vivimos", "ciudad", "yo",         "staying",  "located", "tx"}));
constexpr auto kFirm =
    sorted(std::to_array<std::string_view>({"in", "near", "nr", "nearby", "outside", "inside", "n", "en", "cerca",
                                            "serca", "sercas", "cercas", "aqui", "aki", "neer", "close"}));
constexpr auto kLoose =
    sorted(std::to_array<std::string_view>({"at", "by", "around", "arround", "aroud", "x", "live", "through"}));
// What may stand between the lead and the name.
constexpr auto kBetween = sorted(std::to_array<std::string_view>(
    {"the",    "downtown",   "city",    "town",    "county",   "condado",  "area",    "east",
     "west",   "north",      "south",   "central", "centro",   "ciudad",   "norte",   "sur",
     "este",   "oeste",      "old",     "greater", "northern", "southern", "eastern", "western",
     "pueblo", "aeropuerto", "airport", "around",  "aqui",     "here",     "about"}));
constexpr auto kBeforeDe = sorted(std::to_array<std::string_view>(
    {"cerca",  "serca",       "cercas",      "afuera", "fuera", "lejos", "ciudad", "condado", "area",   "centro",
     "pueblo", "aeropuerto",  "alrededores", "norte",  "sur",   "este",  "oeste",  "lado",    "dentro", "delante",
     "atras",  "universidad", "aqui",        "valle",  "zona",  "parte", "rumbo",  "barrio",  "playa",  "hospital"}));
constexpr auto kOriginDe = sorted(std::to_array<std::string_view>(
    {"soy", "vengo", "somos", "venimos", "vine", "llegue", "originaria", "originario"}));
constexpr auto kBeforePor = sorted(std::to_array<std::string_view>(
    {"vivo", "estoy", "ando", "aqui", "aca", "alla", "estamos", "vivimos", "andamos", "cerca", "quedo"}));
constexpr auto kOthers = sorted(std::to_array<std::string_view>(
    {"mom",     "mother",  "dad",    "father",  "sister", "brother", "kids",    "kid",   "son",  "daughter", "family",
     "parents", "husband", "wife",   "grandma", "aunt",   "uncle",   "cousin",  "was",   "were", "born",     "used",
     "before",  "mama",    "papa",   "madre",   "padre",  "hermana", "hermano", "hijos", "hijo", "hija",     "familia",
     "padres",  "esposo",  "esposa", "tia",     "tio",    "abuela",  "naci",    "nacio", "era",  "vivia",    "estaba",
     "antes",   "he",      "she",    "they",    "boss",   "jefe",    "patron"}));

}  // namespace

bool is_county_word(std::string_view word) { return has(kCounty, word); }
bool is_california(std::string_view word) { return has(kCalifornia, word); }
bool is_filler(std::string_view word) { return has(kFiller, word); }
bool joins_sentences(std::string_view word) {
  static constexpr auto kInNames = sorted(std::to_array<std::string_view>({"el", "los", "las", "del", "de", "place"}));
  return has(kJoining, word) || ((has(kEnglish, word) || has(kSpanish, word)) && !has(kInNames, word));
}

Tongue tongue(const std::vector<Word>& words) {
  Tongue tongue;
  for (const Word& word : words) {
    tongue.english += has(kEnglish, word.text);
    tongue.spanish += has(kSpanish, word.text);
  }
  return tongue;
}

Lead lead(const std::vector<Word>& words, std::size_t begin) {
  for (std::size_t i = begin, steps = 0; i-- > 0 && steps < 4; ++steps) {
    const std::string_view word = words[i].text;
    const std::string_view before = i > 0 ? std::string_view(words[i - 1].text) : std::string_view{};
    // "near, fresno" is one thought; "call me. fresno" is not.
    if (words[i + 1].after_break && !has(kFirm, word)) return Lead::none;
    if (word == "to") return before == "close" || before == "next" ? Lead::firm : Lead::toward;
    if (word == "from" || word == "desde" || word == "frm") return Lead::origin;
    if (word == "a" || word == "hacia" || word == "para" || word == "hasta") return Lead::toward;
    if (word == "de" || word == "del" || word == "of") {
      if (has(kBeforeDe, before) || before == "city" || before == "county" || before == "outside" || before == "out" ||
          before == "town" || before == "side" || before == "area" || before == "north" || before == "south" ||
          before == "east" || before == "west" || before == "part")
        return Lead::firm;
      if (has(kOriginDe, before)) return Lead::origin;
      return Lead::none;
    }
    if (word == "por") return has(kBeforePor, before) ? Lead::firm : Lead::none;
    if (has(kFirm, word)) return Lead::firm;
    if (has(kLoose, word)) return Lead::loose;
    if (!has(kBetween, word)) return Lead::none;
  }
  return Lead::none;
}

bool says_california(const std::vector<Word>& words, std::size_t end) {
  if (end >= words.size()) return false;
  if (is_california(words[end].text)) return true;
  return is_county_word(words[end].text) && end + 1 < words.size() && is_california(words[end + 1].text);
}

bool says_county(const std::vector<Word>& words, std::size_t begin, std::size_t end) {
  if (end < words.size() && is_county_word(words[end].text) && !words[end].after_break) return true;
  if (begin == 0) return false;
  if (is_county_word(words[begin - 1].text)) return true;
  return begin > 1 && (words[begin - 1].text == "of" || words[begin - 1].text == "de") &&
         is_county_word(words[begin - 2].text);
}

bool about_others(const std::vector<Word>& words, std::size_t begin) {
  for (std::size_t i = begin, steps = 0; i-- > 0 && steps < 7; ++steps) {
    if (has(kOthers, words[i].text)) return true;
    if (words[i].after_break || words[i].text == "i" || words[i].text == "im" || words[i].text == "estoy") return false;
  }
  return false;
}

}  // namespace northstar::directory
