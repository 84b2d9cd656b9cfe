#pragma once
#include <yaml-cpp/yaml.h>

#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"

namespace northstar::net {

/// One map of a channel's configuration, read strictly: each key is asked for once, and what nobody asked for, or was
/// written twice, or has the wrong type, is a fault with its line. Secrets come from files and the environment only.
class Settings {
 public:
  /// `what` names the map in messages: "channel main", "channel main, send".
  Settings(const YAML::Node& map, std::string file, std::string what, Faults& faults);

  bool has(std::string_view key) const;
  std::string text(std::string_view key, std::string_view otherwise = {});
  std::string required(std::string_view key);
  bool boolean(std::string_view key, bool otherwise);
  int number(std::string_view key, int otherwise, int least, int most);
  /// The value's place in `choices`.
  std::size_t one_of(std::string_view key, std::initializer_list<std::string_view> choices, std::size_t otherwise);
  std::vector<std::string> list(std::string_view key);
  std::vector<std::pair<std::string, std::string>> pairs(std::string_view key);
  /// A map inside; a fault and an empty one when it is something else.
  YAML::Node map(std::string_view key);
  /// `<key>_file` or `<key>_env`; empty when neither is given.
  std::string secret(std::string_view key);

  void fault(std::string_view key, std::string text);
  /// The keys that any channel may have and the gateway itself reads: `type`, and `backup`, the channel that takes over.
  void common();
  /// After the last question: everything else is unknown.
  void finish();

 private:
  YAML::Node find(std::string_view key);
  void fault_at(const YAML::Node& node, std::string text);

  YAML::Node map_;
  std::string file_, what_;
  Faults& faults_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace northstar::net
