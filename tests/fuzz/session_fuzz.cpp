// Any bytes as a stored session: they give a session or an empty one, and what is written of that reads as itself.
#include <algorithm>
#include <stdexcept>
#include <string>

#include "gateway/conversation/session.h"
#include "gateway/conversation/flow.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace northstar;
  static const conversation::Flow flow = [] {
    const auto catalog = reply::Catalog::load(NORTHSTAR_SOURCE_DIR "/templates");
    if (!catalog) throw std::logic_error(catalog.error().front().to_string());
    auto loaded = conversation::Flow::load(NORTHSTAR_SOURCE_DIR "/templates/flow.yaml", *catalog);
    if (!loaded) throw std::logic_error(loaded.error().front().to_string());
    return std::move(*loaded);
  }();
  std::string_view bytes = fuzz::bytes_of(data, size);
  const std::size_t kept_size = std::min<std::size_t>(fuzz::take_choice(bytes), bytes.size());
  const std::string_view kept = bytes.substr(0, kept_size), talk = bytes.substr(kept_size);

  const conversation::Session session = decode(talk, kept, flow);
  const std::string talk_again = encode_talk(session, flow), kept_again = encode_kept(session);
  const conversation::Session again = decode(talk_again, kept_again, flow);
  fuzz::require(encode_talk(again, flow) == talk_again, "a talk that was written reads as itself");
  fuzz::require(encode_kept(again) == kept_again, "what was kept reads as itself");
  for (const conversation::Talk* rests : {&session.talk, session.parked ? &*session.parked : &session.talk}) {
    fuzz::require(rests->state == conversation::kNowhere || flow.state(rests->state).says.has_value(),
                  "a talk rests where something is said");
  }
  fuzz::require(session.talk.offered <= session.talk.offers.size(), "no more was offered than there is");
  return 0;
}
