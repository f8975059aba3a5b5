// Operators of StableHLO: shape rules and preparations, by file. They do not broadcast, and know no quantization.
#pragma once

#include "engine/kernels/op_context.h"

namespace tfld::engine::reference {

// elementwise.cc
Status InferStablehloElementwise(InferContext& context);
Status PrepareStablehloAdd(PrepareContext& context);
Status PrepareStablehloMultiply(PrepareContext& context);
Status PrepareStablehloMaximum(PrepareContext& context);
Status PrepareStablehloMinimum(PrepareContext& context);
Status PrepareStablehloAnd(PrepareContext& context);
Status PrepareStablehloShiftLeft(PrepareContext& context);

// gather.cc, scatter.cc
Status InferStablehloGather(InferContext& context);
Status PrepareStablehloGather(PrepareContext& context);
Status InferStablehloScatter(InferContext& context);
Status PrepareStablehloScatter(PrepareContext& context);

// pad.cc
Status InferStablehloPad(InferContext& context);
Status PrepareStablehloPad(PrepareContext& context);

// reduce_window.cc
Status InferStablehloReduceWindow(InferContext& context);
Status PrepareStablehloReduceWindow(PrepareContext& context);

// rng_bit_generator.cc
Status InferStablehloRngBitGenerator(InferContext& context);
Status PrepareStablehloRngBitGenerator(PrepareContext& context);

}  // namespace tfld::engine::reference
