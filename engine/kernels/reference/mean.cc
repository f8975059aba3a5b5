// MEAN over constant axes. Quantized: the sum of the differences to the zero point, requantized with a multiplier that
// has the number of elements in it.
#include <algorithm>
#include <bit>
#include <limits>

#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/reduction.h"
#include "engine/kernels/reference/reference.h"
#include "engine/kernels/reference/requantize.h"

namespace tfld::engine::reference {
namespace {

template <typename T>
struct MeanSum {
  using Type = std::uint64_t;  // wraps
};
template <>
struct MeanSum<float> {
  using Type = float;
};

template <typename T, typename Finish>
Status EmitMean(PrepareContext& context, const Reduction& reduction, Finish finish) {
  using Sum = typename MeanSum<T>::Type;
  const int scratch = context.RequestScratch(static_cast<std::size_t>(reduction.outputs) * sizeof(Sum));
  return context.Emit("reference.mean", [reduction, finish, scratch](const RunContext& run) -> Status {
    Sum* sums = run.Scratch<Sum>(scratch);
    std::fill_n(sums, reduction.outputs, Sum{});
    const T* input = run.Input<T>(0);
    reduction.Fold(input, sums, [](Sum& sum, T element) { sum = static_cast<Sum>(sum + static_cast<Sum>(element)); });
    T* output = run.Output<T>(0);
    if (reduction.elements == 0) {  // no mean: NaN where the type has one, else a stored 0 (no zero point)
      std::fill_n(output, reduction.outputs, std::numeric_limits<T>::quiet_NaN());
      return {};
    }
    for (std::int64_t i = 0; i < reduction.outputs; ++i) output[i] = finish(sums[i]);
    return {};
  });
}

// The requantization with 1 / elements in its multiplier: as many bits as `elements` has are shifted in before
// dividing. Source: TensorFlow Lite's reference mean.
Result<Requantization> MakeRequantization(const OpContext& context, std::int64_t elements) {
  const Value& input = context.Input(0);
  const Value& output = context.Output(0);
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(input));
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(output));
  TFLD_ASSIGN_OR_RETURN(QuantizedMultiplier by, RequireMultiplier(context, static_cast<double>(input.scale()) /
                                                                               static_cast<double>(output.scale())));
  int shift = 63 - std::countl_zero(static_cast<std::uint64_t>(std::max<std::int64_t>(elements, 1)));
  shift = std::min({shift, 32, 31 + by.shift});
  by.multiplier = static_cast<std::int32_t>((static_cast<std::int64_t>(by.multiplier) << shift) /
                                            std::max<std::int64_t>(elements, 1));
  by.shift -= shift;
  return Requantization{
      .input_zero_point = input.zero_point(), .output_zero_point = output.zero_point(), .multiplier = by, .range = {}};
}

}  // namespace

Status InferReduction(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Reduction reduction, MakeReduction(context));
  return context.SetOutputShape(0, reduction.output);
}

Status PrepareMean(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Reduction reduction, MakeReduction(context));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  const std::int64_t elements = std::max<std::int64_t>(reduction.elements, 1);
  return DispatchType<float, std::int32_t, std::int64_t, std::int8_t, std::uint8_t, std::int16_t>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        if constexpr (kIsQuantized<T>) {
          TFLD_ASSIGN_OR_RETURN(Requantization requantize, MakeRequantization(context, elements));
          requantize.range = {std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};
          const std::int64_t zero = requantize.input_zero_point * elements;
          requantize.input_zero_point = 0;
          return EmitMean<T>(context, reduction, [requantize, zero](std::uint64_t sum) {
            return static_cast<T>(requantize(static_cast<std::int32_t>(static_cast<std::int64_t>(sum) - zero)));
          });
        } else if constexpr (kIsFloat<T>) {
          return EmitMean<T>(context, reduction, [elements](float sum) { return sum / static_cast<float>(elements); });
        } else {
          return EmitMean<T>(context, reduction, [elements](std::uint64_t sum) {
            return static_cast<T>(static_cast<std::int64_t>(sum) / elements);
          });
        }
      });
}

}  // namespace tfld::engine::reference
