#pragma once
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/locale.h"
#include "gateway/base/result.h"
#include "gateway/reply/values.h"

namespace northstar::reply {

/// A text in ICU MessageFormat, parsed once by ICU and kept as a small tree. ICU's own MessageFormat is not promised to
/// be safe from many threads and converts to UTF-16 and back; this one is immutable and appends UTF-8.
/// Understands `{name}`, `{name, number}`, select, plural and selectordinal; dates and choices are refused, because
/// nothing that we say needs them.
class Pattern {
 public:
  struct Argument {
    enum class Kind { text, number, choice };
    std::string name;
    Kind kind = Kind::text;
    std::set<std::string> keywords;  ///< of a choice: the branches written out
  };

  static Result<Pattern> parse(std::string_view utf8, Locale locale);
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  ~Pattern();

  const std::vector<Argument>& arguments() const;  ///< sorted by name

  /// Appends the text. A value that is missing is nothing, and takes the branch `other`: a person never reads braces.
  /// Typographer's quotes, dashes and spaces in values become plain ones, which mean the same and cost a third.
  void render(std::string& out, const Values& values) const;

  /// All branches one after another, each argument as kSlot: what can be said by the template's own words alone.
  static constexpr char kSlot = '\x01';
  std::string every_branch() const;

 private:
  struct Tree;
  explicit Pattern(std::unique_ptr<const Tree> tree);
  std::unique_ptr<const Tree> tree_;
};

}  // namespace northstar::reply
