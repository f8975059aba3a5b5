// BUCKETIZE: for each element, how many of the ascending boundaries are not above it.
#include <algorithm>

#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/movement.h"

namespace tfld::engine::reference {

Status PrepareBucketize(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kInt32}));
  const std::vector<float> boundaries = context.attributes<BucketizeAttributes>().boundaries;
  if (!std::ranges::is_sorted(boundaries)) return context.Error("the boundaries do not ascend");
  const std::int64_t count = context.Input(0).shape.NumElements();
  return DispatchType<float, double, std::int32_t, std::int64_t>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        // float and double are compared in double, integers in float, as C++ does.
        using Common = std::common_type_t<T, float>;
        return context.Emit("reference.bucketize", [boundaries, count](const RunContext& run) -> Status {
          for (std::int64_t i = 0; i < count; ++i) {
            const auto above =
                std::upper_bound(boundaries.begin(), boundaries.end(), static_cast<Common>(run.Input<T>(0)[i]),
                                 [](Common x, float boundary) { return x < boundary; });
            run.Output<std::int32_t>(0)[i] = static_cast<std::int32_t>(above - boundaries.begin());
          }
          return {};
        });
      });
}

}  // namespace tfld::engine::reference
