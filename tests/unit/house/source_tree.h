#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace northstar::house {

/// One line of C++ with its comments blanked out, and the contents of its strings too.
struct Line {
  int number = 0;
  std::string code;
};

struct SourceFile {
  std::string path;  ///< from the top of the tree
  std::string text;
  /// The lines as the compiler reads them.
  std::vector<Line> lines() const;
  /// What `#include "…"` and `#include <…>` name.
  std::vector<std::string> includes() const;
  std::string extension() const { return std::filesystem::path(path).extension().string(); }
  bool cpp() const { return extension() == ".h" || extension() == ".cpp"; }
  /// "gateway/net" of gateway/net/http/server.h; "handlers/sms"; empty elsewhere.
  std::string room() const;
};

/// Every file of the tree but what git ignores: builds, state, installed packages.
std::vector<SourceFile> read_tree(const std::filesystem::path& top);
/// The names at the top of the tree, without those.
std::vector<std::string> top_level(const std::filesystem::path& top);

}  // namespace northstar::house
