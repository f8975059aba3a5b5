// The LSTM cell of floats, with weights of floats or 8 bits (hybrid).
//
//   i, f, o = logistic(W x + A aux + R h + p * c + b), g = activation(W x + A aux + R h + b)
//   c = f * c + i * g (i = 1 - f without an input gate), clipped; o sees this new c
//   h = projection(o * activation(c)) + bias, clipped; h is the output
//
// With layer normalization the sum without b is normalized over the cells, multiplied by coefficients, and b is added.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>

#include "engine/kernels/reference/lstm_inputs.h"
#include "engine/kernels/reference/recurrent_activation.h"
#include "engine/kernels/reference/recurrent_checks.h"
#include "engine/kernels/reference/recurrent_products.h"

namespace tfld::engine::reference {

// To the mean 0 and the deviation 1.
inline void NormalizeDeviation(float* values, std::int64_t count) {
  float sum = 0;
  for (std::int64_t i = 0; i < count; ++i) sum += values[i];
  const float mean = sum / static_cast<float>(count);
  float squares = 0;
  for (std::int64_t i = 0; i < count; ++i) squares += (values[i] - mean) * (values[i] - mean);
  const float inverse = 1.0F / std::sqrt(squares / static_cast<float>(count) + 1e-8F);
  for (std::int64_t i = 0; i < count; ++i) values[i] = (values[i] - mean) * inverse;
}

template <typename Vector>
class LstmRealCell {
 public:
  using Weight = typename Vector::Weight;

  static Result<LstmRealCell> Make(PrepareContext& context, const LstmInputs& inputs, const Sequence& sequence,
                                   const Pass& pass, bool diagonal) {
    const int first_weights = inputs.gates[kOutputGate].weights;
    TFLD_RETURN_IF_ERROR(RequireWeightsFor<Vector>(context, first_weights));
    const ElementType weights = context.Input(first_weights).type;
    constexpr ElementType kFloat = ElementType::kFloat32;
    const LstmTypes types{kFloat, weights, weights, kFloat, kFloat, kFloat, diagonal};
    LstmRealCell cell;
    TFLD_ASSIGN_OR_RETURN(cell.sizes_, CheckLstm(context, inputs, types, sequence, pass));
    cell.inputs_ = inputs;
    cell.pass_ = pass;
    cell.sequence_ = sequence;
    cell.attributes_ = context.attributes<LstmAttributes>();
    for (std::size_t i = 0; i < kNumLstmGates; ++i) cell.gates_[i] = GateScales(context, inputs.gates[i]);
    cell.projection_scale_ = Scale(context, inputs.projection);
    const auto request = [&](std::int64_t count, std::size_t size) {
      return context.RequestScratch(static_cast<std::size_t>(count) * size);
    };
    const LstmSizes& sizes = cell.sizes_;
    cell.gate_scratch_ = request(std::int64_t{sizes.cells} * std::int64_t{kNumLstmGates}, sizeof(float));
    cell.input_scratch_ = request(sizes.inputs, sizeof(Weight));
    cell.aux_scratch_ = request(sizes.aux_inputs, sizeof(Weight));
    cell.state_scratch_ = request(std::max(sizes.outputs, sizes.cells), sizeof(Weight));
    return cell;
  }

  void Run(const RunContext& run, const Sequence& sequence) const {
    Walk(sequence, pass_.backward, [&](std::int64_t row, std::int64_t batch) {
      auto* output_state = State<float>(run, inputs_.output_state) + batch * sizes_.outputs;
      Step(run, row, batch, output_state, State<float>(run, inputs_.cell_state) + batch * sizes_.cells);
      std::copy_n(output_state, sizes_.outputs,
                  run.Output<float>(pass_.output) + row * pass_.output_depth + pass_.output_offset);
    });
  }

 private:
  struct Scales {
    float weights = 1.0F, aux = 1.0F, recurrent = 1.0F, peephole = 1.0F;
    bool diagonal = false;
  };
  // What the gates of one step see.
  struct StepVectors {
    Vector input;
    std::optional<Vector> aux;
    Vector state;
    const float* state_values;
    std::int64_t batch;
  };

  // TensorFlow Lite keeps the gates of all batches in one buffer, and computes those of a time-major step together.
  VectorPart PartOf(LstmGate which, std::int64_t batch) const {
    constexpr std::int64_t kPlaces[kNumLstmGates] = {0, 2, 1, 3};  // without an input gate the others move up
    const std::int64_t place = kPlaces[which] - (inputs_.has_input_gate() ? 0 : 1);
    const std::int64_t all = std::int64_t{sizes_.cells} * sequence_.batches, first = batch * sizes_.cells;
    if (sequence_.time_major) return {place * all, all, first};
    return {place * all + first, sizes_.cells, 0};
  }

  static float Scale(const OpContext& context, int index) {
    const bool quantized = index != kNoInput && context.Input(index).type != ElementType::kFloat32;
    return quantized ? context.Input(index).scale() : 1.0F;
  }
  static Scales GateScales(const OpContext& context, const LstmGateInputs& gate) {
    const bool diagonal = gate.recurrent_weights != kNoInput && context.Input(gate.recurrent_weights).shape.rank() == 1;
    return {Scale(context, gate.weights), Scale(context, gate.aux_weights), Scale(context, gate.recurrent_weights),
            Scale(context, gate.peephole), diagonal};
  }

  void Step(const RunContext& run, std::int64_t row, std::int64_t batch, float* output_state, float* cell_state) const {
    const bool asymmetric = attributes_.asymmetric_quantize_inputs;
    StepVectors vectors{.input = Vector(run.Input<float>(pass_.input) + row * sizes_.inputs, sizes_.inputs, asymmetric,
                                        run.Scratch<Weight>(input_scratch_)),
                        .aux = {},
                        .state = Vector(output_state, sizes_.outputs, asymmetric, run.Scratch<Weight>(state_scratch_)),
                        .state_values = output_state,
                        .batch = batch};
    if (pass_.aux_input >= 0) {
      vectors.aux.emplace(run.Input<float>(pass_.aux_input) + row * sizes_.aux_inputs, sizes_.aux_inputs, asymmetric,
                          run.Scratch<Weight>(aux_scratch_));
    }
    auto* scratch = run.Scratch<float>(gate_scratch_);
    const auto gate = [&](LstmGate i) { return scratch + i * static_cast<std::size_t>(sizes_.cells); };
    if (inputs_.has_input_gate()) ComputeGate(run, kInputGate, vectors, cell_state, gate(kInputGate));
    ComputeGate(run, kForgetGate, vectors, cell_state, gate(kForgetGate));
    ComputeGate(run, kCellGate, vectors, cell_state, gate(kCellGate));
    UpdateCellState(gate(kInputGate), gate(kForgetGate), gate(kCellGate), cell_state);
    ComputeGate(run, kOutputGate, vectors, cell_state, gate(kOutputGate));
    UpdateOutputState(run, gate(kOutputGate), cell_state, output_state);
  }

  void ComputeGate(const RunContext& run, LstmGate which, const StepVectors& vectors, const float* cell_state,
                   float* gate) const {
    const LstmGateInputs& inputs = inputs_.gates[which];
    const Scales& scales = gates_[which];
    const std::int64_t cells = sizes_.cells;
    const auto* bias = run.Input<float>(inputs.bias);
    if (inputs_.has_norm()) {
      std::fill_n(gate, cells, 0.0F);
    } else {
      std::copy_n(bias, cells, gate);
    }
    AddProduct({run.Input<Weight>(inputs.weights), scales.weights}, vectors.input, cells, gate);
    if (vectors.aux) AddProduct({run.Input<Weight>(inputs.aux_weights), scales.aux}, *vectors.aux, cells, gate);
    if (scales.diagonal) {
      const auto* diagonal = run.Input<float>(inputs.recurrent_weights);
      for (std::int64_t i = 0; i < cells; ++i) gate[i] += diagonal[i] * vectors.state_values[i];
    } else {
      AddProduct({run.Input<Weight>(inputs.recurrent_weights), scales.recurrent}, vectors.state, cells, gate);
    }
    if (which != kCellGate && inputs_.has_peephole()) {
      const auto* peephole = run.Input<Weight>(inputs.peephole);
      for (std::int64_t i = 0; i < cells; ++i) {
        gate[i] += scales.peephole * static_cast<float>(peephole[i]) * cell_state[i];
      }
    }
    if (inputs_.has_norm()) {
      const auto* coefficients = run.Input<float>(inputs.norm);
      NormalizeDeviation(gate, cells);
      for (std::int64_t i = 0; i < cells; ++i) gate[i] = gate[i] * coefficients[i] + bias[i];
    }
    if (which != kCellGate) return ApplyLogistic(gate, cells, PartOf(which, vectors.batch));
    for (std::int64_t i = 0; i < cells; ++i) gate[i] = Activate(attributes_.activation, gate[i]);
  }

  void UpdateCellState(const float* input, const float* forget, const float* cell, float* cell_state) const {
    const float clip = attributes_.cell_clip;
    for (std::int64_t i = 0; i < sizes_.cells; ++i) {
      const float kept = forget[i] * cell_state[i];
      const float added = cell[i] * (inputs_.has_input_gate() ? input[i] : 1.0F - forget[i]);
      cell_state[i] = Clip(kept + added, clip);
    }
  }

  // Writes over the output gate.
  void UpdateOutputState(const RunContext& run, float* output_gate, const float* cell_state,
                         float* output_state) const {
    for (std::int64_t i = 0; i < sizes_.cells; ++i) {
      output_gate[i] = Activate(attributes_.activation, cell_state[i]) * output_gate[i];
    }
    if (!inputs_.has_projection()) {
      std::copy_n(output_gate, sizes_.outputs, output_state);
      return;
    }
    const Vector hidden(output_gate, sizes_.cells, attributes_.asymmetric_quantize_inputs,
                        run.Scratch<Weight>(state_scratch_));
    const auto* bias = OptionalInput<float>(run, inputs_.projection_bias);
    for (std::int64_t i = 0; i < sizes_.outputs; ++i) output_state[i] = bias != nullptr ? bias[i] : 0.0F;
    AddProduct({run.Input<Weight>(inputs_.projection), projection_scale_}, hidden, sizes_.outputs, output_state);
    for (std::int64_t i = 0; i < sizes_.outputs; ++i) output_state[i] = Clip(output_state[i], attributes_.proj_clip);
  }

  static float Clip(float value, float limit) { return limit > 0 ? std::clamp(value, -limit, limit) : value; }

  LstmInputs inputs_;
  LstmSizes sizes_;
  Pass pass_;
  Sequence sequence_;
  LstmAttributes attributes_;
  std::array<Scales, kNumLstmGates> gates_;
  float projection_scale_ = 1.0F;
  int gate_scratch_ = 0, input_scratch_ = 0, aux_scratch_ = 0, state_scratch_ = 0;
};

}  // namespace tfld::engine::reference
