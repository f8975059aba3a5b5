// The LSTM cell of int8 activations and weights with an int16 cell state, as TensorFlow Lite computes it.
//
// Gates are int16: the sums in Q3.12 (or in the scale of an intermediate tensor, which layer normalization brings to
// Q3.12), logistic and tanh of them in Q0.15. The cell state's scale is a power of two. The node's intermediates 0 to 3
// have the scales of the sums of the normalized gates, intermediate 4 the quantization of the hidden vector
// (o * tanh(c)) before the projection. Source: the quantized LSTM of TensorFlow Lite's reference kernels.
#pragma once

#include <array>
#include <cstdint>

#include "engine/kernels/reference/fixed_point.h"
#include "engine/kernels/reference/lstm_inputs.h"

namespace tfld::engine::reference {

inline constexpr std::size_t kNumLstmIntermediates = 5;

class LstmIntegerCell {
 public:
  static Result<LstmIntegerCell> Make(PrepareContext& context, const LstmInputs& inputs, const Sequence& sequence,
                                      const Pass& pass);

  void Run(const RunContext& run, const Sequence& sequence) const;

 private:
  struct Gate {
    QuantizedMultiplier input, recurrent, peephole;  // to the scale of the sum
    QuantizedMultiplier norm;                        // to Q3.12, with its 12 bits of fraction
    std::int32_t variance_guard = 1;
  };

  Status MakeScales(const OpContext& context);
  Status MakeGate(const OpContext& context, LstmGate which);
  void Step(const RunContext& run, std::int64_t row, std::int64_t batch, bool time_major) const;
  void ComputeGate(const RunContext& run, LstmGate which, const std::int8_t* input, const std::int8_t* output_state,
                   const std::int16_t* cell_state, std::int64_t first_cell, std::int64_t peephole_cells,
                   std::int16_t* gate) const;
  void Normalize(const RunContext& run, LstmGate which, std::int16_t* gate) const;
  void UpdateCellState(const std::int16_t* input, const std::int16_t* forget, const std::int16_t* cell,
                       std::int16_t* cell_state) const;
  void UpdateOutputState(const RunContext& run, const std::int16_t* output_gate, const std::int16_t* tanh_of_cell,
                         std::int8_t* output_state) const;

  LstmInputs inputs_;
  LstmSizes sizes_;
  Pass pass_;
  std::int32_t batches_ = 0;
  std::array<Gate, kNumLstmGates> gates_;
  QuantizedMultiplier hidden_, projection_;
  std::int32_t input_zero_point_ = 0, state_zero_point_ = 0, hidden_zero_point_ = 0;
  int cell_scale_log2_ = 0;
  std::int16_t cell_clip_ = 0;  // 0: none
  std::int8_t proj_clip_ = 0;
  int gate_scratch_ = 0, hidden_scratch_ = 0;
};

// The power of two that a cell state's scale is, from `lowest` to -9, so that tanh has at most 6 integer bits.
Result<int> CellScaleLog2(const OpContext& context, const Value& cell_state, int lowest);

// weights * (values - zero_point), as a sum that wraps.
inline std::uint32_t SumOfProducts(const std::int8_t* weights, const std::int8_t* values, std::int64_t count,
                                   std::int32_t zero_point) {
  std::uint32_t sum = 0;
  for (std::int64_t i = 0; i < count; ++i) sum += static_cast<std::uint32_t>(weights[i] * (values[i] - zero_point));
  return sum;
}

}  // namespace tfld::engine::reference
