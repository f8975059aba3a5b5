// Boxes of a detection model, and which of them stay when those that overlap a better one go.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

namespace tfld::engine::reference {

struct Box {
  float y_min, x_min, y_max, x_max;

  float area() const { return (y_max - y_min) * (x_max - x_min); }
};

inline float IntersectionOverUnion(const Box& a, const Box& b) {
  if (a.area() <= 0 || b.area() <= 0) return 0;
  const float height = std::min(a.y_max, b.y_max) - std::max(a.y_min, b.y_min);
  const float width = std::min(a.x_max, b.x_max) - std::max(a.x_min, b.x_min);
  const float common = std::max(height, 0.0F) * std::max(width, 0.0F);
  return common / (a.area() + b.area() - common);
}

// Non-maximum suppression in one class: boxes with at least `min_score`, best first, without those that overlap a
// better one by more than `max_overlap`. Writes their indices to `selected`, as many as fit into `limit`, and returns
// how many. `order` is scratch for one index a box. Boxes of equal score stay in their order.
struct BoxSelection {
  float min_score, max_overlap;

  int operator()(std::span<const Box> boxes, const float* scores, std::int32_t* order, std::int32_t* selected,
                 int limit) const {
    std::int32_t* end = order;
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      if (scores[i] >= min_score) *end++ = static_cast<std::int32_t>(i);
    }
    std::sort(order, end, [scores](std::int32_t a, std::int32_t b) {
      return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
    });
    int count = 0;
    for (; order != end && count < limit; ++order) {
      const Box& candidate = boxes[static_cast<std::size_t>(*order)];
      const bool hidden = std::any_of(selected, selected + count, [&](std::int32_t better) {
        return IntersectionOverUnion(boxes[static_cast<std::size_t>(better)], candidate) > max_overlap;
      });
      if (!hidden) selected[count++] = *order;
    }
    return count;
  }
};

}  // namespace tfld::engine::reference
