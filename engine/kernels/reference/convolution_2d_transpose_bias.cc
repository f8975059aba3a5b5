// Convolution2DTransposeBias (custom, MediaPipe): input [n, h, w, ic], filter [oc, kh, kw, ic], bias [oc]
// -> [n, oh, ow, oc], where the options say strides and padding, and the output is as small as they allow.
#include <algorithm>
#include <limits>

#include "engine/kernels/reference/mediapipe_options.h"
#include "engine/kernels/reference/nn.h"
#include "engine/kernels/reference/transposed_window.h"

namespace tfld::engine::reference {
namespace {

constexpr int kBias = 2;

// VALID: as far as the last window reaches. SAME: less what the convolution of that output would pad.
Result<WindowAxis> MakeAxis(const OpContext& context, Padding padding, std::int64_t input, std::int64_t taps,
                            std::int64_t stride) {
  if (input < 1 || taps < 1) return context.Error(StrCat("an input of ", input, " under a filter of ", taps));
  const std::int64_t pad = padding == Padding::kSame ? std::max<std::int64_t>(0, taps - (input - 1) % stride - 1) : 0;
  const std::int64_t output = stride * (input - 1) + taps - pad;
  if (output > std::numeric_limits<std::int32_t>::max()) return context.Error("the output is too large");
  return WindowAxis{
      .input = output, .output = input, .taps = taps, .stride = stride, .dilation = 1, .pad_before = pad / 2};
}

Result<TransposedWindow> MakeWindow(const OpContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 4, 4));
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kWeightsInput, 4, 4));
  TFLD_ASSIGN_OR_RETURN(const auto options, ReadIntegerOptions<3>(context));  // padding, stride width, stride height
  TFLD_RETURN_IF_ERROR(CheckExtents(context, {options[1], options[2]}));
  TFLD_ASSIGN_OR_RETURN(const Padding padding, ReadPadding(context, options[0]));
  const Shape& input = context.Input(0).shape;
  const Shape& filter = context.Input(kWeightsInput).shape;
  if (input.dim(3) != filter.dim(3)) {
    return context.Error(StrCat("filter of shape ", filter.ToString(), " does not fit to input ", input.ToString()));
  }
  TransposedWindow window{
      .y = {}, .x = {}, .batches = input.dim(0), .input_channels = input.dim(3), .output_channels = filter.dim(0)};
  TFLD_ASSIGN_OR_RETURN(window.y, MakeAxis(context, padding, input.dim(1), filter.dim(1), options[2]));
  TFLD_ASSIGN_OR_RETURN(window.x, MakeAxis(context, padding, input.dim(2), filter.dim(2), options[1]));
  return window;
}

}  // namespace

Status InferConvolution2DTransposeBias(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const TransposedWindow window, MakeWindow(context));
  return context.SetOutputShape(0, window.OutputShape());
}

Status PrepareConvolution2DTransposeBias(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const TransposedWindow window, MakeWindow(context));
  TFLD_RETURN_IF_ERROR(context.RequireInputType(0, {ElementType::kFloat32}));
  const WeightsLayout layout{.channels = context.Input(kWeightsInput).shape.dim(0),
                             .channel_axis = 0,
                             .activation = Activation::kNone,
                             .symmetric = true,
                             .bias = kBias};
  const int sums = context.RequestScratch(static_cast<std::size_t>(window.output_size()) * sizeof(float));
  return WithNumerics<FloatSum>(context, layout, [&](const FloatSum& numerics, const auto& operands) {
    return context.Emit("reference.convolution_2d_transpose_bias", [=](const RunContext& run) -> Status {
      ConvolveTransposedBatches(window, numerics, window.batches, operands(run), run.Scratch<float>(sums));
      return {};
    });
  });
}

}  // namespace tfld::engine::reference
