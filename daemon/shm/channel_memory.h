// ChannelMemory: memory that a client maps too: anonymous, and sealed so that nobody can shrink it under us.
//
// Thread rule: one owner. The contents belong to both processes; see proto/channel/memory.h.
#pragma once

#include <cstddef>

#include "engine/base/result.h"

namespace tfld::daemon {

class ChannelMemory {
 public:
  // `bytes` zero bytes in whole pages, all of them in memory already. Errors are those of the system calls.
  static Result<ChannelMemory> Create(std::size_t bytes);

  ChannelMemory(ChannelMemory&& other) noexcept;
  ChannelMemory& operator=(ChannelMemory&& other) noexcept;
  ~ChannelMemory();

  std::byte* data() const { return data_; }
  std::size_t size() const { return size_; }
  // To be passed to the client; -1 after CloseDescriptor. The mapping stays.
  int descriptor() const { return descriptor_; }
  void CloseDescriptor();
  // Gives the pages from `offset`, a page's border, on back to the system, also where others still have the memory:
  // they find zeros.
  void DiscardFrom(std::size_t offset);

 private:
  ChannelMemory() = default;

  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  int descriptor_ = -1;
};

}  // namespace tfld::daemon
