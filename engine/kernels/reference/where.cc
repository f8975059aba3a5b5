// WHERE: the coordinates of all elements that are not zero, one row of int64 each. The shape lies in the data.
#include <algorithm>
#include <limits>

#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/elements.h"
#include "engine/kernels/reference/movement.h"

namespace tfld::engine::reference {
namespace {

// Truth values are read as bytes, so that any byte of a model may stand for true.
template <typename Function>
Status DispatchCondition(const OpContext& context, Function&& function) {
  if (context.Input(0).type == ElementType::kBool) return function(TypeTag<std::uint8_t>{});
  return DispatchType<float, std::int8_t, std::uint8_t, std::int32_t, std::uint32_t, std::int64_t>(
      context, context.Input(0).type, function);
}

}  // namespace

Status InferWhere(InferContext& context) {
  const Value& condition = context.Input(0);
  if (!condition.is_constant) return context.NeedsData(0);
  return DispatchCondition(context, [&]<typename T>(TypeTag<T>) -> Status {
    const auto* elements = reinterpret_cast<const T*>(condition.data.data());
    const std::int64_t size = condition.shape.NumElements();
    const std::int64_t count = size - std::count(elements, elements + size, T{0});
    if (count > std::numeric_limits<std::int32_t>::max()) return context.Error("too many elements are not zero");
    return context.SetOutputShape(0, Shape{static_cast<std::int32_t>(count), condition.shape.rank()});
  });
}

Status PrepareWhere(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kInt64}));
  const Shape shape = context.Input(0).shape;
  const std::int64_t size = shape.NumElements(), room = context.Output(0).shape.dim(0);
  return DispatchCondition(context, [&]<typename T>(TypeTag<T>) -> Status {
    return context.Emit("reference.where", [shape, size, room](const RunContext& run) -> Status {
      const T* condition = run.Input<T>(0);
      const Strides strides = DenseStrides(shape);
      auto* coordinates = run.Output<std::int64_t>(0);
      std::int64_t found = 0;
      for (std::int64_t i = 0; i < size; ++i) {
        if (condition[i] == T{0}) continue;
        if (++found > room) return Internal(StrCat("more elements are not zero than planned for: ", room));
        std::int64_t rest = i;
        for (int axis = 0; axis < shape.rank(); ++axis) {
          const std::int64_t stride = strides[static_cast<std::size_t>(axis)];
          *coordinates++ = rest / stride;
          rest %= stride;
        }
      }
      return {};
    });
  });
}

}  // namespace tfld::engine::reference
