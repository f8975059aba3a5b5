// Lays buffers out in one arena, so that buffers that live at different times share memory.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tfld::engine {

// A buffer that holds its bytes from the step `first_step` to the step `last_step`, both included.
struct BufferRequest {
  std::size_t bytes = 0;
  int first_step = 0;
  int last_step = 0;
};

struct ArenaLayout {
  std::vector<std::size_t> offsets;  // one a request, multiples of kBufferAlignment
  std::size_t bytes = 0;             // of the whole arena; each buffer has kBufferSlack readable bytes behind it
};

// A pure function: greedy by size, the largest buffer first, each at the lowest offset that is free for its lifetime
// (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020). Sums must not overflow.
ArenaLayout LayOutArena(std::span<const BufferRequest> requests);

}  // namespace tfld::engine
