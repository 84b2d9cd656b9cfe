#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace northstar::reply {

/// A templates folder of a test's own, with the shipped lists of words and samples; gone afterwards.
class Folder {
 public:
  Folder() {
    static int count = 0;
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::temp_directory_path() /
            ("northstar-" + std::to_string(getpid()) + "-" + std::to_string(++count) + "-" +
             (test != nullptr ? test->name() : ""));
    for (const char* locale : {"en", "es"}) {
      std::filesystem::create_directories(path_ / locale);
      std::filesystem::copy_file(shipped() / locale / "stems.yaml", path_ / locale / "stems.yaml");
    }
    std::filesystem::copy_file(shipped() / "samples.yaml", path_ / "samples.yaml");
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  static std::filesystem::path shipped() { return std::filesystem::path(NORTHSTAR_SOURCE_DIR) / "templates"; }
  const std::filesystem::path& path() const { return path_; }
  void write(const std::string& file, const std::string& text) const { std::ofstream(path_ / file) << text; }

 private:
  std::filesystem::path path_;
};

}  // namespace northstar::reply
