// CAST: every element converted to another type.
#include <algorithm>

#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/half.h"
#include "engine/kernels/reference/reference.h"

namespace tfld::engine::reference {
namespace {

// As the processor does it: a real number is cut off towards zero, and an integer that does not fit wraps.
template <typename Out, typename In>
Out Convert(In value) {
  if constexpr (std::is_same_v<In, Half>) {
    return Convert<Out>(static_cast<float>(value));
  } else if constexpr (std::is_same_v<Out, bool>) {
    return value != In{0};
  } else if constexpr (kIsFloat<In> && !kIsFloat<Out>) {
    // Within the limits of a 64-bit integer the conversion is defined. A NaN becomes 0.
    constexpr In kLimit = static_cast<In>(9.2e18);
    return static_cast<Out>(value == value ? static_cast<std::int64_t>(std::clamp(value, -kLimit, kLimit)) : 0);
  } else {
    return static_cast<Out>(value);
  }
}

}  // namespace

Status PrepareCast(PrepareContext& context) {
  const std::int64_t count = context.Input(0).shape.NumElements();
  return DispatchType<float, double, Half, bool, std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t,
                      std::uint32_t, std::int64_t>(
      context, context.Input(0).type, [&]<typename In>(TypeTag<In>) -> Status {
        return DispatchType<float, double, bool, std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t,
                            std::uint32_t, std::int64_t>(
            context, context.Output(0).type, [&]<typename Out>(TypeTag<Out>) -> Status {
              return context.Emit("reference.cast", [count](const RunContext& run) -> Status {
                const In* input = run.Input<In>(0);
                Out* output = run.Output<Out>(0);
                for (std::int64_t i = 0; i < count; ++i) output[i] = Convert<Out>(input[i]);
                return {};
              });
            });
      });
}

}  // namespace tfld::engine::reference
