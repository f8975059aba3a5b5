// MEAN over constant axes. Quantized: the sum of the differences to the zero point, requantized with a multiplier that
// has the number of elements in it.
#include <algorithm>
#include <array>
#include <bit>

#include "engine/kernels/reference/axes.h"
#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/elements.h"
#include "engine/kernels/reference/reference.h"
#include "engine/kernels/reference/requantize.h"

namespace tfld::engine::reference {
namespace {

constexpr int kAxes = 1;

// Which axes are reduced, and how far apart an element's neighbours are in the output: 0 on reduced axes.
struct Reduction {
  Shape input;
  Shape output;
  Strides strides{};
  std::int64_t outputs = 1;
  std::int64_t elements = 1;  // that make one output

  // Adds all elements in order, each to its output's sum.
  template <typename T, typename Sum>
  void AddAll(const T*& element, Sum* sums, int axis = 0) const {
    const std::int64_t size = axis < input.rank() ? input.dim(axis) : 1;
    const std::int64_t stride = strides[static_cast<std::size_t>(axis)];
    for (std::int64_t i = 0; i < size; ++i) {
      if (axis + 1 < input.rank()) {
        AddAll(element, sums + i * stride, axis + 1);
      } else {
        sums[i * stride] = static_cast<Sum>(sums[i * stride] + static_cast<Sum>(*element++));
      }
    }
  }
};

Result<Reduction> MakeReduction(const OpContext& context) {
  Reduction reduction;
  reduction.input = context.Input(0).shape;
  const int rank = reduction.input.rank();
  TFLD_ASSIGN_OR_RETURN(const auto axes, context.ConstantInts(kAxes));
  std::array<bool, kMaxRank> reduced{};
  for (const std::int32_t axis : axes) {
    if (rank == 0) break;  // nothing to reduce in a scalar
    TFLD_ASSIGN_OR_RETURN(const int resolved, ResolveAxis(context, axis, rank));
    reduced[static_cast<std::size_t>(resolved)] = true;
  }
  for (int axis = rank - 1; axis >= 0; --axis) {
    const auto at = static_cast<std::size_t>(axis);
    (reduced[at] ? reduction.elements : reduction.outputs) *= reduction.input.dim(axis);
    reduction.strides[at] = reduced[at] ? 0 : reduction.outputs / std::max(1, reduction.input.dim(axis));
  }
  const bool keep = context.attributes<ReducerAttributes>().keep_dims;
  for (int axis = 0; axis < rank; ++axis) {
    const bool gone = reduced[static_cast<std::size_t>(axis)];
    if (!gone || keep) reduction.output.Append(gone ? 1 : reduction.input.dim(axis));
  }
  return reduction;
}

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
    if (reduction.input.NumElements() > 0) reduction.AddAll(input, sums);
    T* output = run.Output<T>(0);
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

Status InferMean(InferContext& context) {
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
