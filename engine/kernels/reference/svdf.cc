// SVDF: a fully connected layer as `rank` pairs of a filter over the input's features and one over time.
//
//   input [batches, inputs], feature weights [filters, inputs], time weights [filters, memory], bias [units] or none,
//   state [batches, filters * memory] -> output [batches, units], filters = units * rank
//
// Each run the state moves one step towards the past, and every filter's product with the input comes in as the newest
// step. Source: "Compressing Deep Neural Networks using a Rank-Constrained Topology" (Nakkiran et al., 2015).
#include <algorithm>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/recurrent.h"
#include "engine/kernels/reference/recurrent_activation.h"
#include "engine/kernels/reference/recurrent_checks.h"
#include "engine/kernels/reference/recurrent_products.h"
#include "engine/kernels/reference/requantize.h"

namespace tfld::engine::reference {
namespace {

constexpr int kFeatureWeights = 1;
constexpr int kTimeWeights = 2;
constexpr int kBias = 3;
constexpr int kState = 4;

struct Geometry {
  std::int32_t batches, inputs, filters, memory, units, rank;

  std::int64_t state_size() const { return std::int64_t{batches} * filters * memory; }
};

Result<Geometry> MakeGeometry(const OpContext& context) {
  for (const int index : {0, kFeatureWeights, kTimeWeights}) {
    TFLD_RETURN_IF_ERROR(context.RequireInputRank(index, 2, 2));
  }
  const Shape& input = context.Input(0).shape;
  const std::int32_t filters = context.Input(kFeatureWeights).shape.dim(0);
  const std::int32_t memory = context.Input(kTimeWeights).shape.dim(1);
  const int rank = context.attributes<SvdfAttributes>().rank;
  if (rank < 1 || filters % rank != 0) {
    return context.Error(StrCat(filters, " filters cannot be shared out by the rank ", rank));
  }
  if (memory < 1) return context.Error("the time weights span no time");
  const Geometry geometry{input.dim(0), input.dim(1), filters, memory, filters / rank, rank};
  TFLD_RETURN_IF_ERROR(RequireShape(context, kFeatureWeights, {filters, geometry.inputs}));
  TFLD_RETURN_IF_ERROR(RequireShape(context, kTimeWeights, {filters, memory}));
  if (context.HasInput(kBias)) TFLD_RETURN_IF_ERROR(RequireShape(context, kBias, {geometry.units}));
  return geometry;
}

// All but the newest step; what comes to stand there is overwritten by the caller.
template <typename T>
void ForgetOldest(T* state, const Geometry& g) {
  if (g.state_size() > 0) std::copy(state + 1, state + g.state_size(), state);
}

// Sums `filter_output(batch, filter)` over the filters of each unit and calls finish(sum, batch, unit).
template <typename Sum, typename FilterOutput, typename Finish>
void ForEachUnit(const Geometry& g, FilterOutput filter_output, Finish finish) {
  for (std::int64_t batch = 0; batch < g.batches; ++batch) {
    for (std::int64_t unit = 0; unit < g.units; ++unit) {
      Sum sum{};
      for (std::int64_t i = 0; i < g.rank; ++i) sum += filter_output(batch, unit * g.rank + i);
      finish(sum, batch, unit);
    }
  }
}

// Of floats, with weights of floats or 8 bits.
template <typename Vector>
Status PrepareReal(PrepareContext& context, const Geometry& g) {
  using Weight = typename Vector::Weight;
  const auto& attributes = context.attributes<SvdfAttributes>();
  const ElementType weights = context.Input(kFeatureWeights).type;
  TFLD_RETURN_IF_ERROR(RequireWeights(context, kFeatureWeights, weights, {g.filters, g.inputs}));
  TFLD_RETURN_IF_ERROR(RequireWeights(context, kTimeWeights, weights, {g.filters, g.memory}));
  if (context.HasInput(kBias)) TFLD_RETURN_IF_ERROR(context.RequireInputType(kBias, {ElementType::kFloat32}));
  TFLD_RETURN_IF_ERROR(RequireState(context, kState, ElementType::kFloat32, g.state_size()));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kFloat32}));
  const bool quantized = std::is_same_v<Weight, std::int8_t>;
  const float feature_scale = quantized ? context.Input(kFeatureWeights).scale() : 1.0F;
  const float time_scale = quantized ? context.Input(kTimeWeights).scale() : 1.0F;
  const int scratch = context.RequestScratch(static_cast<std::size_t>(g.inputs) * sizeof(Weight));

  return context.Emit("reference.svdf", [=, activation = attributes.activation,
                                         asymmetric = attributes.asymmetric_quantize_inputs](const RunContext& run) {
    auto* state = State<float>(run, kState);
    ForgetOldest(state, g);
    for (std::int64_t batch = 0; batch < g.batches; ++batch) {
      const Vector input(run.Input<float>(0) + batch * g.inputs, g.inputs, asymmetric, run.Scratch<Weight>(scratch));
      const auto* row = run.Input<Weight>(kFeatureWeights);
      for (std::int64_t filter = 0; filter < g.filters; ++filter, row += g.inputs) {
        state[(batch * g.filters + filter + 1) * g.memory - 1] = input.Dot(row, feature_scale);
      }
    }
    const auto over_time = [&](std::int64_t batch, std::int64_t filter) {
      const auto* row = run.Input<Weight>(kTimeWeights) + filter * g.memory;
      const float* steps = state + (batch * g.filters + filter) * g.memory;
      float sum = 0;
      for (std::int64_t i = 0; i < g.memory; ++i) sum += static_cast<float>(row[i]) * time_scale * steps[i];
      return sum;
    };
    const auto* bias = run.Input<float>(kBias);
    ForEachUnit<float>(g, over_time, [&](float sum, std::int64_t batch, std::int64_t unit) {
      run.Output<float>(0)[batch * g.units + unit] = Activate(activation, bias != nullptr ? sum + bias[unit] : sum);
    });
    return Status();
  });
}

struct IntegerScales {
  std::int32_t input_zero_point, state_zero_point;
  QuantizedMultiplier to_state;
  Requantization to_output;
};

template <typename T>
Result<IntegerScales> MakeIntegerScales(const OpContext& context) {
  for (const int index : {0, kFeatureWeights, kTimeWeights, kState}) {
    TFLD_RETURN_IF_ERROR(context.RequireQuantized(context.Input(index)));
  }
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(context.Output(0)));
  const Value& input = context.Input(0);
  const Value& state = context.Input(kState);
  const Value& output = context.Output(0);
  IntegerScales scales{.input_zero_point = input.zero_point(),
                       .state_zero_point = sizeof(T) == 1 ? state.zero_point() : 0,  // 16 bits are symmetric
                       .to_state = {},
                       .to_output = {}};
  // The ratios are taken in float, as TensorFlow Lite does.
  const float to_state = input.scale() * context.Input(kFeatureWeights).scale() / state.scale();
  const float to_output = state.scale() * context.Input(kTimeWeights).scale() / output.scale();
  TFLD_ASSIGN_OR_RETURN(scales.to_state, RequireMultiplier(context, static_cast<double>(to_state)));
  TFLD_ASSIGN_OR_RETURN(scales.to_output.multiplier, RequireMultiplier(context, static_cast<double>(to_output)));
  scales.to_output.output_zero_point = output.zero_point();
  scales.to_output.range = {std::numeric_limits<std::int8_t>::min(), std::numeric_limits<std::int8_t>::max()};
  return scales;
}

// int8 with a state of T, which is int16 or int8.
template <typename T>
Status PrepareInteger(PrepareContext& context, const Geometry& g) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(kFeatureWeights, {ElementType::kInt8}));
  TFLD_RETURN_IF_ERROR(context.RequireInputType(kTimeWeights, {kElementTypeOf<T>}));
  if (context.HasInput(kBias)) TFLD_RETURN_IF_ERROR(context.RequireInputType(kBias, {ElementType::kInt32}));
  TFLD_RETURN_IF_ERROR(RequireState(context, kState, kElementTypeOf<T>, g.state_size()));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kInt8}));
  const Activation activation = context.attributes<SvdfAttributes>().activation;
  if (activation != Activation::kNone && activation != Activation::kRelu) {  // the output's range is the activation
    return context.Unsupported(StrCat("fused activation ", static_cast<int>(activation), " of integers"));
  }
  TFLD_ASSIGN_OR_RETURN(const IntegerScales scales, MakeIntegerScales<T>(context));

  return context.Emit("reference.svdf", [g, scales](const RunContext& run) {
    auto* state = State<T>(run, kState);
    ForgetOldest(state, g);
    for (std::int64_t batch = 0; batch < g.batches; ++batch) {
      const auto* input = run.Input<std::int8_t>(0) + batch * g.inputs;
      const auto* row = run.Input<std::int8_t>(kFeatureWeights);
      for (std::int64_t filter = 0; filter < g.filters; ++filter, row += g.inputs) {
        std::uint32_t sum = 0;  // wraps instead of overflowing
        for (std::int64_t i = 0; i < g.inputs; ++i) {
          sum += static_cast<std::uint32_t>(row[i] * (input[i] - scales.input_zero_point));
        }
        const std::int32_t newest =
            std::clamp<std::int32_t>(Multiply(static_cast<std::int32_t>(sum), scales.to_state),
                                     std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
        // Clamped before the zero point is added, and then cut off, as TensorFlow Lite Micro does.
        state[(batch * g.filters + filter + 1) * g.memory - 1] = static_cast<T>(newest + scales.state_zero_point);
      }
    }
    const auto over_time = [&](std::int64_t batch, std::int64_t filter) {
      const auto* row = run.Input<T>(kTimeWeights) + filter * g.memory;
      const T* steps = state + (batch * g.filters + filter) * g.memory;
      std::uint32_t sum = 0;
      for (std::int64_t i = 0; i < g.memory; ++i) {
        sum += static_cast<std::uint32_t>(row[i] * (steps[i] - scales.state_zero_point));
      }
      return sum;
    };
    const auto* bias = run.Input<std::int32_t>(kBias);
    ForEachUnit<std::uint32_t>(g, over_time, [&](std::uint32_t sum, std::int64_t batch, std::int64_t unit) {
      if (bias != nullptr) sum += static_cast<std::uint32_t>(bias[unit]);
      const std::int32_t output = scales.to_output(static_cast<std::int32_t>(sum));
      run.Output<std::int8_t>(0)[batch * g.units + unit] = static_cast<std::int8_t>(output);
    });
    return Status();
  });
}

}  // namespace

Status InferSvdf(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Geometry g, MakeGeometry(context));
  return context.SetOutputShape(0, {g.batches, g.units});
}

Status PrepareSvdf(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Geometry g, MakeGeometry(context));
  if (context.Input(0).type == ElementType::kInt8) {
    return DispatchType<std::int16_t, std::int8_t>(
        context, context.Input(kTimeWeights).type,
        [&]<typename T>(TypeTag<T>) -> Status { return PrepareInteger<T>(context, g); });
  }
  return DispatchVector(context, kFeatureWeights,
                        [&]<typename Vector>(TypeTag<Vector>) -> Status { return PrepareReal<Vector>(context, g); });
}

}  // namespace tfld::engine::reference
