#include "daemon/shm/channel_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "engine/base/checked_math.h"

namespace tfld::daemon {

Result<ChannelMemory> ChannelMemory::Create(std::size_t bytes) {
  ChannelMemory region;
  region.size_ = AlignUp(bytes, static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)));
  region.descriptor_ = ::memfd_create("tfld-channel", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (region.descriptor_ < 0) return ErrnoStatus(errno, "cannot make shared memory");
  if (::ftruncate(region.descriptor_, static_cast<off_t>(region.size_)) != 0) {
    return ErrnoStatus(errno, "cannot size shared memory");
  }
  // Before anybody else has the descriptor, so no mapping is ever cut.
  if (::fcntl(region.descriptor_, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    return ErrnoStatus(errno, "cannot seal shared memory");
  }
  void* const mapped =
      ::mmap(nullptr, region.size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, region.descriptor_, 0);
  if (mapped == MAP_FAILED) return ErrnoStatus(errno, "cannot map shared memory");
  region.data_ = static_cast<std::byte*>(mapped);
  return region;
}

ChannelMemory::ChannelMemory(ChannelMemory&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

ChannelMemory& ChannelMemory::operator=(ChannelMemory&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

ChannelMemory::~ChannelMemory() {
  if (data_ != nullptr) ::munmap(data_, size_);
  CloseDescriptor();
}

void ChannelMemory::CloseDescriptor() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

// Locked pages (service.memory_lock) could not be given back.
void ChannelMemory::DiscardFrom(std::size_t offset) {
  ::munlock(data_ + offset, size_ - offset);
  ::madvise(data_ + offset, size_ - offset, MADV_REMOVE);
}

}  // namespace tfld::daemon
