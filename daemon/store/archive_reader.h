// ArchiveReader: the door to libarchive. Reads a tar archive entry by entry and lets through regular files alone.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "daemon/store/file_system.h"
#include "engine/base/result.h"

namespace tfld::daemon {

class ArchiveReader {
 public:
  // `file` must outlive the reader. INVALID_ARGUMENT when it is no tar archive.
  static Result<std::unique_ptr<ArchiveReader>> Open(const ReadableFile& file);
  ~ArchiveReader();

  // The path of the next regular file, without "./" before it; nothing at the end. Directories are passed over; any
  // other kind of entry is INVALID_ARGUMENT.
  Result<std::optional<std::string>> Next();

  // The next bytes of that file; 0 at its end.
  Result<std::size_t> Read(std::span<std::byte> out);

 private:
  struct Impl;
  explicit ArchiveReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tfld::daemon
