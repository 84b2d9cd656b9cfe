#include "gateway/language/lexicon.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "gateway/language/language.h"
#include "gateway/language/lexicon_parts.h"

namespace northstar::language {
namespace {

constexpr std::size_t kSymbolsMax = 60000;  // SymbolId has 16 bits

}  // namespace

/// Reads the files in three passes: words first, then classes, then the patterns that speak of them, so that a file
/// may speak of another's classes.
class LexiconReader {
 public:
  explicit LexiconReader(Lexicon& into) : lexicon_(into) {}

  Faults read(const std::filesystem::path& folder) {
    std::error_code problem;
    std::vector<std::filesystem::path> paths;
    for (std::filesystem::recursive_directory_iterator it(folder, problem), end; !problem && it != end;
         it.increment(problem)) {
      if (it->is_regular_file() && it->path().extension() == ".yaml") paths.push_back(it->path());
    }
    if (problem) fault(folder.string(), YAML::Mark::null_mark(), "cannot be read: " + problem.message());
    std::sort(paths.begin(), paths.end());
    if (paths.empty() && faults_.empty()) fault(folder.string(), YAML::Mark::null_mark(), "holds no .yaml file");
    for (const auto& path : paths) open(path, folder);
    for (File& file : files_) words(file);
    for (File& file : files_) declare(file);
    if (!classes_.contains("filler") || !classes_.contains("not")) {
      if (faults_.empty())
        fault(folder.string(), YAML::Mark::null_mark(), "the classes \"filler\" and \"not\" must be there");
      return std::move(faults_);
    }
    for (File& file : files_) members(file);
    for (File& file : files_) guards(file);
    for (File& file : files_) rules(file);
    if (!faults_.empty()) return std::move(faults_);
    finish();
    return {};
  }

 private:
  struct File {
    std::string name;
    YAML::Node root;
    std::size_t language = 0;
    bool spoken = false;  ///< has a locale of its own
  };

  void fault(const std::string& file, const YAML::Mark& mark, std::string text, int shift = 0) {
    const bool known = mark.line >= 0;
    faults_.push_back(Fault{file, known ? mark.line + 1 : 0, known ? mark.column + 1 + shift : 0, std::move(text)});
  }

  /// The entries of a mapping, each key once.
  template <class F>
  void each(File& file, const YAML::Node& node, const std::string& what, F use) {
    if (!node || node.IsNull()) return;
    if (!node.IsMap()) return fault(file.name, node.Mark(), what + " must be a mapping");
    std::set<std::string> seen;
    for (const auto& pair : node) {
      if (!pair.first.IsScalar()) {
        fault(file.name, pair.first.Mark(), "a name in " + what + " must be a word");
        continue;
      }
      const std::string key = pair.first.Scalar();
      if (!seen.insert(key).second) fault(file.name, pair.first.Mark(), "\"" + key + "\" stands twice in " + what);
      use(key, pair.first, pair.second);
    }
  }

  void open(const std::filesystem::path& path, const std::filesystem::path& folder) {
    File file;
    file.name = (folder / std::filesystem::relative(path, folder)).string();
    try {
      file.root = YAML::LoadFile(path.string());
    } catch (const YAML::Exception& problem) {
      // yaml-cpp tells faults only by exceptions; here they become values.
      return fault(file.name, problem.mark, problem.msg);
    }
    static const std::set<std::string> kKeys{"locale",    "review",  "note",  "words",  "marks", "weak",
                                             "shorthand", "classes", "parts", "guards", "rules"};
    bool good = true;
    std::string tag;
    each(file, file.root, "the file", [&](const std::string& key, const YAML::Node& at, const YAML::Node& value) {
      if (!kKeys.contains(key)) {
        fault(file.name, at.Mark(), "\"" + key + "\" is not known here");
        good = false;
      }
      if (key == "review" && (!value.IsScalar() || (value.Scalar() != "draft" && value.Scalar() != "reviewed")))
        fault(file.name, value.Mark(), "review is \"draft\" or \"reviewed\"");
      if (key == "locale" && value.IsScalar()) tag = value.Scalar();
    });
    if (tag.empty()) return fault(file.name, file.root.Mark(), "\"locale\" is missing (\"mul\" for all languages)");
    if (tag != "mul") {
      const Locale locale(tag);
      if (std::find(kLocales.begin(), kLocales.end(), locale) == kLocales.end())
        return fault(file.name, file.root["locale"].Mark(), "\"" + tag + "\" is not one of our locales");
      auto at = std::find(lexicon_.languages.begin(), lexicon_.languages.end(), locale);
      file.language = static_cast<std::size_t>(at - lexicon_.languages.begin());
      if (at == lexicon_.languages.end()) lexicon_.languages.push_back(locale);
      file.spoken = true;
    }
    if (good) files_.push_back(std::move(file));
  }

  void speak(const File& file, WordId word, float weight) {
    if (!file.spoken || word == kUnknownWord) return;
    if (lexicon_.evidence.size() <= word) lexicon_.evidence.resize(word + 1);
    for (Evidence& each : lexicon_.evidence[word]) {
      if (each.language != file.language) continue;
      each.weight = std::max(each.weight, weight);
      return;
    }
    lexicon_.evidence[word].push_back({static_cast<std::uint8_t>(file.language), weight});
  }

  void words(File& file) {
    auto list = [&](const char* key, float weight) {
      const YAML::Node node = file.root[key];
      if (!node) return;
      if (!node.IsScalar())
        return fault(file.name, node.Mark(), std::string(key) + " is a list of words between commas or spaces");
      // One by one: of a text only the first kTokensMax words are read, of a list all.
      const std::string& words = node.Scalar();
      std::size_t end = 0;
      for (std::size_t at = 0; (at = words.find_first_not_of(" ,\t\r\n", end)) != std::string::npos;) {
        end = std::min(words.find_first_of(" ,\t\r\n", at), words.size());
        for (const Piece& piece : pieces_of_owned(words.substr(at, end - at)).all) {
          const WordId word = lexicon_.vocabulary.intern(piece.text);
          if (weight > 0)
            speak(file, word, weight);
          else
            weak_.push_back({word, file.language});
        }
      }
    };
    list("words", 2);
    list("marks", 4);
    list("weak", -1);
    each(file, file.root["shorthand"], "shorthand",
         [&](const std::string& key, const YAML::Node& at, const YAML::Node& value) {
           const auto short_form = pieces_of_owned(key);
           if (short_form.all.size() != 1) return fault(file.name, at.Mark(), "\"" + key + "\" is not one word");
           const std::string word(short_form.all[0].text);
           if (!value.IsScalar() || value.Scalar().empty())
             return fault(file.name, value.Mark(), "what \"" + key + "\" stands for is missing");
           std::string rest = value.Scalar();
           speak(file, lexicon_.vocabulary.intern(word), 1);
           while (!rest.empty()) {
             const std::size_t bar = std::min(rest.find('|'), rest.size());
             std::vector<std::string> meaning;
             for (const Piece& piece : pieces_of_owned(rest.substr(0, bar)).all) meaning.emplace_back(piece.text);
             if (!meaning.empty()) lexicon_.vocabulary.abbreviate(word, meaning);
             rest = bar < rest.size() ? rest.substr(bar + 1) : std::string();
           }
         });
  }

  void declare(File& file) {
    each(file, file.root["classes"], "classes", [&](const std::string& key, const YAML::Node&, const YAML::Node&) {
      symbol("<" + key);
      classes_.insert(key);
    });
    each(file, file.root["parts"], "parts", [&](const std::string& key, const YAML::Node& at, const YAML::Node& value) {
      if (!value.IsScalar()) return fault(file.name, at.Mark(), "a part is one pattern");
      std::string& part = parts_[key];
      part += part.empty() ? value.Scalar() : "|" + value.Scalar();
    });
  }

  void members(File& file) {
    each(file, file.root["classes"], "classes",
         [&](const std::string& key, const YAML::Node& at, const YAML::Node& value) {
           if (!value.IsScalar())
             return fault(file.name, at.Mark(), "a class is a list of words and phrases between commas");
           const SymbolId own = symbol("<" + key);
           for (const auto& [member, shift] : split_list(value.Scalar())) {
             if (member.front() == '<' && member.back() == '>') {
               const std::string name = member.substr(1, member.size() - 2);
               if (!classes_.contains(name)) {
                 fault(file.name, value.Mark(), "no class is called <" + name + ">", static_cast<int>(shift));
                 continue;
               }
               above_[symbol("<" + name)].insert(own);
               continue;
             }
             const auto phrase = lexicon_.vocabulary.phrase(owned(normalise(member)));
             if (phrase.empty()) {
               fault(file.name, value.Mark(), "\"" + member + "\" has no letters", static_cast<int>(shift));
               continue;
             }
             for (const WordId word : phrase) speak_quietly(file, word);
             plant(phrase, own);
           }
         });
  }

  void guards(File& file) {
    each(file, file.root["guards"], "guards", [&](const std::string& key, const YAML::Node&, const YAML::Node& value) {
      for (const std::uint32_t at : compile(file, value, lexicon_.guards, 0, false)) named_guards_[key].push_back(at);
    });
  }

  void rules(File& file) {
    const YAML::Node node = file.root["rules"];
    if (!node || node.IsNull()) return;
    if (!node.IsSequence()) return fault(file.name, node.Mark(), "rules must be a list");
    for (const auto& item : node) rule(file, item);
  }

  void rule(File& file, const YAML::Node& item) {
    const auto index = static_cast<std::uint32_t>(lexicon_.rules.size());
    lexicon_.rules.emplace_back();
    Rule rule;
    bool says = false;
    each(file, item, "a rule", [&](const std::string& key, const YAML::Node& at, const YAML::Node& value) {
      if (key == "alone" || key == "says") {
        for (const std::uint32_t pattern : compile(file, value, lexicon_.patterns, index, key == "alone")) {
          (void)pattern;
          says = true;
        }
      } else if (key == "unless") {
        rule.unless = compile(file, value, lexicon_.guards, index, false);
      } else if (key == "unless_anywhere") {
        rule.unless_anywhere = compile(file, value, lexicon_.guards, index, false);
      } else if (!meaning(file, key, at, value, rule.meaning)) {
        fault(file.name, at.Mark(), "\"" + key + "\" is not known in a rule");
      }
    });
    if (item.IsMap() && !says) fault(file.name, item.Mark(), "this rule has neither \"alone\" nor \"says\"");
    if (item.IsMap() && rule.meaning.names.empty())
      fault(file.name, item.Mark(), "this rule means nothing: give it an intent, cue, need or sign");
    lexicon_.rules[index] = std::move(rule);
  }

  bool meaning(File& file, const std::string& key, const YAML::Node& at, const YAML::Node& value, Meaning& out) {
    static const std::set<std::string> kKeys{"intent", "cue", "need", "sign", "digit", "language"};
    if (!kKeys.contains(key)) return false;
    if (!value.IsScalar()) {
      fault(file.name, at.Mark(), key + " is one name, or several between commas");
      return true;
    }
    for (const auto& [name, shift] : split_list(value.Scalar())) {
      bool good = true;
      if (key == "intent") {
        if (const auto e = intent_from(name)) out.intents.insert(*e);
        else good = false;
      } else if (key == "cue") {
        if (const auto e = cue_from(name)) out.cues.insert(*e);
        else good = false;
      } else if (key == "need") {
        if (const auto e = need_from(name)) out.needs.insert(*e);
        else good = false;
      } else if (key == "sign") {
        if (name == "ambiguous") out.ambiguous = true;
        else if (name == "tonight") out.tonight = true;
        else if (name == "named_911") out.named_911 = true;
        else if (name == "man") out.man = true;
        else good = false;
      } else if (key == "digit") {
        good = name.size() == 1 && name[0] >= '0' && name[0] <= '9';
        if (good) out.digit = static_cast<std::uint8_t>(name[0] - '0');
      } else {
        good = name.size() <= 15;
        out.asks_language = Locale(name);
      }
      if (!good) fault(file.name, value.Mark(), "no " + key + " is called \"" + name + "\"", static_cast<int>(shift));
      out.names += (out.names.empty() ? "" : ", ") + (key == "language" || key == "digit" ? key + " " + name : name);
    }
    return true;
  }

  std::vector<std::uint32_t> compile(File& file, const YAML::Node& node, std::vector<PatternEntry>& into,
                                     std::uint32_t rule, bool alone) {
    std::vector<std::uint32_t> out;
    auto one = [&](const YAML::Node& item, const std::string& source) {
      if (!source.empty() && source[0] == '@') {
        const auto guard = named_guards_.find(source.substr(1));
        if (guard == named_guards_.end() || &into != &lexicon_.guards)
          return fault(file.name, item.Mark(), "no guard is called \"" + source + "\" here");
        out.insert(out.end(), guard->second.begin(), guard->second.end());
        return;
      }
      std::string whole;
      std::string missing;
      if (!expand_parts(parts_, source, whole, missing)) return fault(file.name, item.Mark(), missing);
      const int before = alone ? static_cast<int>(std::string_view("START <filler>* (").size()) : 0;
      if (alone) whole = "START <filler>* (" + whole + ") <filler>* END";
      PatternEntry entry;
      const Pattern::Names names{[&](std::string_view word) {
                                   std::vector<SymbolId> symbols;
                                   for (const WordId id : lexicon_.vocabulary.phrase(owned(normalise(word)))) {
                                     speak_quietly(file, id);
                                     const SymbolId own = symbol("=" + lexicon_.vocabulary.text(id));
                                     plant({id}, own);
                                     symbols.push_back(own);
                                   }
                                   return symbols;
                                 },
                                 [&](std::string_view name) -> std::optional<SymbolId> {
                                   if (!classes_.contains(std::string(name))) return std::nullopt;
                                   return symbol("<" + std::string(name));
                                 }};
      if (const auto wrong = Pattern::parse(whole, names, entry.pattern)) {
        const bool plain = source.find('{') == std::string::npos;
        return fault(file.name, item.Mark(), wrong->text,
                     plain ? std::max(0, static_cast<int>(wrong->at) - before) : 0);
      }
      entry.rule = rule;
      entry.alone = alone;
      entry.source = source;
      entry.place = file.name + ":" + std::to_string(item.Mark().line + 1);
      out.push_back(static_cast<std::uint32_t>(into.size()));
      into.push_back(std::move(entry));
    };
    auto scalar = [&](const YAML::Node& item) {
      if (!item.IsScalar()) return fault(file.name, item.Mark(), "a pattern is one line of text");
      if (!alone) return one(item, item.Scalar());
      for (const auto& [phrase, shift] : split_list(item.Scalar())) {
        (void)shift;
        one(item, phrase);
      }
    };
    if (node.IsSequence()) {
      for (const auto& item : node) scalar(item);
    } else if (node.IsScalar()) {
      scalar(node);
    } else {
      fault(file.name, node.Mark(), "patterns are a list");
    }
    return out;
  }

  SymbolId symbol(const std::string& key) {
    const auto [at, added] = symbols_.try_emplace(key, static_cast<SymbolId>(symbols_.size() + 1));
    if (added && symbols_.size() > kSymbolsMax) fault("lexicon", YAML::Mark::null_mark(), "too many classes and words");
    return at->second;
  }

  /// A word in a phrase or pattern says a little for its language, but not the very short ones.
  void speak_quietly(const File& file, WordId word) {
    const std::string& text = lexicon_.vocabulary.text(word);
    if (text.size() > 2 && !std::isdigit(static_cast<unsigned char>(text[0]))) speak(file, word, 1);
  }

  void plant(const std::vector<WordId>& phrase, SymbolId symbol) {
    std::uint32_t node = 0;
    for (const WordId word : phrase) {
      const auto [at, added] = lexicon_.children_.try_emplace(std::uint64_t{node} << 32U | word,
                                                              static_cast<std::uint32_t>(lexicon_.trie_.size()));
      if (added) {
        lexicon_.trie_[node].leaf = false;
        lexicon_.trie_.emplace_back();
      }
      node = at->second;
    }
    auto& symbols = lexicon_.trie_[node].symbols;
    if (std::find(symbols.begin(), symbols.end(), symbol) == symbols.end()) symbols.push_back(symbol);
  }

  void finish() {
    lexicon_.vocabulary.seal();
    lexicon_.symbols_ = symbols_.size() + 1;
    lexicon_.negation_ = symbol("<not");
    lexicon_.evidence.resize(lexicon_.vocabulary.size());
    // A word that one language uses every day is no sign of another whose lexicon happens to hold it ("stop").
    for (auto& each : lexicon_.evidence) {
      const bool everyday = std::any_of(each.begin(), each.end(), [](const Evidence& e) { return e.weight >= 2; });
      if (everyday) std::erase_if(each, [](const Evidence& e) { return e.weight < 2; });
    }
    for (const auto& [word, language] : weak_) {
      for (Evidence& each : lexicon_.evidence[word]) {
        if (each.language == language) each.weight = 0.2F;
      }
    }
    for (auto& node : lexicon_.trie_) {
      for (std::size_t i = 0; i < node.symbols.size(); ++i) {
        const auto parents = above_.find(node.symbols[i]);
        if (parents == above_.end()) continue;
        for (const SymbolId parent : parents->second) {
          if (std::find(node.symbols.begin(), node.symbols.end(), parent) == node.symbols.end())
            node.symbols.push_back(parent);
        }
      }
    }
    lexicon_.roots_.resize(lexicon_.vocabulary.size());
    for (WordId word = 1; word < lexicon_.roots_.size(); ++word) {
      const auto at = lexicon_.children_.find(word);
      if (at != lexicon_.children_.end()) lexicon_.roots_[word] = at->second;
    }
    std::vector<std::uint32_t> weight(lexicon_.symbols_, 1);
    for (const auto& entry : lexicon_.patterns) {
      for (const SymbolId each : entry.pattern.symbols()) ++weight[each];
    }
    // A class of many words is met more often than a word.
    for (const auto& node : lexicon_.trie_) {
      for (const SymbolId each : node.symbols) ++weight[each];
    }
    lexicon_.by_anchor.resize(lexicon_.symbols_);
    for (std::uint32_t i = 0; i < lexicon_.patterns.size(); ++i) {
      for (const SymbolId each : lexicon_.patterns[i].pattern.anchors(weight)) lexicon_.by_anchor[each].push_back(i);
    }
  }

  /// Pieces point into the text they were cut from; these keep it for as long as the reader lives.
  const std::string& owned(std::string text) { return *texts_.insert(std::move(text)).first; }
  Pieces pieces_of_owned(const std::string& text) { return pieces_of(owned(normalise(text))); }

  Lexicon& lexicon_;
  Faults faults_;
  std::vector<File> files_;
  std::unordered_map<std::string, SymbolId> symbols_;
  std::set<std::string> classes_;
  std::map<std::string, std::string> parts_;
  std::map<std::string, std::vector<std::uint32_t>> named_guards_;
  std::map<SymbolId, std::set<SymbolId>> above_;
  std::vector<std::pair<WordId, std::size_t>> weak_;
  std::unordered_set<std::string> texts_;
};

Loaded<std::unique_ptr<const Lexicon>> Lexicon::load(const std::filesystem::path& folder) {
  auto lexicon = std::make_unique<Lexicon>();
  Faults faults = LexiconReader(*lexicon).read(folder);
  if (!faults.empty()) return faults;
  return std::unique_ptr<const Lexicon>(std::move(lexicon));
}

}  // namespace northstar::language
