// The LSTM cell of int8 activations, weights and intermediate sums, as TensorFlow Lite computes it for nodes with
// twelve intermediate tensors.
//
// The products of a gate with the input and with the output's state are int8 in quantizations of their own, and their
// sum is int16. Normalization, logistic and tanh are done in float on the way from int16 to int16: gates and the cell
// state are Q0.15. The cell is always one without an input gate and peepholes, with a normalization and a projection;
// an input gate's inputs are there for nothing. Intermediates 3g, 3g + 1 and 3g + 2 of gate g are its sum and its two
// products. Source: the quantized LSTM of TensorFlow Lite's reference kernels.
#pragma once

#include <array>
#include <cstdint>

#include "engine/kernels/reference/fixed_point.h"
#include "engine/kernels/reference/lstm_inputs.h"

namespace tfld::engine::reference {

inline constexpr std::size_t kNumLstmInt8Intermediates = 12;

class LstmInt8Cell {
 public:
  static Result<LstmInt8Cell> Make(PrepareContext& context, const LstmInputs& inputs, const Sequence& sequence,
                                   const Pass& pass);

  void Run(const RunContext& run, const Sequence& sequence) const;

 private:
  struct Product {
    QuantizedMultiplier multiplier;  // of the products' sum, to int8
    std::int32_t zero_point = 0;     // there
    QuantizedMultiplier to_sum;      // from int8 to the gate's sum
  };
  struct Gate {
    Product input, recurrent;
    float norm_scale = 1.0F;
  };

  Status MakeGate(const OpContext& context, LstmGate which);
  Status MakeOutput(const OpContext& context);
  void Step(const RunContext& run, const std::int8_t* input, std::int8_t* output_state, std::int16_t* cell_state) const;
  void ComputeGate(const RunContext& run, LstmGate which, const std::int8_t* input, const std::int8_t* output_state,
                   std::int16_t* gate) const;
  void Normalize(const RunContext& run, LstmGate which, std::int16_t* gate) const;
  void Project(const RunContext& run, const std::int16_t* hidden, std::int8_t* output_state) const;

  LstmInputs inputs_;
  LstmSizes sizes_;
  Pass pass_;
  std::array<Gate, kNumLstmGates> gates_;
  QuantizedMultiplier projection_;
  std::int32_t input_zero_point_ = 0, state_zero_point_ = 0;
  std::int16_t cell_clip_ = 0;  // 0: none
  std::int8_t proj_clip_ = 0;
  int scratch_ = 0;
};

}  // namespace tfld::engine::reference
