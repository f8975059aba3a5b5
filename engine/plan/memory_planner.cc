#include "engine/plan/memory_planner.h"

#include <algorithm>
#include <numeric>

#include "engine/base/checked_math.h"
#include "engine/kernels/kernel.h"

namespace tfld::engine {
namespace {

// Placing is quadratic; a graph with more buffers than this is laid out without sharing.
constexpr std::size_t kMaxShared = 8192;

struct Placed {
  std::size_t offset;
  std::size_t end;
  const BufferRequest* request;
};

bool LiveTogether(const BufferRequest& a, const BufferRequest& b) {
  return a.first_step <= b.last_step && b.first_step <= a.last_step;
}

// The lowest offset where `bytes` fit between the placed buffers that live at the same time. `placed` is sorted by
// offset.
std::size_t LowestFit(const std::vector<Placed>& placed, const BufferRequest& request, std::size_t bytes) {
  std::size_t offset = 0;
  for (const Placed& other : placed) {
    if (!LiveTogether(*other.request, request)) continue;
    if (other.offset >= offset + bytes) break;
    offset = std::max(offset, AlignUp(other.end, kBufferAlignment));
  }
  return offset;
}

}  // namespace

bool PlacesConflict(const BufferRequest& a, const BufferRequest& b) {
  return a.place && b.place && LiveTogether(a, b) && *a.place < *b.place + b.bytes && *b.place < *a.place + a.bytes;
}

ArenaLayout LayOutArena(std::span<const BufferRequest> requests) {
  ArenaLayout layout;
  layout.offsets.resize(requests.size());
  std::vector<std::size_t> order(requests.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const bool share = requests.size() <= kMaxShared;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (requests[a].place.has_value() != requests[b].place.has_value()) return requests[a].place.has_value();
    return requests[a].bytes > requests[b].bytes;
  });

  std::vector<Placed> placed;
  for (const std::size_t index : order) {
    const BufferRequest& request = requests[index];
    const std::size_t bytes = AlignUp(std::max<std::size_t>(request.bytes, 1), kBufferAlignment);
    const std::size_t offset = request.place ? *request.place
                               : share       ? LowestFit(placed, request, bytes)
                                             : AlignUp(layout.bytes, kBufferAlignment);
    layout.offsets[index] = offset;
    layout.bytes = std::max(layout.bytes, offset + bytes);
    if (!share) continue;
    const Placed entry{offset, offset + bytes, &request};
    const auto by_offset = [](const Placed& a, const Placed& b) { return a.offset < b.offset; };
    placed.insert(std::upper_bound(placed.begin(), placed.end(), entry, by_offset), entry);
  }
  layout.bytes += kBufferSlack;
  return layout;
}

}  // namespace tfld::engine
