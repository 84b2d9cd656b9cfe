#pragma once
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "gateway/app/config/config.h"
#include "gateway/base/result.h"
#include "gateway/base/time.h"
#include "gateway/conversation/verify.h"
#include "gateway/conversation/world.h"

namespace northstar::app {

/// All that a text is answered from: flow, messages, lexicons, places, providers, and the settings that shape them.
/// Immutable. A reload builds and checks a new one; each io_context holds its own pointer.
class Snapshot {
 public:
  /// Says what is wrong with what will be said, from the flow and its texts alone.
  using Judge = std::function<Faults(const conversation::Flow&, const reply::Catalog&, std::span<const Locale>)>;
  /// Loads and checks everything that the configuration names. Every fault of every file at once, those that `judge`
  /// finds among them. The lexicon, the places and the judging need nothing of each other: they are parts for `run`.
  static Loaded<std::shared_ptr<const Snapshot>> load(
      const Config& config, Instant now, const conversation::RunParts& run = conversation::one_after_another,
      const Judge& judge = {});

  const reply::Catalog templates;
  const conversation::Flow flow;
  const language::Interpreter interpreter;
  const directory::Gazetteer gazetteer;
  const directory::Directory directory;
  const conversation::DirectoryHelp help;
  const std::vector<Locale> locales;  ///< those in which we speak: enabled and complete
  const conversation::Voice voice;
  const conversation::Timing timing;

  conversation::Catalogs catalogs() const { return {templates, help, locales, timing}; }

  Snapshot(reply::Catalog templates, conversation::Flow flow, language::Interpreter interpreter,
           directory::Gazetteer gazetteer, directory::Directory directory, std::vector<Locale> locales,
           conversation::Voice voice, conversation::Timing timing);
  Snapshot(const Snapshot&) = delete;
};

/// What may stand in a demonstration and must not meet real people (R38, R87): drafts as first replies, no verified line
/// for the whole country. Nothing in a demo. The rest of that list is the configuration's own (R97).
Faults bars_to_real_people(const Snapshot& snapshot, const Config& config);

/// The verifier and the lint over what will be said: with the bars, what `northstar check` prints. Faults keep it from
/// serving.
struct Checked {
  Faults faults;
  Faults warnings;
};
Checked check(const conversation::Flow& flow, const reply::Catalog& templates, std::span<const Locale> locales,
              const Config& config, const conversation::RunParts& run);

}  // namespace northstar::app
