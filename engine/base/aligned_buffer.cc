#include "engine/base/aligned_buffer.h"

#include <cstdlib>
#include <cstring>

#include "engine/base/checked_math.h"

namespace tfld {

void FreeAligned::operator()(std::byte* memory) const { std::free(memory); }

AlignedBuffer AllocateAligned(std::size_t bytes) {
  const std::size_t size = AlignUp(bytes + kBufferSlack, kBufferAlignment);
  auto* memory = static_cast<std::byte*>(std::aligned_alloc(kBufferAlignment, size));
  if (memory != nullptr) std::memset(memory + bytes, 0, size - bytes);
  return AlignedBuffer(memory);
}

AlignedBuffer AllocateZeroed(std::size_t bytes) {
  AlignedBuffer buffer = AllocateAligned(bytes);
  if (buffer != nullptr) std::memset(buffer.get(), 0, bytes);
  return buffer;
}

}  // namespace tfld
