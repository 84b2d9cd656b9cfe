#include "gateway/conversation/verify.h"

#include "gateway/conversation/verify_texts.h"

namespace northstar::conversation {

Verification examine(const Flow& flow, const reply::Catalog& catalog, std::span<const Locale> locales, Timing timing) {
  using namespace proof;
  Verification out;
  Findings findings(flow);
  read_texts(flow, catalog, locales, findings);
  constexpr std::size_t kWalked = 2;  // locales are interchangeable to the engine; see the header
  for (std::size_t i = 0; i < std::min(kWalked, locales.size()); ++i) {
    const Locale other = locales.size() < 2 ? Locale{} : locales[i == 0 ? 1 : 0];
    World world{flow, catalog, locales, timing, locales[i], happenings(locales[i], other), {}, 0};
    Walk walk(world, findings);
    walk.run();
    if (i == 0) read_claims(world, walk, findings);
    out.sessions += walk.sessions();
    out.pairs += walk.pairs();
    out.steps += world.steps;
  }
  read_form(flow, findings);
  out.faults = std::move(findings).take();
  return out;
}

Faults verify(const Flow& flow, const reply::Catalog& catalog, std::span<const Locale> locales, Timing timing) {
  return examine(flow, catalog, locales, timing).faults;
}

}  // namespace northstar::conversation
