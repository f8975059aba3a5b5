// RNN (one step), UNIDIRECTIONAL_SEQUENCE_RNN and BIDIRECTIONAL_SEQUENCE_RNN, with weights of floats or 8 bits.
#include <type_traits>

#include "engine/kernels/reference/recurrent.h"
#include "engine/kernels/reference/rnn_cell.h"

namespace tfld::engine::reference {
namespace {

constexpr RnnInputs kForward{.weights = 1, .recurrent_weights = 2, .bias = 3, .state = 4};
constexpr RnnInputs kBackward{.weights = 5, .recurrent_weights = 6, .bias = 7, .state = 8};
constexpr int kAuxInput = 9;
constexpr int kForwardAuxWeights = 10;
constexpr int kBackwardAuxWeights = 11;

Result<Sequence> OneStep(const OpContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 2, 2));
  return MakeSequence(context, false, 2);
}

Result<Sequence> ManySteps(const OpContext& context) {
  return MakeSequence(context, context.attributes<RnnAttributes>().time_major, 3);
}

Status InferOneDirection(InferContext& context, const Sequence& sequence) {
  TFLD_ASSIGN_OR_RETURN(const std::int32_t units, RnnUnits(context, kForward));
  return context.SetOutputShape(0, sequence.WithDepth(context.Input(0).shape.rank(), units));
}

Status PrepareOneDirection(PrepareContext& context, const Sequence& sequence, std::string_view name) {
  return DispatchVector(context, kForward.weights, [&]<typename Vector>(std::type_identity<Vector>) -> Status {
    TFLD_ASSIGN_OR_RETURN(const std::int32_t units, RnnUnits(context, kForward));
    TFLD_ASSIGN_OR_RETURN(const auto cell,
                          RnnCell<Vector>::Make(context, kForward, sequence, Pass{.output_depth = units}));
    return context.Emit(name, [cell, sequence](const RunContext& run) -> Status {
      cell.Run(run, sequence);
      return {};
    });
  });
}

// The weights of the auxiliary input are there for both directions, or for none.
Result<bool> HasAuxWeights(const OpContext& context) {
  const bool forward = context.HasInput(kForwardAuxWeights);
  if (forward != context.HasInput(kBackwardAuxWeights)) {
    return context.Error("only one direction has weights for the auxiliary input");
  }
  if (forward && !context.HasInput(kAuxInput)) return context.Error("the auxiliary input is missing");
  return forward;
}

}  // namespace

Status InferRnn(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Sequence sequence, OneStep(context));
  return InferOneDirection(context, sequence);
}

Status PrepareRnn(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Sequence sequence, OneStep(context));
  return PrepareOneDirection(context, sequence, "reference.rnn");
}

Status InferUnidirectionalSequenceRnn(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Sequence sequence, ManySteps(context));
  return InferOneDirection(context, sequence);
}

Status PrepareUnidirectionalSequenceRnn(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Sequence sequence, ManySteps(context));
  return PrepareOneDirection(context, sequence, "reference.unidirectional_sequence_rnn");
}

Status InferBidirectionalSequenceRnn(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Sequence sequence, ManySteps(context));
  TFLD_ASSIGN_OR_RETURN(const std::int32_t forward, RnnUnits(context, kForward));
  TFLD_ASSIGN_OR_RETURN(const std::int32_t backward, RnnUnits(context, kBackward));
  const bool merged = context.attributes<RnnAttributes>().merge_outputs;
  return SetBothOutputShapes(context, sequence, merged, forward, backward);
}

Status PrepareBidirectionalSequenceRnn(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Sequence sequence, ManySteps(context));
  TFLD_ASSIGN_OR_RETURN(const std::int32_t forward_units, RnnUnits(context, kForward));
  TFLD_ASSIGN_OR_RETURN(const std::int32_t backward_units, RnnUnits(context, kBackward));
  TFLD_ASSIGN_OR_RETURN(const bool has_aux_weights, HasAuxWeights(context));
  BothPasses passes(context, kAuxInput, has_aux_weights, context.attributes<RnnAttributes>().merge_outputs,
                    forward_units, backward_units);
  // An auxiliary input without weights is what the backward cell reads, but TensorFlow Lite does so only for sequences
  // that are time-major.
  if (!sequence.time_major) passes.backward.input = 0;
  RnnInputs forward_inputs = kForward, backward_inputs = kBackward;
  forward_inputs.aux_weights = kForwardAuxWeights;
  backward_inputs.aux_weights = kBackwardAuxWeights;
  return DispatchVector(context, kForward.weights, [&]<typename Vector>(std::type_identity<Vector>) -> Status {
    using Cell = RnnCell<Vector>;
    TFLD_ASSIGN_OR_RETURN(const Cell forward, Cell::Make(context, forward_inputs, sequence, passes.forward));
    TFLD_ASSIGN_OR_RETURN(const Cell backward, Cell::Make(context, backward_inputs, sequence, passes.backward));
    // With 8-bit weights TensorFlow Lite goes over a time-major sequence as often as it has steps, and the state goes
    // on from one time to the next. The numbers of models in the field come from that.
    const bool repeats = std::is_same_v<Vector, HybridVector> && sequence.time_major;
    const std::int32_t times = repeats ? sequence.steps : 1;
    return context.Emit("reference.bidirectional_sequence_rnn", [=](const RunContext& run) -> Status {
      for (std::int32_t i = 0; i < times; ++i) {
        forward.Run(run, sequence);
        backward.Run(run, sequence);
      }
      return {};
    });
  });
}

}  // namespace tfld::engine::reference
