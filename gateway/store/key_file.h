#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "gateway/base/result.h"
#include "gateway/privacy/keyring.h"

namespace northstar::store {

/// Replaces a file as one act: readers see the old or the new, a crash leaves one of them, mode 0600, on disk when this
/// returns. What the old one held is overwritten first, for whoever looks at the disk's free blocks.
Result<void> write_secretly(const std::filesystem::path& file, std::string_view content);

/// The second secret, 32 random bytes, made at the first start. It has nothing to do with the sealing keys.
Result<std::string> load_or_make_secret(const std::filesystem::path& file);

/// The file of hour and day keys. Its place is the operator's choice; it stays out of backups (see keyring.h).
/// Errors name the file. Used on one thread; others are handed the pointer that `refresh` returns.
class KeyFile {
 public:
  /// Reads the file; one that is not there is an empty ring. A file that cannot be read is never overwritten.
  static Result<KeyFile> open(std::filesystem::path file);

  /// First drops what is too old, then makes what is missing, and returns only when that is on disk: nothing is ever
  /// sealed with a key that a crash could lose. Call at start and then at least each minute; the same pointer comes
  /// back while nothing has changed.
  Result<std::shared_ptr<const privacy::Keyring>> refresh(Instant now);

  const std::filesystem::path& path() const { return file_; }

 private:
  explicit KeyFile(std::filesystem::path file, privacy::Keyring ring, bool missing)
      : file_(std::move(file)), ring_(std::make_shared<const privacy::Keyring>(std::move(ring))), unwritten_(missing) {}
  std::filesystem::path file_;
  std::shared_ptr<const privacy::Keyring> ring_;
  bool unwritten_;
};

}  // namespace northstar::store
