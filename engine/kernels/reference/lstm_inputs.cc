#include "engine/kernels/reference/lstm_inputs.h"

#include "engine/base/str_cat.h"
#include "engine/kernels/reference/recurrent_checks.h"

namespace tfld::engine::reference {
namespace {

constexpr const char* kGateNames[kNumLstmGates] = {"input", "forget", "cell", "output"};

class Checker {
 public:
  Checker(const OpContext& context, const LstmInputs& inputs, const LstmTypes& types)
      : context_(context), inputs_(inputs), types_(types) {}

  Result<LstmSizes> Run(const Sequence& sequence, const Pass& pass) {
    const auto& attributes = context_.attributes<LstmAttributes>();
    if (!(attributes.cell_clip >= 0) || !(attributes.proj_clip >= 0)) return context_.Error("a clip is negative");
    TFLD_RETURN_IF_ERROR(Sizes(sequence, pass));
    TFLD_RETURN_IF_ERROR(CheckCompleteness());
    for (std::size_t gate = 0; gate < kNumLstmGates; ++gate) {
      if (gate != kInputGate || inputs_.has_input_gate()) TFLD_RETURN_IF_ERROR(CheckGate(inputs_.gates[gate]));
    }
    TFLD_RETURN_IF_ERROR(CheckProjection());
    TFLD_RETURN_IF_ERROR(context_.RequireOutputType(pass.output, {types_.activations}));
    const std::int64_t batches = sequence.batches;
    TFLD_RETURN_IF_ERROR(RequireState(context_, inputs_.output_state, types_.activations, batches * sizes_.outputs));
    TFLD_RETURN_IF_ERROR(RequireState(context_, inputs_.cell_state, types_.cell_state, batches * sizes_.cells));
    return sizes_;
  }

 private:
  Status Sizes(const Sequence& sequence, const Pass& pass) {
    TFLD_ASSIGN_OR_RETURN(sizes_.outputs, LstmOutputSize(context_, inputs_));
    TFLD_RETURN_IF_ERROR(context_.RequireInputRank(inputs_.gates[kOutputGate].weights, 2, 2));
    sizes_.cells = context_.Input(inputs_.gates[kOutputGate].weights).shape.dim(0);
    TFLD_ASSIGN_OR_RETURN(sizes_.inputs, Depth(pass.input, sequence));
    uses_aux_ = pass.aux_input >= 0;
    if (!uses_aux_) return {};
    TFLD_ASSIGN_OR_RETURN(sizes_.aux_inputs, Depth(pass.aux_input, sequence));
    return {};
  }

  Result<std::int32_t> Depth(int index, const Sequence& sequence) const {
    const int rank = context_.Input(0).shape.rank();
    TFLD_RETURN_IF_ERROR(context_.RequireInputRank(index, rank, rank));
    TFLD_RETURN_IF_ERROR(context_.RequireInputType(index, {types_.activations}));
    const Shape& shape = context_.Input(index).shape;
    if (shape == sequence.WithDepth(rank, shape.dim(rank - 1))) return shape.dim(rank - 1);
    return context_.Error(StrCat("input ", index, " has other steps or batches than input 0"));
  }

  // What belongs to every gate is there, and what only some cells have is there for all their gates or for none.
  Status CheckCompleteness() const {
    const LstmGateInputs& input_gate = inputs_.gates[kInputGate];
    const bool has_input_gate = inputs_.has_input_gate();
    if (!has_input_gate && (input_gate.recurrent_weights != kNoInput || input_gate.bias != kNoInput)) {
      return context_.Error("the input gate has no weights, but recurrent weights or a bias");
    }
    for (const std::size_t i : {kInputGate, kForgetGate, kCellGate, kOutputGate}) {
      if (i == kInputGate && !has_input_gate) continue;
      const LstmGateInputs& gate = inputs_.gates[i];
      const auto error = [&](std::string_view what) {
        return context_.Error(StrCat("the ", kGateNames[i], " gate ", what));
      };
      if (gate.weights == kNoInput || gate.recurrent_weights == kNoInput || gate.bias == kNoInput) {
        return error("lacks its weights, its recurrent weights or its bias");
      }
      if ((gate.aux_weights != kNoInput) != uses_aux_) return error("differs in its auxiliary weights from the others");
      if ((gate.norm != kNoInput) != inputs_.has_norm()) return error("differs in its normalization from the others");
      if (i == kCellGate || (gate.peephole != kNoInput) == inputs_.has_peephole()) continue;
      return error("differs in its peephole weights from the others");
    }
    return {};
  }

  Status CheckGate(const LstmGateInputs& gate) const {
    TFLD_RETURN_IF_ERROR(RequireWeights(context_, gate.weights, types_.weights, {sizes_.cells, sizes_.inputs}));
    if (gate.aux_weights != kNoInput) {
      TFLD_RETURN_IF_ERROR(
          RequireWeights(context_, gate.aux_weights, types_.weights, {sizes_.cells, sizes_.aux_inputs}));
    }
    TFLD_RETURN_IF_ERROR(CheckRecurrentWeights(gate.recurrent_weights));
    if (gate.peephole != kNoInput) {
      TFLD_RETURN_IF_ERROR(RequireWeights(context_, gate.peephole, types_.peephole, {sizes_.cells}));
    }
    if (gate.norm != kNoInput) {
      TFLD_RETURN_IF_ERROR(RequireWeights(context_, gate.norm, types_.norm, {sizes_.cells}));
    }
    TFLD_RETURN_IF_ERROR(RequireShape(context_, gate.bias, {sizes_.cells}));
    return context_.RequireInputType(gate.bias, {types_.bias});
  }

  Status CheckRecurrentWeights(int index) const {
    TFLD_RETURN_IF_ERROR(context_.RequireInputRank(index, types_.diagonal ? 1 : 2, 2));
    if (context_.Input(index).shape.rank() == 2) {
      return RequireWeights(context_, index, types_.weights, {sizes_.cells, sizes_.outputs});
    }
    if (sizes_.cells != sizes_.outputs) return context_.Error("diagonal weights need as many outputs as cells");
    return RequireWeights(context_, index, ElementType::kFloat32, {sizes_.cells});
  }

  Status CheckProjection() const {
    if (!inputs_.has_projection()) {
      if (inputs_.projection_bias != kNoInput) return context_.Error("there is a projection bias but no projection");
      if (sizes_.cells == sizes_.outputs) return {};
      return context_.Error(StrCat(sizes_.cells, " cells for ", sizes_.outputs, " outputs need a projection"));
    }
    TFLD_RETURN_IF_ERROR(RequireWeights(context_, inputs_.projection, types_.weights, {sizes_.outputs, sizes_.cells}));
    if (inputs_.projection_bias == kNoInput) return {};
    TFLD_RETURN_IF_ERROR(RequireShape(context_, inputs_.projection_bias, {sizes_.outputs}));
    return context_.RequireInputType(inputs_.projection_bias, {types_.bias});
  }

  const OpContext& context_;
  const LstmInputs& inputs_;
  const LstmTypes& types_;
  LstmSizes sizes_;
  bool uses_aux_ = false;
};

}  // namespace

LstmInputs FindLstmInputs(const OpContext& context, int first, int output_state, int first_aux, int first_norm) {
  const auto find = [&](int base, int offset) {
    return base != kNoInput && context.HasInput(base + offset) ? base + offset : kNoInput;
  };
  LstmInputs inputs;
  for (int i = 0; i < static_cast<int>(kNumLstmGates); ++i) {
    LstmGateInputs& gate = inputs.gates[static_cast<std::size_t>(i)];
    gate.weights = find(first, i);
    gate.recurrent_weights = find(first, 4 + i);
    gate.bias = find(first, 11 + i);
    gate.aux_weights = find(first_aux, i);
    gate.norm = find(first_norm, i);
  }
  inputs.gates[kInputGate].peephole = inputs.has_input_gate() ? find(first, 8) : kNoInput;
  inputs.gates[kForgetGate].peephole = find(first, 9);
  inputs.gates[kOutputGate].peephole = find(first, 10);
  inputs.projection = find(first, 15);
  inputs.projection_bias = find(first, 16);
  inputs.output_state = output_state;
  inputs.cell_state = output_state + 1;
  return inputs;
}

Result<std::int32_t> LstmOutputSize(const OpContext& context, const LstmInputs& inputs) {
  const LstmGateInputs& gate = inputs.gates[kOutputGate];
  if (gate.weights == kNoInput || gate.recurrent_weights == kNoInput) {
    return context.Error("the output gate has no weights");
  }
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(gate.recurrent_weights, 1, 2));
  const Shape& shape = context.Input(gate.recurrent_weights).shape;
  return shape.dim(shape.rank() - 1);
}

Result<LstmSizes> CheckLstm(const OpContext& context, const LstmInputs& inputs, const LstmTypes& types,
                            const Sequence& sequence, const Pass& pass) {
  return Checker(context, inputs, types).Run(sequence, pass);
}

}  // namespace tfld::engine::reference
