// BIDIRECTIONAL_SEQUENCE_LSTM: a cell that goes forward over the sequences and one that goes backward.
#include "engine/kernels/reference/lstm_real.h"
#include "engine/kernels/reference/recurrent.h"

namespace tfld::engine::reference {
namespace {

constexpr int kForwardWeights = 1, kBackwardWeights = 18;  // the first of each cell's weights
constexpr int kForwardState = 35, kBackwardState = 37;     // of the output; the cell state follows
constexpr int kAuxInput = 39;
constexpr int kForwardAuxWeights = 40, kBackwardAuxWeights = 44;
constexpr int kNumInputs = 48;

struct Cells {
  LstmInputs forward, backward;
  std::int32_t forward_size = 0, backward_size = 0;
  Sequence sequence;
};

bool HasAuxWeights(const LstmInputs& inputs) { return inputs.gates[kForgetGate].aux_weights != kNoInput; }

Result<Cells> FindCells(const OpContext& context) {
  if (context.num_inputs() != kNumInputs) {
    return context.Error(StrCat("has ", context.num_inputs(), " inputs; expected ", kNumInputs));
  }
  Cells cells;
  TFLD_ASSIGN_OR_RETURN(cells.sequence, MakeSequence(context, context.attributes<LstmAttributes>().time_major, 3));
  cells.forward = FindLstmInputs(context, kForwardWeights, kForwardState, kForwardAuxWeights, kNoInput);
  cells.backward = FindLstmInputs(context, kBackwardWeights, kBackwardState, kBackwardAuxWeights, kNoInput);
  TFLD_ASSIGN_OR_RETURN(cells.forward_size, LstmOutputSize(context, cells.forward));
  TFLD_ASSIGN_OR_RETURN(cells.backward_size, LstmOutputSize(context, cells.backward));
  if (HasAuxWeights(cells.forward) != HasAuxWeights(cells.backward)) {
    return context.Error("only one direction has weights for the auxiliary input");
  }
  if (HasAuxWeights(cells.forward) && !context.HasInput(kAuxInput)) {
    return context.Error("the auxiliary input is missing");
  }
  return cells;
}

}  // namespace

Status InferBidirectionalSequenceLstm(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Cells cells, FindCells(context));
  return SetBothOutputShapes(context, cells.sequence, context.attributes<LstmAttributes>().merge_outputs,
                             cells.forward_size, cells.backward_size);
}

Status PrepareBidirectionalSequenceLstm(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Cells cells, FindCells(context));
  const BothPasses passes(context, kAuxInput, HasAuxWeights(cells.forward),
                          context.attributes<LstmAttributes>().merge_outputs, cells.forward_size, cells.backward_size);
  const int weights = cells.forward.gates[kOutputGate].weights;
  return DispatchVector(context, weights, [&]<typename Vector>(std::type_identity<Vector>) -> Status {
    using Cell = LstmRealCell<Vector>;
    const Sequence& sequence = cells.sequence;
    TFLD_ASSIGN_OR_RETURN(Cell forward, Cell::Make(context, cells.forward, sequence, passes.forward, false));
    TFLD_ASSIGN_OR_RETURN(Cell backward, Cell::Make(context, cells.backward, sequence, passes.backward, false));
    return context.Emit("reference.bidirectional_sequence_lstm",
                        [forward, backward, sequence](const RunContext& run) -> Status {
                          forward.Run(run, sequence);
                          backward.Run(run, sequence);
                          return {};
                        });
  });
}

}  // namespace tfld::engine::reference
