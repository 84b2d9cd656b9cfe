#include "gateway/app/commands/template.h"

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>

#include "gateway/reply/pattern.h"
#include "gateway/reply/samples.h"

namespace northstar::app {
namespace {

using reply::Pattern;
using reply::Value;

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

/// A count stays a count, so that plurals choose rightly.
Result<Value> value_from(const Pattern::Argument& argument, const std::string& text) {
  if (argument.kind != Pattern::Argument::Kind::number) return Value(text);
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  if (const auto [stopped, error] = std::from_chars(text.data(), end, number); error != std::errc() || stopped != end)
    return Error{Error::Kind::malformed, "{" + argument.name + "} is a whole number"};
  return Value(number);
}

/// Only what is said of this template in this locale.
Faults about(Faults all, const reply::Wording& wording) {
  std::erase_if(all, [&](const Fault& fault) { return fault.file != wording.file || fault.line != wording.line; });
  return all;
}

}  // namespace

Result<TemplateView> render_template(const reply::Catalog& catalog, const std::filesystem::path& folder,
                                     const std::string& name, Locale locale,
                                     const std::map<std::string, std::string>& overrides,
                                     const reply::LintPolicy& policy) {
  const auto id = catalog.find(name);
  if (!id) return Error{Error::Kind::malformed, "there is no template \"" + name + "\""};
  const reply::Wording* wording = catalog.wording(*id, locale);
  if (wording == nullptr)
    return Error{Error::Kind::malformed, "\"" + name + "\" has no text in \"" + std::string(locale.tag()) + "\""};

  Faults faults;
  reply::Samples samples = reply::Samples::read(folder, faults);
  samples.fix("programme", policy.programme);
  samples.fix("contact", policy.contact);
  samples.fix("rates", std::string(policy.free_to_end_user ? "free" : "other"));
  const std::vector<Pattern::Argument>& arguments = catalog.pattern(*id, locale)->arguments();
  for (const auto& [argument, text] : overrides) {
    const auto known =
        std::find_if(arguments.begin(), arguments.end(), [&](const auto& a) { return a.name == argument; });
    if (known == arguments.end())
      return Error{Error::Kind::malformed,
                   "\"" + name + "\" has no {" + argument + "}; it has: " + joined(catalog.facts(*id).arguments)};
    auto value = value_from(*known, text);
    if (!value) return value.error();
    samples.fix(argument, *std::move(value));
  }

  TemplateView view;
  view.values = samples.typical(catalog, *id, locale, faults);
  if (!faults.empty()) return Error{Error::Kind::malformed, faults.front().to_string()};
  reply::Rendered rendered = catalog.render(*id, locale, view.values);
  view.text = std::move(rendered.text);
  view.encoding = rendered.encoding;
  view.choices = wording->choices;
  reply::LintReport report = reply::lint(catalog, folder, policy);
  view.errors = about(std::move(report.errors), *wording);
  view.warnings = about(std::move(report.warnings), *wording);
  return view;
}

std::string to_lines(const TemplateView& view) {
  std::string out = view.text + "\n\n" + std::to_string(view.encoding.segments) +
                    (view.encoding.segments == 1 ? " segment" : " segments") +
                    (view.encoding.ucs2 ? ", UCS-2, " : ", GSM-7, ") + std::to_string(view.encoding.units) +
                    (view.encoding.ucs2 ? " of 70" : " of 160") + " units\n";
  for (const Fault& fault : view.errors) out += "error    " + fault.to_string() + "\n";
  for (const Fault& fault : view.warnings) out += "warning  " + fault.to_string() + "\n";
  return out;
}

std::string to_json(const TemplateView& view, const std::string& name, Locale locale) {
  namespace json = boost::json;
  const auto lines = [](const Faults& faults) {
    json::array out;
    for (const Fault& fault : faults) out.emplace_back(fault.to_string());
    return out;
  };
  json::object out;
  out["template"] = name;
  out["locale"] = std::string(locale.tag());
  out["text"] = view.text;
  out["encoding"] = view.encoding.ucs2 ? "UCS-2" : "GSM-7";
  out["segments"] = view.encoding.segments;
  out["units"] = view.encoding.units;
  out["choices"] = json::array(view.choices.begin(), view.choices.end());
  out["errors"] = lines(view.errors);
  out["warnings"] = lines(view.warnings);
  return json::serialize(out);
}

}  // namespace northstar::app
