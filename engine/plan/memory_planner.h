// Lays buffers out in one arena, so that buffers that live at different times share memory.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace tfld::engine {

// A buffer that holds its bytes from the step `first_step` to the step `last_step`, both included.
struct BufferRequest {
  std::size_t bytes = 0;
  int first_step = 0;
  int last_step = 0;
  std::optional<std::size_t> place = {};  // an offset that is given, a multiple of kOfflinePlanAlignment
};

struct ArenaLayout {
  std::vector<std::size_t> offsets;  // one a request, multiples of kBufferAlignment where no place is given
  std::size_t bytes = 0;             // of the whole arena; each buffer has kBufferSlack readable bytes behind it
};

// Both have a place, and these overlap while both buffers are in use.
bool PlacesConflict(const BufferRequest& a, const BufferRequest& b);

// A pure function: what has a place first, then greedy by size, the largest buffer first, each at the lowest offset
// that is free for its lifetime (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020).
// Sums must not overflow, and given places not conflict.
ArenaLayout LayOutArena(std::span<const BufferRequest> requests);

}  // namespace tfld::engine
