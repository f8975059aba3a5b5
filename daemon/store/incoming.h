// Incoming: a package on its way into the store. Destroying it removes what is left of it.
//
// Thread rule: one owner; different ones do not know of each other.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "daemon/store/digest.h"
#include "daemon/store/file_system.h"
#include "daemon/store/package.h"
#include "engine/base/result.h"

namespace tfld::daemon {

class Incoming {
 public:
  // Makes `directory`, which is not there yet, for `size` bytes with this sha256.
  static Result<std::unique_ptr<Incoming>> Create(FileSystem& files, std::string directory, std::uint64_t size,
                                                  std::string sha256);
  ~Incoming();

  // INVALID_ARGUMENT when more comes than was announced.
  Status Write(std::span<const std::byte> bytes);

  // Once everything is written: compares with what was announced, and unpacks into version_directory(), synced but
  // for the directory itself. INVALID_ARGUMENT says what is wrong with the package.
  Result<Manifest> Unpack(const PackageLimits& limits);

  std::string version_directory() const { return directory_ + "/version"; }

 private:
  Incoming(FileSystem& files, std::string directory, std::uint64_t size, std::string sha256);

  FileSystem& files_;
  const std::string directory_;
  const std::uint64_t size_;
  const std::string sha256_;
  std::uint64_t received_ = 0;
  Sha256 hash_;
  std::unique_ptr<WritableFile> file_;
};

}  // namespace tfld::daemon
