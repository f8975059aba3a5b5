// SHAPE: the dimensions of the input, known at load.
#include <algorithm>

#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/reference.h"

namespace tfld::engine::reference {

Status InferShape(InferContext& context) { return context.SetOutputShape(0, {context.Input(0).shape.rank()}); }

Status PrepareShape(PrepareContext& context) {
  return DispatchType<std::int32_t, std::int64_t>(
      context, context.Output(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        return context.Emit("reference.shape", [shape = context.Input(0).shape](const RunContext& run) -> Status {
          std::ranges::copy(shape.dims(), run.Output<T>(0));
          return {};
        });
      });
}

}  // namespace tfld::engine::reference
