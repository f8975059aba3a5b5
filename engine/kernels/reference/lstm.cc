// LSTM (one step) and UNIDIRECTIONAL_SEQUENCE_LSTM: the choice of the cell by the types of activations and weights.
#include "engine/kernels/reference/lstm_basic.h"
#include "engine/kernels/reference/lstm_int8.h"
#include "engine/kernels/reference/lstm_integer.h"
#include "engine/kernels/reference/lstm_micro.h"
#include "engine/kernels/reference/lstm_real.h"
#include "engine/kernels/reference/recurrent.h"

namespace tfld::engine::reference {
namespace {

constexpr int kWeights = 1;       // the first of the weights
constexpr int kOutputState = 18;  // the cell state follows
constexpr int kNorm = 20;         // the first of the coefficients
constexpr int kNumInputs = 20, kNumInputsWithNorm = 24;

Result<LstmInputs> FindInputs(const OpContext& context) {
  const int count = context.num_inputs();
  if (count != kNumInputs && count != kNumInputsWithNorm) {
    return context.Error(StrCat("has ", count, " inputs; expected ", kNumInputs, ", or ", kNumInputsWithNorm,
                                " with layer normalization"));
  }
  return FindLstmInputs(context, kWeights, kOutputState, kNoInput, kNorm);
}

Result<Sequence> OneStep(const OpContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 2, 2));
  return MakeSequence(context, false, 2);
}

Result<Sequence> ManySteps(const OpContext& context) {
  return MakeSequence(context, context.attributes<LstmAttributes>().time_major, 3);
}

Status Infer(InferContext& context, const Sequence& sequence) {
  TFLD_ASSIGN_OR_RETURN(const LstmInputs inputs, FindInputs(context));
  if (context.num_outputs() != 1) return context.Error(StrCat("has ", context.num_outputs(), " outputs; expected 1"));
  TFLD_ASSIGN_OR_RETURN(const std::int32_t outputs, LstmOutputSize(context, inputs));
  return context.SetOutputShape(0, sequence.WithDepth(context.Input(0).shape.rank(), outputs));
}

template <typename Cell>
Status Emit(PrepareContext& context, std::string_view name, const Sequence& sequence, Cell cell) {
  return context.Emit(name, [cell = std::move(cell), sequence](const RunContext& run) -> Status {
    cell.Run(run, sequence);
    return {};
  });
}

template <typename Cell>
Status EmitInteger(PrepareContext& context, std::string_view name, const Sequence& sequence, const LstmInputs& inputs,
                   const Pass& pass) {
  TFLD_ASSIGN_OR_RETURN(Cell cell, Cell::Make(context, inputs, sequence, pass));
  return Emit(context, name, sequence, std::move(cell));
}

Status Prepare(PrepareContext& context, std::string_view name, const Sequence& sequence, bool is_sequence) {
  TFLD_ASSIGN_OR_RETURN(const LstmInputs inputs, FindInputs(context));
  TFLD_ASSIGN_OR_RETURN(const std::int32_t outputs, LstmOutputSize(context, inputs));
  const Pass pass{.output_depth = outputs};
  const ElementType type = context.Input(0).type;
  if (type == ElementType::kInt16 && is_sequence) {
    return EmitInteger<LstmMicroCell<std::int16_t>>(context, name, sequence, inputs, pass);
  }
  if (type == ElementType::kInt8) {
    if (is_sequence && LstmIntermediates(context).count() == 0) {
      return EmitInteger<LstmMicroCell<std::int8_t>>(context, name, sequence, inputs, pass);
    }
    if (!is_sequence && LstmIntermediates(context).count() == kNumLstmInt8Intermediates) {
      return EmitInteger<LstmInt8Cell>(context, name, sequence, inputs, pass);
    }
    return EmitInteger<LstmIntegerCell>(context, name, sequence, inputs, pass);
  }
  const int weights = inputs.gates[kOutputGate].weights;
  return DispatchVector(context, weights, [&]<typename Vector>(std::type_identity<Vector>) -> Status {
    TFLD_ASSIGN_OR_RETURN(auto cell, LstmRealCell<Vector>::Make(context, inputs, sequence, pass, is_sequence));
    return Emit(context, name, sequence, std::move(cell));
  });
}

}  // namespace

Status InferLstm(InferContext& context) {
  if (context.attributes<LstmAttributes>().is_basic) return InferBasicLstm(context);
  TFLD_ASSIGN_OR_RETURN(const Sequence sequence, OneStep(context));
  return Infer(context, sequence);
}

Status PrepareLstm(PrepareContext& context) {
  if (context.attributes<LstmAttributes>().is_basic) return PrepareBasicLstm(context);
  TFLD_ASSIGN_OR_RETURN(const Sequence sequence, OneStep(context));
  return Prepare(context, "reference.lstm", sequence, /*is_sequence=*/false);
}

Status InferUnidirectionalSequenceLstm(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Sequence sequence, ManySteps(context));
  return Infer(context, sequence);
}

Status PrepareUnidirectionalSequenceLstm(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Sequence sequence, ManySteps(context));
  return Prepare(context, "reference.unidirectional_sequence_lstm", sequence, /*is_sequence=*/true);
}

}  // namespace tfld::engine::reference
