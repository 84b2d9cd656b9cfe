#include "tests/unit/house/source_tree.h"

#include <fstream>
#include <iterator>

namespace northstar::house {
namespace {

namespace fs = std::filesystem;

/// As in .gitignore.
bool ignored(const fs::path& name) {
  const std::string text = name.string();
  return text == ".git" || text == "build" || text.starts_with("build-") || text == "var" || text == "node_modules" ||
         text == "compile_commands.json" || text == ".cache";
}

/// Blanks comments and what stands inside quotes; keeps line ends, so that line numbers stay true.
std::string blanked(std::string_view text) {
  std::string out(text);
  enum { code, line_comment, comment, string, character, raw } state = code;
  std::string closing;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::string_view rest = std::string_view(text).substr(i);
    const char c = text[i];
    switch (state) {
      case code:
        if (rest.starts_with("//")) state = line_comment;
        else if (rest.starts_with("/*")) state = comment;
        else if (rest.starts_with("R\"")) {
          const std::size_t open = rest.find('(');
          closing = ")" + std::string(rest.substr(2, open - 2)) + "\"";
          state = raw;
          i += open;
          continue;
        } else if (c == '"') { state = string; continue; }
        else if (c == '\'' && (i == 0 || !std::isalnum(static_cast<unsigned char>(text[i - 1])))) { state = character; continue; }
        break;
      case line_comment:
        if (c == '\n') state = code;
        break;
      case comment:
        if (i > 0 && text[i - 1] == '*' && c == '/') { out[i] = ' '; state = code; continue; }
        break;
      case string:
      case character:
        if (c == '\\') { out[i] = ' '; if (i + 1 < out.size()) out[++i] = ' '; continue; }
        if (c == (state == string ? '"' : '\'')) { state = code; continue; }
        break;
      case raw:
        if (rest.starts_with(closing)) { i += closing.size() - 1; state = code; continue; }
        break;
    }
    if (state != code && c != '\n') out[i] = ' ';
  }
  return out;
}

}  // namespace

std::vector<Line> SourceFile::lines() const {
  std::vector<Line> out;
  const std::string code = blanked(text);
  std::size_t begin = 0;
  for (int number = 1; begin < code.size(); ++number) {
    const std::size_t end = std::min(code.find('\n', begin), code.size());
    out.push_back({number, code.substr(begin, end - begin)});
    begin = end + 1;
  }
  return out;
}

std::vector<std::string> SourceFile::includes() const {
  std::vector<std::string> out;
  constexpr std::string_view kInclude = "#include ";
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = std::string_view(text).substr(begin, end - begin);
    if (line.starts_with(kInclude) && line.size() > kInclude.size() + 2) {
      const std::string_view name = line.substr(kInclude.size() + 1);
      out.emplace_back(name.substr(0, name.find_first_of("\">")));
    }
    begin = end + 1;
  }
  return out;
}

std::string SourceFile::room() const {
  const bool ours = path.starts_with("gateway/") || path.starts_with("handlers/");
  const std::size_t first = path.find('/');
  const std::size_t second = ours ? path.find('/', first + 1) : std::string::npos;
  return second == std::string::npos ? "" : path.substr(0, second);
}

std::vector<SourceFile> read_tree(const fs::path& top) {
  std::vector<SourceFile> out;
  for (fs::recursive_directory_iterator entry(top), end; entry != end; ++entry) {
    if (ignored(entry->path().filename())) {
      entry.disable_recursion_pending();
    } else if (entry->is_regular_file()) {
      std::ifstream in(entry->path(), std::ios::binary);
      out.push_back({entry->path().lexically_relative(top).generic_string(),
                     std::string(std::istreambuf_iterator<char>(in), {})});
    }
  }
  return out;
}

std::vector<std::string> top_level(const fs::path& top) {
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator(top)) {
    if (!ignored(entry.path().filename())) out.push_back(entry.path().filename().string());
  }
  return out;
}

}  // namespace northstar::house
