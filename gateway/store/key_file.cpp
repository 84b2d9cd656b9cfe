#include "gateway/store/key_file.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "gateway/store/entropy.h"

namespace northstar::store {

namespace fs = std::filesystem;

namespace {

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() { close(); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  explicit operator bool() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

Error problem(const fs::path& file, std::string_view what) {
  return Error{Error::Kind::failed, file.string() + ": " + std::string(what) + ": " + std::strerror(errno)};
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

// A file of secrets that anybody on the machine can read is none.
Result<std::string> read_secretly(const fs::path& file) {
  const File in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!in) return problem(file, "cannot be read");
  struct stat about {};
  if (::fstat(in.fd(), &about) != 0) return problem(file, "cannot be looked at");
  if ((about.st_mode & S_IRWXO) != 0) {
    return Error{Error::Kind::refused, file.string() + ": every user of this machine may open it; run: chmod 600 " + file.string()};
  }
  std::string out(static_cast<std::size_t>(about.st_size), '\0');
  std::size_t got = 0;
  while (got < out.size()) {
    const ssize_t n = ::read(in.fd(), out.data() + got, out.size() - got);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return problem(file, "cannot be read");
    if (n == 0) break;
    got += static_cast<std::size_t>(n);
  }
  out.resize(got);
  return out;
}

// One fixed name beside the file: what a crash left behind is overwritten by the next write, and removed at start.
fs::path draft_of(const fs::path& file) { return file.string() + ".new"; }

void overwrite(int fd) {
  struct stat about {};
  if (fd < 0 || ::fstat(fd, &about) != 0) return;
  const std::string nought(static_cast<std::size_t>(about.st_size), '\0');
  // Best effort: on a file system that copies on write the old blocks stay until they are used again.
  if (::lseek(fd, 0, SEEK_SET) == 0 && write_all(fd, nought)) ::fsync(fd);
}

}  // namespace

Result<void> write_secretly(const fs::path& file, std::string_view content) {
  const fs::path draft = draft_of(file);
  {
    const File out(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
    if (!out || ::fchmod(out.fd(), S_IRUSR | S_IWUSR) != 0) return problem(draft, "cannot be written");
    if (!write_all(out.fd(), content) || ::fsync(out.fd()) != 0) return problem(draft, "cannot be written");
  }
  const File old(::open(file.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
  if (::rename(draft.c_str(), file.c_str()) != 0) return problem(file, "cannot be replaced");
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  const File directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory || ::fsync(directory.fd()) != 0) return problem(folder, "cannot be written to disk");
  overwrite(old.fd());
  return {};
}

Result<std::string> load_or_make_secret(const fs::path& file) {
  constexpr std::size_t kSecret = 32;
  std::error_code fault;
  if (!fs::exists(file, fault)) {
    std::string secret(kSecret, '\0');
    random_bytes(reinterpret_cast<std::uint8_t*>(secret.data()), secret.size());
    if (auto written = write_secretly(file, secret); !written) return written.error();
    return secret;
  }
  auto secret = read_secretly(file);
  if (secret && secret->size() < kSecret) {
    return Error{Error::Kind::malformed, file.string() + ": holds fewer than 32 bytes. Restore it from your backup: "
                                                         "without it nobody's opt-out can be found again"};
  }
  return secret;
}

Result<KeyFile> KeyFile::open(fs::path file) {
  std::error_code fault;
  fs::remove(draft_of(file), fault);
  if (!fs::exists(file, fault)) return KeyFile(std::move(file), {}, true);
  auto content = read_secretly(file);
  if (!content) return content.error();
  auto ring = privacy::Keyring::parse(*content);
  OPENSSL_cleanse(content->data(), content->size());
  if (!ring) return Error{ring.error().kind, file.string() + ": " + ring.error().text};
  return KeyFile(std::move(file), std::move(*ring), false);
}

Result<std::shared_ptr<const privacy::Keyring>> KeyFile::refresh(Instant now) {
  privacy::Keyring next = *ring_;
  const bool dropped = next.drop_old(now);
  const bool made = next.make_missing(now, [](std::uint8_t* out, std::size_t size) { random_bytes(out, size); });
  if (!dropped && !made && !unwritten_) return ring_;
  std::string content = next.serialise();
  const Result<void> written = write_secretly(file_, content);
  OPENSSL_cleanse(content.data(), content.size());
  if (!written) return written.error();
  unwritten_ = false;
  ring_ = std::make_shared<const privacy::Keyring>(std::move(next));
  return ring_;
}

}  // namespace northstar::store
