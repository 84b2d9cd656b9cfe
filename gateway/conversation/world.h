#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/conversation/step.h"
#include "gateway/directory/directory.h"
#include "gateway/language/language.h"
#include "gateway/reply/catalog.h"

namespace northstar::conversation {

/// The engine's Help, answered from the real directory.
class DirectoryHelp final : public Help {
 public:
  DirectoryHelp(const directory::Directory& directory, const directory::Gazetteer& gazetteer)
      : directory_(directory), gazetteer_(gazetteer) {}
  std::vector<Offer> seek(const directory::Place& here, const directory::Wish& wish, Instant now) const override;

 private:
  const directory::Directory& directory_;
  const directory::Gazetteer& gazetteer_;
};

/// What a text means to a talk: words to facts, places where one was asked for. `digest` keys the safe word; it gets
/// the normalised text. Once their window has ended, a text is read as anybody's first (R10): the language they wrote
/// and the place we asked for are of before.
using WordDigest = std::function<std::array<std::uint8_t, 16>(std::string_view normalised)>;
TextReceived read(const language::Interpreter& interpreter, const directory::Gazetteer& gazetteer, const Flow& flow,
                  const Session& session, Instant now, const Timing& timing, std::string_view text, bool media,
                  const WordDigest& digest);

/// Who speaks: what the texts say of the line itself.
struct Voice {
  std::string programme = "Info line";
  std::string contact;
  bool free_to_end_user = false;
  int usual_wait_minutes = 10;
};

/// Turns a Say into the text that goes out.
reply::Rendered phrase(const Say& say, const reply::Catalog& catalog, const Voice& voice,
                       const directory::Directory& directory, const directory::Gazetteer& gazetteer);

}  // namespace northstar::conversation
