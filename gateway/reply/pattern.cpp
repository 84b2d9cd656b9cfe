#include "gateway/reply/pattern.h"

#include <unicode/locid.h>
#include <unicode/messagepattern.h>
#include <unicode/numberformatter.h>
#include <unicode/plurrule.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <variant>

namespace northstar::reply {
namespace {

std::string utf8_of(const icu::UnicodeString& text) {
  std::string out;
  text.toUTF8String(out);
  return out;
}

const Value* find(const Values& values, std::string_view name) {
  for (const auto& [key, value] : values)
    if (key == name) return &value;
  return nullptr;
}

/// The plain GSM-7 sign that means the same as a typographer's; empty where the sign stays.
std::string_view plain(UChar32 c) {
  switch (c) {
    case 0x2018:
    case 0x2019:
    case 0x201A:
    case 0x2032:
    case '`':
    case 0xB4:
      return "'";
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0x2033:
    case 0xAB:
    case 0xBB:
      return "\"";
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2212:
      return "-";
    case 0x2026:
      return "...";
    case 0xA0:
    case 0x2009:
    case 0x202F:
      return " ";
    default:
      return {};
  }
}

void append_value(std::string& out, std::string_view value) {
  const bool simple = std::all_of(value.begin(), value.end(), [](unsigned char c) { return c < 0x80 && c != '`'; });
  if (simple) {
    out += value;
    return;
  }
  const auto size = static_cast<std::int32_t>(value.size());
  for (std::int32_t at = 0; at < size;) {
    const std::int32_t begin = at;
    UChar32 c = 0;
    U8_NEXT(value.data(), at, size, c);
    if (c < 0)
      out += "\uFFFD";
    else if (const std::string_view instead = plain(c); !instead.empty())
      out += instead;
    else
      out += value.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(at - begin));
  }
}

struct Branches;
struct Literal {
  std::string text;
};
struct Slot {
  std::string name;
};
struct Hash {};  ///< `#` inside a plural
using Node = std::variant<Literal, Slot, Hash, std::unique_ptr<Branches>>;
using Nodes = std::vector<Node>;

struct Branches {
  std::string name;
  bool counts = false;  ///< plural or selectordinal; else select
  double offset = 0;
  std::vector<std::pair<double, Nodes>> exact;
  std::vector<std::pair<std::string, Nodes>> by_keyword;
  std::shared_ptr<const icu::PluralRules> rules;

  const Nodes* of(std::string_view keyword) const {
    for (const auto& [key, branch] : by_keyword)
      if (key == keyword) return &branch;
    return nullptr;
  }
};

}  // namespace

struct Pattern::Tree {
  Nodes nodes;
  std::vector<Argument> arguments;
  icu::number::LocalizedNumberFormatter numbers;  // documented as immutable and safe from many threads

  std::string number(std::int64_t value) const {
    UErrorCode status = U_ZERO_ERROR;
    return utf8_of(numbers.formatInt(value, status).toString(status));
  }

  void append(std::string& out, const Nodes& from, const Values& values, std::optional<std::int64_t> count) const {
    for (const Node& node : from) {
      if (const auto* literal = std::get_if<Literal>(&node)) {
        out += literal->text;
      } else if (const auto* slot = std::get_if<Slot>(&node)) {
        if (const Value* value = find(values, slot->name)) {
          if (const auto* text = std::get_if<std::string>(value))
            append_value(out, *text);
          else
            out += number(std::get<std::int64_t>(*value));
        }
      } else if (std::holds_alternative<Hash>(node)) {
        if (count) out += number(*count);
      } else {
        append(out, *std::get<std::unique_ptr<Branches>>(node), values, count);
      }
    }
  }

  void append(std::string& out, const Branches& branches, const Values& values,
              std::optional<std::int64_t> count) const {
    const Value* value = find(values, branches.name);
    const Nodes* chosen = nullptr;
    if (branches.counts) {
      count = value != nullptr && std::holds_alternative<std::int64_t>(*value)
                  ? std::optional(std::get<std::int64_t>(*value))
                  : std::nullopt;
      if (count) {
        for (const auto& [number, branch] : branches.exact)
          if (number == static_cast<double>(*count)) chosen = &branch;
        *count -= static_cast<std::int64_t>(branches.offset);
        if (chosen == nullptr) chosen = branches.of(utf8_of(branches.rules->select(static_cast<double>(*count))));
      }
    } else if (value != nullptr) {
      if (const auto* text = std::get_if<std::string>(value))
        chosen = branches.of(*text);
      else
        chosen = branches.of(std::to_string(std::get<std::int64_t>(*value)));
    }
    if (chosen == nullptr) chosen = branches.of("other");
    if (chosen != nullptr) append(out, *chosen, values, count);
  }
};

namespace {

/// Walks ICU's parse of one text. What we do not take is noted once, in `refused`.
class Builder {
 public:
  Builder(const icu::MessagePattern& parsed, const icu::Locale& locale) : parsed_(parsed), locale_(locale) {}

  Nodes message(std::int32_t start) {
    Nodes nodes;
    const std::int32_t limit = parsed_.getLimitPartIndex(start);
    std::int32_t from = parsed_.getPart(start).getLimit();
    for (std::int32_t i = start + 1; i <= limit; ++i) {
      const icu::MessagePattern::Part& part = parsed_.getPart(i);
      literal(nodes, from, part.getIndex());
      from = part.getLimit();
      switch (part.getType()) {
        case UMSGPAT_PART_TYPE_REPLACE_NUMBER:
          nodes.emplace_back(Hash{});
          break;
        case UMSGPAT_PART_TYPE_ARG_START: {
          const std::int32_t end = parsed_.getLimitPartIndex(i);
          nodes.push_back(argument(i, end));
          i = end;
          from = parsed_.getPart(end).getLimit();
          break;
        }
        default:
          break;  // SKIP_SYNTAX is passed over; INSERT_CHAR only says how a stricter quoting would be written
      }
    }
    return nodes;
  }

  std::string refused;
  std::map<std::string, Pattern::Argument> arguments;

 private:
  void literal(Nodes& nodes, std::int32_t from, std::int32_t to) {
    if (to <= from) return;
    std::string text = utf8_of(parsed_.getPatternString().tempSubStringBetween(from, to));
    if (!nodes.empty())
      if (auto* before = std::get_if<Literal>(&nodes.back())) {
        before->text += text;
        return;
      }
    nodes.emplace_back(Literal{std::move(text)});
  }

  Pattern::Argument& know(const std::string& name, Pattern::Argument::Kind kind) {
    using Kind = Pattern::Argument::Kind;
    auto [found, fresh] = arguments.try_emplace(name, Pattern::Argument{name, kind, {}});
    Kind& known = found->second.kind;
    if (known != kind) {
      if (known != Kind::choice && kind != Kind::choice)
        known = Kind::number;  // "{n}" beside "{n, plural, ...}"
      else if (refused.empty())
        refused = "{" + name + "} both chooses and is shown; give the two uses two names";
    }
    return found->second;
  }

  Node argument(std::int32_t start, std::int32_t end) {
    const UMessagePatternArgType type = parsed_.getPart(start).getArgType();
    const icu::MessagePattern::Part& named = parsed_.getPart(start + 1);
    const std::string name = utf8_of(parsed_.getSubstring(named));
    if (named.getType() == UMSGPAT_PART_TYPE_ARG_NUMBER && refused.empty())
      refused = "{" + name + "}: arguments have names here, not numbers";
    switch (type) {
      case UMSGPAT_ARG_TYPE_NONE:
        know(name, Pattern::Argument::Kind::text);
        return Slot{name};
      case UMSGPAT_ARG_TYPE_SIMPLE: {
        const bool plain_number =
            utf8_of(parsed_.getSubstring(parsed_.getPart(start + 2))) == "number" && start + 3 == end;
        if (!plain_number && refused.empty())
          refused = "{" + name + ", ...}: only {" + name + ", number}, select, plural and selectordinal are known";
        know(name, Pattern::Argument::Kind::number);
        return Slot{name};
      }
      case UMSGPAT_ARG_TYPE_SELECT:
      case UMSGPAT_ARG_TYPE_PLURAL:
      case UMSGPAT_ARG_TYPE_SELECTORDINAL:
        return branches(name, type, start + 2, end);
      default:
        if (refused.empty()) refused = "{" + name + ", choice, ...} is not known; use plural or select";
        return Slot{name};
    }
  }

  Node branches(const std::string& name, UMessagePatternArgType type, std::int32_t i, std::int32_t end) {
    auto out = std::make_unique<Branches>();
    out->name = name;
    out->counts = type != UMSGPAT_ARG_TYPE_SELECT;
    know(name, out->counts ? Pattern::Argument::Kind::number : Pattern::Argument::Kind::choice);
    if (out->counts) {
      UErrorCode status = U_ZERO_ERROR;
      out->rules.reset(icu::PluralRules::forLocale(
          locale_, type == UMSGPAT_ARG_TYPE_PLURAL ? UPLURAL_TYPE_CARDINAL : UPLURAL_TYPE_ORDINAL, status));
      if ((U_FAILURE(status) || out->rules == nullptr) && refused.empty())
        refused = "no plural rules for this language";
      if (UMessagePatternPartType first = parsed_.getPartType(i);
          first == UMSGPAT_PART_TYPE_ARG_INT || first == UMSGPAT_PART_TYPE_ARG_DOUBLE)
        out->offset = parsed_.getNumericValue(parsed_.getPart(i++));
    }
    while (i < end) {
      const std::string selector = utf8_of(parsed_.getSubstring(parsed_.getPart(i++)));
      std::optional<double> exactly;
      if (UMessagePatternPartType next = parsed_.getPartType(i);
          next == UMSGPAT_PART_TYPE_ARG_INT || next == UMSGPAT_PART_TYPE_ARG_DOUBLE)
        exactly = parsed_.getNumericValue(parsed_.getPart(i++));
      Nodes nodes = message(i);
      i = parsed_.getLimitPartIndex(i) + 1;
      if (!out->counts) know(name, Pattern::Argument::Kind::choice).keywords.insert(selector);
      if (out->of(selector) != nullptr && refused.empty())
        refused = "{" + name + ", ...} has the branch \"" + selector + "\" twice";
      if (exactly)
        out->exact.emplace_back(*exactly, std::move(nodes));
      else
        out->by_keyword.emplace_back(selector, std::move(nodes));
    }
    return out;
  }

  const icu::MessagePattern& parsed_;
  const icu::Locale& locale_;
};

void append_every(std::string& out, const Nodes& nodes) {
  for (const Node& node : nodes) {
    if (const auto* literal = std::get_if<Literal>(&node))
      out += literal->text;
    else if (const auto* branches = std::get_if<std::unique_ptr<Branches>>(&node)) {
      const auto each = [&out](const Nodes& branch) {
        append_every(out, branch);
        out += '\n';
      };
      for (const auto& [number, branch] : (*branches)->exact) each(branch);
      for (const auto& [keyword, branch] : (*branches)->by_keyword) each(branch);
    } else
      out += Pattern::kSlot;
  }
}

}  // namespace

Pattern::Pattern(std::unique_ptr<const Tree> tree) : tree_(std::move(tree)) {}
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

Result<Pattern> Pattern::parse(std::string_view utf8, northstar::Locale tag) {
  UErrorCode status = U_ZERO_ERROR;
  UParseError place{};
  icu::MessagePattern parsed(UMSGPAT_APOS_DOUBLE_OPTIONAL, status);
  const icu::UnicodeString source = icu::UnicodeString::fromUTF8({utf8.data(), static_cast<int>(utf8.size())});
  parsed.parse(source, &place, status);
  if (U_FAILURE(status)) {
    const auto at = std::clamp<std::int32_t>(place.offset, 0, source.length());
    return Error{Error::Kind::malformed, "not a message format, near character " + std::to_string(at + 1) + " (\"" +
                                             utf8_of(source.tempSubString(at, 16)) + "\")"};
  }
  const icu::Locale locale = icu::Locale::forLanguageTag(std::string(tag.tag()), status);
  Builder builder(parsed, locale);
  Nodes nodes = builder.message(0);
  if (!builder.refused.empty()) return Error{Error::Kind::malformed, builder.refused};
  std::vector<Argument> arguments;
  arguments.reserve(builder.arguments.size());
  for (auto& [name, argument] : builder.arguments) arguments.push_back(std::move(argument));
  return Pattern(std::make_unique<const Tree>(
      Tree{std::move(nodes), std::move(arguments), icu::number::NumberFormatter::withLocale(locale)}));
}

const std::vector<Pattern::Argument>& Pattern::arguments() const { return tree_->arguments; }

void Pattern::render(std::string& out, const Values& values) const {
  tree_->append(out, tree_->nodes, values, std::nullopt);
}

std::string Pattern::every_branch() const {
  std::string out;
  append_every(out, tree_->nodes);
  return out;
}

}  // namespace northstar::reply
