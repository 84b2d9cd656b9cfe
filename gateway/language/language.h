#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/language/understanding.h"

namespace northstar::language {

/// Turns what people text into what it means.
///
/// An Interpreter is immutable and built from `config/lexicon/`; a reload builds a new one. It matches as people
/// write: no capitals or accents, misspelt, joined, abbreviated, two languages mixed. Opt-outs come from the lexicon
/// alone; cues and needs may also be found by a small classifier that says which words spoke.
/// Safe to use from many threads.
///   en  plz stop texting me   -> opt_out
///   es  ya no me escriban     -> opt_out
///   en  make him stop         -> not an opt-out
class Interpreter {
 public:
  /// Loads every file of the folder. All faults are reported, each with file, line and column.
  static Loaded<Interpreter> load(const std::filesystem::path& lexicon_folder);

  Interpreter(Interpreter&&) noexcept;
  Interpreter& operator=(Interpreter&&) noexcept;
  ~Interpreter();

  /// `text` is UTF-8 of any quality (invalid bytes are tolerated); `hint` is the talk's language, `und` if none.
  Understanding understand(std::string_view text, Locale hint = {}) const;

  /// Which words spoke, for people who tune the lexicon: one line a finding.
  std::vector<std::string> explain(std::string_view text, Locale hint = {}) const;

 private:
  struct Data;
  explicit Interpreter(std::unique_ptr<const Data>);
  std::unique_ptr<const Data> data_;
};

/// NFKC, case-folded, accents off, apostrophes and repeated spaces tidied: the form that lexicons are matched in,
/// and that a safe word is compared in. Idempotent.
std::string normalise(std::string_view text);

}  // namespace northstar::language
