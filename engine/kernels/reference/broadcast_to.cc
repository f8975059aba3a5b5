// BROADCAST_TO: the input repeated along new axes and along axes of size 1 until it has the shape that input 1 says.
// BROADCAST_ARGS: the shape to which two shapes broadcast.
#include <algorithm>

#include "engine/kernels/reference/constant_input.h"
#include "engine/kernels/reference/elements.h"
#include "engine/kernels/reference/movable.h"
#include "engine/kernels/reference/movement.h"

namespace tfld::engine::reference {

Status InferBroadcastTo(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Shape shape, ConstantShape(context, 1));
  const Shape& input = context.Input(0).shape;
  bool fits = input.rank() <= shape.rank();
  for (int axis = 0; fits && axis < shape.rank(); ++axis) {
    const std::int32_t size = input.ExtendedDim(axis, shape.rank());
    fits = size == 1 || size == shape.dim(axis);
  }
  if (!fits) return context.Error(StrCat(input.ToString(), " cannot be broadcast to ", shape.ToString()));
  return context.SetOutputShape(0, shape);
}

Status PrepareBroadcastTo(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  const Shape& input = context.Input(0).shape;
  const Shape& output = context.Output(0).shape;
  StridedBox box{.shape = output, .from = {}, .to = DenseStrides(output)};
  const Strides strides = DenseStrides(input);
  const int added = output.rank() - input.rank();
  for (int axis = 0; axis < input.rank(); ++axis) {
    const bool repeats = input.dim(axis) == 1;
    box.from[static_cast<std::size_t>(axis + added)] = repeats ? 0 : strides[static_cast<std::size_t>(axis)];
  }
  return DispatchElementSize(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    return context.Emit("reference.broadcast_to", [box](const RunContext& run) -> Status {
      if (box.shape.NumElements() > 0) CopyBox(box, run.Input<T>(0), run.Output<T>(0));
      return {};
    });
  });
}

Status InferBroadcastArgs(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 1, 1));
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(1, 1, 1));
  return context.SetOutputShape(0, Shape{std::max(context.Input(0).shape.dim(0), context.Input(1).shape.dim(0))});
}

Status PrepareBroadcastArgs(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(1, 0));
  const int rank_a = context.Input(0).shape.dim(0), rank_b = context.Input(1).shape.dim(0);
  return DispatchType<std::int32_t, std::int64_t>(
      context, context.Output(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        return context.Emit("reference.broadcast_args", [rank_a, rank_b](const RunContext& run) -> Status {
          const int rank = std::max(rank_a, rank_b);
          const auto dim = [rank](const T* dims, int size, int axis) {
            const int at = axis - (rank - size);
            return at < 0 ? T{1} : dims[at];
          };
          for (int axis = 0; axis < rank; ++axis) {
            const T a = dim(run.Input<T>(0), rank_a, axis), b = dim(run.Input<T>(1), rank_b, axis);
            if (a != b && a != 1 && b != 1) {
              return InvalidArgument(StrCat("sizes ", a, " and ", b, " of axis ", axis, " cannot be broadcast"));
            }
            run.Output<T>(0)[axis] = a == 1 ? b : a;
          }
          return {};
        });
      });
}

}  // namespace tfld::engine::reference
