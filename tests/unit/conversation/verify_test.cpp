#include "gateway/conversation/verify.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace northstar::conversation {
namespace {

namespace fs = std::filesystem;
const fs::path kRoot = NORTHSTAR_SOURCE_DIR;
const fs::path kFlows = kRoot / "tests/unit/conversation/flows";

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

const reply::Catalog& small_catalog() {
  static const auto loaded = reply::Catalog::load(kFlows / "messages");
  if (!loaded) throw std::runtime_error(loaded.error().front().to_string());
  return *loaded;
}

/// The checker's whole answer, with file names as they stand in the folder.
std::string checked(const fs::path& file) {
  const auto flow = Flow::load(file, small_catalog());
  if (!flow) return flow.error().front().to_string();
  std::string out;
  for (const Fault& fault : verify(*flow, small_catalog(), small_catalog().locales())) {
    std::string line = fault.to_string();
    for (const auto folder = kFlows.string() + "/"; line.find(folder) != std::string::npos;) {
      line.erase(line.find(folder), folder.size());
    }
    out += line + "\n";
  }
  return out;
}

TEST(ShippedFlow, keeps_the_ten_invariants_in_every_locale) {
  const auto catalog = reply::Catalog::load(kRoot / "templates");
  ASSERT_TRUE(catalog) << catalog.error().front().to_string();
  const auto flow = Flow::load(kRoot / "templates/flow.yaml", *catalog);
  ASSERT_TRUE(flow) << flow.error().front().to_string();
  const auto found = examine(*flow, *catalog, catalog->locales());
  for (const Fault& fault : found.faults) ADD_FAILURE() << fault.to_string();
  EXPECT_GT(found.sessions, 5000U);  // a checker that walks nowhere finds nothing
  EXPECT_GT(found.pairs, 1000U);
  RecordProperty("sessions", static_cast<int>(found.sessions));
  RecordProperty("pairs", static_cast<int>(found.pairs));
  RecordProperty("steps", static_cast<int>(found.steps));
}

TEST(SmallFlow, passes_where_nothing_is_broken) { EXPECT_EQ(checked(kFlows / "00-sound.yaml"), ""); }

class BrokenFlow : public testing::TestWithParam<std::string> {};

TEST_P(BrokenFlow, is_refused_with_the_shortest_talk_and_its_line) {
  const auto expected = text_of(kFlows / (GetParam() + ".expected"));
  ASSERT_NE(expected, "") << "what the checker says: \n" << checked(kFlows / (GetParam() + ".yaml"));
  EXPECT_EQ(checked(kFlows / (GetParam() + ".yaml")), expected);
}

std::vector<std::string> broken_flows() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kFlows)) {
    const auto& file = entry.path();
    if (file.extension() == ".yaml" && file.stem() != "00-sound") names.push_back(file.stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

INSTANTIATE_TEST_SUITE_P(Twenty, BrokenFlow, testing::ValuesIn(broken_flows()), [](const auto& tested) {
  std::string name = tested.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return "flow_" + name;
});

TEST(BrokenFlows, are_refused_alike_in_whatever_order_the_parts_of_the_proof_run) {
  const auto flow = Flow::load(kFlows / (broken_flows().front() + ".yaml"), small_catalog());
  ASSERT_TRUE(flow);
  const auto found = [&](const RunParts& run) {
    std::string out;
    for (const Fault& fault : verify(*flow, small_catalog(), small_catalog().locales(), {}, run)) out += fault.to_string() + "\n";
    return out;
  };
  const std::string in_order = found(one_after_another);
  EXPECT_NE(in_order, "");
  EXPECT_EQ(in_order, found([](std::span<const std::function<void()>> parts) {
              EXPECT_EQ(parts.size(), 2U);
              for (auto part = parts.rbegin(); part != parts.rend(); ++part) (*part)();
            }));
}

TEST(BrokenFlows, are_twenty_two_for_each_invariant) {
  const auto names = broken_flows();
  ASSERT_EQ(names.size(), 20U);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto about = text_of(kFlows / (names[i] + ".yaml"));
    EXPECT_TRUE(about.starts_with("# Invariant " + std::to_string(i / 2 + 1) + ":")) << names[i];
    const auto expected = text_of(kFlows / (names[i] + ".expected"));
    EXPECT_THAT(expected, testing::HasSubstr("(invariant " + std::to_string(i / 2 + 1) + ")")) << names[i];
  }
}

}  // namespace
}  // namespace northstar::conversation
