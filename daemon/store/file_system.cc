#include "daemon/store/file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  int get() const { return value_; }
  bool valid() const { return value_ >= 0; }

 private:
  int value_;
};

Descriptor OpenAt(const std::string& path, int flags) {
  int descriptor;
  do {
    descriptor = ::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600);
  } while (descriptor < 0 && errno == EINTR);
  return Descriptor(descriptor);
}

class SystemWritableFile final : public WritableFile {
 public:
  SystemWritableFile(Descriptor descriptor, std::string path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  Status Append(std::span<const std::byte> bytes) override {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_.get(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return ErrnoStatus(errno, path_);
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
  }

  Status Sync() override { return ::fsync(descriptor_.get()) == 0 ? Status() : ErrnoStatus(errno, path_); }

 private:
  Descriptor descriptor_;
  std::string path_;
};

class SystemReadableFile final : public ReadableFile {
 public:
  SystemReadableFile(Descriptor descriptor, std::string path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  Result<std::uint64_t> Size() const override {
    struct stat info {};
    if (::fstat(descriptor_.get(), &info) != 0) return ErrnoStatus(errno, path_);
    return static_cast<std::uint64_t>(info.st_size);
  }

  Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> out) const override {
    std::size_t done = 0;
    while (done < out.size()) {
      const ssize_t count =
          ::pread(descriptor_.get(), out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return ErrnoStatus(errno, path_);
      if (count == 0) break;
      done += static_cast<std::size_t>(count);
    }
    return done;
  }

  int descriptor() const override { return descriptor_.get(); }

 private:
  Descriptor descriptor_;
  std::string path_;
};

class SystemFileLock final : public FileLock {
 public:
  explicit SystemFileLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

 private:
  Descriptor descriptor_;
};

Status Check(int result, const std::string& path) { return result == 0 ? Status() : ErrnoStatus(errno, path); }

class PosixFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<WritableFile>> Create(const std::string& path) override {
    Descriptor descriptor = OpenAt(path, O_WRONLY | O_CREAT | O_EXCL);
    if (!descriptor.valid()) return ErrnoStatus(errno, path);
    return std::unique_ptr<WritableFile>(std::make_unique<SystemWritableFile>(std::move(descriptor), path));
  }

  Result<std::unique_ptr<ReadableFile>> Open(const std::string& path) override {
    Descriptor descriptor = OpenAt(path, O_RDONLY | O_NONBLOCK);
    struct stat info {};
    if (!descriptor.valid() || ::fstat(descriptor.get(), &info) != 0) return ErrnoStatus(errno, path);
    if (!S_ISREG(info.st_mode)) return InvalidArgument(StrCat(path, ": not a regular file"));
    return std::unique_ptr<ReadableFile>(std::make_unique<SystemReadableFile>(std::move(descriptor), path));
  }

  Status MakeDirectory(const std::string& path) override { return Check(::mkdir(path.c_str(), 0700), path); }
  Status RemoveFile(const std::string& path) override { return Check(::unlink(path.c_str()), path); }
  Status RemoveDirectory(const std::string& path) override { return Check(::rmdir(path.c_str()), path); }

  Status Rename(const std::string& from, const std::string& to) override {
    return Check(::rename(from.c_str(), to.c_str()), StrCat(from, " -> ", to));
  }

  Status SyncDirectory(const std::string& path) override {
    const Descriptor descriptor = OpenAt(path, O_RDONLY | O_DIRECTORY);
    return descriptor.valid() ? Check(::fsync(descriptor.get()), path) : ErrnoStatus(errno, path);
  }

  Result<std::vector<DirectoryEntry>> List(const std::string& path) const override {
    DIR* directory = ::opendir(path.c_str());
    if (directory == nullptr) return ErrnoStatus(errno, path);
    std::vector<DirectoryEntry> entries;
    errno = 0;
    while (const dirent* entry = ::readdir(directory)) {
      const std::string name = entry->d_name;
      if (name != "." && name != "..") entries.push_back({name, IsDirectory(path, *entry)});
      errno = 0;
    }
    const int error = errno;
    ::closedir(directory);
    if (error != 0) return ErrnoStatus(error, path);
    std::ranges::sort(entries, {}, &DirectoryEntry::name);
    return entries;
  }

  Result<std::unique_ptr<FileLock>> Lock(const std::string& path) override {
    Descriptor descriptor = OpenAt(path, O_RDWR | O_CREAT);
    if (!descriptor.valid()) return ErrnoStatus(errno, path);
    if (::flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) return FailedPrecondition(StrCat(path, ": another daemon holds the lock"));
      return ErrnoStatus(errno, path);
    }
    return std::unique_ptr<FileLock>(std::make_unique<SystemFileLock>(std::move(descriptor)));
  }

 private:
  static bool IsDirectory(const std::string& parent, const dirent& entry) {
    if (entry.d_type != DT_UNKNOWN) return entry.d_type == DT_DIR;
    struct stat info {};
    return ::lstat(StrCat(parent, "/", entry.d_name).c_str(), &info) == 0 && S_ISDIR(info.st_mode);
  }
};

}  // namespace

FileSystem& SystemFileSystem() {
  static PosixFileSystem file_system;
  return file_system;
}

}  // namespace tfld::daemon
