// FILL: a tensor of the shape that input 0 says, all elements of which are input 1. ZEROS_LIKE: the input's shape,
// zeros.
#include <algorithm>

#include "engine/kernels/reference/constant_input.h"
#include "engine/kernels/reference/movable.h"
#include "engine/kernels/reference/movement.h"

namespace tfld::engine::reference {
namespace {

constexpr int kValue = 1;

}  // namespace

Status InferFill(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Shape shape, ConstantShape(context, 0));
  if (context.Input(kValue).shape.NumElements() != 1) return context.Error("the value is not a scalar");
  return context.SetOutputShape(0, shape);
}

Status PrepareFill(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(kValue, 0));
  const std::int64_t count = context.Output(0).shape.NumElements();
  return DispatchElementSize(context, context.Output(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    return context.Emit("reference.fill", [count](const RunContext& run) -> Status {
      std::fill_n(run.Output<T>(0), count, *run.Input<T>(kValue));
      return {};
    });
  });
}

Status PrepareZerosLike(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  const std::int64_t count = context.Output(0).shape.NumElements();
  return DispatchElementSize(context, context.Output(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    const auto zero = ZeroElement<T>(context.Output(0));
    return context.Emit("reference.zeros_like", [count, zero](const RunContext& run) -> Status {
      std::fill_n(run.Output<T>(0), count, zero);
      return {};
    });
  });
}

}  // namespace tfld::engine::reference
