// EQUAL, NOT_EQUAL, GREATER, GREATER_EQUAL, LESS, LESS_EQUAL; LOGICAL_AND, LOGICAL_OR; BITWISE_XOR, RIGHT_SHIFT.
#include <algorithm>
#include <functional>

#include "engine/kernels/reference/elementwise.h"
#include "engine/kernels/reference/half.h"
#include "engine/kernels/reference/reference.h"
#include "engine/kernels/reference/text.h"

namespace tfld::engine::reference {
namespace {

// Quantized numbers are compared as multiples of 1/256: each in fixed point by its own scale.
template <typename T, typename Function>
Status EmitQuantizedComparison(PrepareContext& context, std::string_view name, Function function) {
  constexpr int kLeftShift = 8;
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(context.Input(0)));
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(context.Input(1)));
  struct Operand {
    std::int32_t zero_point;
    QuantizedMultiplier scale;
    std::int32_t operator()(T x) const { return Multiply((x - zero_point) * (1 << kLeftShift), scale); }
  };
  Operand a{.zero_point = context.Input(0).zero_point(), .scale = {}};
  Operand b{.zero_point = context.Input(1).zero_point(), .scale = {}};
  TFLD_ASSIGN_OR_RETURN(a.scale, RequireMultiplier(context, static_cast<double>(context.Input(0).scale())));
  TFLD_ASSIGN_OR_RETURN(b.scale, RequireMultiplier(context, static_cast<double>(context.Input(1).scale())));
  return EmitBinary<T, bool>(context, name, [a, b, function](T x, T y) { return function(a(x), b(y)); });
}

// Which int16 tensors are compared by their scales: those of EQUAL and NOT_EQUAL that have any.
enum class Int16 { kStored, kByScale };

template <typename... Types, typename Function>
Status PrepareComparison(PrepareContext& context, std::string_view name, Int16 int16, Function function) {
  TFLD_RETURN_IF_ERROR(RequireSameInputTypes(context));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kBool}));
  const bool quantized = int16 == Int16::kByScale && !context.Input(0).quantization->empty();
  return DispatchType<float, std::int8_t, std::uint8_t, std::int16_t, std::int32_t, std::int64_t, Half, BFloat16,
                      Types...>(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    if constexpr (kIsQuantized<T>) {
      if (sizeof(T) == 1 || quantized) return EmitQuantizedComparison<T>(context, name, function);
    }
    if constexpr (kIsHalf<T>) {
      return EmitBinary<T, bool>(
          context, name, [function](T a, T b) { return function(static_cast<float>(a), static_cast<float>(b)); });
    } else {
      return EmitBinary<T, bool>(context, name, [function](T a, T b) { return function(a, b); });
    }
  });
}

template <typename... Types, typename Function>
Status PrepareStored(PrepareContext& context, std::string_view name, Function function) {
  TFLD_RETURN_IF_ERROR(RequireSameTypes(context));
  return DispatchType<Types...>(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    return EmitBinary<T>(context, name, [function](T a, T b) { return static_cast<T>(function(a, b)); });
  });
}

}  // namespace

Status PrepareEqual(PrepareContext& context) {
  if (context.Input(0).type == ElementType::kString) return PrepareCompareText(context, /*when_equal=*/true);
  return PrepareComparison<bool>(context, "reference.equal", Int16::kByScale, std::equal_to<>());
}
Status PrepareNotEqual(PrepareContext& context) {
  if (context.Input(0).type == ElementType::kString) return PrepareCompareText(context, /*when_equal=*/false);
  return PrepareComparison<bool>(context, "reference.not_equal", Int16::kByScale, std::not_equal_to<>());
}
Status PrepareGreater(PrepareContext& context) {
  return PrepareComparison<>(context, "reference.greater", Int16::kStored, std::greater<>());
}
Status PrepareGreaterEqual(PrepareContext& context) {
  return PrepareComparison<>(context, "reference.greater_equal", Int16::kStored, std::greater_equal<>());
}
Status PrepareLess(PrepareContext& context) {
  return PrepareComparison<>(context, "reference.less", Int16::kStored, std::less<>());
}
Status PrepareLessEqual(PrepareContext& context) {
  return PrepareComparison<>(context, "reference.less_equal", Int16::kStored, std::less_equal<>());
}

Status PrepareLogicalAnd(PrepareContext& context) {
  return PrepareStored<bool>(context, "reference.logical_and", std::logical_and<>());
}
Status PrepareLogicalOr(PrepareContext& context) {
  return PrepareStored<bool>(context, "reference.logical_or", std::logical_or<>());
}

Status PrepareBitwiseXor(PrepareContext& context) {
  return PrepareStored<std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t, std::uint32_t>(
      context, "reference.bitwise_xor", std::bit_xor<>());
}

// Distances below zero count as zero, those beyond the type's width as its last bit.
Status PrepareRightShift(PrepareContext& context) {
  return PrepareStored<std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t, std::uint32_t>(
      context, "reference.right_shift", [](auto x, auto distance) {
        using T = decltype(x);
        return x >> std::clamp<T>(distance, 0, static_cast<T>(8 * sizeof(T) - 1));
      });
}

}  // namespace tfld::engine::reference
