#include "gateway/conversation/verify.h"

#include <algorithm>

#include "gateway/conversation/verify_texts.h"

namespace northstar::conversation {

void one_after_another(std::span<const std::function<void()>> parts) {
  for (const auto& part : parts) part();
}

Verification examine(const Flow& flow, const reply::Catalog& catalog, std::span<const Locale> locales, Timing timing,
                     const RunParts& run) {
  using namespace proof;
  constexpr std::size_t kWalked = 2;  // locales are interchangeable to the engine; see the header
  std::vector<Verification> walked(std::min(kWalked, locales.size()));
  std::vector<Findings> found(walked.size(), Findings(flow));
  std::vector<std::function<void()>> parts;
  parts.reserve(walked.size());
  for (std::size_t i = 0; i < walked.size(); ++i) {
    parts.emplace_back([&, i] {
      const Locale other = locales.size() < 2 ? Locale{} : locales[i == 0 ? 1 : 0];
      World world{flow, catalog, locales, timing, locales[i], happenings(locales[i], other), {}, 0};
      Walk walk(world, found[i]);
      walk.run();
      if (i == 0) read_claims(world, walk, found[i]);
      walked[i] = {{}, walk.sessions(), walk.pairs(), world.steps};
    });
  }
  run(parts);

  Findings findings(flow);
  read_texts(flow, catalog, locales, findings);
  Verification out;
  for (std::size_t i = 0; i < walked.size(); ++i) {
    findings.join(std::move(found[i]));
    out.sessions += walked[i].sessions;
    out.pairs += walked[i].pairs;
    out.steps += walked[i].steps;
  }
  read_form(flow, findings);
  out.faults = std::move(findings).take();
  return out;
}

Faults verify(const Flow& flow, const reply::Catalog& catalog, std::span<const Locale> locales, Timing timing,
              const RunParts& run) {
  return examine(flow, catalog, locales, timing, run).faults;
}

}  // namespace northstar::conversation
