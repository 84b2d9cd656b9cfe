#include "gateway/app/config/document.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <iterator>
#include <numeric>

#include "gateway/app/config/values.h"

namespace northstar::app {
namespace {

/// yaml-cpp counts lines and columns from 0; a node made by hand has -1.
int from_one(int mark) { return mark + 1; }

void check_keys(const std::string& file, const YAML::Node& node, const std::string& path, Faults& faults) {
  if (node.IsSequence()) {
    for (const auto& item : node) check_keys(file, item, path, faults);
    return;
  }
  if (!node.IsMap()) return;
  std::map<std::string, int> lines;
  for (const auto& entry : node) {
    const YAML::Mark mark = entry.first.Mark();
    if (!entry.first.IsScalar()) {
      faults.push_back({file, from_one(mark.line), from_one(mark.column), "a key is a plain word here"});
      continue;
    }
    const std::string name = (path.empty() ? "" : path + ".") + entry.first.Scalar();
    const auto [first, fresh] = lines.emplace(entry.first.Scalar(), from_one(mark.line));
    if (!fresh) {
      faults.push_back({file, from_one(mark.line), from_one(mark.column),
                        name + " is written twice, the first time in line " + std::to_string(first->second) +
                            "; keep one"});
    }
    check_keys(file, entry.second, name, faults);
  }
}

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t dot = path.find('.');
    parts.emplace_back(path.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    path.remove_prefix(dot + 1);
  }
}

/// What would stand in the shell's history and in the list of processes for all to read.
bool names_a_secret(std::string_view key) {
  if (key.ends_with("_file") || key.ends_with("_env")) return false;
  constexpr std::array kWords{std::string_view("token"), std::string_view("password"), std::string_view("secret"),
                              std::string_view("api_key"), std::string_view("private_key")};
  return std::ranges::any_of(kWords, [key](std::string_view word) { return key.ends_with(word); });
}

std::size_t distance(std::string_view a, std::string_view b) {  // Levenshtein
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::string joined(std::span<const std::string_view> words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    out += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + std::string(words[i]);
  }
  return out;
}

std::string_view kind_of(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Map: return "several keys";
    case YAML::NodeType::Sequence: return "a list";
    case YAML::NodeType::Scalar: return "a single value";
    default: return "nothing";
  }
}

}  // namespace

std::optional<Document> Document::load(const std::filesystem::path& file, std::span<const std::string> sets,
                                       Faults& faults) {
  Document document;
  document.file_ = file.string();
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (!in) {
    faults.push_back({document.file_, 0, 0, "cannot be read; name another with --config FILE"});
    return std::nullopt;
  }
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(bytes);
    if (documents.size() > 1) {
      const YAML::Mark mark = documents[1].Mark();
      faults.push_back({document.file_, from_one(mark.line), from_one(mark.column), "a second document (---) begins here"});
    }
    if (!documents.empty()) document.root_ = documents.front();
  } catch (const YAML::Exception& broken) {
    faults.push_back({document.file_, from_one(broken.mark.line), from_one(broken.mark.column),
                      "this is no YAML: " + broken.msg});
    return std::nullopt;
  }
  if (document.root_.IsNull() || !document.root_.IsDefined()) document.root_ = YAML::Node(YAML::NodeType::Map);
  if (!document.root_.IsMap()) {
    const YAML::Mark mark = document.root_.Mark();
    faults.push_back({document.file_, from_one(mark.line), from_one(mark.column), "settings are written as \"name: value\""});
    return std::nullopt;
  }
  check_keys(document.file_, document.root_, "", faults);
  for (const std::string& assignment : sets) document.lay_over(assignment, faults);
  return document;
}

void Document::lay_over(const std::string& assignment, Faults& faults) {
  const std::size_t equals = assignment.find('=');
  const std::string path = assignment.substr(0, equals);
  const std::vector<std::string> parts = split(path);
  if (equals == std::string::npos || std::ranges::any_of(parts, &std::string::empty)) {
    faults.push_back({"--set", 0, 0, "\"" + path + "\" is to be written as --set a.b=value"});
    return;
  }
  if (names_a_secret(parts.back())) {
    faults.push_back({"--set", 0, 0,
                      path + " is a secret, and a command line can be read by everyone on this machine; put it into a "
                             "file or the environment and say " + path + "_file=… or " + path + "_env=…"});
    return;
  }
  YAML::Node value;
  try {
    value = YAML::Load(assignment.substr(equals + 1));
  } catch (const YAML::Exception& broken) {
    faults.push_back({"--set", 0, 0, path + ": this is no YAML: " + broken.msg});
    return;
  }
  check_keys("--set", value, path, faults);
  YAML::Node at = root_;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    YAML::Node next = at[parts[i]];
    if (!next.IsDefined() || next.IsNull()) {
      next = YAML::Node(YAML::NodeType::Map);
      at[parts[i]] = next;
    } else if (!next.IsMap()) {
      faults.push_back({"--set", 0, 0, path + ": " + parts[i] + " is " + std::string(kind_of(next)) + " and has nothing inside"});
      return;
    }
    at.reset(next);
  }
  at[parts.back()] = value;
  sets_.insert(path);
}

bool Document::set_by_hand(const std::string& path) const {
  return std::ranges::any_of(sets_, [&path](const std::string& set) {
    return path == set || (path.starts_with(set) && path[set.size()] == '.');
  });
}

Fault Document::fault(const std::string& path, const YAML::Mark& mark, std::string text) const {
  std::string words = path.empty() ? std::move(text) : path + ": " + text;
  // A key that only `--set` made, such as the "lsiten" of lsiten.public, has no place in the file.
  const bool made = mark.line < 0 && std::ranges::any_of(sets_, [&](const std::string& set) { return set.starts_with(path + "."); });
  if (made || set_by_hand(path)) return {"--set", 0, 0, std::move(words)};
  return {file_, from_one(mark.line), from_one(mark.column), std::move(words)};
}

Reader::Reader(const Document& document, Faults& faults) : Reader(document, faults, document.root(), "") {}

Reader::Reader(const Document& document, Faults& faults, YAML::Node node, std::string path)
    : document_(&document), faults_(&faults), node_(node), path_(std::move(path)) {}

std::string Reader::path(std::string_view key) const {
  return path_.empty() ? std::string(key) : key.empty() ? path_ : path_ + "." + std::string(key);
}

bool Reader::has(std::string_view key) const {
  return std::any_of(node_.begin(), node_.end(), [key](const auto& entry) { return entry.first.Scalar() == key; });
}

std::optional<YAML::Node> Reader::find(std::string_view key) {
  known_.emplace(key);
  for (const auto& entry : node_) {
    if (entry.first.Scalar() != key) continue;
    if (entry.second.IsNull()) {
      faults_->push_back(document_->fault(path(key), entry.first.Mark(), "is empty; give it a value or leave the line out"));
      return std::nullopt;
    }
    return entry.second;
  }
  return std::nullopt;
}

std::optional<YAML::Node> Reader::scalar(std::string_view key) {
  auto node = find(key);
  if (node && !node->IsScalar()) {
    complain(key, "needs a single value and has " + std::string(kind_of(*node)));
    return std::nullopt;
  }
  return node;
}

Reader Reader::map(std::string_view key) {
  auto node = find(key);
  if (node && !node->IsMap()) {
    complain(key, "needs keys of its own below it and has " + std::string(kind_of(*node)));
    node.reset();
  }
  return Reader(*document_, *faults_, node ? *node : YAML::Node(YAML::NodeType::Map), path(key));
}

std::vector<std::pair<std::string, YAML::Node>> Reader::entries() {
  std::vector<std::pair<std::string, YAML::Node>> out;
  for (const auto& entry : node_) {
    known_.insert(entry.first.Scalar());
    out.emplace_back(entry.first.Scalar(), entry.second);
  }
  return out;
}

void Reader::boolean(std::string_view key, bool& out) {
  // YAML 1.1 also takes yes, on and y; people read those as words.
  if (auto value = scalar(key)) {
    if (value->Scalar() == "true") {
      out = true;
    } else if (value->Scalar() == "false") {
      out = false;
    } else {
      complain(key, "\"" + value->Scalar() + "\" is neither true nor false");
    }
  }
}

void Reader::whole(std::string_view key, int& out, int least, int most) {
  const auto value = scalar(key);
  if (!value) return;
  const std::string& text = value->Scalar();
  const std::string range = std::to_string(least) + " to " + std::to_string(most);
  int number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || end != text.data() + text.size()) {
    complain(key, "\"" + text + "\" is no whole number; it goes from " + range);
  } else if (fault != std::errc{} || number < least || number > most) {
    complain(key, text + " is out of range; it goes from " + range);
  } else {
    out = number;
  }
}

void Reader::text(std::string_view key, std::string& out) {
  if (auto value = scalar(key)) {
    if (value->Scalar().empty()) {
      complain(key, "is empty; give it a value or leave the line out");
    } else {
      out = value->Scalar();
    }
  }
}

void Reader::texts(std::string_view key, std::vector<std::string>& out) {
  const auto node = find(key);
  if (!node) return;
  if (!node->IsSequence()) {
    complain(key, "needs a list such as [en, es] and has " + std::string(kind_of(*node)));
    return;
  }
  std::vector<std::string> items;
  for (const auto& item : *node) {
    if (!item.IsScalar() || item.Scalar().empty()) {
      faults_->push_back(document_->fault(path(key), item.Mark(), "one of the list is no word"));
      return;
    }
    items.push_back(item.Scalar());
  }
  out = std::move(items);
}

void Reader::duration(std::string_view key, Millis& out, Millis least, Millis most) {
  Millis value = out;
  parsed(key, value, [&](const std::string& text) -> Result<Millis> {
    auto duration = parse_duration(text);
    if (duration && (*duration < least || *duration > most)) {
      return Error{Error::Kind::malformed, text + " is out of range; it goes from " + app::to_string(least) + " to " +
                                               app::to_string(most)};
    }
    return duration;
  });
  out = value;
}

void Reader::choice(std::string_view key, std::string& out, std::span<const std::string_view> choices) {
  if (auto value = scalar(key)) {
    if (std::ranges::find(choices, value->Scalar()) == choices.end()) {
      complain(key, "\"" + value->Scalar() + "\" is not a choice here; say " + joined(choices));
    } else {
      out = value->Scalar();
    }
  }
}

void Reader::complain(std::string_view key, std::string text) {
  YAML::Mark mark = node_.Mark();
  for (const auto& entry : node_) {
    if (entry.first.Scalar() == key) mark = entry.second.IsNull() ? entry.first.Mark() : entry.second.Mark();
  }
  faults_->push_back(document_->fault(path(key), mark, std::move(text)));
}

void Reader::finish() {
  for (const auto& entry : node_) {
    const std::string& key = entry.first.Scalar();
    if (known_.contains(key)) continue;
    std::string text = "is no setting";
    const auto nearest = std::ranges::min_element(known_, {}, [&key](const std::string& k) { return distance(k, key); });
    if (nearest != known_.end() && distance(*nearest, key) <= std::max<std::size_t>(1, key.size() / 3)) {
      text += "; did you mean " + path(*nearest) + "?";
    } else if (!known_.empty()) {
      const std::vector<std::string_view> names(known_.begin(), known_.end());
      text += "; here go " + joined(names);
    }
    faults_->push_back(document_->fault(path(key), entry.first.Mark(), std::move(text)));
  }
}

}  // namespace northstar::app
