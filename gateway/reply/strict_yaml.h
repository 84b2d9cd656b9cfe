#pragma once
#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/result.h"

namespace northstar::reply {

/// Reads one YAML file and notes every fault with its place. yaml-cpp by itself takes a key twice without a word
/// and counts lines from nought.
class StrictYaml {
 public:
  StrictYaml(const std::filesystem::path& file, Faults& faults) : file_(file.string()), faults_(faults) {}

  std::optional<YAML::Node> read();
  const std::string& file() const { return file_; }

  void fault(const YAML::Mark& mark, std::string text);
  void fault(const YAML::Node& node, std::string text) { fault(node.Mark(), std::move(text)); }

  using Visit = std::function<void(const std::string& key, const YAML::Node& key_node, const YAML::Node& value)>;
  /// Visits the entries in their order; a key that stands twice is a fault and is visited once.
  void entries(const YAML::Node& map, const std::string& what, const Visit& visit);
  /// A word or a text, else a fault.
  std::optional<std::string> scalar(const YAML::Node& node, const std::string& what);
  /// A list of words, else a fault.
  std::vector<std::string> words(const YAML::Node& node, const std::string& what);

 private:
  std::string file_;
  Faults& faults_;
};

}  // namespace northstar::reply
