#include "daemon/rpc/shared_region.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <limits>
#include <utility>

#include "engine/base/checked_math.h"
#include "engine/base/cut_text.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

constexpr std::uint64_t kMaxFileOffset = std::numeric_limits<off_t>::max();

// "/name" or "name", as shm_open takes them.
bool IsObjectName(const std::string& key) {
  const std::string name = key.starts_with('/') ? key.substr(1) : key;
  return !name.empty() && name.size() <= NAME_MAX && name != "." && name != ".." &&
         name.find('/') == std::string::npos && name.find('\0') == std::string::npos;
}

// With an access list the mode's group bits are its mask, which says nothing about one group.
bool HasAccessList(int descriptor) { return fgetxattr(descriptor, "system.posix_acl_access", nullptr, 0) > 0; }

// What the caller may do with the object: the three bits of the mode that are his.
mode_t RightsOf(const PeerIdentity& caller, int descriptor, const struct stat& info) {
  if (caller.uid == 0) return S_IROTH | S_IWOTH;
  if (caller.uid == info.st_uid) return (info.st_mode >> 6) & S_IRWXO;
  if (HasAccessList(descriptor)) return 0;
  const bool in_group =
      caller.gid == info.st_gid || std::ranges::find(caller.groups, info.st_gid) != caller.groups.end();
  return (in_group ? info.st_mode >> 3 : info.st_mode) & S_IRWXO;
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return number_; }
  int Release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

}  // namespace

SharedRegion::SharedRegion(int descriptor, std::string key, std::uint64_t offset, std::uint64_t byte_size,
                           bool writable)
    : descriptor_(descriptor), key_(std::move(key)), offset_(offset), byte_size_(byte_size), writable_(writable) {}

SharedRegion::~SharedRegion() { close(descriptor_); }

Result<std::shared_ptr<const SharedRegion>> SharedRegion::Open(const std::string& key, std::uint64_t offset,
                                                               std::uint64_t byte_size, const PeerIdentity& caller) {
  const std::string what = StrCat("shared memory object '", CutText(key, NAME_MAX), "'");
  if (!IsObjectName(key)) return InvalidArgument(StrCat(what, ": a name such as '/frames' is expected"));
  // What has the name may be anything, a pipe that waits for its other end too.
  int number = shm_open(key.c_str(), O_RDWR | O_NONBLOCK, 0);
  bool writable = number >= 0;
  if (!writable && errno == EACCES) number = shm_open(key.c_str(), O_RDONLY | O_NONBLOCK, 0);
  Descriptor descriptor(number);
  if (number < 0) return ErrnoStatus(errno, StrCat(what, " cannot be opened by the daemon"));
  struct stat info {};
  if (fstat(number, &info) != 0) return ErrnoStatus(errno, what);
  if (!S_ISREG(info.st_mode)) return InvalidArgument(StrCat(what, " is no memory, but of another kind"));
  const mode_t rights = RightsOf(caller, number, info);
  if ((rights & S_IROTH) == 0) {
    return PermissionDenied(StrCat(what, " may not be read by ", caller.ToString()));
  }
  const auto end = CheckedAdd(offset, byte_size);
  if (byte_size == 0 || !end || *end > kMaxFileOffset || *end > static_cast<std::uint64_t>(info.st_size)) {
    return InvalidArgument(StrCat(what, " has ", info.st_size, " bytes; ", byte_size, " bytes at offset ", offset,
                                  " are not a part of it"));
  }
  writable = writable && (rights & S_IWOTH) != 0;
  return std::shared_ptr<const SharedRegion>(new SharedRegion(descriptor.Release(), key, offset, byte_size, writable));
}

bool SharedRegion::Contains(std::uint64_t offset, std::uint64_t byte_size) const {
  return byte_size <= byte_size_ && offset <= byte_size_ - byte_size;
}

Status SharedRegion::Shrunk() const {
  return InvalidArgument(StrCat("shared memory object '", key_, "' is shorter than when it was registered"));
}

Status SharedRegion::Read(std::uint64_t offset, std::span<std::byte> to) const {
  std::uint64_t place = offset_ + offset;
  while (!to.empty()) {
    const ssize_t count = pread(descriptor_, to.data(), to.size(), static_cast<off_t>(place));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoStatus(errno, StrCat("cannot read shared memory object '", key_, "'"));
    if (count == 0) return Shrunk();
    to = to.subspan(static_cast<std::size_t>(count));
    place += static_cast<std::uint64_t>(count);
  }
  return {};
}

// Writing past the end would let the object grow again, which is not what its owner wants.
Status SharedRegion::Write(std::uint64_t offset, std::span<const std::byte> from) const {
  std::uint64_t place = offset_ + offset;
  struct stat info {};
  if (fstat(descriptor_, &info) != 0 || place + from.size() > static_cast<std::uint64_t>(info.st_size)) return Shrunk();
  while (!from.empty()) {
    const ssize_t count = pwrite(descriptor_, from.data(), from.size(), static_cast<off_t>(place));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoStatus(errno, StrCat("cannot write shared memory object '", key_, "'"));
    from = from.subspan(static_cast<std::size_t>(count));
    place += static_cast<std::uint64_t>(count);
  }
  return {};
}

}  // namespace tfld::daemon
