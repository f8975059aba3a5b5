// LSTM of the basic kernel type: one weight matrix over [input, previous output] for all gates.
//
//   input [batches, inputs], previous output [batches, cells], weights [4 * cells, inputs + cells] with the gates
//   input, modulation, forget and output one after another, bias [4 * cells], previous state [batches, cells]
//   -> output, state, [input, previous output], gate sums
//
// Of floats, or of uint8 activations and weights with int16 sums (Q3.12) and state (Q4.11). The previous output and
// state follow the outputs when they are variables.
#pragma once

#include "engine/kernels/op_context.h"

namespace tfld::engine::reference {

Status InferBasicLstm(InferContext& context);
Status PrepareBasicLstm(PrepareContext& context);

}  // namespace tfld::engine::reference
