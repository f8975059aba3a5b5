#include "engine/kernels/reference/lstm_basic.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "engine/base/checked_math.h"
#include "engine/kernels/reference/lstm_fixed_point.h"
#include "engine/kernels/reference/recurrent_activation.h"
#include "engine/kernels/reference/recurrent_checks.h"
#include "engine/kernels/reference/requantize.h"

namespace tfld::engine::reference {
namespace {

enum Inputs : int { kInput, kPreviousOutput, kWeights, kBias, kPreviousState, kNumInputs };
enum Outputs : int { kOutput, kNewState, kConcatenation, kSums, kNumOutputs };

struct Sizes {
  std::int32_t batches, inputs, cells, depth;
};

Result<Sizes> MakeSizes(const OpContext& context) {
  if (context.num_inputs() != kNumInputs || context.num_outputs() != kNumOutputs) {
    return context.Error(StrCat("a basic LSTM has ", static_cast<int>(kNumInputs), " inputs and ",
                                static_cast<int>(kNumOutputs), " outputs, not ", context.num_inputs(), " and ",
                                context.num_outputs()));
  }
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kInput, 2, 2));
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kPreviousOutput, 2, 2));
  const Shape& input = context.Input(kInput).shape;
  const std::int32_t cells = context.Input(kPreviousOutput).shape.dim(1);
  const auto depth = CheckedAdd(input.dim(1), cells);
  const auto rows = CheckedMul(4, cells);
  if (!depth || !rows) return context.Error("there are too many cells");
  TFLD_RETURN_IF_ERROR(RequireShape(context, kPreviousOutput, {input.dim(0), cells}));
  TFLD_RETURN_IF_ERROR(RequireShape(context, kWeights, {*rows, *depth}));
  TFLD_RETURN_IF_ERROR(RequireShape(context, kBias, {*rows}));
  TFLD_RETURN_IF_ERROR(RequireShape(context, kPreviousState, {input.dim(0), cells}));
  return Sizes{input.dim(0), input.dim(1), cells, *depth};
}

// A numerics class says what is stored (Activation, State, Bias), how a sum of a gate comes about and what a cell does
// with its four sums.
struct FloatCell {
  using Activation = float;
  using State = float;
  using Bias = float;

  static Result<FloatCell> Make(const OpContext&) { return FloatCell{}; }

  float Sum(const float* weights, const float* values, std::int64_t count, float bias) const {
    float sum = 0;
    for (std::int64_t i = 0; i < count; ++i) sum += weights[i] * values[i];
    return sum + bias;
  }
  void Update(float input, float modulation, float forget, float output_gate, float& state, float& output) const {
    state = Logistic(input) * ApproximateTanh(modulation) + Logistic(forget) * state;
    output = Logistic(output_gate) * ApproximateTanh(state);
  }
};

struct QuantizedCell {
  using Activation = std::uint8_t;
  using State = std::int16_t;
  using Bias = std::int32_t;

  QuantizedMultiplier to_sum;
  std::int32_t weights_zero_point = 0;

  static Result<QuantizedCell> Make(const OpContext& context) {
    for (const int index : {kWeights, kBias}) {
      TFLD_RETURN_IF_ERROR(context.RequireQuantized(context.Input(index)));
    }
    TFLD_RETURN_IF_ERROR(context.RequireQuantized(context.Output(kNewState)));
    if (std::abs(std::log2(context.Output(kNewState).scale()) + 11.0F) >= 1e-3F) {
      return context.Unsupported("a state with another scale than 2^-11");
    }
    QuantizedCell cell{.to_sum = {}, .weights_zero_point = context.Input(kWeights).zero_point()};
    const float real = 4096.0F * context.Input(kBias).scale();
    TFLD_ASSIGN_OR_RETURN(cell.to_sum, RequireMultiplier(context, static_cast<double>(real)));
    return cell;
  }

  // Activations have the scale 2^-7 and the zero point 128.
  std::int16_t Sum(const std::uint8_t* weights, const std::uint8_t* values, std::int64_t count,
                   std::int32_t bias) const {
    auto sum = static_cast<std::uint32_t>(bias);  // wraps instead of overflowing
    for (std::int64_t i = 0; i < count; ++i) {
      sum += static_cast<std::uint32_t>((values[i] - 128) * (weights[i] - weights_zero_point));
    }
    return fixed16::Saturate(Rescale(static_cast<std::int32_t>(sum)));
  }

  // The kernel of TensorFlow Lite leaves this product to a matrix library, whose shift rounds half up.
  std::int32_t Rescale(std::int32_t sum) const {
    if (to_sum.shift >= 0) return Multiply(sum, to_sum);
    const std::int64_t high = SaturatingRoundingDoublingHighMul(sum, to_sum.multiplier);
    return static_cast<std::int32_t>((high + (std::int64_t{1} << (-to_sum.shift - 1))) >> -to_sum.shift);
  }

  void Update(std::int16_t input, std::int16_t modulation, std::int16_t forget, std::int16_t output_gate,
              std::int16_t& state, std::uint8_t& output) const {
    const std::int16_t added = fixed16::Mul(fixed16::Logistic(input), fixed16::Tanh(modulation, 3));  // Q0.15
    const std::int16_t kept = fixed16::Mul(fixed16::Logistic(forget), state);                         // Q4.11
    state = fixed16::Saturate(fixed16::Scale(added, -4) + kept);
    const std::int16_t tanh = fixed16::Tanh(fixed16::Scale(state, 1), 3);
    const std::int16_t product = fixed16::Mul(fixed16::Logistic(output_gate), tanh);
    output = static_cast<std::uint8_t>(128 + std::clamp<std::int32_t>(RoundingDivideByPot(product, 8), -128, 127));
  }
};

template <typename Cell>
Status CheckTypes(const OpContext& context) {
  constexpr ElementType kActivation = kElementTypeOf<typename Cell::Activation>;
  constexpr ElementType kState = kElementTypeOf<typename Cell::State>;
  for (const int index : {kInput, kPreviousOutput, kWeights}) {
    TFLD_RETURN_IF_ERROR(context.RequireInputType(index, {kActivation}));
  }
  TFLD_RETURN_IF_ERROR(context.RequireInputType(kBias, {kElementTypeOf<typename Cell::Bias>}));
  TFLD_RETURN_IF_ERROR(context.RequireInputType(kPreviousState, {kState}));
  for (const int index : {kOutput, kConcatenation}) {
    TFLD_RETURN_IF_ERROR(context.RequireOutputType(index, {kActivation}));
  }
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(kNewState, {kState}));
  return context.RequireOutputType(kSums, {kState});
}

template <typename Cell>
Status Prepare(PrepareContext& context, const Sizes& sizes) {
  using Activation = typename Cell::Activation;
  using StateType = typename Cell::State;
  TFLD_RETURN_IF_ERROR(CheckTypes<Cell>(context));
  TFLD_ASSIGN_OR_RETURN(const Cell cell, Cell::Make(context));
  const bool keeps_output = context.Input(kPreviousOutput).is_variable;
  const bool keeps_state = context.Input(kPreviousState).is_variable;
  return context.Emit("reference.basic_lstm", [=](const RunContext& run) -> Status {
    const std::int64_t cells = sizes.cells, rows = 4 * cells;
    for (std::int64_t batch = 0; batch < sizes.batches; ++batch) {
      Activation* values = run.Output<Activation>(kConcatenation) + batch * sizes.depth;
      std::copy_n(run.Input<Activation>(kInput) + batch * sizes.inputs, sizes.inputs, values);
      std::copy_n(run.Input<Activation>(kPreviousOutput) + batch * cells, cells, values + sizes.inputs);
      StateType* sums = run.Output<StateType>(kSums) + batch * rows;
      for (std::int64_t row = 0; row < rows; ++row) {
        const auto* weights = run.Input<Activation>(kWeights) + row * sizes.depth;
        sums[row] = cell.Sum(weights, values, sizes.depth, run.Input<typename Cell::Bias>(kBias)[row]);
      }
      StateType* state = run.Output<StateType>(kNewState) + batch * cells;
      std::copy_n(run.Input<StateType>(kPreviousState) + batch * cells, cells, state);
      Activation* output = run.Output<Activation>(kOutput) + batch * cells;
      for (std::int64_t i = 0; i < cells; ++i) {
        cell.Update(sums[i], sums[cells + i], sums[2 * cells + i], sums[3 * cells + i], state[i], output[i]);
      }
    }
    const std::int64_t count = sizes.batches * cells;
    if (keeps_output) std::copy_n(run.Output<Activation>(kOutput), count, State<Activation>(run, kPreviousOutput));
    if (keeps_state) std::copy_n(run.Output<StateType>(kNewState), count, State<StateType>(run, kPreviousState));
    return {};
  });
}

}  // namespace

Status InferBasicLstm(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Sizes sizes, MakeSizes(context));
  TFLD_RETURN_IF_ERROR(context.SetOutputShape(kOutput, {sizes.batches, sizes.cells}));
  TFLD_RETURN_IF_ERROR(context.SetOutputShape(kNewState, {sizes.batches, sizes.cells}));
  TFLD_RETURN_IF_ERROR(context.SetOutputShape(kConcatenation, {sizes.batches, sizes.depth}));
  return context.SetOutputShape(kSums, {sizes.batches, 4 * sizes.cells});
}

Status PrepareBasicLstm(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Sizes sizes, MakeSizes(context));
  TFLD_RETURN_IF_ERROR(context.RequireInputType(kInput, {ElementType::kFloat32, ElementType::kUInt8}));
  if (context.Input(kInput).type == ElementType::kFloat32) return Prepare<FloatCell>(context, sizes);
  return Prepare<QuantizedCell>(context, sizes);
}

}  // namespace tfld::engine::reference
