#include <unistd.h>

#include <array>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <mutex>
#include <optional>
#include <random>

#include "gateway/app/commands/commands.h"
#include "gateway/app/phone/carrier.h"
#include "gateway/app/phone/screen.h"
#include "gateway/language/language.h"
#include "gateway/reply/segments.h"

namespace northstar::app {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kHelp =
    "Write what you would text. /later 16m  time passes   /number  another phone   /burst a | b  texts in a row   /quit";
// The outbox looks every second; a text that comes by the API is here by then.
constexpr auto kPatience = 1500ms;

/// A made-up number: 555-01xx belongs to nobody, in any area code.
PhoneNumber made_up_number() {
  constexpr std::array kAreas{209, 213, 310, 323, 408, 415, 510, 530, 559, 619, 626, 650, 661, 707, 714, 805, 909, 916};
  std::random_device entropy;
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "+1%d55501%02u", kAreas[entropy() % kAreas.size()], entropy() % 100);
  return PhoneNumber(text.data());
}

/// What a text of the gateway costs: "1 segment, GSM-7, 121 of 160".
std::string size_of(std::string_view text) {
  const reply::Encoding encoding = reply::encode_sms(text);
  // 3GPP TS 23.040: a part of several gives up room for the header that joins them.
  const std::size_t room = encoding.segments * (encoding.ucs2 ? (encoding.segments > 1 ? 67 : 70)
                                                              : (encoding.segments > 1 ? 153 : 160));
  return std::to_string(encoding.segments) + (encoding.segments == 1 ? " segment, " : " segments, ") +
         (encoding.ucs2 ? "UCS-2, " : "GSM-7, ") + std::to_string(encoding.units) + " of " + std::to_string(room);
}

/// What the gateway makes of a text by itself, outside any talk: "es · needs shelter, tonight · danger_now".
std::string heard_in(const language::Understanding& heard) {
  std::string out = heard.language.known() ? std::string(heard.language.tag()) : "no language";
  const auto add = [&out](std::string_view before, auto members, auto count) {
    std::string words;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      const auto member = static_cast<decltype(count)>(i);
      if (members.contains(member)) words += (words.empty() ? "" : ", ") + std::string(language::name(member));
    }
    if (!words.empty()) out += " · " + std::string(before) + words;
  };
  if (heard.digit) out += " · the digit " + std::to_string(*heard.digit);
  add("", heard.intents, language::Intent::kCount);
  add("cue: ", heard.cues, language::Cue::kCount);
  add("needs ", heard.needs, language::Need::kCount);
  if (heard.tonight) out += ", tonight";
  if (heard.man) out += " · a man";
  if (heard.ambiguous) out += " · perhaps an opt-out";
  return out;
}

Result<std::string> token_of(const ChannelSettings& channel) {
  if (const std::string name = channel.setting("auth_token_env"); !name.empty()) {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return Error{Error::Kind::failed, channel.path + ".auth_token_env: " + name + " is not set"};
    return std::string(value);
  }
  const std::string file = channel.setting("auth_token_file");
  std::ifstream in(file);
  std::string token;
  if (!in || !std::getline(in, token) || token.empty()) {
    return Error{Error::Kind::failed, file + ": no token yet; start the gateway first (ops/run), it makes one"};
  }
  return token;
}

/// Where the channel's API is to be stood in for: only an address on this machine.
std::optional<Endpoint> stand_in_at(const ChannelSettings& channel) {
  constexpr std::string_view kPlain = "http://";
  const std::string base = channel.setting("api_base");
  if (!base.starts_with(kPlain)) return std::nullopt;
  auto endpoint = parse_endpoint(std::string_view(base).substr(kPlain.size()));
  if (!endpoint || !endpoint->loopback()) return std::nullopt;
  return *endpoint;
}

class Phone {
 public:
  Phone(Carrier::Line line, bool plain, PhoneNumber number, std::optional<language::Interpreter> interpreter)
      : screen_(plain), interpreter_(std::move(interpreter)), number_(std::move(number)),
        carrier_(std::move(line), [this](const PhoneNumber& to, const MessageText& text) { arrived(to, text); }) {}

  int use(bool interactive) {
    screen_.note("This phone is " + number_.reveal() + ". " + std::string(kHelp));
    if (auto open = carrier_.open(); !open) {
      screen_.note("Texts that come later are shown by another phone: " + open.error().text);
    }
    std::string typed;
    for (screen_.prompt(); std::getline(std::cin, typed); screen_.prompt()) {
      if (typed.ends_with('\r')) typed.pop_back();
      if (typed == "/quit") return status_;
      if (!typed.empty()) take(typed);
    }
    if (!interactive) (void)wait_for_more(arrivals(), 300ms);
    return status_;
  }

 private:
  void take(const std::string& typed) {
    const std::size_t space = std::min(typed.find(' '), typed.size());
    const std::string command = typed.substr(0, space);
    const std::string rest = space < typed.size() ? typed.substr(space + 1) : "";
    if (command == "/later") return later(rest);
    if (command == "/burst") return burst(rest);
    if (command == "/number") {
      const std::lock_guard lock(mutex_);
      number_ = rest.empty() ? made_up_number() : PhoneNumber(rest);
      return screen_.note("This phone is " + number_.reveal() + ".");
    }
    if (command == "/help") return screen_.note(kHelp);
    if (typed.starts_with('/')) return screen_.trouble("\"" + command + "\" is no command. " + std::string(kHelp));
    const int before = arrivals();
    if (text(typed) == 0 && !wait_for_more(before, kPatience)) screen_.note("(no reply)");
  }

  /// Sends one text and shows what comes back at once; how many that were, or -1 when it did not go out.
  int text(const std::string& typed) {
    screen_.theirs(typed, interpreter_ ? "heard: " + heard_in(interpreter_->understand(typed)) : "");
    const auto replies = carrier_.deliver(number_, MessageText(typed));
    if (!replies) {
      status_ = 1;
      screen_.trouble(replies.error().text);
      return -1;
    }
    for (const std::string& reply : *replies) screen_.ours(reply, size_of(reply));
    return static_cast<int>(replies->size());
  }

  void burst(std::string_view texts) {
    const int before = arrivals();
    int replies = 0;
    while (!texts.empty()) {
      const std::size_t bar = std::min(texts.find('|'), texts.size());
      std::string_view one = texts.substr(0, bar);
      while (one.starts_with(' ')) one.remove_prefix(1);
      while (one.ends_with(' ')) one.remove_suffix(1);
      if (!one.empty()) replies += text(std::string(one));
      texts.remove_prefix(std::min(bar + 1, texts.size()));
    }
    if (replies == 0 && !wait_for_more(before, kPatience)) screen_.note("(no reply)");
  }

  void later(const std::string& by) {
    const auto time = parse_duration(by);
    if (!time) return screen_.trouble("/later: " + time.error().text);
    const int before = arrivals();
    if (auto moved = carrier_.ahead(*time); !moved) {
      status_ = 1;
      return screen_.trouble(moved.error().text);
    }
    screen_.note(".. " + app::to_string(*time));
    (void)wait_for_more(before, kPatience);
  }

  void arrived(const PhoneNumber& to, const MessageText& text) {
    std::unique_lock lock(mutex_);
    const bool mine = to == number_;
    ++arrivals_;
    lock.unlock();
    screen_.ours(text.reveal(), size_of(text.reveal()) + (mine ? "" : " · to a phone used before, " + to.reveal()));
    arrival_.notify_all();
  }

  int arrivals() {
    const std::lock_guard lock(mutex_);
    return arrivals_;
  }

  bool wait_for_more(int before, std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    return arrival_.wait_for(lock, patience, [&] { return arrivals_ > before; });
  }

  Screen screen_;
  std::optional<language::Interpreter> interpreter_;
  std::mutex mutex_;  // guards the next three: texts arrive on the carrier's thread
  std::condition_variable arrival_;
  int arrivals_ = 0;
  PhoneNumber number_;
  int status_ = 0;
  Carrier carrier_;
};

}  // namespace

int phone(const Start& start, const PhoneOptions& options) {
  const auto config = start.load();
  if (!config) {
    print(config.error());
    return 1;
  }
  const auto refuse = [](const std::string& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    return 1;
  };
  if (!config->demo) {
    return refuse("This phone makes up its number, so it talks only to a gateway whose configuration says demo: true.");
  }
  const ChannelSettings* channel = config->channel(options.channel);
  if (channel == nullptr || channel->type != "twilio") {
    return refuse("channels." + options.channel + ": the phone needs a channel of type twilio here");
  }
  const auto token = token_of(*channel);
  if (!token) return refuse(token.error().text);
  std::optional<language::Interpreter> interpreter;
  if (auto loaded = language::Interpreter::load(config->lexicon)) {
    interpreter = *std::move(loaded);
  } else {
    print(loaded.error());  // the phone works; it only cannot say what was heard
  }
  const std::string service = channel->setting("service");
  const std::string short_code = !options.short_code.empty() ? options.short_code : service.empty() ? "55501" : service;
  Phone phone({channel->name, config->listen_public, config->listen_operations, channel->setting("public_url"),
               channel->setting("account_sid"), *token, short_code, stand_in_at(*channel)},
              options.plain, options.number.empty() ? made_up_number() : PhoneNumber(options.number),
              std::move(interpreter));
  return phone.use(isatty(STDIN_FILENO) != 0 && !options.plain);
}

}  // namespace northstar::app
