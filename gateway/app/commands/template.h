#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "gateway/base/locale.h"
#include "gateway/base/result.h"
#include "gateway/reply/catalog.h"

namespace northstar::app {

/// A template as a person would read it, and what the lint says of it.
struct TemplateView {
  std::string text;
  reply::Encoding encoding;
  reply::Values values;  ///< what was filled in
  std::set<int> choices;
  Faults errors, warnings;  ///< of this template in this locale
};

/// Renders `name` with the typical samples of `templates/samples.yaml`; `overrides` ("place" -> "Bakersfield") come
/// before them, and only arguments that the template has may be named.
Result<TemplateView> render_template(const reply::Catalog& catalog, const std::filesystem::path& templates_folder,
                                     const std::string& name, Locale locale,
                                     const std::map<std::string, std::string>& overrides,
                                     const reply::LintPolicy& policy);

/// For the terminal: the text, then what it costs, then what the lint says.
std::string to_lines(const TemplateView& view);

/// For `--jsonl`: {"template","locale","text","encoding","segments","units","choices","errors","warnings"}.
std::string to_json(const TemplateView& view, const std::string& name, Locale locale);

}  // namespace northstar::app
