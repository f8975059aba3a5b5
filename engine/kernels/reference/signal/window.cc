// SignalWindow, SignalFftAutoScale, SignalEnergy: what comes before and after the transform of a frame.
#include <algorithm>
#include <bit>
#include <limits>

#include "engine/base/str_cat.h"
#include "engine/kernels/reference/flex_options.h"
#include "engine/kernels/reference/signal/signal.h"

namespace tfld::engine::reference {
namespace {

using Limits16 = std::numeric_limits<std::int16_t>;

constexpr int kWeights = 1;
constexpr int kScaleBits = 1;
constexpr int kMaxShift = 31;

// output = saturate((input * weight) >> shift), frame after frame.
void ApplyWindow(const std::int16_t* input, const std::int16_t* weights, std::int64_t size, int shift,
                 std::int16_t* output) {
  for (std::int64_t i = 0; i < size; ++i) {
    const std::int32_t product = (std::int32_t{input[i]} * weights[i]) >> shift;
    output[i] = static_cast<std::int16_t>(std::clamp<std::int32_t>(product, Limits16::min(), Limits16::max()));
  }
}

// The greatest magnitude, in 16 bits: that of -32768 is -32768, and every element after it is greater. This is how the
// library computes it, and results depend on it.
std::int16_t GreatestMagnitude(const std::int16_t* input, std::int64_t size) {
  std::int16_t greatest = 0;
  for (std::int64_t i = 0; i < size; ++i) {
    const std::int32_t value = input[i];
    if (value > greatest) {
      greatest = static_cast<std::int16_t>(value);
    } else if (-value > greatest) {
      greatest = static_cast<std::int16_t>(-value);
    }
  }
  return greatest;
}

// How far all elements can move left without losing their sign; silence stays where it is.
int HeadRoom(std::int16_t greatest) {
  return greatest <= 0 ? 0 : 15 - std::bit_width(static_cast<std::uint32_t>(greatest));
}

}  // namespace

Status InferSignalWindow(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 1, kMaxRank));
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kWeights, 1, 1));
  const Shape& input = context.Input(0).shape;
  const std::int32_t window = context.Input(kWeights).shape.dim(0);
  if (window != input.dim(input.rank() - 1)) {
    return context.Error(StrCat("a window of ", window, " on frames of ", input.dim(input.rank() - 1)));
  }
  return context.SetOutputShape(0, input);
}

Status PrepareSignalWindow(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(0, {ElementType::kInt16}));
  TFLD_RETURN_IF_ERROR(context.RequireInputType(kWeights, {ElementType::kInt16}));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  TFLD_ASSIGN_OR_RETURN(const FlexOptions options, FlexOptions::Read(context));
  TFLD_ASSIGN_OR_RETURN(const int shift, options.IntBetween("shift", 0, kMaxShift));
  const std::int64_t total = context.Input(0).shape.NumElements();
  const std::int64_t window = context.Input(kWeights).shape.NumElements();
  return context.Emit("reference.signal_window", [=](const RunContext& run) -> Status {
    for (std::int64_t i = 0; i < total; i += window) {
      ApplyWindow(run.Input<std::int16_t>(0) + i, run.Input<std::int16_t>(kWeights), window, shift,
                  run.Output<std::int16_t>(0) + i);
    }
    return {};
  });
}

Status InferSignalFftAutoScale(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 1, 1));
  TFLD_RETURN_IF_ERROR(context.SetOutputShape(0, context.Input(0).shape));
  return context.SetOutputShape(kScaleBits, {});
}

Status PrepareSignalFftAutoScale(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(0, {ElementType::kInt16}));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(kScaleBits, {ElementType::kInt32}));
  return context.Emit("reference.signal_fft_auto_scale",
                      [size = context.Input(0).shape.NumElements()](const RunContext& run) -> Status {
                        const auto* input = run.Input<std::int16_t>(0);
                        auto* output = run.Output<std::int16_t>(0);
                        const int bits = HeadRoom(GreatestMagnitude(input, size));
                        for (std::int64_t i = 0; i < size; ++i) {
                          output[i] = static_cast<std::int16_t>(input[i] * (1 << bits));
                        }
                        *run.Output<std::int32_t>(kScaleBits) = bits;
                        return {};
                      });
}

Status InferSignalEnergy(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 1, 1));
  return context.SetOutputShape(0, {context.Input(0).shape.dim(0) / 2});
}

// Squared magnitudes of the bins [start_index, end_index); 0 for the others.
Status PrepareSignalEnergy(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(0, {ElementType::kInt16}));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kUInt32}));
  TFLD_ASSIGN_OR_RETURN(const FlexOptions options, FlexOptions::Read(context));
  const std::int32_t bins = context.Output(0).shape.dim(0);
  TFLD_ASSIGN_OR_RETURN(const int end, options.IntBetween("end_index", 0, bins));
  TFLD_ASSIGN_OR_RETURN(const int start, options.IntBetween("start_index", 0, bins));
  return context.Emit("reference.signal_energy", [=](const RunContext& run) -> Status {
    const auto* input = run.Input<std::int16_t>(0);
    auto* output = run.Output<std::uint32_t>(0);
    for (std::int32_t i = 0; i < bins; ++i) {
      const std::int32_t real = input[2 * i], imaginary = input[2 * i + 1];
      const bool inside = i >= start && i < end;
      output[i] =
          inside ? static_cast<std::uint32_t>(real * real) + static_cast<std::uint32_t>(imaginary * imaginary) : 0;
    }
    return {};
  });
}

}  // namespace tfld::engine::reference
