// ADD_N: the sum of any number of tensors of one shape.
#include <algorithm>

#include "engine/kernels/reference/activation.h"
#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/fixed_point.h"
#include "engine/kernels/reference/reference.h"

namespace tfld::engine::reference {

Status InferAddN(InferContext& context) {
  const Shape& shape = context.Input(0).shape;
  for (int i = 1; i < context.num_inputs(); ++i) {
    if (!context.HasInput(i)) return context.Error(StrCat("input ", i, " is missing"));
    if (!(context.Input(i).shape == shape)) {
      return context.Error(StrCat("inputs of shapes ", shape.ToString(), " and ", context.Input(i).shape.ToString()));
    }
  }
  return context.SetOutputShape(0, shape);
}

Status PrepareAddN(PrepareContext& context) {
  for (int i = 0; i < context.num_inputs(); ++i) TFLD_RETURN_IF_ERROR(context.RequireSameType(i, 0));
  const std::int64_t count = context.Output(0).shape.NumElements();
  return DispatchType<float, std::int32_t>(context, context.Output(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    TFLD_ASSIGN_OR_RETURN(const Range<T> range, RequireActivationRange<T>(context, Activation::kNone));
    const auto add = [=](T a, T b) {
      if constexpr (kIsFloat<T>) {
        return range.Clamp(a + b);
      } else {
        return WrappingAdd(a, b);
      }
    };
    return context.Emit("reference.add_n",
                        [count, add, inputs = context.num_inputs()](const RunContext& run) -> Status {
                          T* output = run.Output<T>(0);
                          std::copy_n(run.Input<T>(0), count, output);
                          for (int k = 1; k < inputs; ++k) {
                            std::transform(output, output + count, run.Input<T>(k), output, add);
                          }
                          return {};
                        });
  });
}

}  // namespace tfld::engine::reference
