#pragma once
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace northstar {

/// What went wrong, in the words of whoever has to mend it. Never holds private data:
/// no message text, number, address or search term.
struct Error {
  enum class Kind {
    failed,       ///< anything else; `text` says what
    unavailable,  ///< a server we need is away; worth trying again
    timed_out,    ///< the deadline passed; the outcome may be unknown
    contended,    ///< others changed the same record every time we tried
    refused,      ///< the other side said no, and will again
    malformed,    ///< what came in could not be read
  };
  Kind kind = Kind::failed;
  std::string text;
};

/// A value, or why there is none.
template <class T, class E = Error>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  const E& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, E> state_;
};

/// Success, or why not.
template <class E>
class [[nodiscard]] Result<void, E> {
 public:
  Result() = default;
  Result(E error) : error_(std::move(error)) {}
  explicit operator bool() const { return !error_; }
  const E& error() const { return *error_; }

 private:
  std::optional<E> error_;
};

/// One mistake in a file that a person edits. Lines and columns count from 1; 0 means "the file as a whole".
struct Fault {
  std::string file;
  int line = 0;
  int column = 0;
  std::string text;
  std::string conversation{};  ///< the shortest talk that shows it, printed as a chat; often empty

  /// `templates/es/messages.yaml:41:9: "greet" offers 3 choices, the flow accepts 2 (1, 2)`
  std::string to_string() const {
    std::string out = file;
    if (line > 0) out += ":" + std::to_string(line) + ":" + std::to_string(column);
    out += ": " + text;
    if (!conversation.empty()) out += "\n" + conversation;
    return out;
  }
};

/// All mistakes at once, so that nobody mends a file one complaint at a time.
using Faults = std::vector<Fault>;

/// A thing built from files, or every fault that kept it from being built.
template <class T>
using Loaded = Result<T, Faults>;

}  // namespace northstar
