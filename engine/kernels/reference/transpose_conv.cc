// TRANSPOSE_CONV: output shape [4], filter [oc, kh, kw, ic], input [n, h, w, ic], bias [oc] -> [n, oh, ow, oc].
//
// The gradient of CONV_2D by its input: the output shape must be one that the convolution would bring to the input's.
#include "engine/kernels/reference/hybrid.h"
#include "engine/kernels/reference/nn.h"
#include "engine/kernels/reference/transposed_window.h"

namespace tfld::engine::reference {
namespace {

constexpr int kOutputShape = 0;
constexpr int kInput = 2;
constexpr int kBias = 3;

Result<WindowAxis> MakeAxis(const OpContext& context, Padding padding, std::int64_t output, std::int64_t taps,
                            std::int64_t stride, std::int64_t input) {
  TFLD_ASSIGN_OR_RETURN(const WindowAxis axis, MakeWindowAxis(context, padding, output, taps, stride, 1));
  if (axis.output == input) return axis;
  return context.Error(StrCat("an output of ", output, " belongs to an input of ", axis.output, ", not of ", input));
}

Result<TransposedWindow> MakeWindow(const OpContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kWeightsInput, 4, 4));
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kInput, 4, 4));
  TFLD_ASSIGN_OR_RETURN(const auto output, context.ConstantInts(kOutputShape));
  const Shape& filter = context.Input(kWeightsInput).shape;
  const Shape& input = context.Input(kInput).shape;
  const auto& attributes = context.attributes<TransposeConvAttributes>();
  if (output.size() != 4 || output[0] != input.dim(0) || output[1] < 1 || output[2] < 1 || output[3] != filter.dim(0) ||
      input.dim(3) != filter.dim(3)) {
    return context.Error(StrCat("the output shape, filter ", filter.ToString(), " and input ", input.ToString(),
                                " do not fit together"));
  }
  TransposedWindow window{
      .y = {}, .x = {}, .batches = input.dim(0), .input_channels = input.dim(3), .output_channels = filter.dim(0)};
  TFLD_ASSIGN_OR_RETURN(
      window.y, MakeAxis(context, attributes.padding, output[1], filter.dim(1), attributes.stride_h, input.dim(1)));
  TFLD_ASSIGN_OR_RETURN(
      window.x, MakeAxis(context, attributes.padding, output[2], filter.dim(2), attributes.stride_w, input.dim(2)));
  return window;
}

}  // namespace

Status InferTransposeConv(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const TransposedWindow window, MakeWindow(context));
  return context.SetOutputShape(0, window.OutputShape());
}

Status PrepareTransposeConv(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const TransposedWindow window, MakeWindow(context));
  const WeightsLayout layout{.channels = context.Input(kWeightsInput).shape.dim(0),
                             .channel_axis = 0,
                             .activation = context.attributes<TransposeConvAttributes>().activation,
                             .symmetric = true,
                             .has_int32_sums = context.attributes<TransposeConvAttributes>().has_int32_sums,
                             .input = kInput,
                             .bias = kBias};
  const auto output_size = static_cast<std::size_t>(window.output_size());
  if (IsHybrid(context, kInput)) {
    const int sums = context.RequestScratch(output_size * sizeof(HybridSum::Sum));
    return EmitHybrid(context, "reference.transpose_conv_hybrid", layout, window.batches, /*asymmetric=*/true,
                      [window, sums](const HybridBatch& numerics, const auto& operands, const RunContext& run) {
                        ConvolveTransposedBatches(window, numerics, 1, operands, run.Scratch<HybridSum::Sum>(sums));
                      });
  }
  return DispatchNumerics<FixedPointRescaling>(
      context, layout, [&]<typename Numerics>(const Numerics& numerics, const auto& operands) {
        using Sum = typename Numerics::Sum;
        const int sums = context.RequestScratch(output_size * sizeof(Sum));
        return context.Emit(
            "reference.transpose_conv", [window, numerics, operands, sums](const RunContext& run) -> Status {
              ConvolveTransposedBatches(window, numerics, window.batches, operands(run), run.Scratch<Sum>(sums));
              return {};
            });
      });
}

}  // namespace tfld::engine::reference
