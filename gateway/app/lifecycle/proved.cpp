#include "gateway/app/lifecycle/proved.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <sstream>
#include <system_error>
#include <vector>

namespace northstar::app {
namespace {

namespace fs = std::filesystem;

class Hash {
 public:
  Hash() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
  void add(std::string_view bytes) {
    const std::string size = std::to_string(bytes.size()) + ":";  // so that two parts cannot pass for one
    EVP_DigestUpdate(context_.get(), size.data(), size.size());
    EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
  }
  std::string hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_DigestFinal_ex(context_.get(), digest.data(), &size);
    std::string out;
    for (unsigned i = 0; i < size; ++i) {
      out += "0123456789abcdef"[digest[i] >> 4];
      out += "0123456789abcdef"[digest[i] & 15];
    }
    return out;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

std::string contents(const fs::path& file) {
  std::ostringstream out;
  out << std::ifstream(file, std::ios::binary).rdbuf();
  return out.str();
}

fs::path proof_file(const Config& config) { return config.store.state / "proved"; }

}  // namespace

std::string fingerprint(const Config& config) {
  Hash hash;
  std::error_code problem;
  const fs::path program = fs::read_symlink("/proc/self/exe", problem);
  hash.add(program.string());
  hash.add(std::to_string(fs::file_size(program, problem)));
  hash.add(std::to_string(fs::last_write_time(program, problem).time_since_epoch().count()));
  std::vector<fs::path> files{config.flow};
  for (const auto& entry : fs::recursive_directory_iterator(config.templates, problem)) {
    if (entry.is_regular_file(problem)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    hash.add(file.lexically_relative(config.templates).string());  // wherever the folder lies
    hash.add(contents(file));
  }
  for (Locale locale : config.programme.languages) hash.add(locale.tag());
  hash.add(config.programme.name);
  hash.add(config.programme.contact);
  hash.add(config.programme.free_to_end_user ? "free" : "");
  return hash.hex();
}

bool proved_before(const Config& config, const std::string& fingerprint) {
  return contents(proof_file(config)) == fingerprint;
}

void remember_proof(const Config& config, const std::string& fingerprint) {
  std::ofstream(proof_file(config), std::ios::binary | std::ios::trunc) << fingerprint;  // lost: proved once more
}

}  // namespace northstar::app
