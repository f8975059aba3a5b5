// How a recurrent operator walks over its sequences: [steps, batches, depth] (time major), [batches, steps, depth], or
// [batches, depth], which is one step.
#pragma once

#include <cstdint>

#include "engine/base/checked_math.h"
#include "engine/base/str_cat.h"
#include "engine/kernels/op_context.h"

namespace tfld::engine::reference {

struct Sequence {
  std::int32_t steps = 1;
  std::int32_t batches = 0;
  bool time_major = false;

  std::int64_t Row(std::int64_t step, std::int64_t batch) const {
    return time_major ? step * batches + batch : batch * steps + step;
  }
  // The shape of a tensor along the sequence; `rank` is that of the input.
  Shape WithDepth(int rank, std::int32_t depth) const {
    if (rank == 2) return {batches, depth};
    return time_major ? Shape{steps, batches, depth} : Shape{batches, steps, depth};
  }
};

// Of the first input, which has a rank from min_rank to 3.
inline Result<Sequence> MakeSequence(const OpContext& context, bool time_major, int min_rank) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, min_rank, 3));
  const Shape& input = context.Input(0).shape;
  if (input.rank() == 2) return Sequence{.steps = 1, .batches = input.dim(0), .time_major = true};
  return Sequence{
      .steps = input.dim(time_major ? 0 : 1), .batches = input.dim(time_major ? 1 : 0), .time_major = time_major};
}

// One pass of a cell over the sequences: from where, to where, which way.
struct Pass {
  int input = 0;                   // index of the node's input
  int aux_input = -1;              // a second input with weights of its own; -1: none
  int output = 0;                  // index of the node's output
  std::int32_t output_offset = 0;  // of the cell's outputs in a row of the node's output
  std::int32_t output_depth = 0;   // of a row of the node's output
  bool backward = false;
};

// The two passes of a bidirectional operator, whose outputs are `forward` and `backward` wide. An auxiliary input
// without weights of its own is what the backward cell reads instead of the input.
struct BothPasses {
  Pass forward, backward;

  BothPasses(const OpContext& context, int aux_input, bool has_aux_weights, bool merged, std::int32_t forward_size,
             std::int32_t backward_size) {
    const std::int32_t depth = forward_size + backward_size;
    forward.output_depth = merged ? depth : forward_size;
    backward.output_depth = merged ? depth : backward_size;
    backward.output_offset = merged ? forward_size : 0;
    backward.output = merged ? 0 : 1;
    backward.backward = true;
    if (!context.HasInput(aux_input)) return;
    if (has_aux_weights) {
      forward.aux_input = backward.aux_input = aux_input;
    } else {
      backward.input = aux_input;
    }
  }
};

// Calls step(row, batch) for each step of each sequence, in the order of time.
template <typename Step>
void Walk(const Sequence& sequence, bool backward, Step step) {
  for (std::int64_t batch = 0; batch < sequence.batches; ++batch) {
    for (std::int64_t t = 0; t < sequence.steps; ++t) {
      step(sequence.Row(backward ? sequence.steps - 1 - t : t, batch), batch);
    }
  }
}

// The outputs of a bidirectional operator, side by side in one when they are merged.
inline Status SetBothOutputShapes(InferContext& context, const Sequence& sequence, bool merged, std::int32_t forward,
                                  std::int32_t backward) {
  const int count = merged ? 1 : 2;
  if (context.num_outputs() != count) {
    return context.Error(StrCat("has ", context.num_outputs(), " outputs; expected ", count));
  }
  const auto depth = CheckedAdd(forward, backward);
  if (!depth) return context.Error("the outputs are too wide");
  const int rank = context.Input(0).shape.rank();
  if (merged) return context.SetOutputShape(0, sequence.WithDepth(rank, *depth));
  TFLD_RETURN_IF_ERROR(context.SetOutputShape(0, sequence.WithDepth(rank, forward)));
  return context.SetOutputShape(1, sequence.WithDepth(rank, backward));
}

}  // namespace tfld::engine::reference
