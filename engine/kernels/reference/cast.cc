// CAST: every element converted to another type.
#include <algorithm>
#include <limits>

#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/half.h"
#include "engine/kernels/reference/reference.h"
#include "engine/kernels/reference/small_types.h"

namespace tfld::engine::reference {
namespace {

// A real number is cut off towards zero, and becomes the nearest integer of the type when it does not fit, the greatest
// when it is no number. An integer that does not fit wraps.
template <typename Out, typename In>
Out Convert(In value) {
  if constexpr (kIsHalf<In>) {
    return Convert<Out>(static_cast<float>(value));
  } else if constexpr (std::is_same_v<In, Out>) {
    return value;
  } else if constexpr (std::is_same_v<In, Complex64>) {
    return Convert<Out>(value.real());
  } else if constexpr (std::is_same_v<Out, Complex64>) {
    return Complex64(static_cast<float>(value));
  } else if constexpr (kIsHalf<Out>) {
    return Out::Round(static_cast<float>(value));
  } else if constexpr (std::is_same_v<Out, bool>) {
    return value != In{0};
  } else if constexpr (kIsFloat<In> && !kIsFloat<Out>) {
    // Both ends are powers of two, or zero, which every real type has.
    constexpr Out kMin = std::numeric_limits<Out>::min(), kMax = std::numeric_limits<Out>::max();
    constexpr In kEnd = static_cast<In>(kMax / 2 + 1) * 2;
    if (value >= kEnd || value != value) return kMax;
    return value <= static_cast<In>(kMin) ? kMin : static_cast<Out>(value);
  } else {
    return static_cast<Out>(value);
  }
}

template <typename In, typename Out, typename Function>
Status EmitCast(PrepareContext& context, Function convert) {
  const std::int64_t count = context.Input(0).shape.NumElements();
  return context.Emit("reference.cast", [count, convert](const RunContext& run) -> Status {
    const In* input = run.Input<In>(0);
    Out* output = run.Output<Out>(0);
    for (std::int64_t i = 0; i < count; ++i) AppendElement(output, i, convert(ElementAt(input, i)));
    return {};
  });
}

bool IsSmall(ElementType type) { return ElementBits(type) > 0 && ElementBits(type) < 8; }

// Integers below 8 bits go from and to float32; those that do not fit become the nearest.
Status PrepareSmallCast(PrepareContext& context) {
  if (context.Output(0).type == ElementType::kFloat32) {
    return DispatchType<Int4, UInt4, Int2>(context, context.Input(0).type, [&]<typename In>(TypeTag<In>) -> Status {
      return EmitCast<In, float>(context, [](std::int32_t x) { return static_cast<float>(x); });
    });
  }
  TFLD_RETURN_IF_ERROR(context.RequireInputType(0, {ElementType::kFloat32}));
  return DispatchType<Int4, UInt4, Int2>(context, context.Output(0).type, [&]<typename Out>(TypeTag<Out>) -> Status {
    return EmitCast<float, Out>(context, [](float x) {
      return x == x ? static_cast<std::int32_t>(
                          std::clamp(x, static_cast<float>(Out::kMin), static_cast<float>(Out::kMax)))
                    : Out::kMax;
    });
  });
}

}  // namespace

Status PrepareCast(PrepareContext& context) {
  if (IsSmall(context.Input(0).type) || IsSmall(context.Output(0).type)) return PrepareSmallCast(context);
  return DispatchType<float, double, Half, BFloat16, bool, std::int8_t, std::uint8_t, std::int16_t, std::uint16_t,
                      std::int32_t, std::uint32_t, std::int64_t, Complex64>(
      context, context.Input(0).type, [&]<typename In>(TypeTag<In>) -> Status {
        return DispatchType<float, double, Half, BFloat16, bool, std::int8_t, std::uint8_t, std::int16_t, std::uint16_t,
                            std::int32_t, std::uint32_t, std::int64_t, Complex64>(
            context, context.Output(0).type, [&]<typename Out>(TypeTag<Out>) -> Status {
              return EmitCast<In, Out>(context, [](In x) { return Convert<Out>(x); });
            });
      });
}

}  // namespace tfld::engine::reference
