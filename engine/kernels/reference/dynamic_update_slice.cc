// DYNAMIC_UPDATE_SLICE: the input with a part of it replaced by input 1, which begins where input 2 says; a begin that
// would let it stick out moves to the nearest that does not.
#include <algorithm>

#include "engine/kernels/reference/elements.h"
#include "engine/kernels/reference/movable.h"
#include "engine/kernels/reference/movement.h"

namespace tfld::engine::reference {
namespace {

constexpr int kUpdate = 1;
constexpr int kStart = 2;

struct Update {
  StridedBox box;  // the update, and the strides of both
  Shape whole;

  template <typename Index>
  std::int64_t Offset(const Index* start) const {
    std::int64_t offset = 0;
    for (int axis = 0; axis < whole.rank(); ++axis) {
      const std::int64_t last = whole.dim(axis) - box.shape.dim(axis);
      offset += std::clamp<std::int64_t>(start[axis], 0, last) * box.to[static_cast<std::size_t>(axis)];
    }
    return offset;
  }
};

}  // namespace

Status InferDynamicUpdateSlice(InferContext& context) {
  const Shape input = context.Input(0).shape;
  const Shape& update = context.Input(kUpdate).shape;
  bool fits = input.rank() == update.rank();
  for (int axis = 0; fits && axis < input.rank(); ++axis) fits = update.dim(axis) <= input.dim(axis);
  if (!fits) return context.Error(StrCat("an update of shape ", update.ToString(), " for ", input.ToString()));
  if (context.Input(kStart).shape.NumElements() != input.rank()) {
    return context.Error(StrCat(context.Input(kStart).shape.NumElements(), " starts for rank ", input.rank()));
  }
  return context.SetOutputShape(0, input);
}

Status PrepareDynamicUpdateSlice(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(kUpdate, 0));
  TFLD_RETURN_IF_ERROR(context.RequireInputType(kStart, {ElementType::kInt32, ElementType::kInt64}));
  const Shape& part = context.Input(kUpdate).shape;
  const Update update{.box = {.shape = part, .from = DenseStrides(part), .to = DenseStrides(context.Input(0).shape)},
                      .whole = context.Input(0).shape};
  const bool is_long = context.Input(kStart).type == ElementType::kInt64;
  return DispatchMovable(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    return context.Emit("reference.dynamic_update_slice", [update, is_long](const RunContext& run) -> Status {
      const std::int64_t count = update.whole.NumElements();
      const auto output = OutputElements<T>(run, 0, count);
      CopyElements(InputElements<T>(run, 0), output, count);
      if (update.box.shape.NumElements() == 0) return {};
      const std::int64_t offset =
          is_long ? update.Offset(run.Input<std::int64_t>(kStart)) : update.Offset(run.Input<std::int32_t>(kStart));
      CopyBox(update.box, InputElements<T>(run, kUpdate), output + offset);
      return {};
    });
  });
}

}  // namespace tfld::engine::reference
