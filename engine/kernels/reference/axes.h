// Axes as models give them: counted from the front, or from the back when negative.
#pragma once

#include <cstdint>

#include "engine/base/str_cat.h"
#include "engine/kernels/op_context.h"

namespace tfld::engine::reference {

inline Result<int> ResolveAxis(const OpContext& context, std::int64_t axis, int rank) {
  if (axis >= -rank && axis < rank) return static_cast<int>(axis < 0 ? axis + rank : axis);
  return context.Error(StrCat("axis ", axis, " is out of range for rank ", rank));
}

}  // namespace tfld::engine::reference
