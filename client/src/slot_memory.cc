#include "client/src/slot_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

namespace tfld::client {
namespace {

Status WriteAll(int descriptor, std::span<const std::byte> bytes, std::size_t offset) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written <= 0) return ErrnoStatus(errno, "cannot write to shared memory");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    offset += static_cast<std::size_t>(written);
  }
  return {};
}

}  // namespace

SlotMemory::~SlotMemory() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

Status SlotMemory::Map(const ChannelLink& link) {
  const ChannelForm& form = link.form();
  const std::size_t offset = form.slot_offset + index_ * form.slot_stride;
  if (data_ != nullptr) {
    for (const ChannelForm::Place& input : form.inputs) {
      TFLD_RETURN_IF_ERROR(WriteAll(link.memory(), bytes(input), offset + input.offset));
    }
  }
  const int fixed = data_ != nullptr ? MAP_FIXED : 0;
  void* const mapped = ::mmap(data_, form.slot_stride, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE | fixed,
                              link.memory(), static_cast<off_t>(offset));
  if (mapped == MAP_FAILED) return ErrnoStatus(errno, "cannot map shared memory");
  data_ = static_cast<std::byte*>(mapped);
  size_ = form.slot_stride;
  return {};
}

}  // namespace tfld::client
