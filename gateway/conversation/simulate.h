#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/conversation/world.h"

namespace northstar::conversation {

/// A talk played without a network: the same engine, flow, words and directory as the gateway's, with a clock that is
/// moved by hand. Golden conversations, the editor's preview and the tests all run on it.
class Simulation {
 public:
  Simulation(const Flow& flow, const reply::Catalog& templates, const language::Interpreter& interpreter,
             const directory::Gazetteer& gazetteer, const directory::Directory& directory, const Voice& voice,
             Instant start);

  /// One text of theirs; what we say is appended to `said()`.
  void them(std::string_view text, bool media = false);
  /// Lets time pass; timers that fall due fire in order.
  void wait(Millis time);
  void advocate_joins(std::string alias);
  void advocate_leaves();

  struct Line {
    std::string name;        ///< of the template
    std::string back;        ///< of the short menu it ends with, or empty
    std::string text;
    std::string provider;    ///< key, where it gives one
    std::string locale;
    reply::Encoding encoding;
  };
  /// All that was said since the last call, in order.
  std::vector<Line> said();
  const Session& session() const { return session_; }
  const TextReceived& heard() const { return heard_; }
  Instant now() const { return now_; }

 private:
  void happen(const Event& event);

  const Flow& flow_;
  const reply::Catalog& templates_;
  const language::Interpreter& interpreter_;
  const directory::Gazetteer& gazetteer_;
  const directory::Directory& directory_;
  DirectoryHelp help_;
  Voice voice_;
  std::vector<Locale> locales_;
  Instant now_;
  Session session_;
  TextReceived heard_;
  std::map<TimerKind, Instant> timers_;
  std::vector<Line> said_;
};

/// One golden conversation that did not go as written.
struct Departure {
  std::string file;
  int line = 0;
  std::string conversation;  ///< its name
  std::string text;          ///< what was awaited, and what came
};

struct Golden {
  std::size_t conversations = 0;
  std::vector<Departure> departures;
  Faults faults;             ///< of the file itself
  std::string report;        ///< the talks as chats, for people
};

/// Plays every conversation of a YAML file. Each is a list of steps:
///   them: text | us: template | us: { template, provider } | us: nothing | wait: 16m | queue: live|held|none
///   window: open|asked|closed | opted_out: true|false | advocate: NAME | advocate_leaves: true | media: true | says: part of the text
/// A picture beside words is { them: text, media: true }.
Golden play(const std::filesystem::path& file, const Flow& flow, const reply::Catalog& templates,
            const language::Interpreter& interpreter, const directory::Gazetteer& gazetteer,
            const directory::Directory& directory, const Voice& voice);

}  // namespace northstar::conversation
