#include "gateway/reply/strict_yaml.h"

#include <fstream>
#include <set>
#include <sstream>

namespace northstar::reply {

std::optional<YAML::Node> StrictYaml::read() {
  std::ifstream in(file_, std::ios::binary);
  if (!in) {
    faults_.push_back({.file = file_, .text = "cannot be read"});
    return std::nullopt;
  }
  std::ostringstream bytes;
  bytes << in.rdbuf();
  try {
    return YAML::Load(bytes.str());
  } catch (const YAML::Exception& problem) {
    fault(problem.mark, "not YAML: " + problem.msg);
    return std::nullopt;
  }
}

void StrictYaml::fault(const YAML::Mark& mark, std::string text) {
  // A null mark means the file as a whole; else marks count from nought.
  const bool placed = !mark.is_null();
  faults_.push_back({.file = file_,
                     .line = placed ? mark.line + 1 : 0,
                     .column = placed ? mark.column + 1 : 0,
                     .text = std::move(text)});
}

void StrictYaml::entries(const YAML::Node& map, const std::string& what, const Visit& visit) {
  if (!map.IsMap()) {
    fault(map, what + " must be entries of the form \"name: value\"");
    return;
  }
  std::set<std::string> seen;
  for (const auto& entry : map) {
    if (!entry.first.IsScalar()) {
      fault(entry.first, what + ": a name must be a plain word");
    } else if (const std::string& key = entry.first.Scalar(); !seen.insert(key).second) {
      fault(entry.first, "\"" + key + "\" stands twice in " + what);
    } else {
      visit(key, entry.first, entry.second);
    }
  }
}

std::optional<std::string> StrictYaml::scalar(const YAML::Node& node, const std::string& what) {
  if (node.IsScalar()) return node.Scalar();
  fault(node, what + " must be one value");
  return std::nullopt;
}

std::vector<std::string> StrictYaml::words(const YAML::Node& node, const std::string& what) {
  std::vector<std::string> out;
  if (!node.IsSequence()) {
    fault(node, what + " must be a list: [one, two]");
    return out;
  }
  for (const auto& item : node)
    if (auto word = scalar(item, what)) out.push_back(*std::move(word));
  return out;
}

}  // namespace northstar::reply
