// STABLEHLO_ADD, _MULTIPLY, _MAXIMUM, _MINIMUM, _AND, _SHIFT_LEFT of two tensors of one shape.
#include "engine/kernels/reference/stablehlo/combine.h"
#include "engine/kernels/reference/stablehlo/stablehlo.h"

namespace tfld::engine::reference {
namespace {

Status CheckTypes(const OpContext& context) {
  for (int i = 0; i < context.num_inputs(); ++i) TFLD_RETURN_IF_ERROR(context.RequireSameType(i, 0));
  return {};
}

template <typename T, typename Function>
Status EmitPairs(PrepareContext& context, std::string_view name, Function function) {
  return context.Emit(name, [count = context.Input(0).shape.NumElements(), function](const RunContext& run) -> Status {
    const T *a = run.Input<T>(0), *b = run.Input<T>(1);
    T* output = run.Output<T>(0);
    for (std::int64_t i = 0; i < count; ++i) output[i] = function(a[i], b[i]);
    return {};
  });
}

template <Combination kind>
Status PrepareCombination(PrepareContext& context, std::string_view name) {
  TFLD_RETURN_IF_ERROR(CheckTypes(context));
  return DispatchCombinable(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    if constexpr (kind == Combination::kAnd && !std::is_integral_v<T>) {
      return context.Unsupported("bits of floats");
    } else {
      return EmitPairs<T>(context, name, [](T a, T b) { return Combine<kind>(a, b); });
    }
  });
}

// Bits that leave on the left are lost; a shift by the width or more, or by a negative number, leaves none.
template <typename T>
T ShiftLeft(T value, T amount) {
  constexpr int kBits = 8 * static_cast<int>(sizeof(T));
  if (amount < 0 || amount >= kBits) return 0;
  return static_cast<T>(static_cast<std::uint64_t>(value) << static_cast<int>(amount));
}

}  // namespace

Status InferStablehloElementwise(InferContext& context) {
  for (int i = 1; i < context.num_inputs(); ++i) {
    if (context.Input(i).shape != context.Input(0).shape) {
      return context.Error(
          StrCat("inputs of shapes ", context.Input(0).shape.ToString(), " and ", context.Input(i).shape.ToString()));
    }
  }
  return context.SetOutputShape(0, context.Input(0).shape);
}

Status PrepareStablehloAdd(PrepareContext& context) {
  return PrepareCombination<Combination::kAdd>(context, "reference.stablehlo_add");
}
Status PrepareStablehloMultiply(PrepareContext& context) {
  return PrepareCombination<Combination::kMultiply>(context, "reference.stablehlo_multiply");
}
Status PrepareStablehloMaximum(PrepareContext& context) {
  return PrepareCombination<Combination::kMaximum>(context, "reference.stablehlo_maximum");
}
Status PrepareStablehloMinimum(PrepareContext& context) {
  return PrepareCombination<Combination::kMinimum>(context, "reference.stablehlo_minimum");
}
Status PrepareStablehloAnd(PrepareContext& context) {
  return PrepareCombination<Combination::kAnd>(context, "reference.stablehlo_and");
}

Status PrepareStablehloShiftLeft(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(CheckTypes(context));
  return DispatchType<std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t, std::uint16_t, std::uint32_t,
                      std::uint64_t>(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    return EmitPairs<T>(context, "reference.stablehlo_shift_left", [](T a, T b) { return ShiftLeft(a, b); });
  });
}

}  // namespace tfld::engine::reference
