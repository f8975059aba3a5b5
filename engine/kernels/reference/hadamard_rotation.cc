// aeq.hadamard_rotation (custom): each group of `hadamard_size` neighbours times the Hadamard matrix, over its root.
#include <algorithm>
#include <bit>
#include <cmath>

#include "engine/base/str_cat.h"
#include "engine/kernels/reference/flex_options.h"
#include "engine/kernels/reference/nn.h"

namespace tfld::engine::reference {
namespace {

// Walsh's fast transform, in place. `size` is a power of two.
void Transform(float* values, std::int64_t size, float factor) {
  for (std::int64_t half = 1; half < size; half *= 2) {
    for (std::int64_t i = 0; i < size; i += 2 * half) {
      for (std::int64_t j = i; j < i + half; ++j) {
        const float x = values[j], y = values[j + half];
        values[j] = x + y;
        values[j + half] = x - y;
      }
    }
  }
  for (std::int64_t i = 0; i < size; ++i) values[i] *= factor;
}

}  // namespace

Status InferHadamardRotation(InferContext& context) { return context.SetOutputShape(0, context.Input(0).shape); }

Status PrepareHadamardRotation(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(0, {ElementType::kFloat32}));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 2, kMaxRank));
  TFLD_ASSIGN_OR_RETURN(const FlexOptions options, FlexOptions::Read(context));
  TFLD_ASSIGN_OR_RETURN(const std::int32_t size, options.IntBetween("hadamard_size", 1, 1 << 30));
  const Shape& shape = context.Input(0).shape;
  if (!std::has_single_bit(static_cast<std::uint32_t>(size)) || shape.dim(shape.rank() - 1) % size != 0) {
    return context.Error(StrCat("a Hadamard matrix of ", size, " for input ", shape.ToString()));
  }
  const std::int64_t count = shape.NumElements();
  const auto factor = static_cast<float>(1.0 / std::sqrt(static_cast<double>(size)));
  return context.Emit("reference.hadamard_rotation", [count, size, factor](const RunContext& run) -> Status {
    auto* output = run.Output<float>(0);
    std::copy_n(run.Input<float>(0), count, output);
    for (std::int64_t i = 0; i < count; i += size) Transform(output + i, size, factor);
    return {};
  });
}

}  // namespace tfld::engine::reference
