// FULLY_CONNECTED: input with elements for [batches, depth], weights [units, depth], bias [units] -> [batches, units].
#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/reference.h"
#include "engine/kernels/reference/weighted_sum.h"

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
  const bool fits = geometry.depth > 0 && (keep ? input.rank() >= 1 && input.dim(input.rank() - 1) == geometry.depth
                                                : input.NumElements() % geometry.depth == 0);
  if (!fits) {
    return context.Error(StrCat("weights of shape ", weights.ToString(), " do not fit to input ", input.ToString()));
  }
  geometry.batches = input.NumElements() / geometry.depth;
  return geometry;
}

template <typename T>
void Multiply(const Geometry& g, const WeightedSum<T>& numerics, const T* input, const T* weights,
              const typename WeightedSum<T>::Bias* bias, T* output) {
  for (std::int64_t n = 0; n < g.batches; ++n) {
    const T* row = input + n * g.depth;
    for (std::int64_t unit = 0; unit < g.units; ++unit) {
      const T* column = weights + unit * g.depth;
      typename WeightedSum<T>::Sum sum{};
      for (std::int64_t i = 0; i < g.depth; ++i) sum += numerics.Product(row[i], column[i]);
      *output++ = numerics.Finish(sum, bias, unit);
    }
  }
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
  return context.SetOutputShape(0, shape);
}

Status PrepareFullyConnected(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Geometry geometry, MakeGeometry(context));
  const auto& attributes = context.attributes<FullyConnectedAttributes>();
  if (attributes.shuffled_weights) return context.Unsupported("shuffled weights are not supported");
  if (context.num_outputs() != 1) return context.Unsupported("a second output is not supported");
  return DispatchType<float, std::int8_t, std::uint8_t>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        TFLD_RETURN_IF_ERROR(context.RequireInputType(kWeightsInput, {kElementTypeOf<T>}));
        TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
        TFLD_ASSIGN_OR_RETURN(const WeightedSum<T> numerics,
                              WeightedSum<T>::Make(context, {.channels = context.Input(kWeightsInput).shape.dim(0),
                                                             .channel_axis = 0,
                                                             .activation = attributes.activation,
                                                             .int8_convolution = false}));
        return context.Emit("reference.fully_connected", [geometry, numerics](const RunContext& run) -> Status {
          Multiply<T>(geometry, numerics, run.Input<T>(0), run.Input<T>(kWeightsInput),
                      run.Input<typename WeightedSum<T>::Bias>(kBiasInput), run.Output<T>(0));
          return {};
        });
      });
}

}  // namespace tfld::engine::reference
