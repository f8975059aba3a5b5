#include "engine/golden/read_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "engine/base/str_cat.h"

namespace tfld::engine {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }

 private:
  int value_;
};

// Reads until `bytes` is full or the file ends.
Status ReadAll(int descriptor, const std::string& path, std::vector<std::byte>& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::read(descriptor, bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoStatus(errno, StrCat("cannot read ", path));
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  bytes.resize(done);
  return {};
}

}  // namespace

Result<std::vector<std::byte>> ReadFile(const std::string& path, std::size_t max_bytes) {
  // Without O_NONBLOCK a named pipe would hang here, before it can be refused.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return ErrnoStatus(errno, StrCat("cannot open ", path));
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return ErrnoStatus(errno, StrCat("cannot examine ", path));
  if (!S_ISREG(info.st_mode)) return InvalidArgument(StrCat(path, " is not a regular file"));
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size > max_bytes) {
    return ResourceExhausted(StrCat(path, " has ", size, " bytes, over the limit of ", max_bytes));
  }
  std::vector<std::byte> bytes(size);
  TFLD_RETURN_IF_ERROR(ReadAll(file.get(), path, bytes));
  return bytes;
}

Status WriteFile(const std::string& path, const std::vector<std::byte>& bytes) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (file.get() < 0) return ErrnoStatus(errno, StrCat("cannot create ", path));
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::write(file.get(), bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoStatus(errno, StrCat("cannot write ", path));
    done += static_cast<std::size_t>(count);
  }
  return {};
}

}  // namespace tfld::engine
