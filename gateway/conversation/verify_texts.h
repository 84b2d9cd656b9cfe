#pragma once
#include "gateway/conversation/verify_walk.h"

namespace northstar::conversation::proof {

/// What can be read off the flow and its messages without a talk: invariant 9, and of 10 what is a matter of form.
void read_texts(const Flow& flow, const reply::Catalog& catalog, std::span<const Locale> locales, Findings& findings);
void read_form(const Flow& flow, Findings& findings);

/// What a flow asks for that is the engine's: refused, with the talk that shows what would come of it.
void read_claims(World& world, const Walk& walk, Findings& findings);

}  // namespace northstar::conversation::proof
