// The inputs of an LSTM cell by name, whichever operator has them, and the check of their shapes and types.
//
// A cell has four gates: input, forget, cell and output. Without an input gate (CIFG) its place is taken by 1 - forget.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>

#include "engine/kernels/op_context.h"
#include "engine/kernels/reference/recurrent_sequence.h"

namespace tfld::engine::reference {

inline constexpr int kNoInput = -1;

enum LstmGate : std::size_t { kInputGate, kForgetGate, kCellGate, kOutputGate, kNumLstmGates };

// Indices of the node's inputs; kNoInput for what the operator has no place for, or the model leaves out.
struct LstmGateInputs {
  int weights = kNoInput;            // [cells, inputs]
  int aux_weights = kNoInput;        // [cells, aux inputs]
  int recurrent_weights = kNoInput;  // [cells, outputs], or [cells] for a diagonal matrix
  int peephole = kNoInput;           // [cells]: from the cell state to the gate
  int bias = kNoInput;               // [cells]
  int norm = kNoInput;               // [cells]: coefficients of the layer normalization
};

struct LstmInputs {
  std::array<LstmGateInputs, kNumLstmGates> gates;
  int projection = kNoInput;       // [outputs, cells]
  int projection_bias = kNoInput;  // [outputs]
  int output_state = kNoInput;     // [batches, outputs]
  int cell_state = kNoInput;       // [batches, cells]

  bool has_input_gate() const { return gates[kInputGate].weights != kNoInput; }
  bool has_peephole() const { return gates[kOutputGate].peephole != kNoInput; }
  bool has_norm() const { return gates[kForgetGate].norm != kNoInput; }
  bool has_projection() const { return projection != kNoInput; }
};

// Where an operator has a cell: from `first` on its weights, recurrent weights, peepholes, biases and projection.
// first_aux and first_norm: kNoInput when the operator has none.
LstmInputs FindLstmInputs(const OpContext& context, int first, int output_state, int first_aux, int first_norm);

struct LstmSizes {
  std::int32_t inputs = 0, aux_inputs = 0, cells = 0, outputs = 0;
};

// The types that a kind of cell wants.
struct LstmTypes {
  ElementType activations;  // inputs, outputs and the output's state
  ElementType weights;      // also of the projection
  ElementType peephole;
  ElementType bias;  // also of the projection
  ElementType norm;
  ElementType cell_state;
  bool diagonal;  // recurrent weights may be [cells], and are floats then
};

// The width of the cell's output, from its recurrent weights.
Result<std::int32_t> LstmOutputSize(const OpContext& context, const LstmInputs& inputs);

// Checks that all inputs are there that belong together, and their shapes and types, for a pass over `sequence`.
Result<LstmSizes> CheckLstm(const OpContext& context, const LstmInputs& inputs, const LstmTypes& types,
                            const Sequence& sequence, const Pass& pass);

// The node's intermediate tensors: they hold no data, only the quantization of values inside of an integer cell.
class LstmIntermediates : private OpContext {
 public:
  explicit LstmIntermediates(const OpContext& context) : OpContext(context) {}

  std::size_t count() const { return node().intermediates.size(); }
  bool Has(std::size_t index) const { return node().intermediates[index] != kNoValue; }
  const Value& operator[](std::size_t index) const { return graph_.value(node().intermediates[index]); }
};

// A buffer of an input that may be left out.
template <typename T>
const T* OptionalInput(const RunContext& run, int index) {
  return index == kNoInput ? nullptr : run.Input<T>(index);
}

}  // namespace tfld::engine::reference
