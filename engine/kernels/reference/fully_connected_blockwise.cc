// FULLY_CONNECTED with float inputs and integer weights that have a scale a block. Inputs are quantized asymmetrically,
// whatever the options say; each block's sum is an integer, and the blocks are added in float.
#include "engine/kernels/reference/block_scales.h"
#include "engine/kernels/reference/hybrid.h"
#include "engine/kernels/reference/nn.h"
#include "engine/kernels/reference/recurrent_activation.h"

namespace tfld::engine::reference {
namespace {

struct BlockwiseRows {
  std::int64_t units, depth, block;
  std::vector<float> scales;

  // The product of a unit's weights with quantized values, without the values' scale.
  float Dot(std::int64_t unit, const std::int8_t* weights, const std::int8_t* values, std::int32_t zero_point) const {
    float sum = 0, offset = 0;
    const float* scale = scales.data() + unit * (depth / block);
    for (std::int64_t first = 0; first < depth; first += block, ++scale) {
      std::uint32_t products = 0, total = 0;  // wrap instead of overflowing
      for (std::int64_t i = first; i < first + block; ++i) {
        products += static_cast<std::uint32_t>(values[i] * weights[i]);
        total += static_cast<std::uint32_t>(weights[i]);
      }
      sum += static_cast<float>(static_cast<std::int32_t>(products)) * *scale;
      offset += *scale * static_cast<float>(static_cast<std::int32_t>(total));
    }
    return sum - static_cast<float>(zero_point) * offset;
  }
};

}  // namespace

Status PrepareBlockwiseFullyConnected(PrepareContext& context, Activation activation, std::int64_t batches) {
  const Value& matrix = context.Input(kWeightsInput);
  TFLD_ASSIGN_OR_RETURN(std::vector<float> scales, BlockScales(context, kWeightsInput));
  const WeightsLayout layout{
      .channels = matrix.shape.dim(0), .channel_axis = 0, .activation = activation, .symmetric = true};
  TFLD_RETURN_IF_ERROR(CheckBias<float>(context, layout));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kFloat32}));
  TFLD_ASSIGN_OR_RETURN(const auto weights, WeightsReader<std::int8_t>::Make(context, kWeightsInput));
  const BlockwiseRows rows{.units = matrix.shape.dim(0),
                           .depth = matrix.shape.dim(1),
                           .block = matrix.quantization->block_size,
                           .scales = std::move(scales)};
  const int scratch = context.RequestScratch(static_cast<std::size_t>(rows.depth));
  const int bias_index = layout.bias;
  return context.Emit("reference.fully_connected_blockwise", [=](const RunContext& run) -> Status {
    auto* quantized = run.Scratch<std::int8_t>(scratch);
    const float* bias = run.Input<float>(bias_index);
    const std::int8_t* matrix_data = weights(run);
    for (std::int64_t batch = 0; batch < batches; ++batch) {
      const DynamicQuantization quantization =
          QuantizeAsymmetric(run.Input<float>(0) + batch * rows.depth, rows.depth, quantized);
      float* output = run.Output<float>(0) + batch * rows.units;
      for (std::int64_t unit = 0; unit < rows.units; ++unit) {
        const float sum = rows.Dot(unit, matrix_data + unit * rows.depth, quantized, quantization.zero_point);
        output[unit] = Activate(activation, sum * quantization.scale + (bias == nullptr ? 0.0F : bias[unit]));
      }
    }
    return {};
  });
}

}  // namespace tfld::engine::reference
