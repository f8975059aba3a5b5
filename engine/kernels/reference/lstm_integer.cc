#include "engine/kernels/reference/lstm_integer.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/base/str_cat.h"
#include "engine/kernels/reference/fixed_point_inverse_sqrt.h"
#include "engine/kernels/reference/lstm_fixed_point.h"
#include "engine/kernels/reference/recurrent_checks.h"
#include "engine/kernels/reference/requantize.h"

namespace tfld::engine::reference {
namespace {

constexpr std::size_t kHidden = 4;  // among the intermediates

template <typename T>
T QuantizeClip(float clip, float scale) {
  constexpr auto kMax = static_cast<float>(std::numeric_limits<T>::max());
  return clip > 0 ? static_cast<T>(std::min(clip / scale, kMax)) : T{0};
}

std::int8_t ToInt8(std::int32_t value) { return static_cast<std::int8_t>(std::clamp(value, -128, 127)); }

Status RequireIntermediates(const OpContext& context, const LstmInputs& inputs) {
  const LstmIntermediates intermediates(context);
  const std::size_t count = intermediates.count();
  if (count != kNumLstmIntermediates) {
    return context.Error(StrCat("has ", count, " intermediate tensors; an integer LSTM needs ", kNumLstmIntermediates));
  }
  for (std::size_t i = 0; i < count; ++i) {
    const bool is_used = i == kHidden || (inputs.has_norm() && (i != kInputGate || inputs.has_input_gate()));
    if (!is_used) continue;
    if (!intermediates.Has(i)) return context.Error(StrCat("intermediate tensor ", i, " is missing"));
    TFLD_RETURN_IF_ERROR(context.RequireQuantized(intermediates[i]));
    const ElementType type = intermediates[i].type;
    if (type != ElementType::kInt8 && type != ElementType::kInt16) {
      return context.Error(
          StrCat("intermediate tensor ", i, " is ", ElementTypeName(type), "; expected int8 or int16"));
    }
  }
  return {};
}

}  // namespace

Result<int> CellScaleLog2(const OpContext& context, const Value& cell_state, int lowest) {
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(cell_state));
  const float log = std::log2(cell_state.scale());
  const auto rounded = static_cast<int>(std::round(std::clamp(log, -1000.0F, 1000.0F)));
  const bool is_power = std::abs(log - std::round(log)) < 1e-3F;
  if (is_power && rounded >= lowest && rounded <= -9) return rounded;
  return context.Error(
      StrCat("the cell state's scale ", cell_state.scale(), " is no power of two from 2^", lowest, " to 2^-9"));
}

Result<LstmIntegerCell> LstmIntegerCell::Make(PrepareContext& context, const LstmInputs& inputs,
                                              const Sequence& sequence, const Pass& pass) {
  constexpr ElementType kInt8 = ElementType::kInt8, kInt16 = ElementType::kInt16;
  const LstmTypes types{kInt8, kInt8, kInt16, ElementType::kInt32, kInt16, kInt16, /*diagonal=*/false};
  LstmIntegerCell cell;
  TFLD_ASSIGN_OR_RETURN(cell.sizes_, CheckLstm(context, inputs, types, sequence, pass));
  TFLD_RETURN_IF_ERROR(RequireIntermediates(context, inputs));
  cell.inputs_ = inputs;
  cell.pass_ = pass;
  cell.batches_ = sequence.batches;
  if (inputs.has_norm() && cell.sizes_.cells < 1) return context.Error("nothing can be normalized over no cells");
  TFLD_RETURN_IF_ERROR(cell.MakeScales(context));
  for (const LstmGate gate : {kInputGate, kForgetGate, kCellGate, kOutputGate}) {
    if (gate != kInputGate || inputs.has_input_gate()) TFLD_RETURN_IF_ERROR(cell.MakeGate(context, gate));
  }
  const auto cells = static_cast<std::size_t>(cell.sizes_.cells);
  cell.gate_scratch_ = context.RequestScratch(cells * kNumLstmGates * sizeof(std::int16_t));
  cell.hidden_scratch_ = context.RequestScratch(cells);
  return cell;
}

// Ratios of scales are rounded to float where TensorFlow Lite does it.
Status LstmIntegerCell::MakeScales(const OpContext& context) {
  const Value& input = context.Input(pass_.input);
  const Value& output = context.Output(pass_.output);
  const Value& output_state = context.Input(inputs_.output_state);
  const Value& cell_state = context.Input(inputs_.cell_state);
  const LstmIntermediates intermediates(context);
  const Value& hidden = intermediates[kHidden];
  for (const Value* value : {&input, &output, &output_state}) TFLD_RETURN_IF_ERROR(context.RequireQuantized(*value));
  TFLD_ASSIGN_OR_RETURN(cell_scale_log2_, CellScaleLog2(context, cell_state, inputs_.has_input_gate() ? -16 : -15));
  input_zero_point_ = input.zero_point();
  state_zero_point_ = output_state.zero_point();
  hidden_zero_point_ = hidden.zero_point();
  const auto& attributes = context.attributes<LstmAttributes>();
  cell_clip_ = QuantizeClip<std::int16_t>(attributes.cell_clip, cell_state.scale());
  proj_clip_ = QuantizeClip<std::int8_t>(attributes.proj_clip, output.scale());
  const auto to_hidden = static_cast<float>(0x1p-30 / static_cast<double>(hidden.scale()));
  TFLD_ASSIGN_OR_RETURN(hidden_, RequireMultiplier(context, static_cast<double>(to_hidden)));
  if (!inputs_.has_projection()) return {};
  const float to_output = context.Input(inputs_.projection).scale() * hidden.scale() / output_state.scale();
  TFLD_ASSIGN_OR_RETURN(projection_, RequireMultiplier(context, static_cast<double>(to_output)));
  return {};
}

Status LstmIntegerCell::MakeGate(const OpContext& context, LstmGate which) {
  const LstmGateInputs& inputs = inputs_.gates[which];
  Gate& gate = gates_[which];
  const float sum_scale = inputs_.has_norm() ? LstmIntermediates(context)[which].scale() : 0x1p-12F;
  const auto make = [&](QuantizedMultiplier& multiplier, float real) -> Status {
    TFLD_ASSIGN_OR_RETURN(multiplier, RequireMultiplier(context, static_cast<double>(real)));
    return {};
  };
  const float input_scale = context.Input(pass_.input).scale();
  const float state_scale = context.Input(inputs_.output_state).scale();
  TFLD_RETURN_IF_ERROR(make(gate.input, context.Input(inputs.weights).scale() * input_scale / sum_scale));
  TFLD_RETURN_IF_ERROR(make(gate.recurrent, context.Input(inputs.recurrent_weights).scale() * state_scale / sum_scale));
  if (inputs.peephole != kNoInput) {
    const double real = std::ldexp(static_cast<double>(context.Input(inputs.peephole).scale()), cell_scale_log2_) /
                        static_cast<double>(sum_scale);
    TFLD_RETURN_IF_ERROR(make(gate.peephole, static_cast<float>(real)));
  }
  if (inputs.norm == kNoInput) return {};
  const float norm_scale = context.Input(inputs.norm).scale();
  TFLD_RETURN_IF_ERROR(make(gate.norm, norm_scale));
  gate.norm.shift += 12;
  if (gate.norm.shift > 30) return context.Error(StrCat("the normalization's scale ", norm_scale, " is out of range"));
  gate.variance_guard = static_cast<std::int32_t>(std::clamp(10000.0F * norm_scale, 1.0F, 1e9F));
  return {};
}

void LstmIntegerCell::Run(const RunContext& run, const Sequence& sequence) const {
  Walk(sequence, pass_.backward, [&](std::int64_t row, std::int64_t batch) {
    Step(run, row, batch, sequence.time_major);
    std::copy_n(State<std::int8_t>(run, inputs_.output_state) + batch * sizes_.outputs, sizes_.outputs,
                run.Output<std::int8_t>(pass_.output) + row * pass_.output_depth + pass_.output_offset);
  });
}

void LstmIntegerCell::Step(const RunContext& run, std::int64_t row, std::int64_t batch, bool time_major) const {
  const std::int64_t cells = sizes_.cells;
  const auto* input = run.Input<std::int8_t>(pass_.input) + row * sizes_.inputs;
  auto* output_state = State<std::int8_t>(run, inputs_.output_state) + batch * sizes_.outputs;
  auto* cell_state = State<std::int16_t>(run, inputs_.cell_state) + batch * cells;
  auto* scratch = run.Scratch<std::int16_t>(gate_scratch_);
  const auto gate = [&](LstmGate which) { return scratch + static_cast<std::int64_t>(which) * cells; };
  // TensorFlow Lite lays its peephole weights over all batches of a step as if they were `outputs` wide, not `cells`.
  // With fewer outputs than cells it thus repeats the first weights, and leaves the last cells without.
  const std::int64_t peephole_width = std::min(sizes_.outputs, sizes_.cells);
  const std::int64_t first_cell = time_major ? batch * cells : 0;
  const std::int64_t peephole_cells = (time_major ? batches_ : 1) * peephole_width;
  const auto compute = [&](LstmGate which) {
    ComputeGate(run, which, input, output_state, cell_state, first_cell, peephole_cells, gate(which));
  };
  if (inputs_.has_input_gate()) compute(kInputGate);
  compute(kForgetGate);
  compute(kCellGate);
  UpdateCellState(gate(kInputGate), gate(kForgetGate), gate(kCellGate), cell_state);
  compute(kOutputGate);
  // Of a cell state with fewer than 0 integer bits TensorFlow Lite takes no tanh: what stands in its place is what the
  // buffer held before, the input gate.
  const int integer_bits = 15 + cell_scale_log2_;
  for (std::int64_t i = 0; i < cells && integer_bits >= 0; ++i) {
    gate(kInputGate)[i] = fixed16::Tanh(cell_state[i], integer_bits);
  }
  UpdateOutputState(run, gate(kOutputGate), gate(kInputGate), output_state);
}

void LstmIntegerCell::ComputeGate(const RunContext& run, LstmGate which, const std::int8_t* input,
                                  const std::int8_t* output_state, const std::int16_t* cell_state,
                                  std::int64_t first_cell, std::int64_t peephole_cells, std::int16_t* gate) const {
  const LstmGateInputs& inputs = inputs_.gates[which];
  const Gate& scales = gates_[which];
  const auto* bias = inputs_.has_norm() ? nullptr : run.Input<std::int32_t>(inputs.bias);
  const auto* peephole = which == kCellGate ? nullptr : OptionalInput<std::int16_t>(run, inputs.peephole);
  const std::int64_t peephole_width = std::min(sizes_.outputs, sizes_.cells);
  for (std::int64_t i = 0; i < sizes_.cells; ++i) {
    std::uint32_t sum = SumOfProducts(run.Input<std::int8_t>(inputs.weights) + i * sizes_.inputs, input, sizes_.inputs,
                                      input_zero_point_);
    if (bias != nullptr) sum += static_cast<std::uint32_t>(bias[i]);
    gate[i] = fixed16::Saturate(Multiply(static_cast<std::int32_t>(sum), scales.input));
    sum = SumOfProducts(run.Input<std::int8_t>(inputs.recurrent_weights) + i * sizes_.outputs, output_state,
                        sizes_.outputs, state_zero_point_);
    gate[i] = fixed16::Saturate(WrappingAdd(Multiply(static_cast<std::int32_t>(sum), scales.recurrent), gate[i]));
    if (peephole != nullptr && first_cell + i < peephole_cells) {
      const std::int32_t product = peephole[(first_cell + i) % peephole_width] * cell_state[i];
      gate[i] = fixed16::Saturate(WrappingAdd(Multiply(product, scales.peephole), gate[i]));
    }
  }
  if (inputs_.has_norm()) Normalize(run, which, gate);
  for (std::int64_t i = 0; i < sizes_.cells; ++i) {
    gate[i] = which == kCellGate ? fixed16::Tanh(gate[i], 3) : fixed16::Logistic(gate[i]);
  }
}

// To the mean 0 and the deviation 1 (with 10 bits of fraction), times the coefficients, plus the bias, to Q3.12.
void LstmIntegerCell::Normalize(const RunContext& run, LstmGate which, std::int16_t* gate) const {
  const auto* coefficients = run.Input<std::int16_t>(inputs_.gates[which].norm);
  const auto* bias = run.Input<std::int32_t>(inputs_.gates[which].bias);
  const std::int64_t cells = sizes_.cells;
  std::int64_t sum = 0, squares = 0;
  for (std::int64_t i = 0; i < cells; ++i) {
    sum += gate[i];
    squares += std::int64_t{gate[i]} * gate[i];
  }
  const auto mean = static_cast<std::int32_t>(sum * 1024 / cells);
  const std::int64_t scaled_variance = squares * ((1 << 20) / cells) - std::int64_t{mean} * mean;
  auto variance = static_cast<std::int32_t>(scaled_variance / (1 << 20));
  if (variance < 1) variance = gates_[which].variance_guard;
  const QuantizedMultiplier inverse_deviation = InverseSqrt(variance);
  for (std::int64_t i = 0; i < cells; ++i) {
    const std::int32_t normalized = Multiply(1024 * gate[i] - mean, inverse_deviation);
    const auto product =
        static_cast<std::int32_t>(static_cast<std::uint32_t>(normalized) * static_cast<std::uint32_t>(coefficients[i]));
    const std::int64_t weighted = WrappingAdd(product, bias[i]);
    const auto rounded = static_cast<std::int32_t>((weighted > 0 ? weighted + 512 : weighted - 512) / 1024);
    gate[i] = fixed16::Saturate(Multiply(rounded, gates_[which].norm));
  }
}

void LstmIntegerCell::UpdateCellState(const std::int16_t* input, const std::int16_t* forget, const std::int16_t* cell,
                                      std::int16_t* cell_state) const {
  for (std::int64_t i = 0; i < sizes_.cells; ++i) {
    const std::int16_t kept = fixed16::Wrap(RoundingDivideByPot(forget[i] * cell_state[i], 15));
    const std::int32_t in = inputs_.has_input_gate() ? input[i] : std::numeric_limits<std::int16_t>::max() - forget[i];
    const std::int16_t added = fixed16::Wrap(RoundingDivideByPot(in * cell[i], 30 + cell_scale_log2_));
    cell_state[i] = fixed16::Saturate(kept + added);
    if (cell_clip_ > 0) cell_state[i] = fixed16::Wrap(std::clamp<std::int32_t>(cell_state[i], -cell_clip_, cell_clip_));
  }
}

void LstmIntegerCell::UpdateOutputState(const RunContext& run, const std::int16_t* output_gate,
                                        const std::int16_t* tanh_of_cell, std::int8_t* output_state) const {
  auto* hidden = inputs_.has_projection() ? run.Scratch<std::int8_t>(hidden_scratch_) : output_state;
  // In front of a projection the hidden vector is stored around the negative zero point.
  const std::int32_t zero_point = inputs_.has_projection() ? -hidden_zero_point_ : hidden_zero_point_;
  for (std::int64_t i = 0; i < sizes_.cells; ++i) {
    const std::int32_t product = output_gate[i] * tanh_of_cell[i];
    hidden[i] = ToInt8(WrappingAdd(Multiply(product, hidden_), zero_point));
  }
  if (!inputs_.has_projection()) return;
  const auto* weights = run.Input<std::int8_t>(inputs_.projection);
  const auto* bias = OptionalInput<std::int32_t>(run, inputs_.projection_bias);
  for (std::int64_t i = 0; i < sizes_.outputs; ++i, weights += sizes_.cells) {
    std::uint32_t sum = SumOfProducts(weights, hidden, sizes_.cells, zero_point);
    if (bias != nullptr) sum += static_cast<std::uint32_t>(bias[i]);
    output_state[i] = ToInt8(WrappingAdd(Multiply(static_cast<std::int32_t>(sum), projection_), state_zero_point_));
    if (proj_clip_ > 0) output_state[i] = ToInt8(std::clamp<std::int32_t>(output_state[i], -proj_clip_, proj_clip_));
  }
}

}  // namespace tfld::engine::reference
