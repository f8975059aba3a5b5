// AlignedBuffer: memory as kernels want it.
#pragma once

#include <cstddef>
#include <memory>

namespace tfld {

inline constexpr std::size_t kBufferAlignment = 64;
inline constexpr std::size_t kBufferSlack = 128;  // readable bytes behind the end

struct FreeAligned {
  void operator()(std::byte* memory) const;
};
using AlignedBuffer = std::unique_ptr<std::byte, FreeAligned>;

// `bytes` aligned to kBufferAlignment, not initialized, with kBufferSlack zero bytes behind them. Null when memory is
// out.
AlignedBuffer AllocateAligned(std::size_t bytes);
// The same, all zero: also touches every page, so that the first use meets no page fault.
AlignedBuffer AllocateZeroed(std::size_t bytes);

}  // namespace tfld
