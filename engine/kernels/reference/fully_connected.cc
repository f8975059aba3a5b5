// FULLY_CONNECTED: input with elements for [batches, depth], weights [units, depth], bias [units] -> [batches, units].
#include <cstring>
#include <limits>

#include "engine/base/checked_math.h"
#include "engine/kernels/reference/hybrid.h"
#include "engine/kernels/reference/nn.h"
#include "engine/kernels/reference/recurrent_activation.h"
#include "engine/kernels/reference/reference.h"

namespace tfld::engine::reference {
namespace {

struct Geometry {
  std::int64_t batches, depth, units;
};

Result<Geometry> MakeGeometry(const OpContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kWeightsInput, 2, 2));
  const Shape& input = context.Input(0).shape;
  const Shape& weights = context.Input(kWeightsInput).shape;
  Geometry geometry{.batches = 0, .depth = weights.dim(1), .units = weights.dim(0)};
  const bool keep = context.attributes<FullyConnectedAttributes>().keep_num_dims;
  const bool last_fits = input.rank() >= 1 && input.dim(input.rank() - 1) == geometry.depth;
  // Without depth the elements say nothing about the batch: the input's own last dimension has to be empty too.
  const bool fits = keep || geometry.depth == 0 ? last_fits : input.NumElements() % geometry.depth == 0;
  if (!fits) {
    return context.Error(StrCat("weights of shape ", weights.ToString(), " do not fit to input ", input.ToString()));
  }
  if (geometry.depth > 0) {
    geometry.batches = input.NumElements() / geometry.depth;
    return geometry;
  }
  geometry.batches = 1;
  for (int axis = 0; axis + 1 < input.rank(); ++axis) {
    const auto batches = CheckedMul<std::int64_t>(geometry.batches, input.dim(axis));
    if (!batches) return context.Error("the batch is too large");
    geometry.batches = *batches;
  }
  return geometry;
}

// A sum over nothing. TensorFlow Lite clears the output then, whatever its type, and adds no bias.
Status EmitZeros(PrepareContext& context) {
  return context.Emit("reference.fully_connected_empty",
                      [bytes = context.Output(0).byte_size()](const RunContext& run) -> Status {
                        std::memset(run.Output<void>(0), 0, bytes);
                        return {};
                      });
}

template <typename Numerics, typename Pointers>
void MultiplyRows(const Geometry& g, const Numerics& numerics, std::int64_t batches, const Pointers& operands) {
  auto* output = operands.output;
  for (std::int64_t n = 0; n < batches; ++n) {
    const auto* input = operands.input + n * g.depth;
    for (std::int64_t unit = 0; unit < g.units; ++unit) {
      const auto* weights = operands.weights + unit * g.depth;
      typename Numerics::Sum sum{};
      for (std::int64_t i = 0; i < g.depth; ++i) sum += numerics.Product(input[i], weights[i]);
      *output++ = numerics.Finish(sum, operands.bias, unit);
    }
  }
}

// 16-bit weights are always summed in 64 bits and rescaled in fixed point.
template <typename Function>
Status DispatchInt16Weights(PrepareContext& context, WeightsLayout layout, Function&& function) {
  using Int16 = std::int16_t;
  layout.multiplies_scales_as_floats = !context.Input(kWeightsInput).quantization->per_channel();
  if (SumsIn32Bits(context, layout)) {
    using WithInt32Bias = QuantizedSum<Int16, Int16, Int16, FixedPointRescaling, std::int32_t, std::int64_t>;
    return WithNumerics<WithInt32Bias>(context, layout, function);
  }
  return WithNumerics<QuantizedSum<Int16, Int16, Int16, FixedPointRescaling, std::int64_t>>(context, layout, function);
}

}  // namespace

Status InferFullyConnected(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Geometry geometry, MakeGeometry(context));
  if (geometry.batches > std::numeric_limits<std::int32_t>::max()) return context.Error("the batch is too large");
  Shape shape{static_cast<std::int32_t>(geometry.batches), static_cast<std::int32_t>(geometry.units)};
  if (context.attributes<FullyConnectedAttributes>().keep_num_dims) {
    shape = context.Input(0).shape;
    shape.set_dim(shape.rank() - 1, static_cast<std::int32_t>(geometry.units));
  }
  if (context.num_outputs() == 2) TFLD_RETURN_IF_ERROR(context.SetOutputShape(1, context.Input(0).shape));
  return context.SetOutputShape(0, shape);
}

Status PrepareFullyConnected(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Geometry geometry, MakeGeometry(context));
  const auto& attributes = context.attributes<FullyConnectedAttributes>();
  const bool clamps = attributes.activation <= Activation::kRelu6;
  if (!clamps && !IsHybrid(context)) {
    return context.Unsupported(
        StrCat("fused activation ", static_cast<int>(attributes.activation), " is not supported"));
  }
  if (attributes.shuffled_weights) return PrepareShuffledFullyConnected(context, attributes.activation);
  if (context.num_outputs() != 1) return context.Unsupported("a second output is for shuffled weights only");
  if (geometry.depth == 0) return EmitZeros(context);
  const WeightsLayout layout{.channels = context.Input(kWeightsInput).shape.dim(0),
                             .channel_axis = 0,
                             .activation = attributes.activation,
                             .symmetric = false};
  if (IsHybrid(context)) {
    if (context.Input(kWeightsInput).quantization->block_size > 0) {
      return PrepareBlockwiseFullyConnected(context, attributes.activation, geometry.batches);
    }
    return EmitHybrid(context, "reference.fully_connected_hybrid", layout, geometry.batches,
                      attributes.asymmetric_quantize_inputs,
                      [=](const HybridBatch& numerics, const auto& operands, const RunContext&) {
                        MultiplyRows(geometry, numerics, 1, operands);
                        for (std::int64_t i = 0; i < geometry.units && !clamps; ++i) {
                          operands.output[i] = Activate(attributes.activation, operands.output[i]);
                        }
                      });
  }
  const auto emit = [&]<typename Numerics>(const Numerics& numerics, const auto& operands) {
    return context.Emit("reference.fully_connected", [geometry, numerics, operands](const RunContext& run) -> Status {
      MultiplyRows(geometry, numerics, geometry.batches, operands(run));
      return {};
    });
  };
  const ElementType input = context.Input(0).type, weights = context.Input(kWeightsInput).type;
  if (input == ElementType::kUInt8 && context.Output(0).type == ElementType::kInt16) {
    using Widening = QuantizedSum<std::uint8_t, std::uint8_t, std::int16_t, DoubleRescaling>;
    return WithNumerics<Widening>(context, layout, emit);
  }
  if (input == ElementType::kInt16 && weights == ElementType::kInt16)
    return DispatchInt16Weights(context, layout, emit);
  return DispatchNumerics<DoubleRescaling>(context, layout, emit);
}

}  // namespace tfld::engine::reference
