#include "engine/model/buffers.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "engine/base/aligned_buffer.h"
#include "engine/base/checked_math.h"
#include "engine/base/str_cat.h"

namespace tfld::engine {

Result<std::span<const std::byte>> BufferBytes(const wire::Buffer& buffer, std::span<const std::byte> file) {
  // Offsets 0 and 1 mean that the bytes are inside of the FlatBuffer.
  if (buffer.offset() > 1) {
    const auto end = CheckedAdd(buffer.offset(), buffer.size());
    if (!end || *end > file.size()) {
      return InvalidArgument(StrCat("bytes ", buffer.offset(), " to +", buffer.size(), " lie outside of the file of ",
                                    file.size(), " bytes"));
    }
    return file.subspan(buffer.offset(), buffer.size());
  }
  if (buffer.data() == nullptr) return std::span<const std::byte>();
  return std::span(reinterpret_cast<const std::byte*>(buffer.data()->data()), buffer.data()->size());
}

std::span<const std::byte> Aligned(std::span<const std::byte> bytes, std::size_t alignment,
                                   std::vector<std::shared_ptr<const void>>& storage) {
  if (bytes.empty() || reinterpret_cast<std::uintptr_t>(bytes.data()) % alignment == 0) return bytes;
  AlignedBuffer copy = AllocateAligned(bytes.size());
  if (copy == nullptr) std::abort();
  std::memcpy(copy.get(), bytes.data(), bytes.size());
  const std::span<const std::byte> copied(copy.get(), bytes.size());
  storage.push_back(std::shared_ptr<const std::byte>(std::move(copy)));
  return copied;
}

std::span<const std::byte> Booleans(std::span<const std::byte> bytes,
                                    std::vector<std::shared_ptr<const void>>& storage) {
  const auto is_other = [](std::byte byte) { return byte > std::byte{1}; };
  if (std::ranges::none_of(bytes, is_other)) return bytes;
  const auto copy = std::make_shared<std::vector<std::byte>>(bytes.begin(), bytes.end());
  std::ranges::replace_if(*copy, is_other, std::byte{1});
  storage.push_back(copy);
  return *copy;
}

}  // namespace tfld::engine
