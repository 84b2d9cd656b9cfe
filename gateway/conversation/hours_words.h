#pragma once
#include <string>

#include "gateway/base/locale.h"
#include "gateway/directory/hours.h"
#include "gateway/reply/catalog.h"

namespace northstar::conversation {

/// Opening hours in the talk's own language: "Mon-Fri 9am-12pm, 1pm-5pm", "lun-vie de 9 a. m. a 5 p. m.". All words are
/// the catalog's (`hours_*`). Empty when they are not known, or always: the offers have their own words for these.
std::string hours_in(const directory::Hours& hours, const reply::Catalog& catalog, Locale locale);

}  // namespace northstar::conversation
