#include "engine/kernels/reference/lstm_int8.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/base/str_cat.h"
#include "engine/kernels/reference/lstm_fixed_point.h"
#include "engine/kernels/reference/lstm_integer.h"
#include "engine/kernels/reference/recurrent_checks.h"
#include "engine/kernels/reference/requantize.h"

namespace tfld::engine::reference {
namespace {

constexpr float kOne = 0x1p15F;  // of Q0.15

// A real number of [-1, 1] in Q0.15, cut off.
std::int16_t ToFraction(float real) {
  return fixed16::Saturate(static_cast<std::int32_t>(std::clamp(real, -2.0F, 2.0F) * kOne));
}

std::int16_t Logistic(std::int16_t x) { return ToFraction(1.0F / (1.0F + std::exp(-(x * 0x1p-12F)))); }
std::int16_t Tanh(std::int16_t x, float scale) { return ToFraction(std::tanh(x * scale)); }

// The product of two numbers of which the second is Q0.15.
std::int16_t Mul(std::int32_t a, std::int32_t b) { return fixed16::Wrap(RoundingDivideByPot(a * b, 15)); }

std::int8_t ToInt8(std::int64_t value) { return static_cast<std::int8_t>(std::clamp<std::int64_t>(value, -128, 127)); }

Status RequireParts(const OpContext& context, const LstmInputs& inputs) {
  if (!inputs.has_norm() || !inputs.has_projection() || inputs.projection_bias == kNoInput) {
    return context.Error(
        "an LSTM with twelve intermediate tensors needs a normalization and a projection with its bias");
  }
  const LstmIntermediates intermediates(context);
  for (std::size_t i = 0; i < intermediates.count(); ++i) {
    if (!intermediates.Has(i)) return context.Error(StrCat("intermediate tensor ", i, " is missing"));
    TFLD_RETURN_IF_ERROR(context.RequireQuantized(intermediates[i]));
  }
  return {};
}

}  // namespace

Result<LstmInt8Cell> LstmInt8Cell::Make(PrepareContext& context, const LstmInputs& inputs, const Sequence& sequence,
                                        const Pass& pass) {
  constexpr ElementType kInt8 = ElementType::kInt8, kInt16 = ElementType::kInt16;
  const LstmTypes types{kInt8, kInt8, kInt16, ElementType::kInt32, kInt16, kInt16, /*diagonal=*/false};
  LstmInt8Cell cell;
  TFLD_ASSIGN_OR_RETURN(cell.sizes_, CheckLstm(context, inputs, types, sequence, pass));
  TFLD_RETURN_IF_ERROR(RequireParts(context, inputs));
  if (cell.sizes_.cells < 1) return context.Error("nothing can be normalized over no cells");
  cell.inputs_ = inputs;
  cell.pass_ = pass;
  TFLD_RETURN_IF_ERROR(cell.MakeOutput(context));
  for (const LstmGate gate : {kForgetGate, kCellGate, kOutputGate}) {
    TFLD_RETURN_IF_ERROR(cell.MakeGate(context, gate));
  }
  // TensorFlow Lite takes the output gate's recurrent product by numbers of other places: its zero point is the cell
  // gate's, and its multiplier is the shift of the forget gate's, which leaves next to nothing of it.
  Product& recurrent = cell.gates_[kOutputGate].recurrent;
  recurrent.zero_point = LstmIntermediates(context)[3 * kCellGate + 1].zero_point();
  recurrent.to_sum.multiplier = cell.gates_[kForgetGate].recurrent.to_sum.shift;
  cell.scratch_ =
      context.RequestScratch(static_cast<std::size_t>(cell.sizes_.cells) * kNumLstmGates * sizeof(std::int16_t));
  return cell;
}

// Ratios of scales are rounded to float where TensorFlow Lite does it.
Status LstmInt8Cell::MakeOutput(const OpContext& context) {
  const Value& input = context.Input(pass_.input);
  const Value& output = context.Output(pass_.output);
  const Value& state = context.Input(inputs_.output_state);
  const Value& cell_state = context.Input(inputs_.cell_state);
  for (const Value* value : {&input, &output, &state, &cell_state}) {
    TFLD_RETURN_IF_ERROR(context.RequireQuantized(*value));
  }
  input_zero_point_ = input.zero_point();
  state_zero_point_ = state.zero_point();
  const double real =
      static_cast<double>(context.Input(inputs_.projection).scale()) * 0x1p-15 / static_cast<double>(state.scale());
  TFLD_ASSIGN_OR_RETURN(projection_, RequireMultiplier(context, static_cast<double>(static_cast<float>(real))));
  if (projection_.shift > 7) return context.Error(StrCat("the scales' ratio ", real, " is out of range"));
  if (cell_state.scale() != 0x1p-15F) return {};  // TensorFlow Lite knows no clips then
  const auto& attributes = context.attributes<LstmAttributes>();
  if (attributes.cell_clip > 0 && attributes.cell_clip < 1) {
    cell_clip_ = static_cast<std::int16_t>(attributes.cell_clip * kOne);
  }
  if (attributes.proj_clip > 0) {
    proj_clip_ = static_cast<std::int8_t>(std::min(attributes.proj_clip / output.scale(), 127.0F));
  }
  return {};
}

Status LstmInt8Cell::MakeGate(const OpContext& context, LstmGate which) {
  const LstmIntermediates intermediates(context);
  const LstmGateInputs& inputs = inputs_.gates[which];
  const Value& sum = intermediates[3 * which];
  const auto make = [&](Product& product, float weight_scale, float value_scale, const Value& between) -> Status {
    const float to_int8 = weight_scale * value_scale / between.scale(), to_sum = between.scale() / sum.scale();
    TFLD_ASSIGN_OR_RETURN(product.multiplier, RequireMultiplier(context, static_cast<double>(to_int8)));
    TFLD_ASSIGN_OR_RETURN(product.to_sum, RequireMultiplier(context, static_cast<double>(to_sum)));
    product.zero_point = between.zero_point();
    return {};
  };
  Gate& gate = gates_[which];
  TFLD_RETURN_IF_ERROR(make(gate.input, context.Input(inputs.weights).scale(), context.Input(pass_.input).scale(),
                            intermediates[3 * which + 1]));
  TFLD_RETURN_IF_ERROR(make(gate.recurrent, context.Input(inputs.recurrent_weights).scale(),
                            context.Input(inputs_.output_state).scale(), intermediates[3 * which + 2]));
  TFLD_ASSIGN_OR_RETURN(const QuantizedMultiplier norm,
                        RequireMultiplier(context, static_cast<double>(context.Input(inputs.norm).scale())));
  gate.norm_scale = static_cast<float>(std::ldexp(static_cast<double>(norm.multiplier), norm.shift - 31));
  return {};
}

void LstmInt8Cell::Run(const RunContext& run, const Sequence& sequence) const {
  Walk(sequence, pass_.backward, [&](std::int64_t row, std::int64_t batch) {
    auto* state = State<std::int8_t>(run, inputs_.output_state) + batch * sizes_.outputs;
    Step(run, run.Input<std::int8_t>(pass_.input) + row * sizes_.inputs, state,
         State<std::int16_t>(run, inputs_.cell_state) + batch * sizes_.cells);
    std::copy_n(state, sizes_.outputs,
                run.Output<std::int8_t>(pass_.output) + row * pass_.output_depth + pass_.output_offset);
  });
}

void LstmInt8Cell::Step(const RunContext& run, const std::int8_t* input, std::int8_t* output_state,
                        std::int16_t* cell_state) const {
  auto* scratch = run.Scratch<std::int16_t>(scratch_);
  const auto gate = [&](LstmGate which) { return scratch + static_cast<std::int64_t>(which) * sizes_.cells; };
  for (const LstmGate which : {kForgetGate, kCellGate, kOutputGate}) {
    ComputeGate(run, which, input, output_state, gate(which));
  }
  std::int16_t* hidden = scratch;
  for (std::int64_t i = 0; i < sizes_.cells; ++i) {
    const std::int16_t forget = gate(kForgetGate)[i];
    const std::int16_t kept = Mul(forget, cell_state[i]);
    const std::int16_t added = Mul(std::numeric_limits<std::int16_t>::max() - forget, gate(kCellGate)[i]);
    cell_state[i] = fixed16::Saturate(kept + added);
    if (cell_clip_ > 0) cell_state[i] = std::clamp<std::int16_t>(cell_state[i], fixed16::Wrap(-cell_clip_), cell_clip_);
    hidden[i] = Mul(gate(kOutputGate)[i], Tanh(cell_state[i], 0x1p-15F));
  }
  Project(run, hidden, output_state);
}

void LstmInt8Cell::ComputeGate(const RunContext& run, LstmGate which, const std::int8_t* input,
                               const std::int8_t* output_state, std::int16_t* gate) const {
  const LstmGateInputs& inputs = inputs_.gates[which];
  const auto* weights = run.Input<std::int8_t>(inputs.weights);
  const auto* recurrent = run.Input<std::int8_t>(inputs.recurrent_weights);
  const auto scaled = [](std::uint32_t sum, const Product& product) {
    const std::int64_t between =
        std::int64_t{Multiply(static_cast<std::int32_t>(sum), product.multiplier)} + product.zero_point;
    return Multiply(std::int32_t{ToInt8(between)} - product.zero_point, product.to_sum);
  };
  for (std::int64_t i = 0; i < sizes_.cells; ++i) {
    const std::int32_t of_input = scaled(
        SumOfProducts(weights + i * sizes_.inputs, input, sizes_.inputs, input_zero_point_), gates_[which].input);
    const std::int32_t of_state =
        scaled(SumOfProducts(recurrent + i * sizes_.outputs, output_state, sizes_.outputs, state_zero_point_),
               gates_[which].recurrent);
    gate[i] = fixed16::Saturate(WrappingAdd(of_state, of_input));
  }
  Normalize(run, which, gate);
  for (std::int64_t i = 0; i < sizes_.cells; ++i) {
    gate[i] = which == kCellGate ? Tanh(gate[i], 0x1p-12F) : Logistic(gate[i]);
  }
}

// To the mean 0 and the deviation 1, times the coefficients, plus the bias, to Q3.12.
void LstmInt8Cell::Normalize(const RunContext& run, LstmGate which, std::int16_t* gate) const {
  const auto* coefficients = run.Input<std::int16_t>(inputs_.gates[which].norm);
  const auto* bias = run.Input<std::int32_t>(inputs_.gates[which].bias);
  const float scale = gates_[which].norm_scale, bias_scale = 0x1p-10F * scale;
  const auto cells = static_cast<float>(sizes_.cells);
  float sum = 0, squares = 0;
  for (std::int64_t i = 0; i < sizes_.cells; ++i) {
    const auto value = static_cast<float>(gate[i]);
    sum += value;
    squares += value * value;
  }
  const float mean = sum / cells, variance = squares / cells - mean * mean;
  const float inverse_deviation = 1.0F / std::sqrt(variance == 0 ? 1e-8F : variance);
  for (std::int64_t i = 0; i < sizes_.cells; ++i) {
    const float normalized = (static_cast<float>(gate[i]) - mean) * inverse_deviation;
    const float weighted =
        normalized * static_cast<float>(coefficients[i]) * scale + static_cast<float>(bias[i]) * bias_scale;
    gate[i] = fixed16::Saturate(RoundBounded(weighted * 0x1p12F));
  }
}

void LstmInt8Cell::Project(const RunContext& run, const std::int16_t* hidden, std::int8_t* output_state) const {
  const auto* weights = run.Input<std::int8_t>(inputs_.projection);
  const auto* bias = run.Input<std::int32_t>(inputs_.projection_bias);
  for (std::int64_t i = 0; i < sizes_.outputs; ++i, weights += sizes_.cells) {
    std::int64_t sum = bias[i];
    for (std::int64_t k = 0; k < sizes_.cells; ++k) sum += hidden[k] * weights[k];
    output_state[i] = ToInt8(Multiply(sum, projection_) + state_zero_point_);
    if (proj_clip_ > 0) output_state[i] = ToInt8(std::clamp<std::int32_t>(output_state[i], -proj_clip_, proj_clip_));
  }
}

}  // namespace tfld::engine::reference
