// FileSystem: everything that the store asks of the operating system, behind one small interface, so that a test can
// make any of it fail, or lose what was not synced, and see what the store makes of it.
//
// Paths are absolute. Errors carry the path and the system's reason; a missing file is NOT_FOUND, a full disk or quota
// RESOURCE_EXHAUSTED, a broken one DATA_LOSS. Thread rule: a FileSystem is used from any thread, a file by one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace tfld::daemon {

// Closed when destroyed; what was not synced may be lost with the power.
class WritableFile {
 public:
  virtual ~WritableFile() = default;
  virtual Status Append(std::span<const std::byte> bytes) = 0;
  // Makes the contents durable. After an error the file is of no use: the kernel may have dropped what it could not
  // write, so a second try could lie.
  virtual Status Sync() = 0;
};

class ReadableFile {
 public:
  virtual ~ReadableFile() = default;
  virtual Result<std::uint64_t> Size() const = 0;
  // Reads up to the end of `out` or of the file, and returns how many bytes.
  virtual Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> out) const = 0;
  // For mapping. Stays the file's; -1 when there is none behind it.
  virtual int descriptor() const = 0;
};

// Held while it lives.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

struct DirectoryEntry {
  std::string name;
  bool is_directory = false;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // A new file, mode 0600. ALREADY_EXISTS when something has that name.
  virtual Result<std::unique_ptr<WritableFile>> Create(const std::string& path) = 0;
  // INVALID_ARGUMENT for what is no regular file; symbolic links are not followed.
  virtual Result<std::unique_ptr<ReadableFile>> Open(const std::string& path) = 0;
  // Mode 0700; its parent exists. ALREADY_EXISTS when something has that name.
  virtual Status MakeDirectory(const std::string& path) = 0;
  // Replaces a file `to`; a directory `to` must not exist.
  virtual Status Rename(const std::string& from, const std::string& to) = 0;
  // Makes the names in the directory durable: what was created, renamed or removed there.
  virtual Status SyncDirectory(const std::string& path) = 0;
  virtual Status RemoveFile(const std::string& path) = 0;
  virtual Status RemoveDirectory(const std::string& path) = 0;  // an empty one
  // Without "." and "..", ordered by name.
  virtual Result<std::vector<DirectoryEntry>> List(const std::string& path) const = 0;
  // FAILED_PRECONDITION when another process holds it.
  virtual Result<std::unique_ptr<FileLock>> Lock(const std::string& path) = 0;
};

// The machine's own.
FileSystem& SystemFileSystem();

}  // namespace tfld::daemon
