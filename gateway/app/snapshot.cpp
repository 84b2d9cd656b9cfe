#include "gateway/app/snapshot.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>

namespace northstar::app {
namespace {

void append(Faults& faults, const Faults& more) { faults.insert(faults.end(), more.begin(), more.end()); }

/// Takes a part, or notes all that kept it from being built.
template <class T>
std::optional<T> take(Loaded<T> part, Faults& faults) {
  if (part) return std::move(*part);
  append(faults, part.error());
  return std::nullopt;
}

}  // namespace

Snapshot::Snapshot(reply::Catalog templates_in, conversation::Flow flow_in, language::Interpreter interpreter_in,
                   directory::Gazetteer gazetteer_in, directory::Directory directory_in, std::vector<Locale> locales_in,
                   conversation::Voice voice_in, conversation::Timing timing_in)
    : templates(std::move(templates_in)),
      flow(std::move(flow_in)),
      interpreter(std::move(interpreter_in)),
      gazetteer(std::move(gazetteer_in)),
      directory(std::move(directory_in)),
      help(directory, gazetteer),
      locales(std::move(locales_in)),
      voice(std::move(voice_in)),
      timing(timing_in) {}

Loaded<std::shared_ptr<const Snapshot>> Snapshot::load(const Config& config, Instant now,
                                                         const conversation::RunParts& run, const Judge& judge) {
  Faults faults;
  std::optional<conversation::Flow> flow;
  std::vector<Locale> locales;
  auto templates = take(reply::Catalog::load(config.templates), faults);
  if (templates) {
    flow = take(conversation::Flow::load(config.flow, *templates), faults);
    for (Locale locale : config.programme.languages) {
      if (templates->complete(locale)) {
        locales.push_back(locale);
      } else {
        faults.push_back(config.fault("programme.languages", "there is no complete set of messages in \"" +
                                                                 std::string(locale.tag()) + "\""));
      }
    }
  }

  std::optional<language::Interpreter> interpreter;
  std::optional<directory::Gazetteer> gazetteer;
  std::optional<directory::Directory> providers;
  std::array<Faults, 3> found;
  const std::array<std::function<void()>, 3> parts{
      [&] { interpreter = take(language::Interpreter::load(config.lexicon), found[0]); },
      [&] {
        directory::Policy policy;
        policy.demo = config.demo;
        gazetteer = take(directory::Gazetteer::load(config.geo), found[1]);
        providers = take(directory::Directory::load(config.directory, policy, now), found[1]);
      },
      [&] {
        if (judge && flow && faults.empty()) found[2] = judge(*flow, *templates, locales);
      }};
  run(parts);
  for (const Faults& part : found) append(faults, part);
  if (!faults.empty()) return faults;

  conversation::Voice voice;
  voice.programme = config.programme.name;
  voice.contact = config.programme.contact;
  voice.free_to_end_user = config.programme.free_to_end_user;
  voice.usual_wait_minutes =
      static_cast<int>(std::chrono::duration_cast<std::chrono::minutes>(config.queue.usual_wait).count());
  conversation::Timing timing;
  timing.activity = config.window.activity;
  timing.burst = config.window.burst;
  timing.nobody_after = config.queue.nobody_after;
  return std::shared_ptr<const Snapshot>(std::make_shared<const Snapshot>(
      std::move(*templates), std::move(*flow), std::move(*interpreter), std::move(*gazetteer), std::move(*providers),
      std::move(locales), std::move(voice), timing));
}

Faults bars_to_real_people(const Snapshot& snapshot, const Config& config) {
  Faults faults;
  if (config.demo) return faults;
  for (std::size_t i = 0; i < snapshot.templates.size(); ++i) {
    const auto id = static_cast<reply::TemplateId>(i);
    const auto& facts = snapshot.templates.facts(id);
    if (!facts.tags.contains("automatic") || !facts.tags.contains("ok_question")) continue;
    for (Locale locale : snapshot.locales) {
      const auto* wording = snapshot.templates.wording(id, locale);
      if (!wording || !wording->draft) continue;
      faults.push_back({wording->file, wording->line, wording->column,
                        "\"" + facts.name + "\" (R87): real people may not be met with a draft; a native speaker signs it "
                        "with review: { by: …, on: … }"});
    }
  }
  if (snapshot.directory.national().empty()) {
    faults.push_back(config.fault("directory", "no line for the whole country has been verified, and one stands beside "
                                               "every answer (R38): call it, and add x_verified_at"));
  }
  return faults;
}

Checked check(const conversation::Flow& flow, const reply::Catalog& templates, std::span<const Locale> locales,
              const Config& config, const conversation::RunParts& run) {
  Checked checked;
  // With the shipped times, whatever is set: the proof walks gaps of a second, a minute and sixteen minutes, and the
  // engine only ever asks on which side of a limit a gap falls.
  checked.faults = conversation::verify(flow, templates, locales, {}, run);
  reply::LintPolicy policy;
  policy.free_to_end_user = config.programme.free_to_end_user;
  policy.programme = config.programme.name;
  policy.contact = config.programme.contact;
  auto lint = reply::lint(templates, config.templates, policy);
  append(checked.faults, lint.errors);
  checked.warnings = std::move(lint.warnings);
  return checked;
}

}  // namespace northstar::app
