#include "gateway/net/settings.h"

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace northstar::net {
namespace {

constexpr std::size_t kSecretMost = 4096;

std::string trimmed_end(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
  return text;
}

}  // namespace

Settings::Settings(const YAML::Node& map, std::string file, std::string what, Faults& faults)
    : file_(std::move(file)), what_(std::move(what)), faults_(faults) {
  if (map && map.IsMap()) {
    map_ = map;
  } else if (map) {
    fault_at(map, what_ + " must be a list of `key: value` lines");
  }
  std::set<std::string> seen;
  if (map_)
    for (const auto& entry : map_)
      if (entry.first.IsScalar() && !seen.insert(entry.first.Scalar()).second)
        fault_at(entry.first, what_ + ": \"" + entry.first.Scalar() + "\" is written twice");
}

void Settings::fault_at(const YAML::Node& node, std::string text) {
  Fault fault;
  fault.file = file_;
  if (const YAML::Mark mark = node.Mark(); !mark.is_null()) {
    fault.line = mark.line + 1;
    fault.column = mark.column + 1;
  }
  fault.text = std::move(text);
  faults_.push_back(std::move(fault));
}

bool Settings::has(std::string_view key) const {
  if (!map_ || !map_.IsMap()) return false;
  for (const auto& entry : map_)
    if (entry.first.IsScalar() && entry.first.Scalar() == key) return true;
  return false;
}

YAML::Node Settings::find(std::string_view key) {
  asked_.emplace(key);
  if (map_ && map_.IsMap())
    for (const auto& entry : map_)
      if (entry.first.IsScalar() && entry.first.Scalar() == key) return entry.second;
  return YAML::Node(YAML::NodeType::Undefined);
}

void Settings::fault(std::string_view key, std::string text) {
  const YAML::Node node = find(key);
  fault_at(node.IsDefined() ? node : map_, what_ + ": " + std::string(key) + ": " + std::move(text));
}

std::string Settings::text(std::string_view key, std::string_view otherwise) {
  const YAML::Node node = find(key);
  if (!node.IsDefined()) return std::string(otherwise);
  if (!node.IsScalar()) {
    fault(key, "must be one word or one line of text");
    return std::string(otherwise);
  }
  return node.Scalar();
}

std::string Settings::required(std::string_view key) {
  const std::string value = text(key);
  if (value.empty()) fault(key, "is missing");
  return value;
}

bool Settings::boolean(std::string_view key, bool otherwise) {
  const YAML::Node node = find(key);
  if (!node.IsDefined()) return otherwise;
  if (node.IsScalar() && (node.Scalar() == "true" || node.Scalar() == "yes")) return true;
  if (node.IsScalar() && (node.Scalar() == "false" || node.Scalar() == "no")) return false;
  fault(key, "must be true or false");
  return otherwise;
}

int Settings::number(std::string_view key, int otherwise, int least, int most) {
  const YAML::Node node = find(key);
  if (!node.IsDefined()) return otherwise;
  int value = 0;
  const std::string digits = node.IsScalar() ? node.Scalar() : std::string();
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || ec != std::errc() || end != digits.data() + digits.size() || value < least || value > most) {
    fault(key, "must be a number from " + std::to_string(least) + " to " + std::to_string(most));
    return otherwise;
  }
  return value;
}

std::size_t Settings::one_of(std::string_view key, std::initializer_list<std::string_view> choices, std::size_t otherwise) {
  const YAML::Node node = find(key);
  if (!node.IsDefined()) return otherwise;
  std::string all;
  std::size_t i = 0;
  for (const std::string_view choice : choices) {
    if (node.IsScalar() && node.Scalar() == choice) return i;
    all.append(i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ").append(choice);
    ++i;
  }
  fault(key, "must be " + all);
  return otherwise;
}

std::vector<std::string> Settings::list(std::string_view key) {
  const YAML::Node node = find(key);
  std::vector<std::string> out;
  if (!node.IsDefined()) return out;
  if (node.IsScalar()) return {node.Scalar()};
  if (!node.IsSequence()) {
    fault(key, "must be a list");
    return out;
  }
  for (const auto& item : node) {
    if (item.IsScalar()) out.push_back(item.Scalar());
    else fault_at(item, what_ + ": " + std::string(key) + ": each entry must be one line of text");
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> Settings::pairs(std::string_view key) {
  const YAML::Node node = map(key);
  std::vector<std::pair<std::string, std::string>> out;
  if (node.IsDefined() && node.IsMap())
    for (const auto& entry : node) {
      if (entry.first.IsScalar() && entry.second.IsScalar())
        out.emplace_back(entry.first.Scalar(), entry.second.Scalar());
      else
        fault_at(entry.first, what_ + ": " + std::string(key) + ": each value must be one line of text");
    }
  return out;
}

YAML::Node Settings::map(std::string_view key) {
  const YAML::Node node = find(key);
  if (node.IsDefined() && !node.IsMap()) {
    fault(key, "must be a list of `key: value` lines");
    return YAML::Node(YAML::NodeType::Undefined);
  }
  return node;
}

std::string Settings::secret(std::string_view key) {
  const std::string file_key = std::string(key) + "_file", env_key = std::string(key) + "_env";
  const std::string path = text(file_key), variable = text(env_key);
  if (has(std::string(key))) {
    find(key);
    fault(key, "secrets stay out of this file: put it in a file and write " + file_key + ", or " + env_key);
    return {};
  }
  if (!path.empty() && !variable.empty()) {
    fault(env_key, "choose " + file_key + " or " + env_key + ", not both");
    return {};
  }
  if (!variable.empty()) {
    const char* value = std::getenv(variable.c_str());
    if (!value || *value == '\0') fault(env_key, "the environment has no " + variable);
    return value ? value : "";
  }
  if (path.empty()) return {};
  // Beside the configuration first, so that a folder can be moved as a whole; else from where the gateway was started.
  namespace fs = std::filesystem;
  std::error_code ec;
  const fs::path beside = fs::path(file_).parent_path() / path;
  const fs::path found = fs::exists(beside, ec) ? beside : fs::path(path);
  std::ifstream in(found, std::ios::binary);
  std::string value;
  if (in && !fs::is_directory(found, ec))
    value = trimmed_end({std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()});
  if (value.empty()) fault(file_key, "cannot read a secret from " + found.string());
  if (value.size() > kSecretMost) {
    fault(file_key, found.string() + " is too large to be a secret");
    value.clear();
  }
  return value;
}

void Settings::common() {
  text("type");
  text("backup");
}

void Settings::finish() {
  if (!map_ || !map_.IsMap()) return;
  for (const auto& entry : map_) {
    if (!entry.first.IsScalar()) fault_at(entry.first, what_ + ": a key must be one word");
    else if (!asked_.contains(entry.first.Scalar()))
      fault_at(entry.first, what_ + ": \"" + entry.first.Scalar() + "\" is not a setting");
  }
}

}  // namespace northstar::net
