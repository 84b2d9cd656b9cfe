#pragma once
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

namespace northstar::net::test {

/// What a program of `script` (below the source tree) prints, run by node with the vendors' own libraries.
inline std::string vendor_program(const std::string& script, const std::string& arguments) {
  const std::string command = "NODE_PATH='" NORTHSTAR_BINARY_DIR "/node/node_modules' node '" NORTHSTAR_SOURCE_DIR "/" + script + "' " + arguments;
  FILE* pipe = ::popen(command.c_str(), "r");
  std::string out;
  char bytes[4096];
  while (const std::size_t n = pipe ? std::fread(bytes, 1, sizeof bytes, pipe) : 0) out.append(bytes, n);
  EXPECT_TRUE(pipe && ::pclose(pipe) == 0) << "node and its packages are needed: ctest installs them (node_peers)";
  return out;
}

}  // namespace northstar::net::test
