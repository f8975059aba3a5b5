// CONV_3D: input [n, d, h, w, c], filter [kd, kh, kw, c, filters], bias [filters] -> [n, od, oh, ow, filters]. Float.
#include <algorithm>

#include "engine/kernels/reference/nn.h"
#include "engine/kernels/reference/volume_window.h"
#include "engine/kernels/reference/weighted_sum.h"

namespace tfld::engine::reference {
namespace {

constexpr int kInput = 0;

Result<VolumeWindow> MakeWindow(const OpContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kInput, 5, 5));
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kWeightsInput, 5, 5));
  const Shape& input = context.Input(kInput).shape;
  const Shape& filter = context.Input(kWeightsInput).shape;
  if (input.dim(4) != filter.dim(3)) {
    return context.Error(StrCat("filter of shape ", filter.ToString(), " does not fit to input ", input.ToString()));
  }
  return MakeVolumeWindow(context, input, filter);
}

// The sums of all filters at one position of the window.
void SumWindow(const VolumeWindow& w, const FloatSum& numerics, const float* volume, const float* weights,
               std::int64_t channels, std::int64_t filters, const VolumePosition& origin, float* sums) {
  std::fill_n(sums, filters, 0.0F);
  if (channels == 0) return;
  w.ForEachTap(origin, [&](std::int64_t voxel, std::int64_t tap) {
    const float* values = volume + voxel * channels;
    const float* line = weights + tap * channels * filters;
    for (std::int64_t c = 0; c < channels; ++c, line += filters) {
      for (std::int64_t f = 0; f < filters; ++f) sums[f] += numerics.Product(values[c], line[f]);
    }
  });
}

}  // namespace

Status InferConv3d(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const VolumeWindow window, MakeWindow(context));
  return context.SetOutputShape(0,
                                {context.Input(kInput).shape.dim(0), static_cast<std::int32_t>(window.z.output),
                                 static_cast<std::int32_t>(window.y.output), static_cast<std::int32_t>(window.x.output),
                                 context.Input(kWeightsInput).shape.dim(4)});
}

Status PrepareConv3d(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const VolumeWindow window, MakeWindow(context));
  TFLD_RETURN_IF_ERROR(context.RequireInputType(kInput, {ElementType::kFloat32}));
  const WeightsLayout layout{.channels = context.Input(kWeightsInput).shape.dim(4),
                             .channel_axis = 4,
                             .activation = context.attributes<Conv3dAttributes>().activation,
                             .symmetric = true};
  const std::int64_t batches = context.Input(kInput).shape.dim(0), channels = context.Input(kInput).shape.dim(4);
  const std::int64_t filters = layout.channels;
  const int scratch = context.RequestScratch(static_cast<std::size_t>(filters) * sizeof(float));
  return WithNumerics<FloatSum>(context, layout, [&](const FloatSum& numerics, const auto& operands) {
    return context.Emit("reference.conv_3d", [=](const RunContext& run) -> Status {
      const auto [input, filter_data, bias_data, result] = operands(run);
      const auto weights = filter_data;  // lambdas of clang before 16 take no bindings
      const auto bias = bias_data;
      auto* sums = run.Scratch<float>(scratch);
      float* output = result;
      for (std::int64_t n = 0; n < batches && filters > 0; ++n) {
        const float* volume = input + n * window.input_voxels() * channels;
        window.ForEachOutput([&](const VolumePosition& origin) {
          SumWindow(window, numerics, volume, weights, channels, filters, origin, sums);
          for (std::int64_t f = 0; f < filters; ++f) *output++ = numerics.Finish(sums[f], bias, f);
        });
      }
      return {};
    });
  });
}

}  // namespace tfld::engine::reference
