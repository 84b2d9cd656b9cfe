#include "gateway/conversation/simulate.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace northstar::conversation {
namespace {

// Wednesday 2026-11-25 10:00 in California: golden conversations do not depend on the day they are played.
constexpr Instant kStart{std::chrono::sys_days{std::chrono::year{2026} / 11 / 25} + std::chrono::hours{18}};

std::array<std::uint8_t, 16> plain_digest(std::string_view word) {
  std::array<std::uint8_t, 16> out{};  // FNV-1a twice: a simulation keeps no secret
  std::uint64_t a = 1469598103934665603u, b = 88172645463325252u;
  for (const char c : word) {
    a = (a ^ static_cast<unsigned char>(c)) * 1099511628211u;
    b = (b ^ static_cast<unsigned char>(c)) * 6364136223846793005u;
  }
  for (std::size_t i = 0; i < 8; ++i) {
    out[i] = static_cast<std::uint8_t>(a >> (8 * i));
    out[i + 8] = static_cast<std::uint8_t>(b >> (8 * i));
  }
  return out;
}

std::optional<Millis> duration(const std::string& text) {
  double count = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (bad != std::errc{}) return std::nullopt;
  const auto of = [&](double seconds) { return Millis{static_cast<std::int64_t>(count * seconds * 1000)}; };
  if (unit == "s") return of(1);
  if (unit == "m") return of(60);
  if (unit == "h") return of(3600);
  if (unit == "d") return of(86400);
  return std::nullopt;
}

std::string_view word(Standing standing) {
  return standing == Standing::live ? "live" : standing == Standing::held ? "held" : "none";
}
std::string_view word(Window window) {
  switch (window) {
    case Window::closed: return "closed";
    case Window::asked: return "asked";
    case Window::open: return "open";
    case Window::closing: return "closing";
  }
  return "";
}

/// One conversation being compared with what was written of it.
class Play {
 public:
  Play(const std::string& file, std::string name, Simulation& talk, Golden& golden)
      : file_(file), name_(std::move(name)), talk_(talk), golden_(golden) {}

  void step(const YAML::Node& step) {
    line_ = step.Mark().line + 1;
    for (const auto& entry : step) {
      const auto what = entry.first.as<std::string>("");
      const YAML::Node& value = entry.second;
      if (what == "them") {
        flush();
        const auto text = value.as<std::string>("");
        const bool picture = step["media"].as<bool>(false);
        note("> " + text + (picture ? " (and a picture)" : ""));
        talk_.them(text, picture);
        take();
      } else if (what == "media" && step["them"]) {  // beside the words
      } else if (what == "media") {
        flush();
        note("> (a picture)");
        talk_.them("", true);
        take();
      } else if (what == "us") {
        us(value);
      } else if (what == "says") {
        const auto part = value.as<std::string>("");
        if (last_.text.find(part) == std::string::npos) depart("a text with \"" + part + "\"", "\"" + last_.text + "\"");
      } else if (what == "wait") {
        flush();
        const auto time = duration(value.as<std::string>(""));
        if (!time) return fault(value, "a wait is written as 30s, 16m, 2h or 3d");
        note(".. " + value.as<std::string>());
        talk_.wait(*time);
        take();
      } else if (what == "advocate") {
        flush();
        note("= an advocate joins");
        talk_.advocate_joins(value.as<std::string>(""));
        take();
      } else if (what == "advocate_leaves") {
        flush();
        note("= the advocate leaves");
        talk_.advocate_leaves();
        take();
      } else if (what == "queue") {
        expect("a place in the queue that is ", value.as<std::string>(""), word(talk_.session().queue.standing));
      } else if (what == "window") {
        expect("a window that is ", value.as<std::string>(""), word(talk_.session().window));
      } else if (what == "urgent") {
        expect("urgent: ", value.as<std::string>(""),
               talk_.session().queue.severity == Severity::danger ? "true" : "false");
      } else if (what == "opted_out") {
        expect("opted out: ", value.as<std::string>(""), talk_.session().opted_out ? "true" : "false");
      } else if (what == "note") {
        note("= " + value.as<std::string>(""));
      } else {
        fault(entry.first, "a step has no \"" + what + "\"");
      }
    }
  }
  void flush() {
    while (next_ < said_.size()) {
      depart("nothing more", said_[next_].name + ": \"" + said_[next_].text + "\"");
      ++next_;
    }
  }

 private:
  void take() {
    said_ = talk_.said();
    next_ = 0;
    for (const auto& line : said_) note("< " + line.text);
    if (said_.empty()) note("  (no reply)");
  }
  void us(const YAML::Node& value) {
    std::string name, provider, locale;
    if (value.IsMap()) {
      for (const auto& entry : value) {
        const auto key = entry.first.as<std::string>("");
        if (key == "template") name = entry.second.as<std::string>("");
        else if (key == "provider") provider = entry.second.as<std::string>("");
        else if (key == "locale") locale = entry.second.as<std::string>("");
        else return fault(entry.first, "\"us\" has no \"" + key + "\"");
      }
    } else {
      name = value.as<std::string>("");
    }
    if (name == "nothing") return flush();
    if (next_ >= said_.size()) return depart(name, "nothing");
    last_ = said_[next_++];
    const std::string whole = last_.back.empty() ? last_.name : last_.name + "+" + last_.back;
    if (last_.name != name && whole != name) return depart(name, whole + ": \"" + last_.text + "\"");
    if (!provider.empty() && last_.provider != provider) depart(name + " of " + provider, last_.provider);
    if (!locale.empty() && last_.locale != locale) depart(name + " in " + locale, last_.locale);
  }
  void expect(const std::string& what, const std::string& awaited, std::string_view is) {
    if (awaited != is) depart(what + awaited, std::string(is));
  }
  void depart(const std::string& awaited, const std::string& came) {
    golden_.departures.push_back({file_, line_, name_, "awaited " + awaited + ", but there was " + came});
    note("! awaited " + awaited);
  }
  void fault(const YAML::Node& node, std::string text) {
    golden_.faults.push_back({file_, node.Mark().line + 1, node.Mark().column + 1, std::move(text)});
  }
  void note(const std::string& line) { golden_.report += "    " + line + "\n"; }

  const std::string& file_;
  std::string name_;
  Simulation& talk_;
  Golden& golden_;
  std::vector<Simulation::Line> said_;
  std::size_t next_ = 0;
  Simulation::Line last_;
  int line_ = 0;
};

}  // namespace

Simulation::Simulation(const Flow& flow, const reply::Catalog& templates, const language::Interpreter& interpreter,
                       const directory::Gazetteer& gazetteer, const directory::Directory& directory, const Voice& voice,
                       Instant start)
    : flow_(flow), templates_(templates), interpreter_(interpreter), gazetteer_(gazetteer), directory_(directory),
      help_(directory, gazetteer), voice_(voice), now_(start) {
  for (Locale locale : templates.locales()) {
    if (templates.complete(locale)) locales_.push_back(locale);
  }
}

void Simulation::happen(const Event& event) {
  const Catalogs catalogs{templates_, help_, locales_, {}};
  Step next = step(flow_, catalogs, std::move(session_), event, now_);
  // As stored and read again: what the codec would lose is lost here too.
  session_ = decode(encode_talk(next.session, flow_), encode_kept(next.session), flow_);
  for (auto& action : next.actions) {
    if (const auto* say = std::get_if<Say>(&action)) {
      const auto rendered = phrase(*say, templates_, voice_, directory_, gazetteer_);
      said_.push_back({templates_.facts(say->what).name, say->back ? templates_.facts(*say->back).name : "",
                       rendered.text, say->offer ? say->offer->key : "", std::string(say->locale.tag()),
                       rendered.encoding});
    } else if (const auto* start = std::get_if<StartTimer>(&action)) {
      timers_[start->kind] = start->at;
    } else if (const auto* stop = std::get_if<StopTimer>(&action)) {
      timers_.erase(stop->kind);
    } else if (std::holds_alternative<Forget>(action)) {
      const bool opted_out = session_.opted_out;
      session_ = Session{};
      session_.opted_out = opted_out;
      session_.wrote_since_stop = opted_out;
      timers_.clear();
    }
  }
}

void Simulation::them(std::string_view text, bool media) {
  heard_ = read(interpreter_, gazetteer_, flow_, session_, now_, {}, text, media, plain_digest);
  happen(heard_);
}

void Simulation::wait(Millis time) {
  const Instant end = now_ + time;
  for (;;) {
    auto due = std::min_element(timers_.begin(), timers_.end(),
                                [](const auto& a, const auto& b) { return a.second < b.second; });
    if (due == timers_.end() || due->second > end) break;
    now_ = std::max(now_, due->second);
    const TimerKind kind = due->first;
    timers_.erase(due);
    happen(TimerFired{kind});
  }
  now_ = end;
}

void Simulation::advocate_joins(std::string alias) { happen(AdvocateJoined{std::move(alias)}); }
void Simulation::advocate_leaves() { happen(AdvocateLeft{}); }
std::vector<Simulation::Line> Simulation::said() { return std::exchange(said_, {}); }

Golden play(const std::filesystem::path& file, const Flow& flow, const reply::Catalog& templates,
            const language::Interpreter& interpreter, const directory::Gazetteer& gazetteer,
            const directory::Directory& directory, const Voice& voice) {
  Golden golden;
  const std::string name = file.string();
  try {
    const YAML::Node root = YAML::LoadFile(name);
    if (!root.IsSequence()) {
      golden.faults.push_back({name, 1, 1, "a file of conversations is a list"});
      return golden;
    }
    for (const auto& conversation : root) {
      const auto title = conversation["name"].as<std::string>("");
      if (title.empty() || !conversation["talk"].IsSequence()) {
        golden.faults.push_back({name, conversation.Mark().line + 1, 1, "a conversation has a name and a talk"});
        continue;
      }
      ++golden.conversations;
      golden.report += "  " + title + "\n";
      Simulation talk(flow, templates, interpreter, gazetteer, directory, voice, kStart);
      Play play(name, title, talk, golden);
      for (const auto& step : conversation["talk"]) play.step(step);
      play.flush();
    }
  } catch (const YAML::Exception& problem) {  // yaml-cpp tells its faults by throwing
    golden.faults.push_back({name, problem.mark.line + 1, problem.mark.column + 1, problem.msg});
  }
  return golden;
}

}  // namespace northstar::conversation
