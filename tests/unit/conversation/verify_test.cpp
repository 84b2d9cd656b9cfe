#include "gateway/conversation/verify.h"

#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>
#include <iostream>

namespace northstar::conversation {
namespace {

const std::filesystem::path kRoot = NORTHSTAR_SOURCE_DIR;

TEST(ShippedFlow, keeps_the_ten_invariants_in_every_locale) {
  const auto catalog = reply::Catalog::load(kRoot / "templates");
  ASSERT_TRUE(catalog) << catalog.error().front().to_string();
  const auto flow = Flow::load(kRoot / "templates/flow.yaml", *catalog);
  ASSERT_TRUE(flow) << flow.error().front().to_string();
  const auto begin = std::chrono::steady_clock::now();
  const auto checked = examine(*flow, *catalog, catalog->locales());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::cout << checked.sessions << " sessions, " << checked.pairs << " pairs, " << checked.steps << " steps, "
            << took.count() << " s\n";
  for (const Fault& fault : checked.faults) ADD_FAILURE() << fault.to_string();
}

}  // namespace
}  // namespace northstar::conversation
