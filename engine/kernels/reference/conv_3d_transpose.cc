// CONV_3D_TRANSPOSE: output shape [5], filter [kd, kh, kw, oc, ic], input [n, d, h, w, ic], bias [oc]
// -> [n, od, oh, ow, oc]. Float. The gradient of CONV_3D by its input.
#include <algorithm>

#include "engine/kernels/reference/nn.h"
#include "engine/kernels/reference/transposed_window.h"
#include "engine/kernels/reference/volume_window.h"

namespace tfld::engine::reference {
namespace {

constexpr int kOutputShape = 0;
constexpr int kInput = 2;
constexpr int kBias = 3;

Result<Shape> OutputShape(const OpContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kWeightsInput, 5, 5));
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kInput, 5, 5));
  TFLD_ASSIGN_OR_RETURN(const auto sizes, context.ConstantInts(kOutputShape));
  const Shape& filter = context.Input(kWeightsInput).shape;
  const Shape& input = context.Input(kInput).shape;
  if (sizes.size() != 5 || sizes[0] != input.dim(0) || sizes[4] != filter.dim(3) || input.dim(4) != filter.dim(4)) {
    return context.Error(StrCat("the output shape, filter ", filter.ToString(), " and input ", input.ToString(),
                                " do not fit together"));
  }
  auto shape = Shape::Make(sizes);
  if (!shape.ok()) return context.Error(StrCat("the output shape: ", shape.status().message()));
  return shape;
}

Result<VolumeWindow> MakeWindow(const OpContext& context, const Shape& output) {
  const Shape& input = context.Input(kInput).shape;
  TFLD_ASSIGN_OR_RETURN(const VolumeWindow window,
                        MakeVolumeWindow(context, output, context.Input(kWeightsInput).shape));
  if (window.z.output == input.dim(1) && window.y.output == input.dim(2) && window.x.output == input.dim(3)) {
    return window;
  }
  return context.Error(StrCat("an output of ", output.ToString(), " belongs to an input of [", window.z.output, ", ",
                              window.y.output, ", ", window.x.output, "], not of ", input.ToString()));
}

// Adds what each voxel of the input gives to the voxels of the output.
void SpreadVolume(const VolumeWindow& window, const FloatSum& numerics, const float* voxel, const float* weights,
                  std::int64_t channels, std::int64_t filters, float* sums) {
  window.ForEachOutput([&](const VolumePosition& origin) {
    window.ForEachTap(origin, [&](std::int64_t target, std::int64_t tap) {
      AddTransposedTap(numerics, voxel, weights + tap * filters * channels, channels, channels, filters,
                       sums + target * filters);
    });
    voxel += channels;
  });
}

}  // namespace

Status InferConv3dTranspose(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Shape output, OutputShape(context));
  TFLD_RETURN_IF_ERROR(MakeWindow(context, output).status());
  return context.SetOutputShape(0, output);
}

Status PrepareConv3dTranspose(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Shape shape, OutputShape(context));
  TFLD_ASSIGN_OR_RETURN(const VolumeWindow window, MakeWindow(context, shape));
  TFLD_RETURN_IF_ERROR(context.RequireInputType(kInput, {ElementType::kFloat32}));
  const WeightsLayout layout{.channels = shape.dim(4),
                             .channel_axis = 3,
                             .activation = context.attributes<Conv3dAttributes>().activation,
                             .symmetric = true,
                             .input = kInput,
                             .bias = kBias};
  const std::int64_t batches = shape.dim(0), filters = shape.dim(4), channels = context.Input(kInput).shape.dim(4);
  const std::int64_t volume_size = window.input_voxels() * filters;
  return WithNumerics<FloatSum>(context, layout, [&](const FloatSum& numerics, const auto& operands) {
    return context.Emit("reference.conv_3d_transpose", [=](const RunContext& run) -> Status {
      const auto pointers = operands(run);
      const float* voxel = pointers.input;
      for (std::int64_t n = 0; n < batches && volume_size > 0; ++n) {
        float* sums = pointers.output + n * volume_size;  // the sums grow in the place of the results
        std::fill_n(sums, volume_size, 0.0F);
        if (channels > 0) SpreadVolume(window, numerics, voxel, pointers.weights, channels, filters, sums);
        voxel += window.output_voxels() * channels;
        for (std::int64_t i = 0; i < volume_size; ++i) sums[i] = numerics.Finish(sums[i], pointers.bias, i % filters);
      }
      return {};
    });
  });
}

}  // namespace tfld::engine::reference
