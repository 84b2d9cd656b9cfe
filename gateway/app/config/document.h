#pragma once
#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/base/time.h"

namespace northstar::app {

/// A YAML file with the `--set a.b=value` of the command line laid over it. It knows where each value was written, so
/// that a fault points there.
class Document {
 public:
  /// Reads the file. Nothing when it is no YAML. Other faults are noted and reading goes on, so that all are told at
  /// once; among them what yaml-cpp takes in silence: a key written twice, a second document.
  static std::optional<Document> load(const std::filesystem::path& file, std::span<const std::string> sets,
                                      Faults& faults);

  const YAML::Node& root() const { return root_; }
  const std::string& file() const { return file_; }
  /// A fault at the value of `path` ("listen.public"), which `node` is.
  Fault fault(const std::string& path, const YAML::Mark& mark, std::string text) const;
  /// Whether the value comes from the command line.
  bool set_by_hand(const std::string& path) const;

 private:
  void lay_over(const std::string& assignment, Faults& faults);
  std::string file_;
  YAML::Node root_;
  std::set<std::string, std::less<>> sets_;
};

/// Reads one map of a document, strictly: what it is not asked for is a fault, and so is a value of the wrong kind.
/// A key that is absent leaves the default that `out` holds.
class Reader {
 public:
  Reader(const Document& document, Faults& faults);

  Reader map(std::string_view key);
  /// Every key of this map with its value, in the order of the file; all count as asked for.
  std::vector<std::pair<std::string, YAML::Node>> entries();

  bool has(std::string_view key) const;
  void boolean(std::string_view key, bool& out);
  void whole(std::string_view key, int& out, int least, int most);
  void text(std::string_view key, std::string& out);
  void texts(std::string_view key, std::vector<std::string>& out);
  void duration(std::string_view key, Millis& out, Millis least, Millis most);
  void choice(std::string_view key, std::string& out, std::span<const std::string_view> choices);
  /// `parse(text)` gives a Result<T>; its error becomes the fault's words.
  template <class T, class Parse>
  void parsed(std::string_view key, T& out, Parse parse) {
    if (auto value = scalar(key)) {
      auto result = parse(value->Scalar());
      if (result) {
        out = *std::move(result);
      } else {
        complain(key, result.error().text);
      }
    }
  }

  /// A fault at the value of `key`, or at this map when the key is absent.
  void complain(std::string_view key, std::string text);
  /// Names every key that nobody asked for, with the nearest known one.
  void finish();
  std::string path(std::string_view key) const;

 private:
  Reader(const Document& document, Faults& faults, YAML::Node node, std::string path);
  std::optional<YAML::Node> find(std::string_view key);
  std::optional<YAML::Node> scalar(std::string_view key);

  const Document* document_;
  Faults* faults_;
  YAML::Node node_;
  std::string path_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace northstar::app
