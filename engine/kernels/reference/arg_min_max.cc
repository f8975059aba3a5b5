// ARG_MAX and ARG_MIN: where the greatest or least element stands along an axis; the first one of several.
#include <functional>

#include "engine/kernels/reference/axes.h"
#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/reference.h"

namespace tfld::engine::reference {
namespace {

constexpr int kAxis = 1;

Result<int> ReadAxis(const OpContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 1, kMaxRank));
  TFLD_ASSIGN_OR_RETURN(const auto axes, context.ConstantInts(kAxis));
  if (axes.size() != 1) return context.Error(StrCat(axes.size(), " axes; expected 1"));
  return ResolveAxis(context, axes[0], context.Input(0).shape.rank());
}

template <typename T, typename Index, typename Compare>
Status EmitArg(PrepareContext& context, std::string_view name, int axis, Compare better) {
  const Shape& shape = context.Input(0).shape;
  const std::int64_t outer = shape.Product(0, axis), size = shape.dim(axis);
  const std::int64_t inner = shape.Product(axis + 1, shape.rank());
  return context.Emit(name, [outer, size, inner, better](const RunContext& run) -> Status {
    Index* output = run.Output<Index>(0);
    for (std::int64_t o = 0; o < outer; ++o) {
      for (std::int64_t i = 0; i < inner; ++i) {
        const T* elements = run.Input<T>(0) + o * size * inner + i;
        std::int64_t best = 0;
        for (std::int64_t k = 1; k < size; ++k) {
          if (better(elements[k * inner], elements[best * inner])) best = k;
        }
        *output++ = static_cast<Index>(best);
      }
    }
    return {};
  });
}

// Beside `better`, a number is better than what is none.
template <typename Compare>
struct SkippingNan {
  Compare better;
  bool operator()(float a, float b) const { return a == a && (b != b || better(a, b)); }
};

template <typename Compare>
Status PrepareArg(PrepareContext& context, std::string_view name, Compare better) {
  TFLD_ASSIGN_OR_RETURN(const int axis, ReadAxis(context));
  return DispatchType<float, std::int8_t, std::uint8_t, std::int32_t, bool>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        return DispatchType<std::int32_t, std::int64_t>(
            context, context.Output(0).type, [&]<typename Index>(TypeTag<Index>) -> Status {
              if constexpr (kIsFloat<T>) return EmitArg<T, Index>(context, name, axis, SkippingNan<Compare>{better});
              return EmitArg<T, Index>(context, name, axis, better);
            });
      });
}

}  // namespace

Status InferArg(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const int axis, ReadAxis(context));
  const Shape& input = context.Input(0).shape;
  if (input.dim(axis) == 0) return context.Error(StrCat("axis ", axis, " has no elements"));
  Shape shape;
  for (int i = 0; i < input.rank(); ++i) {
    if (i != axis) shape.Append(input.dim(i));
  }
  return context.SetOutputShape(0, shape);
}

Status PrepareArgMax(PrepareContext& context) { return PrepareArg(context, "reference.arg_max", std::greater<>()); }
Status PrepareArgMin(PrepareContext& context) { return PrepareArg(context, "reference.arg_min", std::less<>()); }

}  // namespace tfld::engine::reference
